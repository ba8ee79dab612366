//! Writes the steps of a run into its folder.

use std::io;
use std::path::Path;

use regimen::Methodology;
use regimen_analytics::{
    Attribution, AttributionError, Attributor, Counterfactuals, RegimeReport, RegimeReportBuilder,
    SnapshotFigures, Summary, SummaryBuilder, TrackingDifference,
};
use regimen_ledger::{RowHash, TRANSACTION_COLUMNS};
use regimen_replay::{Period, Step, StepSink};
use regimen_types::{AsOf, InputEntry, PriceJump, Regime, hex};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::folder::{PartialFolder, RunFolderError};
use super::holds;
use super::manifest::{FORMAT, LogEntry, MANIFEST, MANIFEST_CHECKSUM, Manifest, OutputEntry, SUPPLIES};
use super::output::{FileDigest, FileThread, Output};
use super::regime_tables;
use super::supply_table;
use super::tables;
use super::text::InstantText;

/// What the manifest says of a run beside its outputs.
#[derive(Clone, Debug)]
pub struct RunDescription<'a> {
    /// The methodology.
    pub methodology: &'a Methodology,
    /// The part of the history that is replayed.
    pub period: Period,
    /// The files that were read.
    pub inputs: Vec<InputEntry>,
}

/// A [`StepSink`] that writes a run folder. Nothing appears at the destination until [`RunWriter::finish`].
pub struct RunWriter<'a> {
    description: RunDescription<'a>,
    folder: PartialFolder,
    tables: Tables,
    summary: SummaryBuilder,
    attributor: Attributor,
    tracking_difference: TrackingDifference,
    regime_report: RegimeReportBuilder,
    counterfactuals: Option<Counterfactuals>,
    price_instant: InstantText,
    log: LogEntry,
}

/// What a run leaves beside its tables.
#[derive(Clone, Debug)]
pub struct FinishedRun {
    /// The figures of the run.
    pub summary: Summary,
    /// What the regime switch did to it.
    pub regime_report: RegimeReport,
    /// What made it, and the hashes of its files.
    pub manifest: Manifest,
}

struct Tables {
    nav: Output,
    index: Output,
    regime: Output,
    signals: Output,
    transactions: Output,
    orders: Output,
    holdings: Output,
    decisions: Output,
    holds: Output,
    actions: Output,
    yields: Output,
    attribution: Output,
    suspects: Output,
    /// `None` if supplies have no schedule.
    supplies: Option<Output>,
}

impl<'a> RunWriter<'a> {
    /// Starts a run folder at `destination`, which must not exist, be empty, or hold an earlier run.
    ///
    /// # Errors
    /// [`RunFolderError`] if the destination holds something else, or cannot be written.
    pub fn create(destination: &Path, description: RunDescription<'a>) -> Result<Self, RunFolderError> {
        let folder = PartialFolder::create(destination)?;
        let supplies = description.methodology.definition().schedule.supply.is_some();
        let tables = Tables::create(folder.path(), supplies).map_err(RunFolderError::io(folder.path()))?;
        let log = LogEntry {
            money_scale: description.methodology.portfolio().map_or(0, |rules| rules.portfolio.money_scale),
            transactions: 0,
            last_hash: RowHash::START.to_string(),
        };
        let attributor = Attributor::new(description.methodology);
        let regime_report = RegimeReportBuilder::new(description.methodology.definition());
        Ok(Self {
            description,
            folder,
            tables,
            summary: SummaryBuilder::default(),
            attributor,
            tracking_difference: TrackingDifference::default(),
            regime_report,
            counterfactuals: None,
            price_instant: InstantText::default(),
            log,
        })
    }

    /// Writes the prices that a person should look at before believing the run.
    ///
    /// # Errors
    /// [`RunFolderError`] if the folder cannot be written.
    pub fn write_suspects(&mut self, suspects: &[PriceJump]) -> Result<(), RunFolderError> {
        let path = self.folder.path();
        suspects.iter().try_for_each(|jump| {
            self.tables
                .suspects
                .append(|text| tables::write_suspect(text, jump))
                .map_err(RunFolderError::io(path))
        })
    }

    /// Returns the regime in force at each snapshot so far, under which [`regimen_analytics::counterfactuals`] are made.
    #[must_use]
    pub fn regimes(&self) -> Vec<(AsOf, Regime)> {
        self.regime_report.regimes().collect()
    }

