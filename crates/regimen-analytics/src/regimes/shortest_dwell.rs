//! The shortest dwell that a rule allows: round trips are measured by it.

use regimen::definition::RegimeDefinition;

use super::report::WhipsawBound;

/// The shortest dwell that a rule allows.
#[derive(Clone, Copy, Debug)]
pub(super) enum ShortestDwell {
    /// The rule never switches.
    None,
    /// In evaluations.
    Confirmations(u32),
    /// In days of 24 hours, where the rule states them.
    Days(u32),
}

impl ShortestDwell {
    pub(super) fn of(regime: &RegimeDefinition) -> Self {
        match regime {
            RegimeDefinition::AlwaysBullish => Self::None,
            RegimeDefinition::Signals(rule) if rule.min_dwell_days > 0 => Self::Days(rule.min_dwell_days),
            RegimeDefinition::Signals(rule) => Self::Confirmations(rule.confirm_snapshots),
            RegimeDefinition::PriceAboveAverage(rule) => Self::Confirmations(rule.confirm_snapshots),
        }
    }

    pub(super) fn bound(self) -> WhipsawBound {
        match self {
            Self::None => WhipsawBound::None,
            Self::Confirmations(_) => WhipsawBound::ConfirmSnapshots,
            Self::Days(_) => WhipsawBound::MinDwellDays,
        }
    }

    /// Returns the snapshots below which a round trip is too short.
    pub(super) fn snapshots(self) -> u64 {
        if let Self::Confirmations(snapshots) = self { 2 * u64::from(snapshots) } else { 0 }
    }

    /// Returns the days below which it is, where days count.
    pub(super) fn days(self) -> Option<u64> {
        if let Self::Days(days) = self { Some(2 * u64::from(days)) } else { None }
    }
}
