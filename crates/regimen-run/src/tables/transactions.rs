//! `transactions.csv`: the log. The ledger defines its form, and reads it by replaying it.

use crate::table::{Column, RunTable, StepRecord, column};

/// The table of transactions.
pub(crate) struct Transactions;

impl RunTable for Transactions {
    const FILE: &'static str = "transactions.csv";
    const ONE_ROW_PER: &'static str = "transaction";
    const COLUMNS: &'static [Column] = &[
        column("seq", "the number of the transaction, from 1 without a gap"),
        column("as_of", "the snapshot; never earlier than that of the row before"),
        column(
            "kind",
            "cash alone: `deposit`, `withdrawal`, `management_fee`, `interest`; trades: `buy`, `sell`; \
             units without a trade: `write_off`, `migration`, `distribution`, `yield`",
        ),
        column("asset", "the asset whose units move; empty if cash alone does"),
        column("side", "`buy` or `sell` for a trade, otherwise empty"),
        column(
            "units",
            "the units that move, at the units scale for trades: they come in with a buy, migration, \
             distribution or yield, and go out with a sell or write-off; 0 if cash alone moves",
        ),
        column(
            "price",
            "the snapshot's price, for a write-off the last known one; empty if cash alone moves",
        ),
        column(
            "notional",
            "units × price at the money scale, rounded up for a buy and down for a sell; the amount of \
             a deposit, withdrawal or management fee; what a write-off brings back; 0 for a migration, \
             distribution or yield",
        ),
        column("fee", "the commission, rounded up at the money scale"),
        column(
            "slippage",
            "the slippage, rounded up at the money scale; a cost of its own, not part of the price",
        ),
        column("spread", "half the distance between bid and ask, rounded up at the money scale"),
        column("impact", "what the trade's own size moves the price, rounded up at the money scale"),
        column("gas", "what the chain takes for the transaction, rounded up at the money scale"),
        column("platform_fee", "what the service takes for the trade, rounded up at the money scale"),
        column(
            "cash_after",
            "the cash after the transaction: a buy takes the notional and all six costs, a sell adds \
             the notional less all six",
        ),
        column("units_after", "the units of the asset after the transaction; 0 if cash alone moves"),
        column(
            "from_asset",
            "what the units of a migration, distribution or yield come from; a redenomination comes \
             from the asset itself. Empty otherwise",
        ),
        column(
            "from_units",
            "all units of it that are held before the transaction: a migration takes them away, the \
             others leave them",
        ),
        column(
            "cause",
            "`inception`, `schedule`, `threshold_cross`, `rebalance`, `deletion`, `regime_switch`, \
             `off_peg` or `vanished`; `cash_flow`, `accrual`, `interest`; of corporate actions \
             `redenomination`, `migration`, `ticker_change`, `fork`, `airdrop`, `delisting`, `staking`",
        ),
        column("hash", "the hash of this row and the row before it, 64 hexadecimal digits in lower case"),
    ];

    fn write_step(text: &mut Vec<u8>, record: &StepRecord<'_>) {
        let step = record.step;
        let mut line = String::new();
        for transaction in &step.transactions {
            line.clear();
            transaction.write_line(&mut line);
            line.push('\n');
            text.extend_from_slice(line.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use regimen_ledger::TRANSACTION_COLUMNS;

    use super::*;

    #[test]
    fn the_columns_are_those_of_the_ledger() {
        let names: Vec<&str> = Transactions::COLUMNS.iter().map(|column| column.name).collect();
        assert_eq!(names, TRANSACTION_COLUMNS);
    }
}
