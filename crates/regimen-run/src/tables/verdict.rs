//! How an asset stands in a decision.

use std::fmt;

use serde::Serialize;

/// How an asset stands in a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DecisionVerdict {
    /// It is in the target.
    Selected,
    /// It is eligible and next in line.
    Reserve,
    /// It is eligible but ranks below the last place.
    BelowCount,
    /// It is eligible, but its group has all the constituents that it may have.
    GroupFull,
    /// It is eligible, but its amount is too low for a newcomer, or for an incumbent to stay.
    BelowThreshold,
    /// A screen keeps it out.
    Excluded,
    /// It is in the index, which the portfolio follows at its present weights.
    Followed,
    /// It is held and not in the target.
    Held,
    /// The row is no asset's: it holds the weight of cash.
    Cash,
}

impl DecisionVerdict {
    pub(super) const ALL: [Self; 9] = [
        Self::Selected,
        Self::Reserve,
        Self::BelowCount,
        Self::GroupFull,
        Self::BelowThreshold,
        Self::Excluded,
        Self::Followed,
        Self::Held,
        Self::Cash,
    ];

    /// Returns true if the asset is in the target.
    pub(crate) fn is_in_target(self) -> bool {
        matches!(self, Self::Selected | Self::Followed)
    }

    /// Returns true if the screens let the asset pass.
    pub(crate) fn is_eligible(self) -> bool {
        matches!(
            self,
            Self::Selected | Self::Reserve | Self::BelowCount | Self::GroupFull | Self::BelowThreshold
        )
    }

    /// Returns the name that the decision log uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Selected => "selected",
            Self::Reserve => "reserve",
            Self::BelowCount => "below_count",
            Self::GroupFull => "group_full",
            Self::BelowThreshold => "below_threshold",
            Self::Excluded => "excluded",
            Self::Followed => "followed",
            Self::Held => "held",
            Self::Cash => "cash",
        }
    }
}

impl fmt::Display for DecisionVerdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}
