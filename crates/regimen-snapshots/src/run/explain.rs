//! Why the portfolio is what it is at an instant: in figures as values, in words as text.

mod asset;
mod decision;
mod decision_log;
mod figures;
mod logs;
mod regime;
mod regime_text;
mod text;

use std::path::Path;

use regimen_types::{AsOf, AssetId, Cause, Diagnostic, Diagnostics, IndexLevel, Money};
use serde::Serialize;

use super::codes::Fault;
use decision_log::DecisionLog;
pub(super) use logs::Logs;

pub use asset::{AssetExplanation, AssetOrder, AssetTransaction, AssetVerdictRow, TargetChange};
pub use decision::{Crossed, DecisionExplanation, NamedCount, SideTotal, TargetWeight, TradeTotals};
pub use regime::{RegimeEvaluation, RegimeExplanation, SignalEvaluation};

/// Why the portfolio is what it is at one snapshot of a run. It serialises; printed, it is the text that a person reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The index's name.
    pub index: String,
    /// The currency of all amounts.
    pub currency: String,
    /// The snapshot.
    pub as_of: AsOf,
    /// What the portfolio is worth after it.
    pub nav: Money,
    /// Of which cash.
    pub cash: Money,
    /// Of which positions.
    pub invested: Money,
    /// The level of the index.
    pub index_level: IndexLevel,
    /// The regime and what it was told by.
    pub regime: RegimeExplanation,
    /// What was booked at the snapshot; `None` if nothing was.
    pub booked: Option<TradeTotals>,
    /// The decision at the snapshot, or else the last one before it; `None` if there was none yet.
    pub decision: Option<DecisionExplanation>,
    /// The first decision after the snapshot; `None` if the run has none.
    pub next_decision: Option<AsOf>,
    /// The asset asked for.
    pub asset: Option<AssetExplanation>,
}

/// Explains a snapshot of a run from its logs alone; with `asset`, that asset's part in it.
///
/// The logs are taken as they are: [`verify`](crate::verify) says whether they are whole.
///
/// # Errors
/// Diagnostics if the folder is no run or its logs do not read; if the run has no snapshot at `at` (the nearest ones are
/// named); or if it never met the asset (near spellings are named).
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
    let text = logs.read("decisions.csv")?;
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
        next_decision: decisions.next,
        asset,
    })
}

fn cause_in_words(cause: Cause) -> &'static str {
    match cause {
        Cause::Inception => "the first rebalance",
        Cause::Schedule => "the scheduled rebalance",
        Cause::Deletion => "a constituent without a price was deleted",
        Cause::Rebalance => "the scheduled rebalance of the weights alone",
        Cause::ThresholdCross => "an attribute crossed its threshold",
        Cause::RegimeSwitch => "the regime changed",
        Cause::Vanished => "an asset vanished",
        Cause::Interest => "interest",
        Cause::OffPeg => "an asset of the sleeve left its peg",
        Cause::Drift => "the portfolio drifted from the index",
        Cause::ForcedExit => "a held asset left the index",
        Cause::Carried => "an earlier rebalance went on",
        Cause::CashFlow => "money came in or went out",
        Cause::Accrual => "a fee accrued",
        Cause::Redenomination => "an asset was redenominated",
        Cause::Migration => "an asset was swapped for its successor",
        Cause::TickerChange => "an asset goes on under another identifier",
        Cause::Fork => "a chain forked",
        Cause::Airdrop => "holders were given units",
        Cause::Delisting => "an asset was delisted",
        Cause::Staking => "units earned units",
    }
}
