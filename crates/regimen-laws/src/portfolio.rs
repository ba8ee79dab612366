//! Portfolios on their way to a target.

use std::ops::RangeInclusive;

use proptest::strategy::Strategy;
use regimen_planning::{Liquidity, Mark, Market, TargetPortfolio};
use regimen_types::{AsOf, AssetId, Bps, Holdings, Money, Price, Quantity, Weight};
use rust_decimal::Decimal;

use crate::case::{Case, Drawn, simpler_decimals};
use crate::draw::Draw;
use crate::market::{FIRST_INSTANT, letter};
use crate::text_table::TextTable;

/// Holdings, a target, and the market of their assets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portfolio {
    /// The cash.
    pub cash: Decimal,
    /// The assets that are held or wanted, or neither.
    pub positions: Vec<Position>,
}

/// An asset of a portfolio.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The asset.
    pub asset: AssetId,
    /// The units held.
    pub units: Decimal,
    /// Its part of the target: weights are these parts over their sum.
    pub part: u32,
    /// The price of one unit, above zero.
    pub price: Decimal,
    /// The volume of a day, in currency; zero means unknown.
    pub volume: Decimal,
    /// Whether it may be bought and sold, sold only, or neither.
    pub trades: Trades,
}

/// Which trades the market allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trades {
    /// Buys and sells.
    Both,
    /// The price is stale: sells only.
    SellsOnly,
    /// Neither: the asset cannot be traded.
    None,
}

/// Builds the strategy of portfolios of some assets called `A`, `B`, `C`, …
///
/// Positions are worth from nothing to billions, and prices range from a millionth to a million. Some assets
/// are held but not wanted, some wanted but not held, and some cannot be traded. Part of the target may be
/// cash.
pub fn portfolios(assets: RangeInclusive<usize>) -> impl Strategy<Value = Portfolio> + Clone {
    Drawn(move |draw: &mut Draw<'_>| {
        let count = draw.count(&assets);
        let mut positions = Vec::with_capacity(count);
        for number in 0..count {
            let Ok(asset) = letter(number).parse() else { continue };
            let price = draw.decimal(-6..=6);
            let held = !draw.one_in(3);
            let units = if held { draw.decimal(-2..=6).trunc_with_scale(8) } else { Decimal::ZERO };
            let wanted = if draw.one_in(3) { 0 } else { draw.between(1..=1_000) };
            let volume = if draw.one_in(6) { Decimal::ZERO } else { draw.decimal(0..=9) };
            let trades = match draw.below(16) {
                0 => Trades::None,
                1 => Trades::SellsOnly,
                _ => Trades::Both,
            };
            let part = u32::try_from(wanted).unwrap_or(0);
            positions.push(Position { asset, units, part, price, volume, trades });
        }
        let cash = if draw.one_in(4) { Decimal::ZERO } else { draw.decimal(-2..=9).trunc_with_scale(2) };
        Portfolio { cash, positions }
    })
}

/// Builds the strategy of holdings.
pub fn holdings(assets: RangeInclusive<usize>) -> impl Strategy<Value = Holdings> {
    portfolios(assets).prop_map(|portfolio| portfolio.holdings())
}

/// Builds the strategy of targets: weights that sum to 1 or less, the rest cash.
pub fn targets(assets: RangeInclusive<usize>) -> impl Strategy<Value = TargetPortfolio> {
    portfolios(assets).prop_map(|portfolio| portfolio.target())
}

impl Portfolio {
    /// Returns the holdings.
    #[must_use]
    pub fn holdings(&self) -> Holdings {
        let mut holdings = Holdings::of_cash(Money::from(self.cash));
        for each in &self.positions {
            holdings.set_units(&each.asset, Quantity::new(each.units).unwrap_or(Quantity::ZERO));
        }
        holdings
    }

    /// Returns the target. The whole is all parts plus an eighth of the largest, so that some of it is cash;
    /// if all parts are even, there is no cash.
    #[must_use]
    pub fn target(&self) -> TargetPortfolio {
        let parts = || self.positions.iter().map(|each| each.part);
        let cash = if parts().all(|part| part % 2 == 0) { 0 } else { parts().max().unwrap_or(0) / 8 };
        let whole = Decimal::from(parts().fold(cash, u32::saturating_add).max(1));
        let weight = |part: u32| {
            let share = Decimal::from(part).checked_div(whole).unwrap_or_default();
            Weight::new(share.trunc_with_scale(18)).unwrap_or(Weight::ZERO)
        };
        let wanted = self.positions.iter().filter(|each| each.part > 0);
        let weights = wanted.map(|each| (each.asset.clone(), weight(each.part)));
        TargetPortfolio::new(weights).unwrap_or_else(|_| TargetPortfolio::of_cash())
    }

