//! Realised gains: purchases and disposals matched lot by lot, from the transactions alone.

use std::collections::BTreeMap;

use regimen_types::{ArithmeticError, AsOf, AssetId, Exact, Money, Price, Quantity, Rounding};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::codes::LedgerRule;
use crate::error::LedgerError;
use crate::transaction::{Source, Transaction, TransactionKind};

/// The most digits of a part of a lot: a decimal has four more, so that positions can grow and still be added
/// to.
const LOT_DIGITS: u32 = 24;

regimen_types::named! {
    /// Which units a disposal takes first.
    pub enum LotMethod {
        /// Those that were acquired first.
        Fifo = "fifo",
        /// Those that were acquired last.
        Lifo = "lifo",
        /// Those with the highest cost per unit.
        Hifo = "hifo",
        /// All alike, at the average cost of what is held.
        Average = "average",
    }
}

/// Units that were acquired together, and what they cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lot {
    /// When; `None` for the pool of the average method, which was acquired again and again.
    pub acquired_at: Option<AsOf>,
    /// The units that are left.
    pub units: Quantity,
    /// Their cost, trading costs included.
    pub cost: Money,
}

/// Units of one lot that left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Disposal {
    /// The number of the transaction.
    pub seq: u64,
    /// When the units left.
    pub disposed_at: AsOf,
    /// When they were acquired; `None` for the average method.
    pub acquired_at: Option<AsOf>,
    /// The asset, as it was called when the units left.
    pub asset: AssetId,
    /// A sell or a write-off.
    pub kind: TransactionKind,
    /// The units.
    pub units: Quantity,
    /// Their proceeds, less trading costs.
    pub proceeds: Money,
    /// Their original cost, trading costs included.
    pub cost: Money,
}

impl Disposal {
    /// Returns proceeds less cost.
    ///
    /// # Errors
    /// [`ArithmeticError`] if the difference needs more than 28 digits.
    pub fn gain(&self) -> Result<Money, ArithmeticError> {
        self.proceeds.minus(self.cost)
    }
}

/// Matches disposals with what was acquired before, over a whole log.
///
/// A purchase makes a lot at its notional and all its costs. A disposal brings its notional less all its
/// costs, and takes lots in the order of the method; what it takes of a lot costs that part of the lot,
/// rounded half to even at the money scale, and the rest of the cost stays with the rest of the lot. A
/// migration carries lots over with their cost and their time. What comes in by fork, airdrop or yield has
/// cost nothing. So at any time
///
/// ```text
/// Σ cost of disposals + Σ cost of open lots = Σ cost of purchases
/// ```
///
/// to the last digit, whatever the method.
///
/// ```
/// use regimen_ledger::{Ledger, LotMethod, Lots};
/// use regimen_types::{AsOf, Cause, Fill, Side, TradeCosts};
/// let day = |day| AsOf::from_ymd(2021, 1, day).unwrap();
/// let trade = |as_of, side, units: &str, notional: &str| Fill {
///     as_of, asset: "BTC".parse().unwrap(), side, units: units.parse().unwrap(),
///     price: "10".parse().unwrap(),
///     notional: notional.parse().unwrap(), costs: TradeCosts::NONE, cause: Cause::Schedule,
/// };
/// let mut ledger = Ledger::new(2);
/// ledger.deposit(day(1), "100".parse().unwrap()).unwrap();
/// ledger.book(&trade(day(1), Side::Buy, "2", "20")).unwrap();
/// ledger.book(&trade(day(2), Side::Sell, "1.5", "15")).unwrap();
/// let mut lots = Lots::new(LotMethod::Fifo, 2);
/// let disposals: Vec<_> = ledger.transactions().iter().flat_map(|each| lots.take(each).unwrap()).collect();
/// assert_eq!(disposals[0].cost.to_string(), "15");
/// ```
#[derive(Clone, Debug)]
pub struct Lots {
    method: LotMethod,
    money_scale: u32,
    /// By time of acquisition.
    open: BTreeMap<AssetId, Vec<Lot>>,
}

impl Lots {
    /// Builds an empty book. The money scale is the log's.
    #[must_use]
    pub fn new(method: LotMethod, money_scale: u32) -> Self {
        Self { method, money_scale, open: BTreeMap::new() }
    }

    /// Returns the lots that are open, by asset and time.
    pub fn open(&self) -> impl Iterator<Item = (&AssetId, &[Lot])> {
        self.open.iter().map(|(asset, lots)| (asset, lots.as_slice()))
    }

