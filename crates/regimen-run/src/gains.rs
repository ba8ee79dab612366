//! Gains of a run: derived from its transaction log, never stored.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use regimen_ledger::{Disposal, LedgerError, LotMethod, Lots};
use regimen_types::{ArithmeticError, AssetId, Diagnostic, Diagnostics, Money, Price, Quantity};
use serde::Serialize;

use crate::codes::{FIGURE, Fault, fault};
use crate::explain::Logs;
use crate::table::{RunTable, Table};
use crate::tables::{HoldingRow, Transactions};

/// The columns of the disposals.
const COLUMNS: &str = "disposed_at,acquired_at,asset,kind,units,proceeds,cost,gain,transaction";

/// What a run gained, by one way of matching disposals with purchases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gains {
    /// Which units a disposal takes first.
    pub method: LotMethod,
    /// What was disposed of, lot by lot, in order of time.
    pub disposals: Vec<Disposal>,
    /// The sums by asset.
    pub assets: Vec<AssetGains>,
}

/// What one asset gained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AssetGains {
    /// The asset.
    pub asset: AssetId,
    /// What disposals brought, less their costs.
    pub proceeds: Money,
    /// The cost of what was disposed of.
    pub cost: Money,
    /// Proceeds less cost.
    pub realised: Money,
    /// The units that are left.
    pub open_units: Quantity,
    /// Their cost.
    pub open_cost: Money,
    /// What they would gain at the last known price; `None` if nothing is left.
    pub unrealised: Option<Money>,
}

/// Matches the disposals of a run with its purchases; `year` leaves out the disposals of other years, not the
/// lots that they took.
///
/// # Errors
/// Diagnostics if the folder is no run, or its log or its last holdings do not read.
/// [`verify`](crate::verify) finds what else is wrong.
pub fn gains(folder: &Path, method: LotMethod, year: Option<u16>) -> Result<Gains, Diagnostics> {
    match_lots(&Logs::of(folder), method, year).map_err(|fault| {
        let file = folder.join(&fault.file).display().to_string();
        Diagnostics::from(Diagnostic { file, ..*fault })
    })
}

fn match_lots(logs: &Logs, method: LotMethod, year: Option<u16>) -> Result<Gains, Fault> {
    let money_scale = logs.manifest()?.log.money_scale;
    let mut lots = Lots::new(method, money_scale);
    let mut disposals = Vec::new();
    for transaction in logs.transactions(money_scale)? {
        let of_log = |error: LedgerError| {
            let line = transaction.seq.saturating_add(1);
            Box::new(error.rule.entry().error_with(Transactions::FILE, error.to_string()).at_line(line))
        };
        disposals.extend(lots.take(&transaction).map_err(of_log)?);
    }
    let prices = last_prices(&logs.read(HoldingRow::FILE)?)?;
    let in_year = |disposal: &Disposal| {
        year.is_none_or(|year| disposal.disposed_at.to_string().starts_with(&format!("{year:04}-")))
    };
    disposals.retain(in_year);
    let assets = by_asset(&disposals, &lots, &prices).map_err(|error| {
        Box::new(fault(FIGURE, Transactions::FILE, format_args!("the gains do not fit: {error}")))
    })?;
    Ok(Gains { method, disposals, assets })
}

/// Returns the prices of the positions at the last snapshot that has any.
fn last_prices(holdings: &[u8]) -> Result<BTreeMap<AssetId, Price>, Fault> {
    let mut prices = BTreeMap::new();
    let mut as_of = None;
    for row in Table::<HoldingRow>::new(holdings) {
        let row = row?;
        if as_of.replace(row.as_of).is_some_and(|last| last != row.as_of) {
            prices.clear();
        }
        prices.insert(row.asset, row.price);
    }
    Ok(prices)
}

fn by_asset(
    disposals: &[Disposal],
    lots: &Lots,
    prices: &BTreeMap<AssetId, Price>,
) -> Result<Vec<AssetGains>, ArithmeticError> {
    let mut sums: BTreeMap<&AssetId, (Money, Money)> = BTreeMap::new();
    for (asset, _) in lots.open() {
        sums.entry(asset).or_insert((Money::ZERO, Money::ZERO));
    }
    for disposal in disposals {
        let (proceeds, cost) = sums.entry(&disposal.asset).or_insert((Money::ZERO, Money::ZERO));
        (*proceeds, *cost) = (proceeds.plus(disposal.proceeds)?, cost.plus(disposal.cost)?);
    }
    let gains = sums.into_iter().map(|(asset, (proceeds, cost))| {
        let (open_units, open_cost) = lots.holding(asset)?;
        let price = prices.get(asset).filter(|_| !open_units.is_zero());
        let unrealised = price.map(|price| lots.unrealised(asset, *price)).transpose()?;
        let (asset, realised) = (asset.clone(), proceeds.minus(cost)?);
        Ok(AssetGains { asset, proceeds, cost, realised, open_units, open_cost, unrealised })
    });
    gains.collect()
}

impl Gains {
    /// Returns the disposals as CSV, one row per lot.
    ///
    /// # Errors
    /// [`ArithmeticError`] if a gain needs more than 28 digits.
    pub fn to_csv(&self) -> Result<String, ArithmeticError> {
        let mut text = format!("{COLUMNS}\n");
        for each in &self.disposals {
            let acquired_at = each.acquired_at.map_or_else(String::new, |as_of| as_of.to_string());
            let Disposal { seq, disposed_at, asset, kind, units, proceeds, cost, .. } = each;
            let gain = each.gain()?;
            // Writing to a string never fails.
            let _ = writeln!(
                text,
                "{disposed_at},{acquired_at},{asset},{kind},{units},{proceeds},{cost},{gain},{seq}"
            );
        }
        Ok(text)
    }
}
