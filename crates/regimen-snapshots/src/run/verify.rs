//! Verification of a run folder: from its bytes to every figure, without the methodology.
//!
//! ```text
//! manifest → file hashes → transaction log → snapshots → holdings │ decisions → orders → summary
//! ```

mod actions;
mod attribution;
mod decisions;
mod faults;
mod fees;
mod files;
mod holdings;
mod holds;
mod log;
mod orders;
mod place;
mod regime;
mod regime_report;
mod selecting;
mod signals;
mod snapshots;
mod summary;
mod supplies;
mod suspects;
mod weighing;
mod yields;

use std::fmt;
use std::path::Path;

use regimen::IndexDefinition;
use regimen_ledger::ManagementFee;
use regimen_types::Diagnostics;
use serde::Serialize;

use crate::run::manifest::SUPPLIES;
use actions::Actions;
use decisions::Rules;
use faults::Faults;
use files::RunFiles;
use log::Log;
use snapshots::Snapshots;
use supplies::Supplies;

/// What a verification checked, and what it found wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// The folder as the caller named it.
    pub folder: String,
    /// How much was checked.
    pub checked: Checked,
    /// What is wrong; empty if the run is whole.
    pub faults: Diagnostics,
}

/// How much a verification checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize)]
pub struct Checked {
    /// Files whose bytes were compared with their hashes.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Transactions that were replayed.
    pub transactions: u64,
    /// Snapshots whose cash, NAV, regime and level were compared.
    pub snapshots: u64,
    /// Readings of signals, and of groups of them, whose scores were combined again.
    pub readings: u64,
    /// Positions that were compared with the log and valued again.
    pub positions: u64,
    /// Rows of the decision log that were read.
    pub decision_rows: u64,
    /// Rebalances whose weights and ranks were added up.
    pub rebalances: u64,
    /// Orders that were compared with their decision and their trade.
    pub orders: u64,
}

/// Verifies a run folder.
///
/// Every file must be, byte for byte, the one that the manifest lists. Then the log is replayed alone: its hash chain,
/// balances and end; from it follow units and cash at every snapshot, and with the prices in `holdings.csv` every value
/// and the NAV. Orders are compared with decisions and trades, the summary with the tables, and weights with
/// those that the manifest's methodology gives to the amounts beside them.
///
/// All faults are collected up to a limit, each with file and, where it can be known, line and column. A fault of the
/// bytes alone is placed within 64 KiB.
#[must_use]
pub fn verify(folder: &Path) -> Verification {
    let mut faults = Faults::new();
    let mut checked = Checked::default();
    if let Some(run) = RunFiles::read(folder, &mut checked, &mut faults) {
        verify_tables(&run, &mut checked, &mut faults);
    }
    Verification { folder: folder.display().to_string(), checked, faults: faults.in_folder(folder) }
}

fn verify_tables(run: &RunFiles, checked: &mut Checked, faults: &mut Faults) {
    if let Some(bytes) = run.content("suspects.csv") {
        suspects::check(bytes, faults);
    }
    let Some(bytes) = run.content("transactions.csv") else { return };
    let log = Log::replay(bytes, &run.manifest.log, faults);
    checked.transactions = log.transactions.len() as u64;
    let definition = serde_json::from_value::<IndexDefinition>(run.manifest.methodology.clone()).ok();
    let Some(snapshots) = Snapshots::read(run, &log, definition.as_ref(), faults) else { return };
    checked.snapshots = snapshots.nav.len() as u64;
    checked.readings = snapshots.readings;
    let Some(bytes) = run.content("actions.csv") else { return };
    let (actions, found) = Actions::check(bytes, &snapshots, &log);
    faults.append(found);
    let money_scale = run.manifest.log.money_scale;
    if let Some(bytes) = run.content("yields.csv") {
        yields::check(bytes, &snapshots, &log, &actions, definition.as_ref(), money_scale, faults);
    }
    let supplies = run.content(SUPPLIES).map(|bytes| {
        let (supplies, found) = Supplies::check(bytes, &actions);
        faults.append(found);
        supplies
    });
    let rules = Rules { definition: definition.as_ref(), supplies: supplies.as_ref() };
    let (holdings, decisions) = rayon::join(
        || run.content("holdings.csv").map(|bytes| holdings::check(bytes, &snapshots, &log, money_scale)),
        || {
            run.content("decisions.csv")
                .map(|bytes| decisions::check(bytes, &snapshots, &log, &actions, rules))
        },
    );
    if let Some((positions, found)) = holdings {
        checked.positions = positions;
        faults.append(found);
    }
    let (Some((decisions, found)), Some(orders)) = (decisions, run.content("orders.csv")) else { return };
    faults.append(found);
    checked.decision_rows = decisions.rows;
    checked.rebalances = decisions.rebalances;
    let (orders, found) = orders::check(orders, &snapshots, &log, &actions, decisions.orders);
    faults.append(found);
    checked.orders = orders.rows;
    if let Some(bytes) = run.content("holds.csv") {
        let waits = |as_of| orders.wait_at(as_of);
        holds::check(bytes, &snapshots, &decisions.instants, definition.as_ref(), waits, faults);
    }
    if !log.complete {
        return;
    }
    let fee = definition.as_ref().and_then(|definition| definition.costs.as_ref()?.management_fee);
    let fee =
        fee.map(|fee| ManagementFee { bps_per_year: fee.bps_per_year, days_per_year: fee.days_per_year });
    let fee_owed = fees::check(fee, &snapshots, &log, money_scale, faults);
    let tracking_difference = run
        .content("attribution.csv")
        .and_then(|bytes| attribution::check(bytes, &snapshots, &log, money_scale, faults));
    let summary = run.content("summary.json").and_then(|bytes| {
        let counts = summary::Counts {
            rebalances: decisions.rebalances,
            shortfalls: orders.shortfalls,
            management_fee_owed: fee_owed?,
        };
        summary::check(bytes, &snapshots.nav, &log, counts, tracking_difference, faults)
    });
    if let Some(bytes) = run.content("regime_report.json") {
        let methodology = &run.manifest.methodology;
        regime_report::check(bytes, methodology, &snapshots.nav, &log.transactions, summary.as_ref(), faults);
    }
}

impl Verification {
    /// Says whether nothing is wrong.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.faults.items.is_empty()
    }
}

impl fmt::Display for Verification {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Checked { files, bytes, transactions, snapshots, readings, .. } = self.checked;
        let Checked { positions, decision_rows, rebalances, orders, .. } = self.checked;
        if !self.passed() {
            writeln!(formatter, "{}\n", self.faults)?;
        }
        let result = if self.passed() { "verified" } else { "NOT verified" };
        write!(formatter, "{result}: {}", self.folder)?;
        if files == 0 {
            return Ok(());
        }
        write!(formatter, "\n  {files} files with {bytes} bytes against the manifest")?;
        write!(formatter, "\n  {transactions} transactions replayed: hash chain, units and cash")?;
        write!(formatter, "\n  {snapshots} snapshots: cash, NAV, regime and index level")?;
        write!(formatter, "\n  {readings} readings: scores, gauge and votes")?;
        write!(formatter, "\n  {positions} positions: units, prices, values and weights")?;
        write!(
            formatter,
            "\n  {rebalances} rebalances with {decision_rows} rows: weights, ranks and orders"
        )?;
        write!(formatter, "\n  {orders} orders: decisions and trades")
    }
}