    /// Hands over the same run under other regimes, for the regime report.
    pub fn add_counterfactuals(&mut self, counterfactuals: Counterfactuals) {
        self.counterfactuals = Some(counterfactuals);
    }

    /// Writes summary, regime report and manifest, puts the folder in its place, and returns all three.
    ///
    /// # Errors
    /// [`RunFolderError`] if there was no step or the folder cannot be written; the destination is then as it was.
    pub fn finish(self) -> Result<FinishedRun, RunFolderError> {
        let Self {
            description,
            folder,
            mut tables,
            summary,
            tracking_difference,
            regime_report,
            counterfactuals,
            log,
            ..
        } = self;
        let summary =
            summary.finish().ok_or_else(|| RunFolderError::Figure("the run has no step".to_owned()))?;
        let summary = Summary { tracking_difference: Some(tracking_difference), ..summary };
        let regime_report = regime_report
            .finish()
            .map_err(|error| RunFolderError::Figure(format!("regime report: {error}")))?
            .ok_or_else(|| RunFolderError::Figure("the run has no step".to_owned()))?;
        let regime_report = RegimeReport { counterfactuals, ..regime_report };
        let supplies = tables.supplies.take();
        let mut outputs = finish(tables.all()).map_err(RunFolderError::io(folder.path()))?;
        for (name, text) in [("summary.json", json(&summary)?), ("regime_report.json", json(&regime_report)?)]
        {
            write(folder.path(), name, &text)?;
            outputs.push(FileDigest::of(text.as_bytes()).entry(name));
        }
        outputs.extend(finish(supplies).map_err(RunFolderError::io(folder.path()))?);
        let manifest = manifest(description, outputs, log)?;
        let manifest_json = json(&manifest)?;
        write(folder.path(), MANIFEST, &manifest_json)?;
        write(folder.path(), MANIFEST_CHECKSUM, &checksum_line(manifest_json.as_bytes()))?;
        folder.publish()?;
        Ok(FinishedRun { summary, regime_report, manifest })
    }

    fn write_tables(&mut self, step: &Step<'_>, attribution: &Attribution) -> io::Result<()> {
        let money_scale = self.log.money_scale;
        self.tables.nav.append(|text| tables::write_nav(text, step))?;
        self.tables.index.append(|text| tables::write_index(text, step))?;
        self.tables.regime.append(|text| regime_tables::write_regime(text, step))?;
        self.tables.signals.append(|text| regime_tables::write_signals(text, step))?;
        self.tables.transactions.append(|text| tables::write_transactions(text, step))?;
        self.tables.orders.append(|text| tables::write_orders(text, step))?;
        self.tables.holds.append(|text| holds::write_holds(text, step))?;
        self.tables.actions.append(|text| tables::write_actions(text, step))?;
        self.tables.yields.append(|text| tables::write_yields(text, step))?;
        self.tables.attribution.append(|text| tables::write_attribution(text, attribution))?;
        self.tables.decisions.append(|text| tables::write_decisions(text, step))?;
        if let Some(supplies) = &mut self.tables.supplies {
            supplies.append(|text| supply_table::write_supplies(text, step))?;
        }
        let price_instant = &mut self.price_instant;
        self.tables.holdings.append(|text| tables::write_holdings(text, step, money_scale, price_instant))
    }
}

impl StepSink for RunWriter<'_> {
    type Error = RunFolderError;

    fn take(&mut self, step: &Step<'_>) -> Result<(), RunFolderError> {
        self.summary.add(step).map_err(|error| RunFolderError::Figure(format!("summary: {error}")))?;
        let figures = SnapshotFigures::of(step);
        self.regime_report
            .add(figures, &step.transactions)
            .map_err(|error| RunFolderError::Figure(format!("regime report: {error}")))?;
        if let Some(last) = step.transactions.last() {
            self.log.transactions = last.seq;
            self.log.last_hash = last.hash.to_string();
        }
        let attribution = self.attributor.add(step).map_err(unexplained)?;
        self.tracking_difference
            .add(&attribution)
            .map_err(|error| RunFolderError::Figure(format!("tracking difference: {error}")))?;
        self.write_tables(step, &attribution).map_err(RunFolderError::io(self.folder.path()))
    }
}

