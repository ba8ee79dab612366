//! The append-only ledger.

use regimen_types::{AsOf, AssetId, Cause, Fill, Holdings, Money, Price, Weight};
use serde::{Deserialize, Serialize};

use crate::booking::{cash_after, check_entry, units_after};
use crate::codes::LedgerRule;
use crate::entry::{Balances, Entry, Movement};
use crate::error::LedgerError;
use crate::transaction::{RowHash, Transaction};

/// All that the next transaction depends on. Stored between runs, it continues a ledger as if it had never
/// stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerState {
    money_scale: u32,
    holdings: Holdings,
    last_seq: u64,
    last_as_of: Option<AsOf>,
    last_hash: RowHash,
}

impl LedgerState {
    /// Builds the state before the first transaction.
    pub(crate) fn empty(money_scale: u32) -> Self {
        Self {
            money_scale,
            holdings: Holdings::of_cash(Money::ZERO),
            last_seq: 0,
            last_as_of: None,
            last_hash: RowHash::START,
        }
    }

    /// Returns the decimal places of all amounts.
    #[must_use]
    pub fn money_scale(&self) -> u32 {
        self.money_scale
    }

    /// Returns the holdings.
    #[must_use]
    pub fn holdings(&self) -> &Holdings {
        &self.holdings
    }

    /// Returns the number of the last transaction, 0 before the first.
    #[must_use]
    pub fn last_seq(&self) -> u64 {
        self.last_seq
    }

    /// Returns the instant of the last transaction, `None` before the first.
    #[must_use]
    pub fn last_as_of(&self) -> Option<AsOf> {
        self.last_as_of
    }

    /// Returns the hash of the last transaction, [`RowHash::START`] before the first.
    #[must_use]
    pub fn last_hash(&self) -> RowHash {
        self.last_hash
    }

    /// Books an entry, or refuses it and stays as it was. `row` is a buffer: it holds the transaction's row
    /// afterwards.
    pub(crate) fn book(&mut self, entry: Entry, row: &mut String) -> Result<Transaction, LedgerError> {
        if let Some(last) = self.last_as_of.filter(|last| entry.as_of < *last) {
            let expected = format_args!("{last} or later");
            return Err(LedgerError::new(LedgerRule::TimeOrder, "as_of", entry.as_of, expected));
        }
        check_entry(&entry, self.money_scale)?;
        let after = Balances {
            seq: self.last_seq.saturating_add(1),
            units: units_after(&entry, &self.holdings)?,
            cash: cash_after(&entry, self.holdings.cash())?,
        };
        let transaction = entry.into_transaction(after, self.last_hash, row);
        transaction.settle(&mut self.holdings);
        self.last_seq = transaction.seq;
        self.last_as_of = Some(transaction.as_of);
        self.last_hash = transaction.hash;
        Ok(transaction)
    }
}

/// An append-only record of what a portfolio did, exact to the last digit.
///
/// Each call books one transaction, or refuses it with the rule that it breaks and leaves the ledger as it
/// was. Cash and units are never negative.
///
/// ```
/// use regimen_ledger::Ledger;
/// use regimen_types::AsOf;
/// let mut ledger = Ledger::new(8);
/// let day = AsOf::from_ymd(2021, 5, 19).unwrap();
/// let deposit = ledger.deposit(day, "1000000".parse().unwrap()).unwrap();
/// assert_eq!(deposit.to_row(), "1,2021-05-19,deposit,,,0,,1000000,0,0,0,0,0,0,1000000,0,,,inception");
/// ```
#[derive(Clone, Debug)]
pub struct Ledger {
    state: LedgerState,
    transactions: Vec<Transaction>,
    row: String,
}

impl Ledger {
    /// Builds an empty ledger whose amounts have at most `money_scale` decimal places.
    #[must_use]
    pub fn new(money_scale: u32) -> Self {
        Self::resume(LedgerState::empty(money_scale))
    }

    /// Continues a ledger from a stored state. Its earlier transactions are not needed and not known.
    #[must_use]
    pub fn resume(state: LedgerState) -> Self {
        Self { state, transactions: Vec::new(), row: String::new() }
    }

    /// Returns the state to store, from which [`Ledger::resume`] continues.
    #[must_use]
    pub fn state(&self) -> &LedgerState {
        &self.state
    }

    /// Returns the holdings after the last transaction.
    #[must_use]
    pub fn holdings(&self) -> &Holdings {
        self.state.holdings()
    }

    /// Returns the transactions that this ledger booked and that were not taken, in order.
    #[must_use]
    pub fn transactions(&self) -> &[Transaction] {
        &self.transactions
    }

    /// Takes the transactions that were booked since the last call, in order. [`Ledger::transactions`] begins
    /// anew.
    ///
    /// ```
    /// use regimen_ledger::Ledger;
    /// use regimen_types::AsOf;
    /// let mut ledger = Ledger::new(2);
    /// ledger.deposit(AsOf::from_ymd(2021, 5, 19).unwrap(), "100".parse().unwrap()).unwrap();
    /// assert_eq!(ledger.take_transactions().len(), 1);
    /// assert!(ledger.transactions().is_empty());
    /// assert_eq!(ledger.state().last_seq(), 1);
    /// ```
    pub fn take_transactions(&mut self) -> Vec<Transaction> {
        self.transactions.drain(..).collect()
    }

    /// Books money that comes in.
    ///
    /// # Errors
    /// [`LedgerError`] if the amount is not above zero or is finer than the money scale, or if time goes
    /// back.
    pub fn deposit(&mut self, as_of: AsOf, amount: Money) -> Result<&Transaction, LedgerError> {
        self.append(Entry::without_costs(as_of, Movement::Deposit, amount, Cause::Inception))
    }

    /// Books an execution. A buy takes the notional and all costs from the cash; a sell adds the notional
    /// less all costs.
    ///
    /// # Errors
    /// [`LedgerError`] if the notional is not units times price, rounded up for a buy and down for a sell at
    /// the money scale; if a cost is negative or finer than the money scale; if cash or units would be
    /// negative; or if time goes back.
    pub fn book(&mut self, fill: &Fill) -> Result<&Transaction, LedgerError> {
        self.append(Entry::from(fill))
    }

    /// Books the end of an asset: all its units leave, and `recovery` of their value at the last known price
    /// comes in, rounded down at the money scale.
    ///
    /// # Errors
    /// [`LedgerError`] if the asset is not held, or if time goes back.
    pub fn write_off(
        &mut self,
        as_of: AsOf,
        asset: &AssetId,
        last_price: Price,
        recovery: Weight,
    ) -> Result<&Transaction, LedgerError> {
        self.end(as_of, asset, last_price, recovery, Cause::Vanished)
    }

    pub(crate) fn append(&mut self, entry: Entry) -> Result<&Transaction, LedgerError> {
        let transaction = self.state.book(entry, &mut self.row)?;
        Ok(self.transactions.push_mut(transaction))
    }
}
