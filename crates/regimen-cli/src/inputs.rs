//! Files that commands read: definition, snapshots, asset list, weights.

use std::path::{Path, PathBuf};

use regimen::definition::{
    CashFlow, CashFlows, Defensive, IndexDefinition, RegimeDefinition, SeriesDefinition, SignalDefinition,
    SignalReads, Weighting, Yields,
};
use regimen::{
    CheckedDefinition, InputError, Inputs, Methodology, WeightTable, YieldRate, YieldTable, parse_definition,
};
use regimen_snapshots::{
    InputEntry, InputFile, SnapshotInput, read_asset_list, read_cash_flows, read_corporate_actions, read_gas,
    read_rates, read_series, read_snapshots, read_weights,
};
use regimen_types::{AsOf, AssetId, CorporateAction, History, Money, SnapshotFormat, near_names};

use crate::arguments::DefinitionOptions;
use crate::failure::Failure;
use crate::progress::ReadProgress;

/// A definition that was read, with its place on disk.
pub(crate) struct Definition {
    pub(crate) checked: CheckedDefinition,
    folder: PathBuf,
    entry: InputEntry,
}

/// A market ready for decisions.
pub(crate) struct Market {
    pub(crate) methodology: Methodology,
    pub(crate) history: History,
    pub(crate) inputs: Vec<InputEntry>,
}

impl Definition {
    pub(crate) fn read(options: &DefinitionOptions) -> Result<Self, Failure> {
        let path = &options.definition;
        let shown = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|problem| {
            Failure::Input(format!(
                "error[CLI001]: the definition cannot be read: {problem}\n  --> {shown}\n  help: name an index.toml"
            ))
        })?;
        let text = String::from_utf8(bytes).map_err(|_| {
            Failure::Input(format!(
                "error[CLI001]: the definition is not UTF-8\n  --> {shown}\n  help: save it as UTF-8"
            ))
        })?;
        let checked = parse_definition(&shown, &text, &options.overrides)?;
        let entry = entry("definition", &InputFile::of(path, text.as_bytes()));
        Ok(Self { checked, folder: path.parent().map(Path::to_owned).unwrap_or_default(), entry })
    }

    /// Refuses a definition of an index alone for a command that needs a portfolio.
    pub(crate) fn with_portfolio(self, command: &str) -> Result<Self, Failure> {
        if self.checked.portfolio.is_some() {
            return Ok(self);
        }
        Err(Failure::Input(format!(
            "error[CLI030]: the definition is of an index alone; `regimen {command}` needs a portfolio\n  help: add the tables `[portfolio]`, `[costs]` and `[vanished]`, or calculate the index with `regimen level`"
        )))
    }

    /// Returns the name of the folder that holds the definition.
    pub(crate) fn folder_name(&self) -> String {
        let folder = std::path::absolute(&self.folder).unwrap_or_else(|_| self.folder.clone());
        folder.file_name().map_or_else(|| "run".to_owned(), |name| name.to_string_lossy().into_owned())
    }

    /// Reads the snapshots, from `path` if given, with the asset list and weights that the definition names.
    pub(crate) fn read_market(self, path: Option<&Path>) -> Result<Market, Failure> {
        let definition = self.checked.clone();
        let named = || definition.snapshots.path.as_ref().map(|path| self.folder.join(path));
        let path = path.map(Path::to_owned).or_else(named).ok_or_else(|| {
            Failure::Input(
                "error[CLI002]: there are no snapshots\n  help: name them with --snapshots, or as `snapshots.path` in the definition"
                    .to_owned(),
            )
        })?;
        let mut inputs = vec![self.entry.clone()];
        let format = definition.snapshots.format();
        let read = read_history(&path, &format)?;
        inputs.extend(read.files.iter().map(|file| entry("snapshots", file)));
        for warning in &read.warnings.items {
            eprintln!("{warning}");
        }
        let mut history = read.history;
        if let Some(list) = &definition.snapshots.asset_list {
            let (list, file) = read_asset_list(&self.folder.join(list))?;
            inputs.push(entry("asset_list", &file));
            history = history.with_asset_list(&list);
        }
        let mut given = Inputs::none();
        let mut gas_file = String::new();
        if let Some(file) = &definition.corporate_actions {
            let (actions, file) = read_corporate_actions(&self.folder.join(&file.path))?;
            inputs.push(entry("corporate_actions", &file));
            let (with_actions, without_effect) = history.with_corporate_actions(actions);
            history = with_actions;
            for action in &without_effect {
                eprintln!("{}", never_in_force(action, &file.name));
            }
        }
        if let Some(CashFlows::File { path }) = &definition.cash_flows {
            let (flows, file) = read_cash_flows(&self.folder.join(path))?;
            inputs.push(entry("cash_flows", &file));
            given = given.cash_flows(checked_flows(&definition, flows, &file.name)?);
        }
        if let Some(series) = definition.costs.as_ref().and_then(|costs| costs.gas.as_ref()?.series.as_ref())
        {
            let (gas, file) = read_gas(&self.folder.join(&series.path))?;
            inputs.push(entry("gas", &file));
            given = given.gas(gas);
            gas_file = file.name;
        }
        if let Some(Yields::File { path }) = &definition.defensive.yields {
            let (rates, file) = read_rates(&self.folder.join(path))?;
            inputs.push(entry("yields", &file));
            given = given.yields(checked_yields(&definition.defensive, rates, &file.name)?);
        }
        if let Weighting::File { path } = &definition.weighting {
            let (weights, file) = read_weights(&self.folder.join(path))?;
            inputs.push(entry("weights", &file));
            let weights = WeightTable::new(weights).map_err(|problem| {
                let help = "correct the weights; what they leave of 1 is held in cash";
                Failure::Input(format!("error[CLI011]: {problem}\n  --> {}\n  help: {help}", file.name))
            })?;
            given = given.weights(weights);
        }
        if let RegimeDefinition::Signals(rule) = &definition.regime {
            for (_, signal) in rule.all_signals() {
                given = self.hand_over(given, signal, &mut inputs)?;
            }
        }
        let methodology = Methodology::new(definition, given).map_err(|problem| match problem {
            InputError::NoGasOfChain { .. } => {
                let help = "add its rows, or its gas to `costs.gas.chains`";
                Failure::Input(format!("error[CLI042]: {problem}\n  --> {gas_file}\n  help: {help}"))
            }
            problem => Failure::internal(problem),
        })?;
        check_assets(&methodology, &history)?;
        Ok(Market { methodology, history, inputs })
    }

    /// Reads the file that a signal reads, if it reads one.
    fn hand_over(
        &self,
        given: Inputs,
        signal: &SignalDefinition,
        inputs: &mut Vec<InputEntry>,
    ) -> Result<Inputs, Failure> {
        let SignalDefinition { name, reads, .. } = signal;
        if *reads == SignalReads::Own {
            return Err(Failure::Input(format!(
                "error[CLI020]: the signal {name:?} is the user's own, which only code can hand over\n  help: build the methodology in code, with `Inputs::signal`"
            )));
        }
        let Some(SeriesDefinition::File { path, column, .. }) = reads.series() else {
            return Ok(given);
        };
        let (series, file) = read_series(&self.folder.join(path), column)?;
        inputs.push(entry(&format!("series of {name}"), &file));
        Ok(given.series(name, series))
    }
}

