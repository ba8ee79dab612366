//! The files beside snapshots that a definition names.

use std::path::Path;

use regimen::definition::CashFlow;
use regimen::{CheckedDefinition, InputError, Inputs, Methodology, Need, WeightTable};
use regimen_types::{AssetList, CorporateAction, Diagnostic, Diagnostics, History, InputEntry};

use super::effect::{FileContent, FileRole};
use super::error::OpenError;
use crate::codes;
use crate::input_file::InputFile;
use crate::tables::{
    read_asset_list, read_cash_flows, read_corporate_actions, read_gas, read_rates, read_series, read_weights,
};

/// The contents of the files that a definition names.
pub(super) struct NamedTables {
    asset_list: Option<AssetList>,
    /// The actions, and the name of their file without its folder.
    corporate_actions: Option<(Vec<CorporateAction>, String)>,
    /// What the methodology takes.
    inputs: Inputs,
    /// What the files name, to be held against the market.
    contents: Vec<FileContent>,
    /// The files, in the order of reading.
    files: Vec<InputEntry>,
}

/// What was read, and the methodology that takes it.
pub(super) struct TableParts {
    pub(super) methodology: Methodology,
    pub(super) asset_list: Option<AssetList>,
    pub(super) contents: Vec<FileContent>,
}

impl NamedTables {
    /// Reads every file that the definition needs.
    pub(super) fn read(definition: &CheckedDefinition, folder: &Path) -> Result<Self, OpenError> {
        let mut tables = Self {
            asset_list: None,
            corporate_actions: None,
            inputs: Inputs::none(),
            contents: Vec::new(),
            files: Vec::new(),
        };
        for need in definition.needs() {
            tables = tables.with(need, folder)?;
        }
        Ok(tables)
    }

    /// Reads the file of one need.
    fn with(mut self, need: Need<'_>, folder: &Path) -> Result<Self, OpenError> {
        match need {
            Need::AssetList { path } => {
                let (assets, file) = read_asset_list(&folder.join(path))?;
                let file = self.note("asset_list", file);
                self.holds(file, FileRole::AssetList { assets: assets.keys().cloned().collect() });
                self.asset_list = Some(assets);
            }
            Need::CorporateActions { path } => {
                let (actions, file) = read_corporate_actions(&folder.join(path))?;
                self.corporate_actions = Some((actions, self.note("corporate_actions", file)));
            }
            Need::CashFlows { path } => {
                let (flows, file) = read_cash_flows(&folder.join(path))?;
                self.note("cash_flows", file);
                let flows = flows.into_iter().map(|(as_of, amount)| CashFlow { as_of, amount });
                self.inputs = self.inputs.cash_flows(flows.collect());
            }
            Need::Gas { path } => {
                let (gas, file) = read_gas(&folder.join(path))?;
                let file = self.note("gas", file);
                let instants = gas.values().flatten().map(|value| value.as_of).collect();
                self.holds(file, FileRole::Gas { chains: gas.keys().cloned().collect(), instants });
                self.inputs = self.inputs.gas(gas);
            }
            Need::Yields { path } => {
                let (rates, file) = read_rates(&folder.join(path))?;
                let file = self.note("yields", file);
                self.holds(
                    file,
                    FileRole::Yields { instants: rates.iter().map(|rate| rate.as_of).collect() },
                );
                self.inputs = self.inputs.yields(rates.into_iter().collect());
            }
            Need::Weights { path } => {
                let (weights, file) = read_weights(&folder.join(path))?;
                let file = self.note("weights", file);
                let assets = weights.values().flatten().map(|(asset, _)| asset.clone()).collect();
                let instants = weights.keys().copied().collect();
                self.holds(file.clone(), FileRole::Weights { assets, instants });
                let weights = WeightTable::new(weights);
                let weights = weights.map_err(|problem| OpenError::BadWeights { file, problem })?;
                self.inputs = self.inputs.weights(weights);
            }
            Need::Series { signal, path, column, delay_hours } => {
                let (series, file) = read_series(&folder.join(path), column, delay_hours)?;
                let file = self.note(&format!("series of {signal}"), file);
                let content =
                    FileRole::Series { signal: signal.to_owned(), delay_hours, series: series.clone() };
                self.holds(file, content);
                self.inputs = self.inputs.series(signal, series);
            }
            Need::OwnSignal { name } => return Err(OpenError::OwnSignal { name: name.to_owned() }),
        }
        Ok(self)
    }

