//! The index level: its start, and what happens between two reconstitutions.

use regimen_ledger::Reinvestment;
use regimen_types::{AsOf, IndexLevel, Weight};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::leaf;

/// The index level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IndexBase {
    /// The level at the base: a decimal above zero, often 100 or 1000.
    #[schemars(schema_with = "leaf::base_level")]
    pub base_level: IndexLevel,
    /// The day of the base: the index begins with its first snapshot, or the next; earlier ones serve as
    /// history. Default: the first snapshot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "leaf::date")]
    pub base_date: Option<AsOf>,
    /// What becomes of a constituent without a price between two reconstitutions. Default: its last price is
    /// carried until the next rebalance (it is frozen).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deletion: Option<DeletionDefinition>,
    /// What constituents distribute, for an index of total return. Default: a price index, which takes no
    /// notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distributions: Option<Distributions>,
    /// What becomes of published levels when data is corrected or comes late. Default: `forward_only`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restatement: Option<Restatement>,
}

impl IndexBase {
    /// Builds a price index that has a level from the first snapshot on.
    #[must_use]
    pub fn of(base_level: IndexLevel) -> Self {
        Self { base_level, base_date: None, deletion: None, distributions: None, restatement: None }
    }
}

/// The deletion of a constituent without a price between two reconstitutions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeletionDefinition {
    /// The days of 24 hours for which the last price is carried; then the constituent is deleted.
    pub max_stale_days: u32,
    /// The fraction of the last price at which it is deleted, from 0 to 1. What it loses, the index loses.
    #[schemars(schema_with = "leaf::fraction")]
    pub recovery: Weight,
    /// Where its weight goes.
    pub then: SuccessorName,
}

/// Where the weight of a deleted constituent goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SuccessorName {
    /// To the others, in proportion to their weights.
    Redistribute,
    /// To the first asset of the reserve that has a price now and is no constituent; to the others otherwise.
    /// `selection.reserve` is needed.
    NextRanked,
    /// To cash, until the next rebalance.
    HoldCash,
    /// Nowhere: it stays at its last price until the next rebalance.
    Freeze,
}

/// What constituents distribute, and where it is reinvested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Distributions {
    /// The numeric column of the snapshots that holds what one unit distributes at that snapshot, in
    /// currency; the prices of the snapshot are those without it.
    #[schemars(schema_with = "leaf::attribute")]
    pub column: String,
    /// Where it is reinvested.
    #[schemars(schema_with = "leaf::named::<Reinvestment>")]
    pub reinvest: Reinvestment,
}

/// What becomes of published levels when data is corrected or comes late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Restatement {
    /// They stand. A level is calculated from what was known at its snapshot; corrections count from the
    /// snapshot on at which they are known.
    ForwardOnly,
}