impl Tables {
    fn create(folder: &Path, supplies: bool) -> io::Result<Self> {
        let supplies = supplies.then(|| Output::create(folder, SUPPLIES, supply_table::SUPPLIES_COLUMNS));
        Ok(Self {
            nav: Output::create(folder, "nav.csv", tables::NAV_COLUMNS)?,
            index: Output::create(folder, "index.csv", tables::INDEX_COLUMNS)?,
            regime: Output::create(folder, "regime.csv", regime_tables::REGIME_COLUMNS)?,
            signals: Output::create(folder, "signals.csv", regime_tables::SIGNALS_COLUMNS)?,
            transactions: Output::create(folder, "transactions.csv", &TRANSACTION_COLUMNS.join(","))?,
            orders: Output::create(folder, "orders.csv", tables::ORDERS_COLUMNS)?,
            holdings: Output::create(folder, "holdings.csv", tables::HOLDINGS_COLUMNS)?,
            decisions: Output::create(folder, "decisions.csv", tables::DECISIONS_COLUMNS)?,
            holds: Output::create(folder, "holds.csv", holds::HOLDS_COLUMNS)?,
            actions: Output::create(folder, "actions.csv", tables::ACTIONS_COLUMNS)?,
            yields: Output::create(folder, "yields.csv", tables::YIELDS_COLUMNS)?,
            attribution: Output::create(folder, "attribution.csv", tables::ATTRIBUTION_COLUMNS)?,
            suspects: Output::create(folder, "suspects.csv", tables::SUSPECTS_COLUMNS)?,
            supplies: supplies.transpose()?,
        })
    }

    /// Returns the tables that every run has.
    fn all(self) -> [Output; 13] {
        let Self {
            nav,
            index,
            regime,
            signals,
            transactions,
            orders,
            holdings,
            decisions,
            holds,
            actions,
            yields,
            attribution,
            suspects,
            supplies: _,
        } = self;
        [
            nav,
            index,
            regime,
            signals,
            transactions,
            orders,
            holdings,
            decisions,
            holds,
            actions,
            yields,
            attribution,
            suspects,
        ]
    }
}

/// Writes files to their ends, side by side.
fn finish(outputs: impl IntoIterator<Item = Output>) -> io::Result<Vec<OutputEntry>> {
    let ended: io::Result<Vec<FileThread>> = outputs.into_iter().map(Output::end).collect();
    ended?.iter_mut().map(FileThread::entry).collect()
}

/// The line that `sha256sum --check manifest.sha256` reads.
pub(crate) fn checksum_line(manifest: &[u8]) -> String {
    format!("{}  manifest.json\n", hex(&Sha256::digest(manifest)))
}

fn manifest(
    description: RunDescription<'_>,
    outputs: Vec<OutputEntry>,
    log: LogEntry,
) -> Result<Manifest, RunFolderError> {
    let mut methodology = serde_json::to_value(description.methodology).map_err(unwritable)?;
    // Another crate of a build can make JSON objects keep the order of insertion; the bytes must not depend on that.
    methodology.sort_all_objects();
    let methodology_sha256 = methodology_hash(&methodology)?;
    let lag = description.methodology.portfolio().map_or(0, |rules| rules.portfolio.lag_snapshots);
    Ok(Manifest {
        format: FORMAT,
        regimen: env!("CARGO_PKG_VERSION").to_owned(),
        execution: match lag {
            0 => "lag 0: at the very prices that were decided on, which nobody can do".to_owned(),
            1 => "at the snapshot after the decision".to_owned(),
            more => format!("{more} snapshots after the decision"),
        },
        methodology,
        methodology_sha256,
        period: description.period,
        inputs: description.inputs,
        outputs,
        log,
    })
}

/// Returns the SHA-256 of the methodology's JSON without white space.
pub(crate) fn methodology_hash(methodology: &serde_json::Value) -> Result<String, RunFolderError> {
    let compact = serde_json::to_string(methodology).map_err(unwritable)?;
    Ok(hex(&Sha256::digest(compact.as_bytes())))
}

/// Returns the text of a JSON file: indented by two spaces, with a line feed at the end.
pub(crate) fn json(value: &impl Serialize) -> Result<String, RunFolderError> {
    let mut text = serde_json::to_string_pretty(value).map_err(unwritable)?;
    text.push('\n');
    Ok(text)
}

fn unexplained(error: AttributionError) -> RunFolderError {
    match error {
        AttributionError::Unexplained { .. } => RunFolderError::Unexplained(error.to_string()),
        _ => RunFolderError::Figure(error.to_string()),
    }
}

fn unwritable(error: serde_json::Error) -> RunFolderError {
    RunFolderError::Figure(error.to_string())
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), RunFolderError> {
    let path = folder.join(name);
    std::fs::write(&path, text).map_err(RunFolderError::io(&path))
}
