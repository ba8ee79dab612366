//! What a definition reads from outside.

use crate::events::CashFlows;
use crate::index_definition::IndexDefinition;
use crate::regime::{RegimeDefinition, SeriesDefinition, SignalReads};
use crate::weighting::Weighting;
use crate::yields::Yields;

/// Something that a definition reads beside the snapshots: a file, whose path is relative to the definition's
/// folder, or a signal that only code can supply.
///
/// The enum is exhaustive on purpose: code that reads inputs has to treat a new kind of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need<'a> {
    /// The asset list, which the history takes.
    AssetList {
        /// The CSV.
        path: &'a str,
    },
    /// The corporate actions, which the history takes.
    CorporateActions {
        /// The CSV.
        path: &'a str,
    },
    /// The cash flows of the portfolio.
    CashFlows {
        /// The CSV.
        path: &'a str,
    },
    /// The gas of chains over time.
    Gas {
        /// The CSV.
        path: &'a str,
    },
    /// The annual rates that cash and the assets of the sleeve earn.
    Yields {
        /// The CSV.
        path: &'a str,
    },
    /// The target weights.
    Weights {
        /// The CSV.
        path: &'a str,
    },
    /// The series that a signal reads.
    Series {
        /// The signal's name.
        signal: &'a str,
        /// The CSV.
        path: &'a str,
        /// The column of the value.
        column: &'a str,
        /// The hours from a value's instant until it is known, where the file does not say.
        delay_hours: Option<u32>,
    },
    /// A signal of the user's own.
    OwnSignal {
        /// The signal's name.
        name: &'a str,
    },
}

pub(crate) fn needs_of(definition: &IndexDefinition) -> Vec<Need<'_>> {
    let asset_list = definition.snapshots.asset_list.as_ref().map(|path| Need::AssetList { path });
    let actions =
        definition.corporate_actions.as_ref().map(|actions| Need::CorporateActions { path: &actions.path });
    let flows = match &definition.cash_flows {
        Some(CashFlows::File { path }) => Some(Need::CashFlows { path }),
        Some(CashFlows::List { .. }) | None => None,
    };
    let gas = definition.costs.as_ref().and_then(|costs| costs.gas.as_ref()?.series.as_ref());
    let gas = gas.map(|file| Need::Gas { path: &file.path });
    let yields = match &definition.defensive.yields {
        Some(Yields::File { path }) => Some(Need::Yields { path }),
        Some(Yields::Constant { .. }) | None => None,
    };
    let weights = match &definition.weighting {
        Weighting::File { path } => Some(Need::Weights { path }),
        _ => None,
    };
    let tables = [asset_list, actions, flows, gas, yields, weights];
    tables.into_iter().flatten().chain(needs_of_regime(&definition.regime)).collect()
}

fn needs_of_regime(regime: &RegimeDefinition) -> Vec<Need<'_>> {
    let RegimeDefinition::Signals(rule) = regime else { return Vec::new() };
    rule.all_signals()
        .filter_map(|(_, signal)| match (&signal.reads, signal.reads.series()) {
            (SignalReads::Own, _) => Some(Need::OwnSignal { name: &signal.name }),
            (_, Some(SeriesDefinition::File { path, column, delay_hours, .. })) => {
                let delay_hours = *delay_hours;
                Some(Need::Series { signal: &signal.name, path, column, delay_hours })
            }
            _ => None,
        })
        .collect()
}
