//! Why the portfolio is what it is at an instant: in figures as values, in words as text.

mod asset;
mod decision;
mod decision_log;
mod explanation;
mod figures;
mod hold;
mod logs;
mod regime;
mod regime_text;
mod text;

use std::path::Path;

use regimen_types::{AsOf, AssetId, Diagnostic, Diagnostics};

use crate::codes::Fault;
use crate::table::RunTable;
use crate::tables::DecisionRow;
use decision_log::DecisionLog;
pub(crate) use logs::Logs;

pub use asset::{AssetExplanation, AssetOrder, AssetTransaction, AssetVerdictRow, TargetChange};
pub use decision::{Crossed, DecisionExplanation, NamedCount, SideTotal, TargetWeight, TradeTotals};
pub use explanation::Explanation;
pub use hold::HoldExplanation;
pub use regime::{RegimeEvaluation, RegimeExplanation, SignalEvaluation};

/// Explains a snapshot of a run from its logs alone; with `asset`, that asset's part in it.
///
/// The logs are taken as they are; [`verify`](crate::verify) checks them.
///
/// # Errors
/// Diagnostics if the folder is no run or its logs do not read; if the run has no snapshot at `at` (the
/// nearest ones are named); or if it never met the asset (near spellings are named).
pub fn explain(folder: &Path, at: AsOf, asset: Option<&AssetId>) -> Result<Explanation, Diagnostics> {
    explain_logs(&Logs::of(folder), at, asset).map_err(|fault| {
        let file = folder.join(&fault.file).display().to_string();
        Diagnostics::from(Diagnostic { file, ..*fault })
    })
}

fn explain_logs(logs: &Logs, at: AsOf, asset: Option<&AssetId>) -> Result<Explanation, Fault> {
    let manifest = logs.manifest()?;
    let definition = logs::definition(&manifest)?;
    let nav = logs.nav_at(at)?;
    let regime = regime::explain(logs, at, &definition.regime)?;
    let text = logs.read(DecisionRow::FILE)?;
    let decisions = DecisionLog::read(&text, at, asset)?;
    let decided_at = decisions.rows.first().map(|row| row.as_of);
    let is_scheduled = definition.schedule.supply.is_some();
    let supply_as_of = match decided_at.filter(|_| is_scheduled) {
        Some(decided_at) => logs.supply_at(decided_at)?,
        None => None,
    };
    let orders = logs.orders()?;
    let transactions = logs.transactions(manifest.log.money_scale)?;
    let asset = asset.map(|asset| asset::explain(asset, at, &decisions, &orders, &transactions));
    Ok(Explanation {
        index: definition.name,
        currency: definition.currency,
        as_of: at,
        nav: nav.nav,
        cash: nav.cash,
        invested: nav.invested,
        index_level: nav.index_level,
        regime,
        booked: decision::booked_at(at, &transactions),
        decision: decision::explain(&decisions.rows, supply_as_of, &orders, &transactions),
        hold: logs.hold_at(at)?,
        next_decision: decisions.next,
        asset,
    })
}
