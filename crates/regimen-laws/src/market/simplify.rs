//! How a market becomes simpler: fewer snapshots, fewer assets, fewer rows, rounder numbers.

use regimen_types::{AsOf, AssetId, MILLIS_PER_DAY};
use rust_decimal::Decimal;

use super::draw::{FIRST_INSTANT, later, letter};
use super::table::{MarketRow, MarketTable};
use crate::case::{Case, SIMPLER_DECIMALS_MAX, entry_and_change, simpler_decimals};

/// The numbers of a row, each with the simpler numbers that are tried for it.
const NUMBERS: [fn(&mut MarketRow) -> &mut Decimal; 4] = [
    |row| &mut row.price,
    |row| &mut row.market_cap,
    |row| &mut row.volume,
    |row| &mut row.circulating_supply,
];
/// The changes tried for one number: the simpler numbers, then zero, which means unknown.
const NUMBER_CHANGES: usize = SIMPLER_DECIMALS_MAX + 1;

impl Case for MarketTable {
    fn simplification_count(&self) -> usize {
        self.parts().iter().map(|(count, _)| count).sum()
    }

    fn simplification(&self, number: usize) -> Option<Self> {
        let mut rest = number;
        for (count, part) in self.parts() {
            if rest < count {
                return part(self, rest);
            }
            rest = rest.saturating_sub(count);
        }
        None
    }

    fn shown(&self) -> String {
        self.to_string()
    }
}

/// A kind of simplification, numbered from 0.
type Part = fn(&MarketTable, usize) -> Option<MarketTable>;

impl MarketTable {
    fn parts(&self) -> [(usize, Part); 8] {
        let assets = self.assets().len();
        let rows = self.rows().count();
        let numbers = NUMBERS.len().saturating_mul(NUMBER_CHANGES);
        [
            (2, Self::half),
            (self.snapshots.len(), Self::without_snapshot),
            (assets, Self::without_asset),
            (WHOLE.len(), |market, number| WHOLE.get(number)?(market)),
            (assets.saturating_mul(NUMBERS.len()), Self::with_constant),
            (rows, Self::without_row),
            (rows.saturating_mul(numbers), Self::with_simpler_number),
            (rows, Self::with_simpler_attributes),
        ]
    }

    fn half(&self, number: usize) -> Option<Self> {
        let middle = self.snapshots.len() / 2;
        let half = if number == 0 { self.snapshots.get(middle..)? } else { self.snapshots.get(..middle)? };
        (middle > 0).then(|| Self { snapshots: half.to_vec(), categories: self.categories.clone() })
    }

    fn without_snapshot(&self, number: usize) -> Option<Self> {
        let mut simpler = self.clone();
        simpler.snapshots.remove(number);
        (!simpler.snapshots.is_empty()).then_some(simpler)
    }

    fn without_asset(&self, number: usize) -> Option<Self> {
        let asset = self.assets().into_iter().nth(number)?;
        let mut simpler = self.clone();
        simpler.categories.remove(&asset);
        simpler.snapshots.iter_mut().for_each(|each| each.rows.retain(|row| row.asset != asset));
        Some(simpler)
    }

    fn without_row(&self, number: usize) -> Option<Self> {
        let mut simpler = self.clone();
        let (snapshot, row) = simpler.place_of_row(number)?;
        simpler.snapshots[snapshot].rows.remove(row);
        Some(simpler)
    }

    /// Gives one number of an asset the same value everywhere: the simplest that it has.
    fn with_constant(&self, number: usize) -> Option<Self> {
        let (asset, which) = entry_and_change(number, NUMBERS.len());
        let asset = self.assets().into_iter().nth(asset)?;
        let mut simpler = self.clone();
        let of = NUMBERS[which];
        let values: Vec<Decimal> =
            simpler.rows_of(&asset).map(|row| *of(row)).filter(|value| !value.is_zero()).collect();
        let simplest = values.iter().min_by_key(|value| simpler_decimals(**value).len())?;
        let is_simplest = |value: &Decimal| simpler_decimals(*value).contains(simplest) || value == simplest;
        if values.iter().all(|value| value == simplest) || !values.iter().all(is_simplest) {
            return None;
        }
        simpler.rows_of(&asset).map(of).filter(|value| !value.is_zero()).for_each(|value| *value = *simplest);
        Some(simpler)
    }

