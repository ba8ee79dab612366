//! Random markets with the flaws of real data: births, deaths, gaps, redenominations, bad ticks, late rows,
//! lost pegs.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use proptest::strategy::{NewTree, Strategy};
use proptest::test_runner::TestRunner;
use regimen_types::{AsOf, AssetId, Category, History};
use rust_decimal::Decimal;

use super::table::{MarketRow, MarketSnapshot, MarketTable};
use crate::case::Shrinking;
use crate::draw::Draw;

pub(crate) const MILLIS_AN_HOUR: i64 = 3_600_000;
const HOURS_A_DAY: i64 = 24;
/// 2024-01-01, a Monday.
pub(crate) const FIRST_INSTANT: i64 = 1_704_067_200_000;
/// The digits that prices and caps are rounded to.
const DIGITS: u32 = 9;

/// The strategy of random markets. Each part has a default, so [`markets`] is usable as it is.
///
/// Most markets are daily; some are hourly, weekly or irregular. Unless they are [`calm`](Markets::calm),
/// assets are born and die, and have gaps, bad ticks, redenominations, unknown prices, caps and volumes, late
/// rows, equal caps, and prices from a trillionth to a million. Stablecoins lose their peg and regain it.
#[derive(Clone, Debug)]
pub struct Markets {
    snapshots: RangeInclusive<usize>,
    assets: RangeInclusive<usize>,
    named: Vec<AssetId>,
    stablecoins: Vec<AssetId>,
    attributes: Vec<String>,
    is_calm: bool,
    is_daily: bool,
}

/// Builds the strategy of random markets: 1 to 30 snapshots of 1 to 8 assets called `A`, `B`, `C`, …
#[must_use]
pub fn markets() -> Markets {
    Markets {
        snapshots: 1..=30,
        assets: 1..=8,
        named: Vec::new(),
        stablecoins: Vec::new(),
        attributes: Vec::new(),
        is_calm: false,
        is_daily: false,
    }
}

/// Builds the strategy of random histories: the markets, as decisions see them.
pub fn histories(markets: Markets) -> impl Strategy<Value = History> {
    markets.prop_filter_map("a market that is a history", |market| market.history().ok())
}

impl Markets {
    /// Sets how many snapshots there are.
    #[must_use]
    pub fn snapshots(self, snapshots: RangeInclusive<usize>) -> Self {
        Self { snapshots, ..self }
    }

    /// Extends the longest market to at least `snapshots` snapshots.
    pub(crate) fn at_least(self, snapshots: usize) -> Self {
        if *self.snapshots.end() >= snapshots {
            return self;
        }
        let first = *self.snapshots.start();
        self.snapshots(first..=snapshots)
    }

    /// Sets how many assets there are beside the named ones.
    #[must_use]
    pub fn assets(self, assets: RangeInclusive<usize>) -> Self {
        Self { assets, ..self }
    }

    /// Adds an asset of a name that a rule asks for.
    #[must_use]
    pub fn named(mut self, asset: AssetId) -> Self {
        self.named.push(asset);
        self
    }

    /// Adds a stablecoin, which has the category `stablecoin` and a price near 1.
    #[must_use]
    pub fn stablecoin(mut self, asset: AssetId) -> Self {
        self.stablecoins.push(asset);
        self
    }

    /// Adds a numeric column, from 0 to 100, that is empty here and there.
    #[must_use]
    pub fn attribute(mut self, name: impl Into<String>) -> Self {
        self.attributes.push(name.into());
        self
    }

    /// Leaves out all flaws: every asset has a known price, cap, volume and attribute in each snapshot, at
    /// once.
    #[must_use]
    pub fn calm(self) -> Self {
        Self { is_calm: true, ..self }
    }

    /// Makes every market daily, without gaps.
    #[must_use]
    pub fn daily(self) -> Self {
        Self { is_daily: true, ..self }
    }