    /// Returns the instant of the market.
    #[must_use]
    pub fn as_of(&self) -> AsOf {
        AsOf::from_unix_millis(FIRST_INSTANT).unwrap_or_else(|| AsOf::from_date(Default::default()))
    }

    pub(crate) fn of(&self, asset: &AssetId) -> Option<&Position> {
        self.positions.iter().find(|each| each.asset == *asset)
    }

    /// Returns the portfolio with other holdings.
    #[must_use]
    pub fn holding(&self, holdings: &Holdings) -> Self {
        let units = |each: &Position| holdings.units(&each.asset).decimal();
        let positions = self.positions.iter().map(|each| Position { units: units(each), ..each.clone() });
        Self { cash: holdings.cash().decimal(), positions: positions.collect() }
    }
}

impl Market for Portfolio {
    fn mark(&self, asset: &AssetId) -> Option<Mark> {
        let position = self.of(asset)?;
        let (buyable, sellable) = match position.trades {
            Trades::Both => (true, true),
            Trades::SellsOnly => (false, true),
            Trades::None => (false, false),
        };
        Some(Mark { price: Price::new(position.price).ok()?, as_of: self.as_of(), buyable, sellable })
    }

    fn liquidity(&self, asset: &AssetId) -> Liquidity {
        let known = self.of(asset).map(|each| each.volume).filter(|volume| !volume.is_zero());
        let rate = |bps: i64| Bps::new(Decimal::new(bps, 0)).ok();
        let volume = known.and_then(|volume| Money::new(volume).ok());
        Liquidity { volume, volatility: volume.and(rate(400)), half_spread: None }
    }
}

/// The changes that are tried for one position.
const CHANGES: usize = 36;

impl Case for Portfolio {
    fn simplification_count(&self) -> usize {
        self.positions.len().saturating_mul(CHANGES).saturating_add(12)
    }

    fn simplification(&self, number: usize) -> Option<Self> {
        let mut simpler = self.clone();
        if number == 0 {
            let names = (0..self.positions.len()).filter_map(|place| letter(place).parse().ok());
            simpler.positions.iter_mut().zip(names).for_each(|(each, name)| each.asset = name);
            return (simpler != *self).then_some(simpler);
        }
        if number < 12 {
            simpler.cash = simpler_or_zero(self.cash, number.saturating_sub(1))?;
            return Some(simpler);
        }
        let (count, number) = (self.positions.len(), number.saturating_sub(12));
        let (change, place) = (number.checked_div(count)?, number.checked_rem(count)?);
        let each = simpler.positions.get_mut(place)?;
        match change {
            0 => drop(simpler.positions.remove(place)),
            1 if each.trades != Trades::Both => each.trades = Trades::Both,
            2 if each.part > 0 => each.part = 0,
            3 if each.part > 2 => each.part = 2,
            4 if each.part > 1 => each.part = each.part.saturating_sub(1),
            5..=15 => each.units = simpler_or_zero(each.units, change.saturating_sub(5))?,
            16..=25 => each.price = simpler_decimals(each.price).get(change.saturating_sub(16)).copied()?,
            26.. => each.volume = simpler_or_zero(each.volume, change.saturating_sub(26))?,
            _ => return None,
        }
        Some(simpler)
    }

    fn shown(&self) -> String {
        let target = self.target();
        let mut table = TextTable::new(["asset", "held", "wanted", "price", "volume", "trades"]);
        table.push([
            "cash".to_owned(),
            self.cash.normalize().to_string(),
            target.cash_weight().to_string(),
            String::new(),
            String::new(),
            String::new(),
        ]);
        for each in &self.positions {
            let trades = match each.trades {
                Trades::Both => "",
                Trades::SellsOnly => "may only be sold",
                Trades::None => "may not be traded",
            };
            let volume =
                if each.volume.is_zero() { String::new() } else { each.volume.normalize().to_string() };
            table.push([
                each.asset.to_string(),
                each.units.normalize().to_string(),
                target.weight(&each.asset).to_string(),
                each.price.normalize().to_string(),
                volume,
                trades.to_owned(),
            ]);
        }
        table.without_empty_columns().to_string()
    }
}

/// Returns zero, or a simpler number, by number.
fn simpler_or_zero(decimal: Decimal, number: usize) -> Option<Decimal> {
    match number.checked_sub(1) {
        None => (!decimal.is_zero()).then_some(Decimal::ZERO),
        Some(number) => simpler_decimals(decimal).get(number).copied(),
    }
}
