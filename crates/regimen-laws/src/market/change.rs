//! Markets that differ only in ways that must not matter.

use std::collections::BTreeMap;

use regimen_types::{AsOf, AssetId, MILLIS_PER_DAY};
use rust_decimal::Decimal;

use super::draw::later;
use super::table::{MarketRow, MarketSnapshot, MarketTable};

impl MarketTable {
    /// Returns the first `count` snapshots.
    #[must_use]
    pub fn first(&self, count: usize) -> Self {
        Self { snapshots: self.snapshots.iter().take(count).cloned().collect(), ..self.clone() }
    }

    /// Returns the last `count` snapshots.
    #[must_use]
    pub fn last(&self, count: usize) -> Self {
        let skipped = self.snapshots.len().saturating_sub(count);
        Self { snapshots: self.snapshots.iter().skip(skipped).cloned().collect(), ..self.clone() }
    }

    /// Changes each row.
    #[must_use]
    pub fn with_rows(&self, mut change: impl FnMut(&mut MarketRow)) -> Self {
        let mut changed = self.clone();
        changed.snapshots.iter_mut().flat_map(|each| &mut each.rows).for_each(&mut change);
        changed
    }

    /// Multiplies all prices, caps and volumes, as another currency would. Returns `None` if a product does
    /// not fit a decimal.
    #[must_use]
    pub fn in_unit(&self, factor: Decimal) -> Option<Self> {
        let mut fits = true;
        let mut multiply = |value: &mut Decimal| match exact_product(*value, factor) {
            Some(product) => *value = product,
            None => fits = false,
        };
        let changed = self.with_rows(|row| {
            [&mut row.price, &mut row.market_cap, &mut row.volume].into_iter().for_each(&mut multiply);
        });
        fits.then_some(changed)
    }

    /// Reverses the order of the rows of each snapshot.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let mut changed = self.clone();
        changed.snapshots.iter_mut().for_each(|each| each.rows.reverse());
        changed
    }

    /// Gives every asset another name.
    #[must_use]
    pub fn renamed(&self, rename: impl Fn(&AssetId) -> AssetId) -> Self {
        let mut changed = self.with_rows(|row| row.asset = rename(&row.asset));
        changed.categories =
            self.categories.iter().map(|(asset, each)| (rename(asset), each.clone())).collect();
        changed
    }

    /// Replaces everything unknown at snapshot `cut` by garbage: rows that became known only later, and all
    /// later snapshots, which get other instants, other numbers, another order, and new assets.
    #[must_use]
    pub fn poisoned_after(&self, cut: usize) -> Self {
        let Some(at) = self.snapshots.get(cut).map(|each| each.as_of) else { return self.clone() };
        let mut poisoned = self.first(cut.saturating_add(1));
        poisoned
            .snapshots
            .iter_mut()
            .flat_map(|each| &mut each.rows)
            .filter(|row| row.known_at > at)
            .for_each(spoil);
        let mut as_of = later(at, 1);
        for snapshot in self.snapshots.iter().skip(cut.saturating_add(1)) {
            let mut rows = snapshot.rows.clone();
            rows.iter_mut().for_each(spoil);
            rows.iter_mut().for_each(|row| row.known_at = as_of);
            rows.extend(["000", "Intruder", "zzz"].into_iter().filter_map(|name| intruder(name, as_of)));
            rows.reverse();
            poisoned.snapshots.push(MarketSnapshot { as_of, rows });
            as_of = later(as_of, MILLIS_PER_DAY.saturating_add(1));
        }
        poisoned
    }

    /// Returns the market without gaps: every asset has a row in each snapshot, known at once. An unknown
    /// number is replaced by the last known one, or by 1 before the first; attributes likewise, but never
    /// invented.
    #[must_use]
    pub fn filled(&self) -> Self {
        let assets = self.assets();
        let mut last: BTreeMap<AssetId, MarketRow> = BTreeMap::new();
        let mut filled = self.clone();
        for snapshot in &mut filled.snapshots {
            for row in std::mem::take(&mut snapshot.rows) {
                let before =
                    last.remove(&row.asset).unwrap_or_else(|| nothing_special(&row.asset, snapshot.as_of));
                last.insert(row.asset.clone(), with_gaps_filled(row, before));
            }
            let rows = assets.iter().map(|asset| MarketRow {
                known_at: snapshot.as_of,
                ..last.get(asset).cloned().unwrap_or_else(|| nothing_special(asset, snapshot.as_of))
            });
            snapshot.rows = rows.collect();
        }
        filled
    }

    /// Replaces the numbers of the first `count` snapshots by others.
    #[must_use]
    pub fn spoilt_before(&self, count: usize) -> Self {
        let mut spoilt = self.clone();
        spoilt.snapshots.iter_mut().take(count).flat_map(|each| &mut each.rows).for_each(spoil);
        spoilt
    }
}

fn nothing_special(asset: &AssetId, known_at: AsOf) -> MarketRow {
    let [price, market_cap, volume, circulating_supply] = [Decimal::ONE; 4];
    let attributes = BTreeMap::new();
    MarketRow { asset: asset.clone(), price, market_cap, volume, circulating_supply, known_at, attributes }
}

fn with_gaps_filled(row: MarketRow, before: MarketRow) -> MarketRow {
    let known = |now: Decimal, before: Decimal| if now.is_zero() { before } else { now };
    let mut attributes = before.attributes;
    attributes.extend(row.attributes);
    MarketRow {
        asset: row.asset,
        price: known(row.price, before.price),
        market_cap: known(row.market_cap, before.market_cap),
        volume: known(row.volume, before.volume),
        circulating_supply: known(row.circulating_supply, before.circulating_supply),
        known_at: row.known_at,
        attributes,
    }
}

/// Replaces the numbers of a row by others of another order of magnitude.
fn spoil(row: &mut MarketRow) {
    let price = row.price;
    row.price = row.market_cap.max(Decimal::ONE);
    row.market_cap = price.saturating_add(Decimal::new(7, 2));
    row.volume = row.volume.saturating_mul(Decimal::from(977_u32)).saturating_add(Decimal::ONE);
    row.circulating_supply = Decimal::from(3_u32);
    row.attributes.values_mut().for_each(|value| *value = Decimal::new(-777, 1).saturating_sub(*value));
}

/// An asset that did not exist before, larger than the rest of the market together.
fn intruder(name: &str, as_of: AsOf) -> Option<MarketRow> {
    let large = Decimal::from_i128_with_scale(10_i128.pow(24), 0);
    let attributes = BTreeMap::new();
    let asset = name.parse().ok()?;
    Some(MarketRow {
        asset,
        price: Decimal::new(1, 20),
        market_cap: large,
        volume: large,
        circulating_supply: Decimal::ONE,
        known_at: as_of,
        attributes,
    })
}

/// Multiplies, unless a digit would be lost.
pub(crate) fn exact_product(left: Decimal, right: Decimal) -> Option<Decimal> {
    let (left, right) = (left.normalize(), right.normalize());
    let mantissa = left.mantissa().checked_mul(right.mantissa())?;
    let product =
        Decimal::try_from_i128_with_scale(mantissa, left.scale().checked_add(right.scale())?).ok()?;
    Some(product.normalize())
}
