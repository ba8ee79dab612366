//! Files of events: corporate actions, and money that comes in and goes out.

use regimen_types::{AsOf, Money};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::leaf;

/// Corporate actions, by which units change without a trade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CorporateActions {
    /// The CSV of corporate actions; relative to the definition's folder.
    #[schemars(schema_with = "leaf::path")]
    pub path: String,
}

/// Money that comes in and goes out after the start: listed here, or in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "from", rename_all = "snake_case", deny_unknown_fields)]
pub enum CashFlows {
    /// The definition lists them.
    List {
        /// The flows, by instant.
        #[schemars(length(min = 1))]
        flows: Vec<CashFlow>,
    },
    /// A file lists them.
    File {
        /// The CSV of flows; relative to the definition's folder.
        #[schemars(schema_with = "leaf::path")]
        path: String,
    },
}

/// Money that comes in or goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CashFlow {
    /// When: it is booked at the first snapshot at or after this instant.
    #[schemars(schema_with = "leaf::instant")]
    pub as_of: AsOf,
    /// How much: above zero comes in, below zero goes out. At most `money_scale` decimal places.
    #[schemars(schema_with = "leaf::signed_amount")]
    pub amount: Money,
}
