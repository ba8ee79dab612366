//! Writes the steps of a run into its folder.

use std::io;
use std::path::Path;

use regimen::Methodology;
use regimen_analytics::{
    AttributionError, Attributor, Counterfactuals, RegimeReport, RegimeReportBuilder, SnapshotFigures,
    Summary, SummaryBuilder, TrackingDifference,
};
use regimen_ledger::RowHash;
use regimen_replay::{Period, Step, StepSink};
use regimen_types::{AsOf, Diagnostic, InputEntry, PriceJump, Regime, hex};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::effects::Effects;
use crate::folder::{PartialFolder, RunFolderError};
use crate::manifest::{
    FORMAT, LogEntry, MANIFEST, MANIFEST_CHECKSUM, Manifest, OutputEntry, REGIME_REPORT, SUMMARY,
};
use crate::output::{FileDigest, FileThread, Output};
use crate::table::{StepRecord, header};
use crate::tables::{RunTableEntry, TABLES};
use crate::warning::{RunWarning, count_by_code};

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
    /// The resolved methodology, as the manifest spells it out.
    methodology: Value,
    folder: PartialFolder,
    tables: Vec<OpenTable>,
    summary: SummaryBuilder,
    attributor: Attributor,
    tracking_difference: TrackingDifference,
    regime_report: RegimeReportBuilder,
    counterfactuals: Option<Counterfactuals>,
    warnings: Vec<RunWarning>,
    effects: Effects<'a>,
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

/// A table in the making.
struct OpenTable {
    table: &'static RunTableEntry,
    output: Output,
}

impl<'a> RunWriter<'a> {
    /// Starts a run folder at `destination`, which must not exist, be empty, or hold an earlier run.
    ///
    /// # Errors
    /// [`RunFolderError`] if the destination holds something else, or cannot be written.
    pub fn create(destination: &Path, description: RunDescription<'a>) -> Result<Self, RunFolderError> {
        let folder = PartialFolder::create(destination)?;
        let methodology = methodology_json(description.methodology)?;
        let tables = open_tables(folder.path(), &methodology).map_err(RunFolderError::io(folder.path()))?;
        let log = LogEntry {
            money_scale: description.methodology.portfolio().map_or(0, |rules| rules.portfolio.money_scale),
            transactions: 0,
            last_hash: RowHash::START.to_string(),
        };
        let attributor = Attributor::new(description.methodology);
        let regime_report = RegimeReportBuilder::new(description.methodology.definition());
        let effects = Effects::of(description.methodology);
        Ok(Self {
            description,
            methodology,
            folder,
            tables,
            summary: SummaryBuilder::default(),
            attributor,
            tracking_difference: TrackingDifference::default(),
            regime_report,
            counterfactuals: None,
            warnings: Vec::new(),
            effects,
            log,
        })
    }

    /// Writes the prices that a person should look at before believing the run.
    ///
    /// # Errors
    /// [`RunFolderError`] if the folder cannot be written.
    pub fn write_suspects(&mut self, suspects: &[PriceJump]) -> Result<(), RunFolderError> {
        self.append(|table, text| suspects.iter().for_each(|jump| (table.write_suspect)(text, jump)))
    }

