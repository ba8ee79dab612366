//! Bands and filters, which keep trades rare, small and possible.

use std::collections::BTreeMap;

use regimen_types::{ArithmeticError, AssetId, Exact, Money, Quantity, Weight};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The bands and filters of a portfolio. A missing rule does not filter.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TradingRules {
    /// How far a position may drift before it is traded back.
    pub band: Option<Band>,
    /// The least value of a trade.
    pub minimum: Option<MinimumNotional>,
    /// The steps in which assets trade.
    pub lots: Lots,
    /// The largest order, as a part of the day's volume.
    pub participation_max: Option<Weight>,
    /// The most that fills of an asset may take, as a part of the execution snapshot's volume.
    pub fill_participation_max: Option<Weight>,
    /// The turnover limit of one rebalance.
    pub turnover: Option<TurnoverLimit>,
    /// The part of the equity that stays in cash, beside the target's own cash.
    pub cash_buffer: Weight,
}

/// A no-trade band around each target weight. A position beyond either distance trades.
///
/// Entries and exits have no band: an asset that is not held is bought, and one without a target weight is
/// sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    /// The distance in weight.
    pub absolute: Option<Weight>,
    /// The distance as a part of the target weight.
    pub relative: Option<Weight>,
    /// Where a trade ends.
    pub trade_to: TradeTo,
}

regimen_types::named! {
    /// Where the trade of a position beyond its band ends.
    pub enum TradeTo {
        /// At the target weight.
        Target = "target",
        /// At the edge of the band. With proportional costs, this is the least trading that keeps the
        /// position within the band (Leland 1999, "Optimal Portfolio Management with Transactions Costs and
        /// Capital Gains Taxes").
        Edge = "edge",
    }
}

impl Band {
    /// Returns the half-width of the band around a target weight: the narrower of the two.
    ///
    /// # Errors
    /// [`ArithmeticError`] if it does not fit.
    pub(crate) fn half_width(&self, weight: Decimal) -> Result<Exact, ArithmeticError> {
        let absolute = self.absolute.map(|absolute| Exact::from(absolute.decimal()));
        let relative = self.relative.map(|relative| Exact::product(relative.decimal(), weight));
        Ok(match (absolute, relative) {
            (Some(absolute), Some(relative)) => {
                if absolute.compare(relative)?.is_le() {
                    absolute
                } else {
                    relative
                }
            }
            (one, other) => one.or(other).unwrap_or(Exact::ZERO),
        })
    }
}

/// The least value of a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MinimumNotional {
    /// The least value of any trade except an exit.
    pub trade: Money,
    /// The least value of an exit: lower, so that small remainders do not stay forever.
    pub exit: Money,
}

/// The steps of units in which assets trade.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Lots {
    /// The step of assets that are not listed.
    pub default: Option<Quantity>,
    /// The steps of single assets.
    pub of_asset: BTreeMap<AssetId, Quantity>,
}

impl Lots {
    /// Returns the step of an asset, if it has one.
    #[must_use]
    pub fn of(&self, asset: &AssetId) -> Option<Quantity> {
        self.of_asset.get(asset).copied().or(self.default).filter(|lot| !lot.is_zero())
    }

    /// Rounds the units of a trade down to whole lots.
    ///
    /// # Errors
    /// [`ArithmeticError`] if the whole lots do not fit a decimal.
    pub fn whole(&self, asset: &AssetId, units: Quantity) -> Result<Quantity, ArithmeticError> {
        let Some(lot) = self.of(asset) else { return Ok(units) };
        let count = Exact::from(units.decimal()).ratio_to_fit(Exact::from(lot.decimal()), 0)?;
        let whole = Exact::product(count, lot.decimal()).round(28, regimen_types::Rounding::Down)?;
        Quantity::new(whole).map_err(|_| ArithmeticError::overflow("whole lots"))
    }
}

/// The turnover limit of one rebalance.
///
/// Sales are limited to this part of the equity, and so are purchases; one-way turnover, half the sum of
/// both, therefore stays within it too. Exits, inception, a change of regime and a cash flow are not limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnoverLimit {
    /// The largest one-way turnover, as a part of the equity.
    pub one_way_max: Weight,
    /// The trades that come first.
    pub priority: TurnoverPriority,
}

regimen_types::named! {
    /// The trades that come first where turnover is limited.
    pub enum TurnoverPriority {
        /// The largest, ties by identifier; the last one that fits is cut.
        Largest = "largest",
        /// All, scaled by one factor.
        ProRata = "pro_rata",
    }
}
