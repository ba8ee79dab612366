//! What a verification found.

use std::fmt;

use regimen_types::Diagnostics;
use serde::Serialize;

/// What a verification checked, and what it found wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// The folder as the caller named it.
    pub folder: String,
    /// How much was checked.
    pub checked: Checked,
    /// What is wrong; empty if the run is whole.
    pub faults: Diagnostics,
}

/// How much a verification checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize)]
pub struct Checked {
    /// Files whose bytes were compared with their hashes.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Transactions that were replayed.
    pub transactions: u64,
    /// Snapshots whose cash, NAV, regime and level were compared.
    pub snapshots: u64,
    /// Readings of signals, and of groups of them, whose scores were combined again.
    pub readings: u64,
    /// Positions that were compared with the log and valued again.
    pub positions: u64,
    /// Rows of the decision log that were read.
    pub decision_rows: u64,
    /// Rebalances whose weights and ranks were added up.
    pub rebalances: u64,
    /// Orders that were compared with their decision and their trade.
    pub orders: u64,
}

impl Verification {
    /// Returns true if nothing is wrong.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.faults.items.is_empty()
    }
}

impl fmt::Display for Verification {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Checked { files, bytes, transactions, snapshots, readings, .. } = self.checked;
        let Checked { positions, decision_rows, rebalances, orders, .. } = self.checked;
        if !self.passed() {
            writeln!(formatter, "{}\n", self.faults)?;
        }
        let result = if self.passed() { "verified" } else { "NOT verified" };
        write!(formatter, "{result}: {}", self.folder)?;
        if files == 0 {
            return Ok(());
        }
        write!(formatter, "\n  {files} files with {bytes} bytes against the manifest")?;
        write!(formatter, "\n  {transactions} transactions replayed: hash chain, units and cash")?;
        write!(formatter, "\n  {snapshots} snapshots: cash, NAV, regime and index level")?;
        write!(formatter, "\n  {readings} readings: scores, gauge and votes")?;
        write!(formatter, "\n  {positions} positions: units, prices, values and weights")?;
        write!(
            formatter,
            "\n  {rebalances} rebalances with {decision_rows} rows: weights, ranks and orders"
        )?;
        write!(formatter, "\n  {orders} orders: decisions and trades")
    }
}
