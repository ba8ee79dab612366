//! What the sleeve and the cash earn from one snapshot to the next.

use std::collections::BTreeMap;

use regimen_ledger::{Grant, Ledger, Transaction, TransactionKind};
use regimen_types::{
    AnnualRate, ArithmeticError, AsOf, AssetId, Cause, Exact, HistoryWindow, Holdings, Money, Quantity,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::error::BookError;
use crate::methodology::YieldTable;

/// The milliseconds of a year of 365 days.
const MILLIS_A_YEAR: i64 = 365 * 86_400_000;
/// The decimal places to which accruals are kept, or fewer where 28 digits end.
const ACCRUAL_SCALE: u32 = 20;

/// What was earned and is too fine to be booked yet.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccrualState {
    cash: Option<Quantity>,
    assets: BTreeMap<AssetId, Quantity>,
}

/// What a position, or the cash, earned between two snapshots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accrual {
    /// The snapshot before.
    pub from: AsOf,
    /// The asset, which earns units of itself; `None` for cash, which earns cash.
    pub asset: Option<AssetId>,
    /// The units, or the cash, that were held all the while.
    pub held: Quantity,
    /// The rate.
    pub annual_rate: AnnualRate,
    /// What was earned before and not booked yet, and what was earned now: rounded down at 20 decimal places.
    pub accrued: Quantity,
    /// What of it is booked: rounded down at the scale of units or money. The rest is carried.
    pub booked: Quantity,
}

impl Accrual {
    /// Computes an accrual.
    ///
    /// # Errors
    /// [`ArithmeticError`] if it does not fit a decimal.
    pub fn of(
        position: &AccruingPosition<'_>,
        annual_rate: AnnualRate,
        from: AsOf,
        to: AsOf,
    ) -> Result<Self, ArithmeticError> {
        let year = Decimal::from(MILLIS_A_YEAR);
        let earned = Exact::product(position.held.decimal(), annual_rate.decimal())
            .times(Decimal::from(to.millis_since(from)))?;
        let carried = Exact::product(position.carried.decimal(), year);
        let accrued = quantity(earned.plus(carried)?.ratio_to_fit(year.into(), ACCRUAL_SCALE)?)?;
        let booked = quantity(accrued.decimal().trunc_with_scale(position.scale).normalize())?;
        Ok(Self { from, asset: position.asset.cloned(), held: position.held, annual_rate, accrued, booked })
    }

    /// Returns what is carried to the next snapshot.
    #[must_use]
    pub fn carried(&self) -> Quantity {
        self.accrued.left_after(self.booked)
    }
}

/// What may earn.
#[derive(Clone, Copy, Debug)]
pub struct AccruingPosition<'a> {
    /// The asset; `None` for cash.
    pub asset: Option<&'a AssetId>,
    /// The units, or the cash.
    pub held: Quantity,
    /// What was earned before and not booked yet.
    pub carried: Quantity,
    /// The decimal places at which it is booked.
    pub scale: u32,
}

/// What was held at the end of the last snapshot and may have earned since.
#[derive(Debug)]
pub(super) struct HeldSince {
    as_of: AsOf,
    holdings: Holdings,
}

/// The rates, the prices and the grid of an accrual.
#[derive(Clone, Copy, Debug)]
pub(super) struct Accruing<'a> {
    pub(super) yields: &'a YieldTable,
    pub(super) window: &'a HistoryWindow<'a>,
    pub(super) units_scale: u32,
}

impl HeldSince {
    pub(super) fn new(as_of: AsOf, holdings: Holdings) -> Self {
        Self { as_of, holdings }
    }

    /// Leaves out assets whose units a corporate action took away or counts on another basis: nobody pays
    /// what they earned in the old units since the last snapshot. `booked` are the transactions of the
    /// actions.
    pub(super) fn without_ended(&mut self, booked: &[Transaction]) {
        for each in booked {
            let ended = match each.kind {
                TransactionKind::Migration => each.source.as_ref().map(|source| &source.asset),
                TransactionKind::WriteOff => each.asset.as_ref(),
                _ => None,
            };
            if let Some(asset) = ended {
                self.holdings.set_units(asset, Quantity::ZERO);
            }
        }
    }
}

