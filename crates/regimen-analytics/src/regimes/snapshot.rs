//! The figures of one snapshot that the regime report needs.

use regimen_replay::Step;
use regimen_types::{AsOf, IndexLevel, Money, Regime};
use rust_decimal::Decimal;

/// The figures of one snapshot.
#[derive(Clone, Copy, Debug)]
pub struct SnapshotFigures {
    /// The snapshot.
    pub as_of: AsOf,
    /// The regime in force after its decision.
    pub regime: Regime,
    /// The NAV after its transactions.
    pub nav: Money,
    /// The index level.
    pub index_level: IndexLevel,
}

impl SnapshotFigures {
    /// Returns the figures of a replay's step.
    #[must_use]
    pub fn of(step: &Step<'_>) -> Self {
        Self {
            as_of: step.window.as_of(),
            regime: step.decision.index.regime.state.regime,
            nav: step.nav.total,
            index_level: step.decision.index.level,
        }
    }
}

/// A snapshot and the value of a unit of the portfolio at it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    pub(super) figures: SnapshotFigures,
    pub(super) unit: Decimal,
}
