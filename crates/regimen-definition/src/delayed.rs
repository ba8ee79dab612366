//! A calendar with a delay of its own: when figures are taken, and how much later they count.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use crate::timing::Timing;

/// When something is decided, and how much later it takes effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelayedTiming {
    /// The reference instants.
    #[serde(flatten)]
    pub timing: Timing,
    /// How many snapshots after its reference instant it takes effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_after_snapshots: Option<u32>,
    /// As `effective_after_snapshots`, in days of 24 hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_after_days: Option<u32>,
}

/// How much later than its reference instant something takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delay {
    /// Snapshots.
    pub snapshots: u32,
    /// Days of 24 hours.
    pub days: u32,
}

impl Delay {
    /// Builds a delay from the keys of a definition; `None` where neither is given.
    pub(super) fn of(snapshots: Option<u32>, days: Option<u32>) -> Option<Self> {
        (snapshots.is_some() || days.is_some())
            .then(|| Self { snapshots: snapshots.unwrap_or(0), days: days.unwrap_or(0) })
    }

    /// No delay.
    pub const NONE: Self = Self { snapshots: 0, days: 0 };

    /// Returns true if anything waits at all.
    #[must_use]
    pub fn waits(self) -> bool {
        self != Self::NONE
    }
}

impl DelayedTiming {
    /// Builds a calendar without a delay of its own.
    #[must_use]
    pub fn of(timing: Timing) -> Self {
        Self { timing, effective_after_snapshots: None, effective_after_days: None }
    }

    /// Returns the delay, `None` where the definition gives none.
    #[must_use]
    pub fn delay(&self) -> Option<Delay> {
        Delay::of(self.effective_after_snapshots, self.effective_after_days)
    }
}

/// The keys beside the calendar, for the schema.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "the fields are there for their schemas")]
struct Beside {
    /// How many snapshots after its reference instant it takes effect. Default: for `rebalance` as for the
    /// reconstitutions, for `supply` at once.
    effective_after_snapshots: Option<u32>,
    /// As `effective_after_snapshots`, in days of 24 hours: at the first snapshot that many days after the
    /// reference.
    effective_after_days: Option<u32>,
}

impl JsonSchema for DelayedTiming {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "DelayedTiming".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        timing_beside(Beside::json_schema(generator), generator)
    }
}

/// Builds the variants of [`Timing`], each with further keys.
pub(super) fn timing_beside(beside: Schema, generator: &mut SchemaGenerator) -> Schema {
    let mut schema = Timing::json_schema(generator);
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