impl AccrualState {
    /// Books what was earned since the last snapshot, and returns it, cash first.
    pub(super) fn accrue(
        &mut self,
        ledger: &mut Ledger,
        held: HeldSince,
        accruing: Accruing<'_>,
    ) -> Result<Vec<Accrual>, BookError> {
        let Accruing { yields, window, units_scale } = accruing;
        self.assets.retain(|asset, _| !held.holdings.units(asset).is_zero());
        let (from, to) = (held.as_of, window.as_of());
        let failed = |source| BookError::Accrual { as_of: to, source };
        let mut accruals = Vec::new();
        accruals.extend(self.accrue_cash(yields, ledger, &held, to)?);
        for (asset, units) in held.holdings.positions() {
            let rated = yields.assets().find(|each| window.present_name(each) == asset);
            let Some(rate) = rated.and_then(|rated| yields.rate(Some(rated), from, to)) else { continue };
            let Some(price) = window.row(asset).and_then(|row| row.price()) else { continue };
            let carried = self.assets.get(asset).copied().unwrap_or(Quantity::ZERO);
            let position = AccruingPosition { asset: Some(asset), held: units, carried, scale: units_scale };
            let accrual = Accrual::of(&position, rate, from, to).map_err(failed)?;
            self.assets.insert(asset.clone(), accrual.carried());
            if !accrual.booked.is_zero() {
                let (from, asset) = (asset.clone(), asset.clone());
                let grant =
                    Grant { as_of: to, from, asset, units: accrual.booked, price, cause: Cause::Interest };
                ledger.earn(grant).map_err(|source| BookError::Ledger { as_of: to, source })?;
            }
            accruals.push(accrual);
        }
        Ok(accruals)
    }

    fn accrue_cash(
        &mut self,
        yields: &YieldTable,
        ledger: &mut Ledger,
        held: &HeldSince,
        to: AsOf,
    ) -> Result<Option<Accrual>, BookError> {
        let failed = |source| BookError::Accrual { as_of: to, source };
        let Some(rate) = yields.rate(None, held.as_of, to) else { return Ok(None) };
        let position = AccruingPosition {
            asset: None,
            held: quantity(held.holdings.cash().decimal()).map_err(failed)?,
            carried: self.cash.unwrap_or(Quantity::ZERO),
            scale: ledger.state().money_scale(),
        };
        let accrual = Accrual::of(&position, rate, held.as_of, to).map_err(failed)?;
        self.cash = Some(accrual.carried());
        if !accrual.booked.is_zero() {
            let credited = ledger.credit_interest(to, Money::from(accrual.booked));
            credited.map_err(|source| BookError::Ledger { as_of: to, source })?;
        }
        Ok(Some(accrual))
    }
}

fn quantity(decimal: Decimal) -> Result<Quantity, ArithmeticError> {
    Quantity::new(decimal).map_err(|_| ArithmeticError::overflow("an accrual"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accrual(held: &str, rate: &str, from: &str, to: &str, carried: &str) -> Accrual {
        let position = AccruingPosition {
            asset: None,
            held: held.parse().unwrap(),
            carried: carried.parse().unwrap(),
            scale: 2,
        };
        Accrual::of(&position, rate.parse().unwrap(), from.parse().unwrap(), to.parse().unwrap()).unwrap()
    }

    #[test]
    fn a_year_earns_the_rate_and_a_day_a_365th_of_it() {
        assert_eq!(accrual("1000", "0.04", "2021-01-01", "2022-01-01", "0").booked.to_string(), "40");
        let day = accrual("1000", "0.04", "2021-01-01", "2021-01-02", "0");
        assert_eq!(day.accrued.to_string(), "0.10958904109589041095");
        assert_eq!(
            (day.booked.to_string(), day.carried().to_string()),
            ("0.1".to_owned(), "0.00958904109589041095".to_owned())
        );
        let hour = accrual("1000", "0.0365", "2021-01-01", "2021-01-01T01:00:00Z", "0");
        assert_eq!(hour.accrued.to_string(), "0.00416666666666666666");
        assert!(hour.booked.is_zero());
    }

    #[test]
    fn what_is_too_fine_to_book_is_not_lost() {
        let mut booked = Decimal::ZERO;
        let mut carried = "0".to_owned();
        for day in 1..=31 {
            let (from, to) = (format!("2021-03-{day:02}"), AsOf::from_ymd(2021, 3, day).unwrap());
            let to = AsOf::from_unix_millis(to.unix_millis() + 86_400_000).unwrap().to_string();
            let accrual = accrual("1000", "0.04", &from, &to, &carried);
            booked += accrual.booked.decimal();
            carried = accrual.carried().to_string();
        }
        // 1000 × 0.04 × 31 / 365 = 3.3972…
        assert_eq!(booked.to_string(), "3.39");
        assert!(carried.starts_with("0.00726"), "{carried}");
    }
}
