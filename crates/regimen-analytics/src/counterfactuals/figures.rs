//! The outcomes of the same run under other regimes.

use regimen_types::{ArithmeticError, IndexLevel, Money, Ratio};
use serde::{Deserialize, Serialize};

use super::distribution::Distribution;
use crate::summary::Summary;

/// The number of random runs, and their seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RandomRegimes {
    /// The number of runs.
    pub runs: u32,
    /// The seed: another seed gives other regimes. The first runs of a seed are the same for any number of
    /// runs.
    pub seed: u64,
}

/// The same run under other regimes: the same snapshots, methodology, costs and lag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counterfactuals {
    /// The run itself.
    pub rule: CounterfactualRun,
    /// With the constituents from the first snapshot to the last: buy and hold of the index.
    pub always_bullish: CounterfactualRun,
    /// With each regime some snapshots late; the regime is undetermined until the first one arrives.
    pub late: Vec<ShiftedRun>,
    /// With each regime a snapshot early.
    pub early: ShiftedRun,
    /// With the dwells of each regime at random times.
    pub random: RandomRuns,
}

/// The outcome of a run under given regimes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CounterfactualRun {
    /// Final NAV over the money that came in.
    pub nav_multiple: Ratio,
    /// The worst fall of NAV from an earlier peak.
    pub worst_drawdown: Ratio,
    /// The index level after the last snapshot.
    pub final_index_level: IndexLevel,
    /// Changes from bullish to bearish or back.
    pub flips: u64,
    /// One-way turnover.
    pub turnover: Ratio,
    /// All costs of trading.
    pub cost: Money,
}

/// A run whose regimes are shifted in time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShiftedRun {
    /// The shift, in snapshots.
    pub snapshots: u64,
    /// True if the shift is possible in practice: an early regime is not.
    pub attainable: bool,
    /// The outcome.
    pub run: CounterfactualRun,
}

/// Runs with the dwells of each regime at random times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomRuns {
    /// The number of runs.
    pub runs: u64,
    /// The seed.
    pub seed: u64,
    /// The number of different runs among them: few dwells have few arrangements, and a percentile then means
    /// little.
    pub distinct: u64,
    /// Where the rule's NAV multiple lies.
    pub nav_multiple: Distribution,
    /// Where the rule's worst drawdown lies.
    pub worst_drawdown: Distribution,
    /// The NAV multiple of each run.
    pub nav_multiples: Vec<Ratio>,
    /// The worst drawdown of each run.
    pub worst_drawdowns: Vec<Ratio>,
}

impl CounterfactualRun {
    /// Builds the outcome from a run's summary.
    ///
    /// # Errors
    /// [`ArithmeticError`] if the sum of costs does not fit a decimal.
    pub fn of(summary: &Summary) -> Result<Self, ArithmeticError> {
        Ok(Self {
            nav_multiple: summary.nav_multiple,
            worst_drawdown: summary.worst_drawdown,
            final_index_level: summary.final_index_level,
            flips: summary.regime_flips,
            turnover: summary.turnover,
            cost: summary.costs().total()?,
        })
    }
}