fn entry(role: &str, file: &InputFile) -> InputEntry {
    InputEntry {
        role: role.to_owned(),
        name: file.name.clone(),
        bytes: file.bytes,
        sha256: file.sha256.clone(),
    }
}

/// Warns of a corporate action that changes nothing in these snapshots.
fn never_in_force(action: &CorporateAction, file: &str) -> String {
    let (kind, asset, as_of) = (action.kind(), action.asset(), action.as_of());
    format!(
        "warning[CLI050]: the {kind} of {asset} at {as_of} never comes into force\n  --> {file}\n  help: check the identifiers and instants: it needs a row of {asset}, and a price of what comes in"
    )
}

/// Refuses cash flows that are finer than the portfolio's money.
fn checked_flows(
    definition: &IndexDefinition,
    flows: Vec<(AsOf, Money)>,
    file: &str,
) -> Result<Vec<CashFlow>, Failure> {
    let scale = definition.portfolio.as_ref().map_or(0, |portfolio| portfolio.money_scale);
    if let Some((as_of, amount)) =
        flows.iter().find(|(_, amount)| amount.decimal().normalize().scale() > scale)
    {
        return Err(Failure::Input(format!(
            "error[CLI051]: the cash flow of {amount} at {as_of} has more than {scale} decimal places\n  --> {file}\n  help: round it, or raise `portfolio.money_scale`"
        )));
    }
    Ok(flows.into_iter().map(|(as_of, amount)| CashFlow { as_of, amount }).collect())
}

