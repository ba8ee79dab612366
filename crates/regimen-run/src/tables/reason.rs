//! Why an asset has its verdict in a decision, as a code.

use std::fmt;

use regimen::GivenExclusion;
use regimen_types::Figure;
use regimen_weighting::{AssetVerdict, ExclusionCode, Verdict};
use serde::{Serialize, Serializer};

/// Why an asset has its verdict in a decision. It serialises as the code of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReasonCode {
    /// A screen or the ranking keeps the asset out.
    Excluded(ExclusionCode),
    /// The weights are given, and the asset is left out of them.
    LeftOut(GivenExclusion),
    /// The asset is selected, and the limits on weights were relaxed because no weights keep them.
    LimitsRelaxed,
    /// The asset is held, but not in the target.
    NotInTarget,
}

impl ReasonCode {
    /// Iterates over all codes.
    pub fn all() -> impl Iterator<Item = Self> {
        let excluded = ExclusionCode::ALL.iter().copied().map(Self::Excluded);
        let left_out = [GivenExclusion::OffPeg, GivenExclusion::NotTrustedYet].map(Self::LeftOut);
        excluded.chain(left_out).chain([Self::LimitsRelaxed, Self::NotInTarget])
    }

    /// Returns the code of an asset that is left out of given weights. A missing price has the code of a
    /// screen.
    pub(crate) fn of_given(exclusion: GivenExclusion) -> Self {
        match exclusion {
            GivenExclusion::NoPrice => Self::Excluded(ExclusionCode::NoPrice),
            other => Self::LeftOut(other),
        }
    }

    /// Returns the code that the log uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Excluded(code) => code.as_str(),
            Self::LeftOut(exclusion) => exclusion.as_str(),
            Self::LimitsRelaxed => "limits_relaxed",
            Self::NotInTarget => "not_in_target",
        }
    }

    /// Finds the code that the log calls `name`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let given = || GivenExclusion::from_name(name);
        match name {
            "limits_relaxed" => Some(Self::LimitsRelaxed),
            "not_in_target" => Some(Self::NotInTarget),
            _ => ExclusionCode::from_name(name).map(Self::Excluded).or_else(|| given().map(Self::of_given)),
        }
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl Serialize for ReasonCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Why an asset has its verdict, where the verdict does not say it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VerdictReason {
    /// The code.
    pub code: ReasonCode,
    /// The bound that the asset's figure does not keep; `None` if the reason has none.
    pub bound: Option<Figure>,
    /// The reason in words.
    pub words: String,
}

impl VerdictReason {
    /// Returns why a constituent has its verdict; `None` if the verdict says enough.
    pub(crate) fn of(verdict: &AssetVerdict) -> Option<Self> {
        match &verdict.verdict {
            Verdict::Selected => verdict.relaxation.as_ref().map(|relaxation| Self {
                code: ReasonCode::LimitsRelaxed,
                bound: None,
                words: relaxation.to_string(),
            }),
            Verdict::Excluded(exclusion) => Some(Self {
                code: ReasonCode::Excluded(exclusion.code()),
                bound: exclusion.bound(),
                words: exclusion.to_string(),
            }),
            _ => None,
        }
    }

    /// Returns what the reasons of several assets have in common: the figure of one asset is left out.
    pub(crate) fn general(&self) -> String {
        match (self.code, self.bound) {
            (ReasonCode::Excluded(ExclusionCode::ShortHistory), Some(required)) => {
                format!("history shorter than {required} snapshots")
            }
            _ => self.words.clone(),
        }
    }
}
