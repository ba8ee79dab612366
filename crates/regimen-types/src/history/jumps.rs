//! Prices that jump: bad ticks, redenominations without an event, and the rare real thing.

use super::History;
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
        let factor = f64::from(factor);
        let mut jumps: Vec<PriceJump> = Vec::new();
        // One pass in the order in which rows lie: going by asset would jump through memory once per row.
        let mut last_known: Vec<Option<(Observation<Price>, f64)>> = vec![None; self.columns.assets.len()];
        for (snapshot, &as_of) in self.columns.instants.iter().enumerate() {
            for row in self.columns.rows(snapshot) {
                let Ok(value) = Price::new(self.columns.price[row]) else { continue };
                let asset = self.columns.asset[row] as usize;
                let (after, level) = (Observation { as_of, value }, approximate(value.decimal()));
                let Some((before, earlier)) = last_known[asset].replace((after, level)) else { continue };
                if level > earlier * factor || level * factor < earlier {
                    jumps.push(PriceJump { asset: self.columns.assets[asset].clone(), before, after });
                }
            }
        }
        jumps.sort_by(|left, right| (left.after.as_of, &left.asset).cmp(&(right.after.as_of, &right.asset)));
        jumps
    }
}