/// Refuses rates of assets that are not of the sleeve.
fn checked_yields(defensive: &Defensive, rates: Vec<YieldRate>, file: &str) -> Result<YieldTable, Failure> {
    let members: Vec<&AssetId> = defensive.sleeve.iter().map(|member| &member.asset).collect();
    let foreign = rates.iter().filter_map(|rate| rate.asset.as_ref()).find(|asset| !members.contains(asset));
    if let Some(asset) = foreign {
        return Err(Failure::Input(format!(
            "error[CLI025]: a rate is given for {asset}, which is not of the defensive sleeve\n  --> {file}\n  help: remove its rows, or add the asset to `defensive.sleeve`; rates without an asset are those of cash"
        )));
    }
    Ok(rates.into_iter().collect())
}

/// Reads snapshots with a progress bar on a terminal.
fn read_history(path: &Path, format: &SnapshotFormat) -> Result<SnapshotInput, Failure> {
    #[cfg(feature = "panel")]
    if is_parquet(path) {
        return read_parquet(path);
    }
    #[cfg(not(feature = "panel"))]
    if path.extension().is_some_and(|extension| extension == "parquet") {
        return Err(Failure::Input(format!(
            "error[CLI003]: this build does not read Parquet\n  --> {}\n  help: build with `--features panel`, or use CSV",
            path.display()
        )));
    }
    let progress = ReadProgress::start();
    let read = read_snapshots(path, format, &|done, total| progress.show(done, total));
    progress.finish();
    Ok(read?)
}

/// Refuses a definition whose regime or sleeve names assets that the snapshots never mention.
fn check_assets(methodology: &Methodology, history: &History) -> Result<(), Failure> {
    let definition = methodology.definition();
    let mut named: Vec<(String, &AssetId)> = Vec::new();
    match &definition.regime {
        RegimeDefinition::AlwaysBullish => {}
        RegimeDefinition::PriceAboveAverage(rule) => named.push(("regime.asset".to_owned(), &rule.asset)),
        RegimeDefinition::Signals(rule) => {
            for (key, signal) in rule.all_signals() {
                if let Some(SeriesDefinition::Asset { asset }) = signal.reads.series() {
                    named.push((format!("{key}.reads.of.asset"), asset));
                }
            }
        }
    }
    let sleeve = definition.defensive.sleeve.iter();
    named.extend(sleeve.map(|member| ("defensive.sleeve".to_owned(), &member.asset)));
    let unknown: Vec<(String, &AssetId)> =
        named.into_iter().filter(|(_, asset)| !history.contains(asset)).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let known = || history.columns().assets.iter().map(AssetId::as_str);
    let lines: Vec<String> = unknown
        .iter()
        .map(|(key, asset)| {
            let help = match near_names(asset.as_str(), known()).as_slice() {
                [] => "use the identifier that the snapshots use".to_owned(),
                near => format!("did you mean {}?", near.join(" or ")),
            };
            format!(
                "error[CLI004]: `{key}` names {asset}, which does not occur in the snapshots\n  help: {help}"
            )
        })
        .collect();
    Err(Failure::Input(lines.join("\n")))
}

#[cfg(feature = "panel")]
pub(crate) use parquet::convert;
#[cfg(feature = "panel")]
use parquet::{is_parquet, read_parquet};

#[cfg(feature = "panel")]
mod parquet {
    //! Snapshots as Parquet.

    use std::path::Path;

    use regimen_snapshots::{InputFile, SnapshotInput};
    use regimen_types::{Diagnostics, SnapshotFormat};

    use crate::arguments::Convert;
    use crate::failure::Failure;

    pub(super) fn is_parquet(path: &Path) -> bool {
        path.extension().is_some_and(|extension| extension == "parquet")
    }

    pub(super) fn read_parquet(path: &Path) -> Result<SnapshotInput, Failure> {
        let refuse = |problem: &dyn std::fmt::Display| Failure::Input(problem.to_string());
        let history = regimen_panel::read_parquet(path).map_err(|problem| refuse(&problem))?;
        let bytes = std::fs::read(path).map_err(|problem| refuse(&problem))?;
        let files = vec![InputFile::of(path, &bytes)];
        Ok(SnapshotInput { history, files, warnings: Diagnostics::default() })
    }

    pub(crate) fn convert(command: &Convert) -> Result<String, Failure> {
        let read = super::read_history(&command.from, &SnapshotFormat::default())?;
        regimen_panel::write_parquet(&read.history, &command.to)
            .map_err(|problem| Failure::Input(problem.to_string()))?;
        Ok(format!(
            "{}: {} rows in {} snapshots of {} assets\n",
            command.to.display(),
            read.history.row_count(),
            read.history.snapshot_count(),
            read.history.asset_count()
        ))
    }
}
