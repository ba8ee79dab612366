//! What a transaction says happened, before the ledger adds what follows from it.

use regimen_types::{AsOf, AssetId, Cause, Fill, Money, Price, Quantity, Side, TradeCosts};

use crate::transaction::{RowHash, Source, Transaction, TransactionKind};

/// An event to book. The sequence number, the balances and the hash follow from it and the ledger's state.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) as_of: AsOf,
    pub(crate) movement: Movement,
    pub(crate) notional: Money,
    pub(crate) costs: TradeCosts,
    pub(crate) cause: Cause,
}

/// What moves beside the cash.
#[derive(Clone, Debug)]
pub(crate) enum Movement {
    Deposit,
    Withdrawal,
    ManagementFee,
    Buy(Moved),
    Sell(Moved),
    WriteOff(Moved),
    Migration(Moved, Source),
    Distribution(Moved, Source),
    Yield(Moved, Source),
    Interest,
}

/// The units of an asset that move, and the price that values them.
#[derive(Clone, Debug)]
pub(crate) struct Moved {
    pub(crate) asset: AssetId,
    pub(crate) units: Quantity,
    pub(crate) price: Price,
}

impl Movement {
    pub(crate) fn kind(&self) -> TransactionKind {
        match self {
            Self::Deposit => TransactionKind::Deposit,
            Self::Withdrawal => TransactionKind::Withdrawal,
            Self::ManagementFee => TransactionKind::ManagementFee,
            Self::Buy(_) => TransactionKind::Buy,
            Self::Sell(_) => TransactionKind::Sell,
            Self::WriteOff(_) => TransactionKind::WriteOff,
            Self::Migration(..) => TransactionKind::Migration,
            Self::Distribution(..) => TransactionKind::Distribution,
            Self::Yield(..) => TransactionKind::Yield,
            Self::Interest => TransactionKind::Interest,
        }
    }

    pub(crate) fn moved(&self) -> Option<&Moved> {
        match self {
            Self::Deposit | Self::Withdrawal | Self::ManagementFee | Self::Interest => None,
            Self::Buy(moved) | Self::Sell(moved) | Self::WriteOff(moved) => Some(moved),
            Self::Migration(moved, _) | Self::Distribution(moved, _) | Self::Yield(moved, _) => Some(moved),
        }
    }

    /// Returns what moves and what it comes from, once the two are no longer needed as a movement.
    fn into_parts(self) -> (Option<Moved>, Option<Source>) {
        match self {
            Self::Deposit | Self::Withdrawal | Self::ManagementFee | Self::Interest => (None, None),
            Self::Buy(moved) | Self::Sell(moved) | Self::WriteOff(moved) => (Some(moved), None),
            Self::Migration(moved, source)
            | Self::Distribution(moved, source)
            | Self::Yield(moved, source) => (Some(moved), Some(source)),
        }
    }
}

impl Entry {
    pub(crate) fn without_costs(as_of: AsOf, movement: Movement, notional: Money, cause: Cause) -> Self {
        Self { as_of, movement, notional, costs: TradeCosts::NONE, cause }
    }

    /// Builds the transaction, chained to the previous hash. `row` is a buffer: it holds the row afterwards.
    pub(crate) fn into_transaction(
        self,
        after: Balances,
        previous: RowHash,
        row: &mut String,
    ) -> Transaction {
        let kind = self.movement.kind();
        let (moved, source) = self.movement.into_parts();
        let (asset, units, price) = match moved {
            None => (None, Quantity::ZERO, None),
            Some(moved) => (Some(moved.asset), moved.units, Some(moved.price)),
        };
        let mut transaction = Transaction {
            seq: after.seq,
            as_of: self.as_of,
            kind,
            asset,
            units,
            price,
            notional: self.notional,
            costs: self.costs,
            cash_after: after.cash,
            units_after: after.units,
            source,
            cause: self.cause,
            hash: previous,
        };
        row.clear();
        transaction.write_row(row);
        transaction.hash = previous.of_next(row);
        transaction
    }
}

/// What follows from an entry and the state before it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Balances {
    pub(crate) seq: u64,
    pub(crate) cash: Money,
    pub(crate) units: Quantity,
}

impl From<&Fill> for Entry {
    fn from(fill: &Fill) -> Self {
        let moved = Moved { asset: fill.asset.clone(), units: fill.units, price: fill.price };
        Self {
            as_of: fill.as_of,
            movement: match fill.side {
                Side::Buy => Movement::Buy(moved),
                Side::Sell => Movement::Sell(moved),
            },
            notional: fill.notional,
            costs: fill.costs,
            cause: fill.cause,
        }
    }
}
