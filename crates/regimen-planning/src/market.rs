//! What planning and filling see of the market: a mark per asset, and the terms of trade.

use regimen_types::{ArithmeticError, AsOf, AssetId, Money, Price, Quantity, Rounding, Side};

use crate::cost_model::{CostModel, Liquidity};
use crate::rules::TradingRules;

/// The price at which an asset is valued, and whether it may trade there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The last known price.
    pub price: Price,
    /// The instant that the price dates from.
    pub as_of: AsOf,
    /// True if the asset may be bought: the price is of the present snapshot.
    pub buyable: bool,
    /// True if the asset may be sold: the price is of the present snapshot, or sales at stale prices are
    /// allowed.
    pub sellable: bool,
}

/// Marks and liquidity by asset.
pub trait Market {
    /// Returns the asset's mark, or `None` if it never had a price.
    fn mark(&self, asset: &AssetId) -> Option<Mark>;

    /// Returns how easily the asset trades; unknown by default.
    fn liquidity(&self, asset: &AssetId) -> Liquidity {
        let _ = asset;
        Liquidity::UNKNOWN
    }
}

/// The terms of trade: costs, filters, and the grids of money and units.
#[derive(Clone, Copy, Debug)]
pub struct TradingTerms<'a> {
    /// The cost model.
    pub costs: &'a dyn CostModel,
    /// The bands and filters.
    pub rules: &'a TradingRules,
    /// The decimal places of money.
    pub money_scale: u32,
    /// The decimal places of units, fewer where they would need more than 28 digits.
    pub units_scale: u32,
}

impl TradingTerms<'_> {
    /// Returns the notional of a trade, rounded against the portfolio: up for a purchase, down for a sale.
    pub(crate) fn notional(
        &self,
        side: Side,
        units: Quantity,
        price: Price,
    ) -> Result<Money, ArithmeticError> {
        let rounding = if side == Side::Buy { Rounding::Up } else { Rounding::Down };
        units.notional(price, self.money_scale, rounding)
    }
}
