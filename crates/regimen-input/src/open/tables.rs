//! The files beside snapshots that a definition names.

use std::path::Path;

use regimen::definition::{
    CashFlow, CashFlows, Defensive, IndexDefinition, RegimeDefinition, SeriesDefinition, SignalReads,
    Weighting, Yields,
};
use regimen::{GasTable, Methodology, WeightTable, YieldRate, YieldTable};
use regimen_regime::OutsideSeries;
use regimen_types::{
    AsOf, AssetId, AssetList, CorporateAction, Diagnostic, Diagnostics, History, InputEntry, Money,
};

use super::error::OpenError;
use crate::codes;
use crate::input_file::InputFile;
use crate::tables::{
    read_asset_list, read_cash_flows, read_corporate_actions, read_gas, read_rates, read_series, read_weights,
};

/// The content of a file, and the file's name without its folder.
struct Named<T> {
    content: T,
    file: String,
}

/// What the files hold that a definition names; `None` for one that it does not name.
pub(super) struct NamedTables {
    asset_list: Option<AssetList>,
    corporate_actions: Option<Named<Vec<CorporateAction>>>,
    cash_flows: Option<Vec<CashFlow>>,
    gas: Option<Named<GasTable>>,
    yields: Option<YieldTable>,
    weights: Option<WeightTable>,
    /// By the name of the signal that reads it.
    series: Vec<(String, Named<OutsideSeries>)>,
}

impl NamedTables {
    /// Reads the files, and notes each among the inputs.
    pub(super) fn read(
        definition: &IndexDefinition,
        folder: &Path,
        inputs: &mut Vec<InputEntry>,
    ) -> Result<Self, OpenError> {
        let mut named = |role: &str, file: InputFile| {
            inputs.push(file.entry(role));
            file.name
        };
        let asset_list = definition.snapshots.asset_list.as_ref().map(|path| {
            let (content, file) = read_asset_list(&folder.join(path))?;
            named("asset_list", file);
            Ok::<_, OpenError>(content)
        });
        let asset_list = asset_list.transpose()?;
        let mut tables = Self {
            asset_list,
            corporate_actions: None,
            cash_flows: None,
            gas: None,
            yields: None,
            weights: None,
            series: Vec::new(),
        };
        if let Some(events) = &definition.corporate_actions {
            let (content, file) = read_corporate_actions(&folder.join(&events.path))?;
            tables.corporate_actions = Some(Named { content, file: named("corporate_actions", file) });
        }
        if let Some(CashFlows::File { path }) = &definition.cash_flows {
            let (flows, file) = read_cash_flows(&folder.join(path))?;
            tables.cash_flows = Some(checked_flows(definition, flows, named("cash_flows", file))?);
        }
        let gas = definition.costs.as_ref().and_then(|costs| costs.gas.as_ref()?.series.as_ref());
        if let Some(series) = gas {
            let (content, file) = read_gas(&folder.join(&series.path))?;
            tables.gas = Some(Named { content, file: named("gas", file) });
        }
        if let Some(Yields::File { path }) = &definition.defensive.yields {
            let (rates, file) = read_rates(&folder.join(path))?;
            tables.yields = Some(checked_yields(&definition.defensive, rates, named("yields", file))?);
        }
        if let Weighting::File { path } = &definition.weighting {
            let (weights, file) = read_weights(&folder.join(path))?;
            let file = named("weights", file);
            let weights = WeightTable::new(weights);
            tables.weights = Some(weights.map_err(|problem| OpenError::BadWeights { file, problem })?);
        }
        if let RegimeDefinition::Signals(rule) = &definition.regime {
            for (_, signal) in rule.all_signals() {
                let name = &signal.name;
                if signal.reads == SignalReads::Own {
                    return Err(OpenError::OwnSignal { name: name.clone() });
                }
                if let Some(SeriesDefinition::File { path, column, .. }) = signal.reads.series() {
                    let (content, file) = read_series(&folder.join(path), column)?;
                    let file = named(&format!("series of {name}"), file);
                    tables.series.push((name.clone(), Named { content, file }));
                }
            }
        }
        Ok(tables)
    }

    /// Adds the asset list and the corporate actions to a history, and warns of actions that change nothing
    /// in it.
    pub(super) fn complete(&self, history: History, warnings: &mut Diagnostics) -> History {
        let history = match &self.asset_list {
            Some(list) => history.with_asset_list(list),
            None => history,
        };
        let Some(Named { content, file }) = &self.corporate_actions else { return history };
        let (history, without_effect) = history.with_corporate_actions(content.clone());
        warnings.items.extend(without_effect.iter().map(|action| never_in_force(action, file)));
        history
    }

    /// Hands the tables over to the methodology whose definition names them.
    pub(super) fn hand_over(self, methodology: Methodology) -> Result<Methodology, OpenError> {
        let mut methodology = methodology;
        if let Some(flows) = self.cash_flows {
            methodology = methodology.with_cash_flows(flows);
        }
        if let Some(Named { content, file }) = self.gas {
            methodology =
                methodology.with_gas(content).map_err(|problem| OpenError::NoGas { file, problem })?;
        }
        if let Some(yields) = self.yields {
            methodology = methodology.with_yields(yields);
        }
        if let Some(weights) = self.weights {
            methodology = methodology.with_weights(weights);
        }
        for (signal, Named { content, file }) in self.series {
            methodology = methodology
                .with_series(&signal, content)
                .map_err(|problem| OpenError::NoSuchSignal { file, problem })?;
        }
        Ok(methodology)
    }
}

/// Warns of a corporate action that changes nothing in these snapshots.
fn never_in_force(action: &CorporateAction, file: &str) -> Diagnostic {
    let (kind, asset, as_of) = (action.kind(), action.asset(), action.as_of());
    let message = format!("the {kind} of {asset} at {as_of} never comes into force");
    let help = format!(
        "check the identifiers and instants: it needs a row of {asset}, and a price of what comes in"
    );
    Diagnostic::warning(codes::NEVER_IN_FORCE, file, message, help)
}

/// Refuses cash flows that are finer than the portfolio's money.
fn checked_flows(
    definition: &IndexDefinition,
    flows: Vec<(AsOf, Money)>,
    file: String,
) -> Result<Vec<CashFlow>, OpenError> {
    let money_scale = definition.portfolio.as_ref().map_or(0, |portfolio| portfolio.money_scale);
    let too_fine = |(_, amount): &&(AsOf, Money)| amount.decimal().normalize().scale() > money_scale;
    if let Some(&(as_of, amount)) = flows.iter().find(too_fine) {
        return Err(OpenError::FineCashFlow { file, as_of, amount, money_scale });
    }
    Ok(flows.into_iter().map(|(as_of, amount)| CashFlow { as_of, amount }).collect())
}

/// Refuses rates of assets that are not in the sleeve.
fn checked_yields(
    defensive: &Defensive,
    rates: Vec<YieldRate>,
    file: String,
) -> Result<YieldTable, OpenError> {
    let members: Vec<&AssetId> = defensive.sleeve.iter().map(|member| &member.asset).collect();
    let foreign = rates.iter().filter_map(|rate| rate.asset.as_ref()).find(|asset| !members.contains(asset));
    match foreign {
        Some(asset) => Err(OpenError::ForeignRate { file, asset: asset.clone() }),
        None => Ok(rates.into_iter().collect()),
    }
}
