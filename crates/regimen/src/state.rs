//! What a decision remembers for the next one.

use std::collections::BTreeSet;

use regimen_ledger::{Index, ProForma};
use regimen_regime::{Measured, RegimeState};
use regimen_types::{AsOf, AssetId, Cause, Regime};
use regimen_weighting::Membership;
use serde::{Deserialize, Serialize};

use crate::advance::{SleeveState, SupplyState};
use crate::decision::Basis;
use crate::execution::PendingOrders;
use crate::schedule::ScheduleState;

/// All that [`decide`](crate::decide) carries from one snapshot to the next.
///
/// It is small and serialisable, so that a service can store it between calls and an interrupted run can resume.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The index.
    pub index: IndexState,
    /// Orders that wait for their execution snapshot.
    pub pending: Option<PendingOrders>,
    /// Assets whose trade the last plan had to leave to later snapshots.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub carried: BTreeSet<AssetId>,
}

/// All that [`advance_index`](crate::advance_index) carries from one snapshot to the next. Several portfolios can
/// follow one index.
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

/// A basket that was decided on by the figures of its reference instant, and takes effect later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Announcement {
    /// After how many more snapshots it may take effect.
    pub snapshots_left: u32,
    /// The instant before which it does not take effect.
    pub not_before: AsOf,
    /// The units.
    pub pro_forma: ProForma,
    /// The instant whose figures select and weigh.
    pub reference: AsOf,
    /// Why.
    pub cause: Cause,
    /// What the basket is made of.
    pub basis: Basis,
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

/// What a target is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exposure {
    /// The index's constituents.
    Constituents,
    /// The defensive sleeve.
    Sleeve,
}

impl Exposure {
    /// Returns what a regime holds.
    #[must_use]
    pub fn of(regime: Regime) -> Self {
        match regime {
            Regime::Bullish => Self::Constituents,
            Regime::Bearish | Regime::Undetermined => Self::Sleeve,
        }
    }
}

impl State {
    /// The state before any decision.
    pub const START: Self = Self { index: IndexState::START, pending: None, carried: BTreeSet::new() };
}