    /// Adds the next transaction of a log and returns its disposals, lot by lot.
    ///
    /// # Errors
    /// [`LedgerError`] with [`LedgerRule::LotsSuffice`] if more leaves than was acquired, so that the log
    /// lacks its start, or [`LedgerRule::Digits`] if a cost, or the rest of a lot, does not fit a decimal.
    pub fn take(&mut self, transaction: &Transaction) -> Result<Vec<Disposal>, LedgerError> {
        let overflow = LedgerError::overflow("notional");
        let Some(asset) = &transaction.asset else { return Ok(Vec::new()) };
        let costs = transaction.costs.total().map_err(&overflow)?;
        match (transaction.kind, &transaction.source) {
            (TransactionKind::Buy, _) => {
                let cost = transaction.notional.plus(costs).map_err(&overflow)?;
                self.acquire(asset, transaction.as_of, transaction.units, cost).map_err(overflow)?;
                Ok(Vec::new())
            }
            (TransactionKind::Sell | TransactionKind::WriteOff, _) => {
                let proceeds = transaction.notional.minus(costs).map_err(overflow)?;
                self.dispose(transaction, asset, proceeds)
            }
            (TransactionKind::Migration, Some(source)) => {
                self.migrate(source, asset, transaction.units).map_err(overflow)?;
                Ok(Vec::new())
            }
            (TransactionKind::Distribution | TransactionKind::Yield, _) => {
                self.acquire(asset, transaction.as_of, transaction.units, Money::ZERO).map_err(overflow)?;
                Ok(Vec::new())
            }
            _ => Ok(Vec::new()),
        }
    }

    /// Returns what the open lots of an asset cost, and how many units they hold.
    ///
    /// # Errors
    /// [`ArithmeticError`] if a sum does not fit a decimal.
    pub fn holding(&self, asset: &AssetId) -> Result<(Quantity, Money), ArithmeticError> {
        let lots = self.open.get(asset).map_or(&[][..], Vec::as_slice);
        let sums = lots.iter().try_fold((Exact::ZERO, Money::ZERO), |(units, cost), lot| {
            Ok::<_, ArithmeticError>((units.plus(lot.units.decimal().into())?, cost.plus(lot.cost)?))
        });
        let (units, cost) = sums?;
        Ok((quantity(units)?, cost))
    }

    /// Returns what the open lots of an asset would gain at a price, without trading costs.
    ///
    /// # Errors
    /// [`ArithmeticError`] if an amount does not fit a decimal.
    pub fn unrealised(&self, asset: &AssetId, price: Price) -> Result<Money, ArithmeticError> {
        let (units, cost) = self.holding(asset)?;
        units.notional(price, self.money_scale, Rounding::HalfEven)?.minus(cost)
    }

    fn acquire(
        &mut self,
        asset: &AssetId,
        as_of: AsOf,
        units: Quantity,
        cost: Money,
    ) -> Result<(), ArithmeticError> {
        let acquired_at = Some(as_of).filter(|_| self.method != LotMethod::Average);
        self.add(asset, Lot { acquired_at, units, cost })
    }

    /// Adds a lot in its place by time; the pool of the average method takes it in.
    fn add(&mut self, asset: &AssetId, lot: Lot) -> Result<(), ArithmeticError> {
        let lots = self.open.entry(asset.clone()).or_default();
        if let (LotMethod::Average, Some(pool)) = (self.method, lots.first_mut()) {
            (pool.units, pool.cost) = (pool.units.plus(lot.units)?, pool.cost.plus(lot.cost)?);
            return Ok(());
        }
        let place = lots.partition_point(|earlier| earlier.acquired_at <= lot.acquired_at);
        lots.insert(place, lot);
        Ok(())
    }

    fn dispose(
        &mut self,
        transaction: &Transaction,
        asset: &AssetId,
        proceeds: Money,
    ) -> Result<Vec<Disposal>, LedgerError> {
        let overflow = LedgerError::overflow("notional");
        let mut disposals = Vec::new();
        // What is left between two lots may need more digits than the lots and their sum.
        let (mut left, mut proceeds_left) = (Exact::from(transaction.units.decimal()), proceeds);
        let lots = self.open.entry(asset.clone()).or_default();
        while !left.is_zero() {
            let Some(index) = next_lot(lots, self.method).map_err(&overflow)? else {
                let held = Exact::from(transaction.units.decimal()).minus(left).and_then(quantity);
                let held = held.map_err(&overflow)?;
                let expected = format_args!("at most {held}, which were acquired");
                return Err(LedgerError::new(LedgerRule::LotsSuffice, "units", transaction.units, expected));
            };
            let Some(lot) = lots.get_mut(index) else { break };
            let whole = left.compare(lot.units.decimal().into()).map_err(&overflow)?.is_ge();
            let units = if whole { lot.units } else { quantity(left).map_err(&overflow)? };
            let acquired_at = lot.acquired_at;
            let cost = lot.take(units, self.money_scale).map_err(&overflow)?;
            if lot.units.is_zero() {
                lots.remove(index);
            }
            let brought = part(proceeds_left, units, left, self.money_scale).map_err(&overflow)?;
            proceeds_left = proceeds_left.minus(brought).map_err(&overflow)?;
            left = left.minus(units.decimal().into()).map_err(&overflow)?;
            disposals.push(Disposal {
                seq: transaction.seq,
                disposed_at: transaction.as_of,
                acquired_at,
                asset: asset.clone(),
                kind: transaction.kind,
                units,
                proceeds: brought,
                cost,
            });
        }
        if lots.is_empty() {
            self.open.remove(asset);
        }
        Ok(disposals)
    }

