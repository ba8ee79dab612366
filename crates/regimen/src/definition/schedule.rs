//! When constituents and weights are set anew.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use super::timing::{MissingDay, Timing, Weekday};

/// When constituents and weights are set anew.
///
/// A *reconstitution* selects the constituents and weighs them; a *rebalance* weighs the present ones again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// The reconstitutions.
    #[serde(flatten)]
    pub reconstitution: Timing,
    /// Further rebalances, of the weights alone. Default: none beside the reconstitutions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rebalance: Option<Timing>,
    /// How many snapshots after its reference instant a new basket takes effect: the weights are set at the reference
    /// prices, announced, and drift until then. Default: at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_after_snapshots: Option<u32>,
    /// As `effective_after_snapshots`, in days of 24 hours: at the first snapshot that many days after the reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_after_days: Option<u32>,
}

impl Schedule {
    /// Builds a schedule of reconstitutions alone, which take effect at once.
    #[must_use]
    pub fn of(reconstitution: Timing) -> Self {
        Self { reconstitution, rebalance: None, effective_after_snapshots: None, effective_after_days: None }
    }

    /// Builds a weekly schedule.
    #[must_use]
    pub fn weekly(weekday: Weekday, if_missing: MissingDay) -> Self {
        Self::of(Timing::Week { weekday, if_missing })
    }

    /// Says whether a basket may take effect at later prices than those that it was weighed by.
    #[must_use]
    pub fn may_take_effect_later(&self) -> bool {
        let waits = |delay: Option<u32>| delay.is_some_and(|delay| delay > 0);
        let looks_back = |timing: &Timing| timing.if_missing() == Some(MissingDay::PreviousSnapshot);
        waits(self.effective_after_snapshots)
            || waits(self.effective_after_days)
            || looks_back(&self.reconstitution)
            || self.rebalance.as_ref().is_some_and(looks_back)
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
    rebalance: Option<Timing>,
    /// How many snapshots after its reference instant a new basket takes effect: the weights are set at the reference
    /// prices, announced, and drift until then. Default: at once.
    effective_after_snapshots: Option<u32>,
    /// As `effective_after_snapshots`, in days of 24 hours: at the first snapshot that many days after the reference.
    effective_after_days: Option<u32>,
}

impl JsonSchema for Schedule {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Schedule".into()
    }

    fn inline_schema() -> bool {
        true
    }

    /// The variants of [`Timing`], each with the further keys of a schedule.
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Timing::json_schema(generator);
        let beside = Beside::json_schema(generator);
        let further = beside.get("properties").and_then(|properties| properties.as_object()).cloned();
        let options = schema.get_mut("oneOf").and_then(|options| options.as_array_mut());
        for option in options.into_iter().flatten() {
            let properties = option.get_mut("properties").and_then(|properties| properties.as_object_mut());
            for (properties, further) in properties.into_iter().zip(&further) {
                properties.extend(further.clone());
            }
        }
        schema
    }
}
