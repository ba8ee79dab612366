//! What planning and filling see of the market: a mark per asset, and the terms of trade.

use regimen_types::{AsOf, AssetId, CostRates, Price};
use serde::Serialize;

/// The price at which an asset is valued, and whether it may trade there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The last known price.
    pub price: Price,
    /// The instant that the price dates from.
    pub as_of: AsOf,
    /// May be bought: the price is of the present snapshot.
    pub buyable: bool,
    /// May be sold: the price is of the present snapshot, or stale prices may be sold at.
    pub sellable: bool,
}

/// Marks by asset.
pub trait Market {
    /// Returns the asset's mark, or `None` if it never had a price.
    fn mark(&self, asset: &AssetId) -> Option<Mark>;
}

/// Costs and the grids of money and units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TradingTerms {
    /// The costs in proportion to the notional.
    pub costs: CostRates,
    /// The decimal places of money.
    pub money_scale: u32,
    /// The decimal places of units, fewer where they would need more than 28 digits.
    pub units_scale: u32,
}