    /// Turns all lots of the source into lots of an asset, each by its part of the units.
    fn migrate(&mut self, source: &Source, asset: &AssetId, units: Quantity) -> Result<(), ArithmeticError> {
        let lots = self.open.remove(&source.asset).unwrap_or_default();
        let (mut old_left, mut new_left) =
            (Exact::from(source.units.decimal()), Exact::from(units.decimal()));
        let (mut cost, last) = (Money::ZERO, lots.len().saturating_sub(1));
        let scale = lots.iter().map(|lot| lot.units.decimal().scale()).max().unwrap_or(0);
        let scale = scale.max(units.decimal().scale()).min(lot_scale(units));
        for (index, lot) in lots.into_iter().enumerate() {
            let share = match index == last {
                true => new_left,
                false => Exact::from(new_left.times(lot.units.decimal())?.ratio_to_fit(old_left, scale)?),
            };
            let share = quantity(share)?;
            old_left = old_left.minus(lot.units.decimal().into())?;
            new_left = new_left.minus(share.decimal().into())?;
            cost = cost.plus(lot.cost)?;
            // The cost of a lot that comes to less than the smallest unit goes with the next one.
            if !share.is_zero() {
                self.add(
                    asset,
                    Lot { units: share, cost: std::mem::replace(&mut cost, Money::ZERO), ..lot },
                )?;
            }
        }
        Ok(())
    }
}

/// Returns the decimal places of parts of the units for which sums and differences of parts fit a decimal.
fn lot_scale(units: Quantity) -> u32 {
    let whole = units.decimal().trunc().mantissa().unsigned_abs();
    let whole_digits = whole.checked_ilog10().map_or(0, |log| log.saturating_add(1));
    LOT_DIGITS.saturating_sub(whole_digits)
}

impl Lot {
    /// Removes units and returns their part of the cost: all of it with the last units.
    fn take(&mut self, units: Quantity, money_scale: u32) -> Result<Money, ArithmeticError> {
        let all = Exact::from(self.units.decimal());
        let cost = part(self.cost, units, all, money_scale)?;
        self.cost = self.cost.minus(cost)?;
        self.units = quantity(all.minus(units.decimal().into())?)?;
        Ok(cost)
    }
}

/// Returns the part of an amount that falls to `units` out of `of`, rounded half to even.
fn part(amount: Money, units: Quantity, of: Exact, money_scale: u32) -> Result<Money, ArithmeticError> {
    if of.compare(units.decimal().into())?.is_eq() {
        return Ok(amount);
    }
    let part = Exact::product(amount.decimal(), units.decimal());
    let part = part.ratio(of, money_scale, Rounding::HalfEven)?;
    Money::rounded(part.into(), money_scale, Rounding::Down)
}

/// Returns units that are known exactly, if they fit a decimal.
fn quantity(units: Exact) -> Result<Quantity, ArithmeticError> {
    Quantity::rounded(units, Decimal::MAX_SCALE, Rounding::Down)
}

/// Returns the lot that a disposal takes first; of lots that cost the same per unit, the earliest.
fn next_lot(lots: &[Lot], method: LotMethod) -> Result<Option<usize>, ArithmeticError> {
    match method {
        LotMethod::Fifo | LotMethod::Average => Ok((!lots.is_empty()).then_some(0)),
        LotMethod::Lifo => Ok(lots.len().checked_sub(1)),
        LotMethod::Hifo => {
            let mut dearest: Option<(usize, &Lot)> = None;
            for (index, lot) in lots.iter().enumerate() {
                let dearer = match dearest {
                    None => true,
                    Some((_, best)) => is_dearer(lot, best)?,
                };
                if dearer {
                    dearest = Some((index, lot));
                }
            }
            Ok(dearest.map(|(index, _)| index))
        }
    }
}

fn is_dearer(lot: &Lot, other: &Lot) -> Result<bool, ArithmeticError> {
    let product = |cost: Money, units: Quantity| -> Exact { Exact::product(cost.decimal(), units.decimal()) };
    Ok(product(lot.cost, other.units).compare(product(other.cost, lot.units))?.is_gt())
}