    fn draw(&self, draw: &mut Draw<'_>) -> MarketTable {
        let instants = self.draw_instants(draw);
        let count = draw.count(&self.assets);
        let others = (0..count).filter_map(|number| letter(number).parse().ok());
        let assets = self.named.iter().cloned().chain(others).chain(self.stablecoins.iter().cloned());
        let mut lives: Vec<Life> = assets.map(|asset| self.draw_life(asset, instants.len(), draw)).collect();
        let mut snapshots = Vec::with_capacity(instants.len());
        for (number, as_of) in instants.into_iter().enumerate() {
            let mut rows = Vec::with_capacity(lives.len());
            for life in &mut lives {
                life.step(number, self.is_calm, draw);
                if life.has_row(number, self.is_calm, draw) {
                    rows.push(self.draw_row(life, as_of, draw));
                }
            }
            if !self.is_calm {
                tie(&mut rows, draw);
                draw.shuffle(&mut rows);
            }
            snapshots.push(MarketSnapshot { as_of, rows });
        }
        MarketTable { snapshots, categories: self.categories() }
    }

    fn draw_instants(&self, draw: &mut Draw<'_>) -> Vec<AsOf> {
        let count = draw.count(&self.snapshots);
        let hours = if self.is_daily || self.is_calm || !draw.one_in(3) {
            HOURS_A_DAY
        } else {
            draw.pick([1, HOURS_A_DAY * 7, 0])
        };
        let mut millis = FIRST_INSTANT;
        let mut instants = Vec::with_capacity(count);
        for _ in 0..count {
            instants.extend(AsOf::from_unix_millis(millis));
            let irregular = hours == 0 || (!self.is_daily && !self.is_calm && draw.one_in(16));
            let step = if irregular { i64::try_from(draw.between(1..=240)).unwrap_or(1) } else { hours };
            millis = millis.saturating_add(step.saturating_mul(MILLIS_AN_HOUR));
        }
        instants
    }

    fn draw_life(&self, asset: AssetId, snapshots: usize, draw: &mut Draw<'_>) -> Life {
        let is_stable = self.stablecoins.contains(&asset);
        let price = if is_stable { Decimal::ONE } else { draw.decimal(-6..=5) };
        let price = if !self.is_calm && draw.one_in(16) { draw.decimal(-12..=6) } else { price };
        let (born, dies) = if self.is_calm || self.named.contains(&asset) || !draw.one_in(4) {
            (0, usize::MAX)
        } else {
            (draw.index(snapshots), draw.index(snapshots.saturating_mul(2)))
        };
        let supply = draw.decimal(2..=10);
        Life {
            asset,
            is_stable,
            price: if is_stable { Decimal::ONE } else { price },
            supply,
            born,
            dies,
            is_away: false,
        }
    }

    fn draw_row(&self, life: &Life, as_of: AsOf, draw: &mut Draw<'_>) -> MarketRow {
        let price = rounded(life.price);
        let market_cap = rounded(price.checked_mul(life.supply).unwrap_or(price));
        let mut row = MarketRow {
            asset: life.asset.clone(),
            price,
            market_cap,
            volume: rounded(market_cap.checked_mul(draw.decimal(-4..=-1)).unwrap_or(market_cap)),
            circulating_supply: life.supply,
            known_at: as_of,
            attributes: BTreeMap::new(),
        };
        for name in &self.attributes {
            if self.is_calm || !draw.one_in(8) {
                row.attributes.insert(name.clone(), Decimal::from(draw.between(0..=100)));
            }
        }
        if !self.is_calm {
            spoil(&mut row, draw);
        }
        row
    }

    fn categories(&self) -> BTreeMap<AssetId, Category> {
        let stablecoin: Option<Category> = "stablecoin".parse().ok();
        self.stablecoins.iter().filter_map(|asset| Some((asset.clone(), stablecoin.clone()?))).collect()
    }
}

impl Strategy for Markets {
    type Tree = Shrinking<MarketTable>;
    type Value = MarketTable;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        Ok(Shrinking::new(self.draw(&mut Draw::new(runner.rng()))))
    }
}

/// An asset on its way through the market.
struct Life {
    asset: AssetId,
    is_stable: bool,
    price: Decimal,
    supply: Decimal,
    born: usize,
    dies: usize,
    is_away: bool,
}

