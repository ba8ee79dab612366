//! What the index remembers from one snapshot to the next.

use regimen_ledger::Index;
use regimen_regime::{Measured, RegimeState};
use regimen_types::AsOf;
use regimen_weighting::Membership;
use serde::{Deserialize, Serialize};

use super::announcement::Announcement;
use super::exposure::Exposure;
use super::schedule::ScheduleState;
use super::sleeve::SleeveState;
use super::supply::SupplyState;

/// All that [`advance_index`](crate::advance_index) carries from one snapshot to the next. Several portfolios
/// can follow one index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexState {
    /// The snapshot of the last decision.
    pub decided_at: Option<AsOf>,
    /// The regime, and the votes for another one.
    pub regime: RegimeState,
    /// The assets of the sleeve that left their peg.
    pub sleeve: SleeveState,
    /// What the regime's signals remember.
    #[serde(default, skip_serializing_if = "SignalState::is_empty")]
    pub signals: SignalState,
    /// The last rebalance.
    pub last_rebalance: Option<LastRebalance>,
    /// The constituents of the last reconstitution, for rules that treat incumbents apart.
    pub membership: Membership,
    /// What the schedule counts.
    pub schedule: ScheduleState,
    /// The supplies that are held constant between supply snapshots.
    #[serde(default, skip_serializing_if = "SupplyState::is_start")]
    pub supply: SupplyState,
    /// A basket that was decided on and has not taken effect.
    pub announced: Option<Announcement>,
    /// The basket and the divisor; `None` before the first snapshot.
    pub index: Option<Index>,
}

impl IndexState {
    /// The state before any decision.
    pub const START: Self = Self {
        decided_at: None,
        regime: RegimeState::START,
        sleeve: SleeveState::START,
        signals: SignalState::START,
        last_rebalance: None,
        membership: Membership::START,
        schedule: ScheduleState::START,
        supply: SupplyState::START,
        announced: None,
        index: None,
    };
}

/// What the signals of a regime remember that no window shows: series that are measured snapshot by snapshot.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignalState {
    /// The series, as far back as the signals look.
    pub measured: Measured,
    /// The same index without a regime, if a signal reads its level.
    pub always_bullish: Option<Box<IndexState>>,
}

impl SignalState {
    /// The state before any snapshot.
    pub const START: Self = Self { measured: Measured::NONE, always_bullish: None };

    fn is_empty(&self) -> bool {
        *self == Self::START
    }
}

/// When the index was last rebalanced, and into what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LastRebalance {
    /// The instant of the decision.
    pub as_of: AsOf,
    /// What the target was made of.
    pub exposure: Exposure,
}