    /// Adds what a person should look at before believing the run: to the manifest, and as counts by code to
    /// the summary. The order is the caller's.
    pub fn warn<'w>(&mut self, findings: impl IntoIterator<Item = &'w Diagnostic>) {
        self.warnings.extend(findings.into_iter().map(RunWarning::from));
    }

    /// Returns what had no effect in the steps so far. [`RunWriter::finish`] adds it to the warnings; a
    /// caller that accepts none looks at it before.
    #[must_use]
    pub fn effects(&self) -> Vec<Diagnostic> {
        self.effects.findings(self.description.period)
    }

    /// Returns the regime in force at each snapshot so far, under which
    /// [`regimen_analytics::counterfactuals`] are made.
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
    /// [`RunFolderError`] if there was no step or the folder cannot be written; the destination is then as it
    /// was.
    pub fn finish(mut self) -> Result<FinishedRun, RunFolderError> {
        let effects = self.effects();
        self.warn(&effects);
        let Self { description, methodology, folder, tables, warnings, log, .. } = self;
        let (summary, tracking_difference) = (self.summary, self.tracking_difference);
        let (regime_report, counterfactuals) = (self.regime_report, self.counterfactuals);
        let summary =
            summary.finish().ok_or_else(|| RunFolderError::Figure("the run has no step".to_owned()))?;
        let summary = Summary {
            tracking_difference: Some(tracking_difference),
            warnings: count_by_code(&warnings),
            ..summary
        };
        let regime_report = regime_report
            .finish()
            .map_err(|error| RunFolderError::Figure(format!("regime report: {error}")))?
            .ok_or_else(|| RunFolderError::Figure("the run has no step".to_owned()))?;
        let regime_report = RegimeReport { counterfactuals, ..regime_report };
        let (in_every_run, further): (Vec<_>, Vec<_>) =
            tables.into_iter().partition(|open| open.table.is_in_every_run());
        let mut outputs = finish(in_every_run).map_err(RunFolderError::io(folder.path()))?;
        for (name, text) in [(SUMMARY, json(&summary)?), (REGIME_REPORT, json(&regime_report)?)] {
            write(folder.path(), name, &text)?;
            outputs.push(FileDigest::of(text.as_bytes()).entry(name));
        }
        outputs.extend(finish(further).map_err(RunFolderError::io(folder.path()))?);
        let manifest = Manifest { warnings, ..manifest(description, methodology, outputs, log)? };
        let manifest_json = json(&manifest)?;
        write(folder.path(), MANIFEST, &manifest_json)?;
        write(folder.path(), MANIFEST_CHECKSUM, &checksum_line(manifest_json.as_bytes()))?;
        folder.publish()?;
        Ok(FinishedRun { summary, regime_report, manifest })
    }

    /// Lets each table append to its file.
    fn append(&mut self, write: impl Fn(&RunTableEntry, &mut Vec<u8>)) -> Result<(), RunFolderError> {
        let path = self.folder.path();
        self.tables.iter_mut().try_for_each(|OpenTable { table, output }| {
            output.append(|text| write(table, text)).map_err(RunFolderError::io(path))
        })
    }
}

impl StepSink for RunWriter<'_> {
    type Error = RunFolderError;

    fn take(&mut self, step: &Step<'_>) -> Result<(), RunFolderError> {
        self.summary.add(step).map_err(|error| RunFolderError::Figure(format!("summary: {error}")))?;
        self.effects.add(step);
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
        let record = StepRecord { step, attribution: &attribution, money_scale: self.log.money_scale };
        self.append(|table, text| (table.write_step)(text, &record))
    }
}

/// Creates the files of the tables that a methodology's runs have.
fn open_tables(folder: &Path, methodology: &Value) -> io::Result<Vec<OpenTable>> {
    let written = TABLES.iter().filter(|table| table.is_written(methodology));
    let open = |table: &'static RunTableEntry| {
        let description = &table.description;
        let output = Output::create(folder, description.file, &header(description.columns))?;
        Ok(OpenTable { table, output })
    };
    written.map(open).collect()
}

/// Writes files to their ends, side by side.
fn finish(tables: Vec<OpenTable>) -> io::Result<Vec<OutputEntry>> {
    let ended: io::Result<Vec<FileThread>> = tables.into_iter().map(|open| open.output.end()).collect();
    ended?.iter_mut().map(FileThread::entry).collect()
}

/// The line that `sha256sum --check manifest.sha256` reads.
pub(crate) fn checksum_line(manifest: &[u8]) -> String {
    format!("{}  manifest.json\n", hex(&Sha256::digest(manifest)))
}

fn manifest(
    description: RunDescription<'_>,
    methodology: Value,
    outputs: Vec<OutputEntry>,
    log: LogEntry,
) -> Result<Manifest, RunFolderError> {
    let methodology_sha256 = methodology_hash(&methodology)?;
    let lag = description.methodology.portfolio().map_or(0, |rules| rules.portfolio.lag_snapshots);
    Ok(Manifest {
        format: FORMAT,
        regimen: env!("CARGO_PKG_VERSION").to_owned(),
        execution: match lag {
            0 => "lag 0: at the decision prices, which is impossible in practice".to_owned(),
            1 => "at the snapshot after the decision".to_owned(),
            more => format!("{more} snapshots after the decision"),
        },
        methodology,
        methodology_sha256,
        period: description.period,
        inputs: description.inputs,
        warnings: Vec::new(),
        outputs,
        log,
    })
}

fn methodology_json(methodology: &Methodology) -> Result<Value, RunFolderError> {
    let mut methodology = serde_json::to_value(methodology).map_err(unwritable)?;
    // Another crate of a build can make JSON objects keep the order of insertion; the bytes must not depend
    // on that.
    methodology.sort_all_objects();
    Ok(methodology)
}

/// Returns the SHA-256 of the methodology's JSON without white space.
pub(crate) fn methodology_hash(methodology: &Value) -> Result<String, RunFolderError> {
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
