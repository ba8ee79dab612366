//! Builds a definition in code, key by key.

use serde::Serialize;

use crate::checked::{CheckedDefinition, check_in_code};
use crate::costs::Costs;
use crate::defensive::Defensive;
use crate::events::{CashFlows, CorporateActions};
use crate::execution::Execution;
use crate::fault::DefinitionError;
use crate::index_base::IndexBase;
use crate::limits::Limits;
use crate::node::Node;
use crate::portfolio::Portfolio;
use crate::regime::RegimeDefinition;
use crate::schedule::Schedule;
use crate::selection::Selection;
use crate::snapshots::Snapshots;
use crate::trading::Trading;
use crate::universe::Universe;
use crate::vanished::Vanished;
use crate::weighting::Weighting;

macro_rules! builder {
    ($($key:ident: $table:ty, $meaning:literal;)+) => {
        /// Builds a definition in code. A table that is left out is absent, as in a file, and a required one
        /// is reported by [`DefinitionBuilder::build`]. A new optional key of a definition therefore breaks
        /// no caller.
        ///
        /// ```
        /// use regimen_definition::*;
        ///
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// let largest = DefinitionBuilder::new()
        ///     .name("Ten largest")
        ///     .currency("USD")
        ///     .index(IndexBase::of("1000".parse()?))
        ///     .regime(RegimeDefinition::AlwaysBullish)
        ///     .defensive(Defensive::cash())
        ///     .universe(Universe::default())
        ///     .selection(Selection::largest(10))
        ///     .weighting(Weighting::market_cap());
        /// let error = largest.clone().build().unwrap_err();
        /// assert_eq!((error.faults[0].code, error.faults[0].key.as_str()), ("DEF004", "schedule"));
        ///
        /// let definition = largest.schedule(Schedule::weekly(Weekday::Monday, MissingDay::Skip)).build()?;
        /// assert_eq!(definition.name, "Ten largest");
        /// # Ok(())
        /// # }
        /// ```
        #[derive(Clone, Debug, Default, Serialize)]
        #[must_use]
        pub struct DefinitionBuilder {
            $(#[serde(skip_serializing_if = "Option::is_none")] $key: Option<$table>,)+
        }

        impl DefinitionBuilder {
            /// Builds a definition without any key.
            pub fn new() -> Self {
                Self::default()
            }

            $(
                #[doc = concat!("Sets `", stringify!($key), "`: ", $meaning, ".")]
                pub fn $key(self, $key: impl Into<$table>) -> Self {
                    Self { $key: Some($key.into()), ..self }
                }
            )+

            /// Checks the definition.
            ///
            /// # Errors
            /// [`DefinitionError`] with every fault, each named by its key; `DEF004` for each required key
            /// that is absent.
            pub fn build(self) -> Result<CheckedDefinition, DefinitionError> {
                check_in_code(&Node::of_serialised(&self))
            }
        }
    };
}

builder! {
    name: String, "the index's name";
    currency: String, "the currency of prices, market caps and money";
    snapshots: Snapshots, "where the snapshots are and how they are read";
    index: IndexBase, "the index level";
    regime: RegimeDefinition, "how the regime is determined";
    defensive: Defensive, "what is held while the regime is not bullish";
    universe: Universe, "which assets may be selected";
    selection: Selection, "which of the eligible assets are selected";
    weighting: Weighting, "how the constituents are weighted";
    limits: Limits, "caps and floors on the weights";
    schedule: Schedule, "when constituents and weights are set";
    portfolio: Portfolio, "the money that follows the index";
    costs: Costs, "what a trade costs";
    trading: Trading, "when the portfolio follows the index, and the filters of its trades";
    vanished: Vanished, "what becomes of a held asset that has no price any more";
    execution: Execution, "how orders are executed beyond the lag";
    cash_flows: CashFlows, "money that comes in and goes out after the start";
    corporate_actions: CorporateActions, "corporate actions, by which units change without a trade";
}