    fn with_simpler_number(&self, number: usize) -> Option<Self> {
        let (row, change) = entry_and_change(number, NUMBERS.len().saturating_mul(NUMBER_CHANGES));
        let (which, candidate) = entry_and_change(change, NUMBER_CHANGES);
        let mut simpler = self.clone();
        let (snapshot, row) = simpler.place_of_row(row)?;
        let value = NUMBERS[which](&mut simpler.snapshots[snapshot].rows[row]);
        let is_known = !value.is_zero();
        let last = NUMBER_CHANGES.saturating_sub(1);
        *value = match simpler_decimals(*value).get(candidate) {
            Some(simpler) if candidate < last => *simpler,
            _ if candidate == last && is_known && which >= 2 => Decimal::ZERO,
            _ => return None,
        };
        Some(simpler)
    }

    fn with_simpler_attributes(&self, number: usize) -> Option<Self> {
        let mut simpler = self.clone();
        let (snapshot, row) = simpler.place_of_row(number)?;
        let row = &mut simpler.snapshots[snapshot].rows[row];
        row.attributes.pop_last().map(|_| simpler)
    }

    fn rows_of<'a>(&'a mut self, asset: &'a AssetId) -> impl Iterator<Item = &'a mut MarketRow> {
        let rows = self.snapshots.iter_mut().flat_map(|each| &mut each.rows);
        rows.filter(move |row| row.asset == *asset)
    }

    fn place_of_row(&self, number: usize) -> Option<(usize, usize)> {
        let mut rest = number;
        for (index, snapshot) in self.snapshots.iter().enumerate() {
            if rest < snapshot.rows.len() {
                return Some((index, rest));
            }
            rest = rest.saturating_sub(snapshot.rows.len());
        }
        None
    }
}

/// Simplifications of the whole market at once.
const WHOLE: [fn(&MarketTable) -> Option<MarketTable>; 6] =
    [daily, known_at_once, without_volumes, without_supplies, in_order, with_first_letters];

/// Calls the assets of one letter `A`, `B`, `C`, …
fn with_first_letters(market: &MarketTable) -> Option<MarketTable> {
    let short: Vec<AssetId> = market.assets().into_iter().filter(|asset| asset.as_str().len() == 1).collect();
    let simpler = market.renamed(|asset| {
        let place = short.iter().position(|each| each == asset);
        place.and_then(|place| letter(place).parse().ok()).unwrap_or_else(|| asset.clone())
    });
    (simpler != *market).then_some(simpler)
}

/// Makes the snapshots those of successive days.
fn daily(market: &MarketTable) -> Option<MarketTable> {
    let mut simpler = market.clone();
    let mut next = FIRST_INSTANT;
    for snapshot in &mut simpler.snapshots {
        let as_of = AsOf::from_unix_millis(next)?;
        for row in &mut snapshot.rows {
            row.known_at = later(as_of, row.known_at.millis_since(snapshot.as_of));
        }
        snapshot.as_of = as_of;
        next = next.saturating_add(MILLIS_PER_DAY);
    }
    (simpler != *market).then_some(simpler)
}

fn known_at_once(market: &MarketTable) -> Option<MarketTable> {
    let mut simpler = market.clone();
    for snapshot in &mut simpler.snapshots {
        snapshot.rows.iter_mut().for_each(|row| row.known_at = snapshot.as_of);
    }
    (simpler != *market).then_some(simpler)
}

fn without_volumes(market: &MarketTable) -> Option<MarketTable> {
    without(market, |row| &mut row.volume)
}

fn without_supplies(market: &MarketTable) -> Option<MarketTable> {
    without(market, |row| &mut row.circulating_supply)
}

fn without(market: &MarketTable, number: fn(&mut MarketRow) -> &mut Decimal) -> Option<MarketTable> {
    let mut simpler = market.clone();
    simpler.snapshots.iter_mut().flat_map(|each| &mut each.rows).for_each(|row| *number(row) = Decimal::ZERO);
    (simpler != *market).then_some(simpler)
}

fn in_order(market: &MarketTable) -> Option<MarketTable> {
    let mut simpler = market.clone();
    simpler
        .snapshots
        .iter_mut()
        .for_each(|each| each.rows.sort_by(|left, right| left.asset.cmp(&right.asset)));
    (simpler != *market).then_some(simpler)
}
