//! The figures of a run.

use std::collections::BTreeMap;

use regimen_types::{AsOf, IndexLevel, Money, Ratio, TradeCosts};
use serde::{Deserialize, Serialize};

use crate::attribution::TrackingDifference;

/// The figures of a run. Ratios are decimals rounded half to even at 12 places; amounts are exact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The first snapshot.
    pub from: AsOf,
    /// The last snapshot.
    pub to: AsOf,
    /// The number of snapshots.
    pub snapshots: u64,
    /// The money that came in at the start.
    pub initial_cash: Money,
    /// The money that came in later.
    pub deposited: Money,
    /// The money that went out.
    pub withdrawn: Money,
    /// The NAV after the last snapshot.
    pub final_nav: Money,
    /// What one unit of money became: final NAV over initial cash, chained over cash flows (time-weighted).
    pub nav_multiple: Ratio,
    /// The worst fall of that multiple from an earlier peak, as a fraction of the peak: -0.5 is half lost.
    pub worst_drawdown: Ratio,
    /// The snapshot of the worst drawdown.
    pub worst_drawdown_at: AsOf,
    /// The index level after the last snapshot.
    pub final_index_level: IndexLevel,
    /// The number of rebalances, of the index or of the portfolio.
    pub rebalances: u64,
    /// The number of transactions.
    pub transactions: u64,
    /// The number of trades: buys and sells.
    pub trades: u64,
    /// The number of positions that were written off.
    pub write_offs: u64,
    /// The sum of notionals of all trades.
    pub traded_notional: Money,
    /// One-way turnover: the sum over snapshots of half the traded notional over NAV.
    pub turnover: Ratio,
    /// All commission.
    pub fees: Money,
    /// All slippage.
    pub slippage: Money,
    /// All half-spreads.
    pub spread: Money,
    /// All market impact.
    pub impact: Money,
    /// All gas.
    pub gas: Money,
    /// All platform fees.
    pub platform_fees: Money,
    /// All management fees that were paid.
    pub management_fees: Money,
    /// The management fee that has accrued and was not in cash at the end: NAV counts it still.
    pub management_fee_owed: Money,
    /// The value lost in write-offs at last known prices.
    pub written_off: Money,
    /// Orders that were not executed in full.
    pub shortfalls: u64,
    /// Changes from one determined regime to the other.
    pub regime_flips: u64,
    /// The number of snapshots that end in each regime.
    pub snapshots_in_regime: RegimeCount,
    /// The tracking difference by cause; `None` if it was not explained.
    pub tracking_difference: Option<TrackingDifference>,
    /// The number of warnings of the run by code, as its manifest lists them; left out if empty.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub warnings: BTreeMap<String, u64>,
}

/// A count per regime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RegimeCount {
    /// Warming up.
    pub undetermined: u64,
    /// Bullish.
    pub bullish: u64,
    /// Bearish.
    pub bearish: u64,
}

impl Summary {
    /// Returns all costs of trading, kind by kind.
    #[must_use]
    pub fn costs(&self) -> TradeCosts {
        TradeCosts {
            fee: self.fees,
            slippage: self.slippage,
            spread: self.spread,
            impact: self.impact,
            gas: self.gas,
            platform_fee: self.platform_fees,
        }
    }
}
