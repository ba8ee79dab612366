//! When constituents, weights and supplies are set.

use regimen_types::Cause;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use crate::delayed::{Delay, DelayedTiming, timing_beside};
use crate::leaf;
use crate::timing::{MissingDay, Timing, Weekday};

/// When constituents, weights and supplies are set.
///
/// A *reconstitution* selects the constituents and weighs them; a *rebalance* weighs the present ones again;
/// a *supply snapshot* states the supplies by which market caps rank and weigh until the next one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// The reconstitutions.
    #[serde(flatten)]
    pub reconstitution: Timing,
    /// Further rebalances, of the weights alone. Default: none beside the reconstitutions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rebalance: Option<DelayedTiming>,
    /// The supply snapshots. Default: each snapshot has its own supplies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supply: Option<DelayedTiming>,
    /// Which crosses of a threshold are a reconstitution of their own, on any day. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_cross: Option<OnCross>,
    /// How many snapshots after its reference instant a new basket takes effect: the weights are set at the
    /// reference prices, announced, and drift until then. Default: at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_after_snapshots: Option<u32>,
    /// As `effective_after_snapshots`, in days of 24 hours: at the first snapshot that many days after the
    /// reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_after_days: Option<u32>,
}

/// Which crosses of a threshold are a reconstitution of their own: those of the `attribute` screens of these
/// names.
///
/// An asset crosses when its value lies on another side of the screen's threshold than its last known value
/// did: a constituent that no longer keeps `stay`, or another eligible asset that reaches `enter`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OnCross {
    /// The attributes, each with a screen in `universe.screens`.
    #[schemars(schema_with = "leaf::some_attributes")]
    pub attributes: Vec<String>,
    /// Which crosses count.
    pub of: CrossingAssets,
}

/// Whose crosses count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CrossingAssets {
    /// Those of constituents, which leave (downgrades).
    Members,
    /// Those of other eligible assets, which may come in (upgrades).
    Candidates,
    /// Both.
    All,
}

impl Schedule {
    /// Builds a schedule of reconstitutions alone, which take effect at once.
    #[must_use]
    pub fn of(reconstitution: Timing) -> Self {
        Self {
            reconstitution,
            rebalance: None,
            supply: None,
            on_cross: None,
            effective_after_snapshots: None,
            effective_after_days: None,
        }
    }

    /// Builds a weekly schedule.
    #[must_use]
    pub fn weekly(weekday: Weekday, if_missing: MissingDay) -> Self {
        Self::of(Timing::Week { weekday, if_missing })
    }

    /// Returns true if a basket may take effect at later prices than those it was weighed by.
    #[must_use]
    pub fn may_take_effect_later(&self) -> bool {
        let looks_back = |timing: &Timing| timing.if_missing() == Some(MissingDay::PreviousSnapshot);
        self.delay_of(Cause::Schedule).waits()
            || self.delay_of(Cause::Rebalance).waits()
            || looks_back(&self.reconstitution)
            || self.rebalance.as_ref().is_some_and(|rebalance| looks_back(&rebalance.timing))
    }

    /// Returns how long a new basket of a cause waits: scheduled ones alone do.
    #[must_use]
    pub fn delay_of(&self, cause: Cause) -> Delay {
        let own = Delay::of(self.effective_after_snapshots, self.effective_after_days);
        let delay = match cause {
            Cause::Schedule => own,
            Cause::Rebalance => self.rebalance.as_ref().and_then(DelayedTiming::delay).or(own),
            _ => None,
        };
        delay.unwrap_or(Delay::NONE)
    }

    /// Builds the schedule of a file of weights.
    #[must_use]
    pub fn weights_file() -> Self {
        Self::of(Timing::WeightsFile)
    }
}

/// Everything of a schedule but its reconstitutions, for the schema.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "the fields are there for their schemas")]
struct Beside {
    /// Further rebalances, of the weights alone. Default: none beside the reconstitutions.
    rebalance: Option<DelayedTiming>,
    /// The supply snapshots, whose supplies state the market caps that rank and weigh until the next one:
    /// price × (cap ÷ price) or × circulating supply × float factor, as of then. Default: each snapshot has
    /// its own supplies.
    supply: Option<DelayedTiming>,
    /// Which crosses of a threshold are a reconstitution of their own, on any day. Default: none.
    on_cross: Option<OnCross>,
    /// How many snapshots after its reference instant a new basket takes effect: the weights are set at the
    /// reference prices, announced, and drift until then. Default: at once.
    effective_after_snapshots: Option<u32>,
    /// As `effective_after_snapshots`, in days of 24 hours: at the first snapshot that many days after the
    /// reference.
    effective_after_days: Option<u32>,
}

impl JsonSchema for Schedule {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Schedule".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        timing_beside(Beside::json_schema(generator), generator)
    }
}