impl Life {
    /// Moves the price on by one snapshot.
    fn step(&mut self, number: usize, is_calm: bool, draw: &mut Draw<'_>) {
        if number == 0 {
            return;
        }
        if self.is_stable {
            let lost = !is_calm && draw.one_in(12);
            let distance = if lost { draw.between(0..=4_000) } else { draw.between(0..=100) };
            let below = Decimal::new(i64::try_from(distance).unwrap_or(0), 4);
            self.price = Decimal::new(1_005, 3).saturating_sub(below);
            return;
        }
        let wild = !is_calm && draw.one_in(16);
        let bps = if wild { draw.between(500..=60_000) } else { draw.between(9_000..=11_200) };
        self.multiply(Decimal::new(i64::try_from(bps).unwrap_or(10_000), 4));
        if !is_calm && draw.one_in(48) {
            let ratio =
                draw.pick([Decimal::TEN, Decimal::ONE_THOUSAND, Decimal::new(1, 2), Decimal::new(1, 3)]);
            // A redenomination: other units, the same value.
            self.multiply(ratio);
            self.supply = rounded(self.supply.checked_div(ratio).unwrap_or(self.supply)).max(Decimal::ONE);
        }
    }

    fn multiply(&mut self, factor: Decimal) {
        let moved = rounded(self.price.checked_mul(factor).unwrap_or(self.price));
        self.price = moved.clamp(Decimal::new(1, 13), Decimal::new(1_000_000_000, 0));
    }

    /// Returns true if the snapshot has a row of the asset.
    fn has_row(&mut self, number: usize, is_calm: bool, draw: &mut Draw<'_>) -> bool {
        if is_calm {
            return true;
        }
        self.is_away = if self.is_away { !draw.one_in(2) } else { draw.one_in(24) };
        (self.born..=self.dies).contains(&number) && !self.is_away
    }
}

/// Makes one row in six a bad one.
fn spoil(row: &mut MarketRow, draw: &mut Draw<'_>) {
    match draw.below(48) {
        0 => row.price = Decimal::ZERO,
        1 => row.market_cap = Decimal::ZERO,
        2 => row.volume = Decimal::ZERO,
        3 => row.circulating_supply = Decimal::ZERO,
        4 => (row.price, row.market_cap) = (Decimal::ZERO, Decimal::ZERO),
        5 => row.price = rounded(row.price.saturating_mul(Decimal::from(draw.between(2..=1_000)))),
        6 => row.market_cap = row.market_cap.saturating_mul(Decimal::from(draw.between(2..=1_000))),
        7 => {
            let hours = i64::try_from(draw.between(1..=120)).unwrap_or(1);
            row.known_at = later(row.known_at, hours.saturating_mul(MILLIS_AN_HOUR));
        }
        _ => {}
    }
}

/// Gives two assets the same cap now and then, and sometimes the same volume.
fn tie(rows: &mut [MarketRow], draw: &mut Draw<'_>) {
    if rows.len() < 2 || !draw.one_in(4) {
        return;
    }
    let (left, right) = (draw.index(rows.len()), draw.index(rows.len()));
    let (market_cap, volume) = (rows[left].market_cap, rows[left].volume);
    rows[right].market_cap = market_cap;
    if draw.one_in(2) {
        rows[right].volume = volume;
    }
}

pub(super) fn later(as_of: AsOf, millis: i64) -> AsOf {
    AsOf::from_unix_millis(as_of.unix_millis().saturating_add(millis)).unwrap_or(as_of)
}

fn rounded(decimal: Decimal) -> Decimal {
    decimal.round_sf(DIGITS).unwrap_or(decimal).normalize()
}

/// Names assets `A` to `Z`, then `A1`.
pub(crate) fn letter(number: usize) -> String {
    let letter = char::from(b'A'.saturating_add(u8::try_from(number % 26).unwrap_or(0)));
    match number / 26 {
        0 => letter.to_string(),
        round => format!("{letter}{round}"),
    }
}
