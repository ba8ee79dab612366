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
mod verification;
mod weighing;
mod yields;

use std::path::Path;

use regimen::IndexDefinition;
use regimen_ledger::ManagementFee;

use crate::manifest::{REGIME_REPORT, SUMMARY};
use crate::table::RunTable;
use crate::tables::{
    ActionRow, AttributionRow, DecisionRow, HoldRow, HoldingRow, OrderRow, SupplyRow, SuspectRow,
    Transactions, YieldRow,
};
use crate::warning::count_by_code;
use actions::Actions;
use decisions::DecisionSources;
use faults::Faults;
use files::RunFiles;
use log::Log;
use snapshots::Snapshots;
use supplies::SupplyTable;

pub use verification::{Checked, Verification};

/// Verifies a run folder.
///
/// Every file must be, byte for byte, the one that the manifest lists. Then the log is replayed alone: its
/// hash chain, balances and end; from it follow units and cash at every snapshot, and with the prices in
/// `holdings.csv` every value and the NAV. Orders are compared with decisions and trades, the summary with
/// the tables, and weights with those that the manifest's methodology gives to the amounts beside them.
///
/// All faults are collected up to a limit, each with file and, where it can be known, line and column. A
/// fault of the bytes alone is placed within 64 KiB.
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
    if let Some(bytes) = run.content(SuspectRow::FILE) {
        suspects::check(bytes, faults);
    }
    let Some(bytes) = run.content(Transactions::FILE) else { return };
    let log = Log::replay(bytes, &run.manifest.log, faults);
    checked.transactions = log.transactions.len() as u64;
    let definition = serde_json::from_value::<IndexDefinition>(run.manifest.methodology.clone()).ok();
    let Some(snapshots) = Snapshots::read(run, &log, definition.as_ref(), faults) else { return };
    checked.snapshots = snapshots.nav.len() as u64;
    checked.readings = snapshots.readings;
    let Some(bytes) = run.content(ActionRow::FILE) else { return };
    let (actions, found) = Actions::check(bytes, &snapshots, &log);
    faults.append(found);
    let money_scale = run.manifest.log.money_scale;
    if let Some(bytes) = run.content(YieldRow::FILE) {
        yields::check(bytes, &snapshots, &log, &actions, definition.as_ref(), money_scale, faults);
    }
    let supplies = run.content(SupplyRow::FILE).map(|bytes| {
        let (supplies, found) = SupplyTable::check(bytes, &actions);
        faults.append(found);
        supplies
    });
    let sources = DecisionSources { definition: definition.as_ref(), supplies: supplies.as_ref() };
    let (holdings, decisions) = rayon::join(
        || run.content(HoldingRow::FILE).map(|bytes| holdings::check(bytes, &snapshots, &log, money_scale)),
        || {
            run.content(DecisionRow::FILE)
                .map(|bytes| decisions::check(bytes, &snapshots, &log, &actions, sources))
        },
    );
    if let Some((positions, found)) = holdings {
        checked.positions = positions;
        faults.append(found);
    }
    let (Some((decisions, found)), Some(orders)) = (decisions, run.content(OrderRow::FILE)) else { return };
    faults.append(found);
    checked.decision_rows = decisions.rows;
    checked.rebalances = decisions.rebalances;
    let (orders, found) = orders::check(orders, &snapshots, &log, &actions, decisions.orders);
    faults.append(found);
    checked.orders = orders.rows;
    if let Some(bytes) = run.content(HoldRow::FILE) {
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
        .content(AttributionRow::FILE)
        .and_then(|bytes| attribution::check(bytes, &snapshots, &log, money_scale, faults));
    let summary = run.content(SUMMARY).and_then(|bytes| {
        let counts = summary::Counts {
            rebalances: decisions.rebalances,
            shortfalls: orders.shortfalls,
            management_fee_owed: fee_owed?,
            warnings: count_by_code(&run.manifest.warnings),
        };
        summary::check(bytes, &snapshots.nav, &log, counts, tracking_difference, faults)
    });
    if let Some(bytes) = run.content(REGIME_REPORT) {
        let methodology = &run.manifest.methodology;
        regime_report::check(bytes, methodology, &snapshots.nav, &log.transactions, summary.as_ref(), faults);
    }
}
