//! Prices that jump: bad ticks, redenominations without an event, and the rare real thing.

use super::History;
use super::columns::RowsOfAsset;
use super::window::Observation;
use crate::approximate::approximate;
use crate::asset::AssetId;
use crate::quantities::Price;

/// A price that is many times its last known one, or a small part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceJump {
    /// The asset.
    pub asset: AssetId,
    /// The last known price before.
    pub before: Observation<Price>,
    /// The price that is suspect.
    pub after: Observation<Price>,
}

impl History {
    /// Finds the prices that are more than `factor` times the asset's last known price, or less than that part of it,
    /// in the order of instants and then of identifiers.
    #[must_use]
    pub fn price_jumps(&self, factor: u32) -> Vec<PriceJump> {
        let mut jumps: Vec<PriceJump> = Vec::new();
        for (index, asset) in (0_u32..).zip(&self.columns.assets) {
            let rows = self.rows_of_asset.of(index, self.snapshot_count());
            jumps.extend(self.jumps_in(asset, rows, f64::from(factor)));
        }
        jumps.sort_by(|left, right| (left.after.as_of, &left.asset).cmp(&(right.after.as_of, &right.asset)));
        jumps
    }

    fn jumps_in<'a>(
        &'a self,
        asset: &'a AssetId,
        rows: RowsOfAsset<'a>,
        factor: f64,
    ) -> impl Iterator<Item = PriceJump> + use<'a> {
        let prices = rows.rows.iter().zip(rows.snapshots).filter_map(|(&row, &snapshot)| {
            let value = Price::new(*self.columns.price.get(row as usize)?).ok()?;
            let as_of = *self.columns.instants.get(snapshot as usize)?;
            Some(Observation { as_of, value })
        });
        let mut before: Option<(Observation<Price>, f64)> = None;
        prices.filter_map(move |after| {
            let level = approximate(after.value.decimal());
            let (before, earlier) = before.replace((after, level))?;
            let jumps = level > earlier * factor || level * factor < earlier;
            jumps.then(|| PriceJump { asset: asset.clone(), before, after })
        })
    }
}
