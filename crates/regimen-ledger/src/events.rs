//! Booking what is no trade: cash flows, fees, corporate actions, yield.

use regimen_types::{AsOf, AssetId, Cause, Money, Price, Quantity, Rounding, Weight};

use crate::entry::{Entry, Moved, Movement};
use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::transaction::{Source, Transaction};

/// Units that come in because units of another asset, or of the same, are held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The instant at which the units come in.
    pub as_of: AsOf,
    /// The asset that is held.
    pub from: AssetId,
    /// The asset that comes in.
    pub asset: AssetId,
    /// The units that come in.
    pub units: Quantity,
    /// The price of one of them: for the record, since no cash moves.
    pub price: Price,
    /// The cause that the log names.
    pub cause: Cause,
}

impl Ledger {
    /// Books money that comes in after the start.
    ///
    /// # Errors
    /// As [`Ledger::deposit`].
    pub fn deposit_later(&mut self, as_of: AsOf, amount: Money) -> Result<&Transaction, LedgerError> {
        self.append(Entry::without_costs(as_of, Movement::Deposit, amount, Cause::CashFlow))
    }

    /// Books money that goes out.
    ///
    /// # Errors
    /// [`LedgerError`] if the amount is not above zero, is finer than the money scale or more than the cash,
    /// or if time goes back.
    pub fn withdraw(&mut self, as_of: AsOf, amount: Money) -> Result<&Transaction, LedgerError> {
        self.append(Entry::without_costs(as_of, Movement::Withdrawal, amount, Cause::CashFlow))
    }

    /// Books a fee for managing the portfolio, which goes out of the cash.
    ///
    /// # Errors
    /// As [`Ledger::withdraw`].
    pub fn charge_management_fee(&mut self, as_of: AsOf, amount: Money) -> Result<&Transaction, LedgerError> {
        self.append(Entry::without_costs(as_of, Movement::ManagementFee, amount, Cause::Accrual))
    }

    /// Books that all units of `from` become units of `asset`: its successor, or itself on a new basis.
    ///
    /// # Errors
    /// [`LedgerError`] if `from` is not held, no units come in, or time goes back.
    pub fn migrate(&mut self, grant: Grant) -> Result<&Transaction, LedgerError> {
        self.grant(grant, Movement::Migration)
    }

    /// Books units that come in beside those that are held.
    ///
    /// # Errors
    /// [`LedgerError`] if `from` is not held, no units come in, or time goes back.
    pub fn distribute(&mut self, grant: Grant) -> Result<&Transaction, LedgerError> {
        self.grant(grant, Movement::Distribution)
    }

    /// Books units that the units held have earned.
    ///
    /// # Errors
    /// [`LedgerError`] if `from` is not held, no units come in, or time goes back.
    pub fn earn(&mut self, grant: Grant) -> Result<&Transaction, LedgerError> {
        self.grant(grant, Movement::Yield)
    }

    /// Books what the cash has earned.
    ///
    /// # Errors
    /// As [`Ledger::deposit`].
    pub fn credit_interest(&mut self, as_of: AsOf, amount: Money) -> Result<&Transaction, LedgerError> {
        self.append(Entry::without_costs(as_of, Movement::Interest, amount, Cause::Interest))
    }

    /// Books the end of a delisted asset as [`Ledger::write_off`] books that of a vanished one.
    ///
    /// # Errors
    /// As [`Ledger::write_off`].
    pub fn delist(
        &mut self,
        as_of: AsOf,
        asset: &AssetId,
        last_price: Price,
        recovery: Weight,
    ) -> Result<&Transaction, LedgerError> {
        self.end(as_of, asset, last_price, recovery, Cause::Delisting)
    }

    /// Books the end of an asset: all its units leave for a part of their value at the last price, rounded
    /// down.
    pub(crate) fn end(
        &mut self,
        as_of: AsOf,
        asset: &AssetId,
        last_price: Price,
        recovery: Weight,
        cause: Cause,
    ) -> Result<&Transaction, LedgerError> {
        let units = self.holdings().units(asset);
        let scale = self.state().money_scale();
        let recovered = (units.value_at(last_price).times(recovery.decimal()))
            .and_then(|value| Money::rounded(value, scale, Rounding::Down))
            .map_err(LedgerError::overflow("notional"))?;
        let moved = Moved { asset: asset.clone(), units, price: last_price };
        self.append(Entry::without_costs(as_of, Movement::WriteOff(moved), recovered, cause))
    }

    fn grant(
        &mut self,
        grant: Grant,
        movement: fn(Moved, Source) -> Movement,
    ) -> Result<&Transaction, LedgerError> {
        let source = Source { units: self.holdings().units(&grant.from), asset: grant.from };
        let moved = Moved { asset: grant.asset, units: grant.units, price: grant.price };
        let movement = movement(moved, source);
        self.append(Entry::without_costs(grant.as_of, movement, Money::ZERO, grant.cause))
    }
}