    /// Notes a file, and returns its name without its folder.
    fn note(&mut self, role: &str, file: InputFile) -> String {
        self.files.push(file.entry(role));
        file.name
    }

    /// Keeps what a file names.
    fn holds(&mut self, file: String, role: FileRole) {
        self.contents.push(FileContent { file, role });
    }

    /// Returns the files, in the order of reading.
    pub(super) fn files(&self) -> &[InputEntry] {
        &self.files
    }

    /// Adds the asset list and the corporate actions to a history, and warns of actions that change nothing
    /// in it.
    pub(super) fn complete(&self, history: History, warnings: &mut Diagnostics) -> History {
        let history = match &self.asset_list {
            Some(list) => history.with_asset_list(list),
            None => history,
        };
        let Some((actions, file)) = &self.corporate_actions else { return history };
        let (history, without_effect) = history.with_corporate_actions(actions.clone());
        let waits_for = |action| what_it_waits_for(action, &without_effect, &history);
        let found = without_effect.iter().map(|action| never_in_force(action, &waits_for(action), file));
        warnings.items.extend(found);
        history
    }

    /// Builds the methodology of the definition that names the tables, and hands over what they hold.
    pub(super) fn into_parts(self, definition: CheckedDefinition) -> Result<TableParts, OpenError> {
        let Self { asset_list, inputs, contents, files, .. } = self;
        let methodology = Methodology::new(definition, inputs)
            .map_err(|problem| OpenError::Unfit { file: file_of(&problem, &files), problem })?;
        Ok(TableParts { methodology, asset_list, contents })
    }
}

/// Returns the name of the file that an input error is about; empty if it is about none.
fn file_of(problem: &InputError, files: &[InputEntry]) -> String {
    let role = match problem {
        InputError::NoGasOfChain { .. } => "gas",
        InputError::YieldElsewhere { .. } => "yields",
        InputError::FlowTooFine { .. } => "cash_flows",
        _ => "",
    };
    let file = files.iter().find(|file| file.role == role);
    file.map(|file| file.name.clone()).unwrap_or_default()
}

/// Warns of a corporate action that changes nothing in these snapshots.
fn never_in_force(action: &CorporateAction, waits_for: &str, file: &str) -> Diagnostic {
    let (kind, asset, as_of) = (action.kind(), action.asset(), action.as_of());
    let message =
        format!("the {kind} of {asset} at {as_of} never comes into force: it waits for {waits_for}");
    let help = "check the identifiers and instants, or add the rows; until then holders of it get nothing";
    Diagnostic::warning(codes::NEVER_IN_FORCE.code, file, message, help)
}

/// Returns what an action waits for: its asset, which another waiting action brings, or a price of what comes
/// in.
fn what_it_waits_for(action: &CorporateAction, waiting: &[CorporateAction], history: &History) -> String {
    let asset = action.asset();
    if history.columns().assets.contains(asset) {
        return match action.priced_asset() {
            Some(priced) => format!("a price of {priced} from {} on", action.known_at()),
            None => format!("a snapshot from {} on", action.known_at()),
        };
    }
    let brings = |each: &&CorporateAction| *each != action && each.priced_asset() == Some(asset);
    match waiting.iter().find(brings) {
        Some(first) => {
            format!("the {} of {} at {}, which brings {asset} in", first.kind(), first.asset(), first.as_of())
        }
        None => format!("a row of {asset}"),
    }
}
