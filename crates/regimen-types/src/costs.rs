//! The costs of a trade, kind by kind.

use serde::{Deserialize, Serialize};

use crate::exact::ArithmeticError;
use crate::quantities::{Bps, Money};

/// Costs in proportion to the notional.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostRates {
    /// The commission.
    pub fee_bps: Bps,
    /// The difference between the snapshot's price and the price obtained.
    pub slippage_bps: Bps,
}

/// The costs of one trade, each kind a column of the log. No cost is negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TradeCosts {
    /// The commission of the venue or broker.
    pub fee: Money,
    /// The flat rate for the difference from the snapshot's price.
    pub slippage: Money,
    /// Half the distance between bid and ask.
    pub spread: Money,
    /// The price impact of the trade's own size.
    pub impact: Money,
    /// The network fee of the transaction.
    pub gas: Money,
    /// The service's fee for the trade.
    pub platform_fee: Money,
}

impl TradeCosts {
    /// No costs.
    pub const NONE: Self = Self {
        fee: Money::ZERO,
        slippage: Money::ZERO,
        spread: Money::ZERO,
        impact: Money::ZERO,
        gas: Money::ZERO,
        platform_fee: Money::ZERO,
    };

    /// The names that logs use, in the order of their columns.
    pub const NAMES: [&str; 6] = ["fee", "slippage", "spread", "impact", "gas", "platform_fee"];

    /// Returns the costs in the order of [`TradeCosts::NAMES`].
    #[must_use]
    pub fn amounts(&self) -> [Money; 6] {
        [self.fee, self.slippage, self.spread, self.impact, self.gas, self.platform_fee]
    }

    /// Builds costs from amounts in the order of [`TradeCosts::NAMES`].
    #[must_use]
    pub fn from_amounts(amounts: [Money; 6]) -> Self {
        let [fee, slippage, spread, impact, gas, platform_fee] = amounts;
        Self { fee, slippage, spread, impact, gas, platform_fee }
    }

    /// Iterates over the costs by the names that logs use.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, Money)> + use<> {
        Self::NAMES.into_iter().zip(self.amounts())
    }

    /// Returns the sum of all costs.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] if the sum needs more than 28 digits.
    pub fn total(&self) -> Result<Money, ArithmeticError> {
        let mut charged = self.amounts().into_iter().filter(|amount| !amount.is_zero());
        let first = charged.next().unwrap_or(Money::ZERO);
        charged.try_fold(first, Money::plus)
    }

    /// Adds costs kind by kind.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] if a sum needs more than 28 digits.
    pub fn plus(&self, other: &Self) -> Result<Self, ArithmeticError> {
        let mut sums = self.amounts();
        for (sum, amount) in sums.iter_mut().zip(other.amounts()) {
            *sum = sum.plus(amount)?;
        }
        Ok(Self::from_amounts(sums))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_keeps_its_place() {
        let amount = |text: &str| text.parse::<Money>().unwrap();
        let costs = TradeCosts::from_amounts(["1", "2", "4", "8", "16", "32"].map(amount));
        assert_eq!((costs.fee, costs.slippage, costs.spread), (amount("1"), amount("2"), amount("4")));
        assert_eq!((costs.impact, costs.gas, costs.platform_fee), (amount("8"), amount("16"), amount("32")));
        assert_eq!(costs.total(), Ok(amount("63")));
        assert_eq!(costs.plus(&costs).unwrap().total(), Ok(amount("126")));
        assert_eq!(costs.named().find(|(name, _)| *name == "gas"), Some(("gas", amount("16"))));
    }
}
