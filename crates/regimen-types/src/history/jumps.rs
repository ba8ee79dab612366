//! Prices that jump: bad ticks, redenominations without an event, and rare genuine moves.

use rust_decimal::Decimal;

use super::market::History;
use super::observation::Observation;
use crate::approximate::approximate;
use crate::asset::AssetId;
use crate::exact::{Exact, Rounding};
use crate::quantities::{Price, UnitRatio};

/// The factor by which a market cap may move while a price jumps and still count as unchanged.
const CAP_FACTOR: f64 = 2.0;
/// The distance, as a logarithm, at which a ratio still counts as a power of ten: about an eighth.
const POWER_TOLERANCE: f64 = 0.06;
/// The digits of a ratio that is not a power of ten: prices determine no more.
const RATIO_DIGITS: u32 = 3;

/// A price that is many times the last known one, or a small fraction of it, without a corporate action in
/// effect that explains it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceJump {
    /// The asset.
    pub asset: AssetId,
    /// The last known price before the jump.
    pub before: Observation<Price>,
    /// The suspect price.
    pub after: Observation<Price>,
    /// The ratio of the redenomination that would explain the jump, if the market cap stayed the same: 0.001
    /// if the price is about a thousand times the last one.
    pub redenomination: Option<UnitRatio>,
}

/// A known price and its place in the columns.
#[derive(Clone, Copy)]
struct Seen {
    row: usize,
    snapshot: usize,
    price: Observation<Price>,
}

impl History {
    /// Finds the prices that are more than `factor` times the asset's last known price, or less than
    /// 1/`factor` of it, in the order of instants and then of identifiers. A price on a new basis is not a
    /// jump if the event is known by then.
    #[must_use]
    pub fn price_jumps(&self, factor: u32) -> Vec<PriceJump> {
        let factor = f64::from(factor);
        let mut jumps: Vec<PriceJump> = Vec::new();
        // One pass in the order of the rows: going by asset would jump through memory once per row.
        let mut last_known: Vec<Option<(Seen, f64)>> = vec![None; self.indexed.columns.assets.len()];
        for (snapshot, &as_of) in self.indexed.columns.instants.iter().enumerate() {
            for row in self.indexed.columns.rows(snapshot) {
                let Some(price) = self.indexed.columns.price.get(row) else { continue };
                let Ok(value) = Price::new(price) else { continue };
                let asset = self.indexed.columns.asset[row] as usize;
                let after = Seen { row, snapshot, price: Observation { as_of, value } };
                let level = approximate(value.decimal());
                let Some((before, earlier)) = last_known[asset].replace((after, level)) else { continue };
                if level > earlier * factor || level * factor < earlier {
                    jumps.extend(self.unexplained(&before, &after));
                }
            }
        }
        jumps.sort_by(|left, right| (left.after.as_of, &left.asset).cmp(&(right.after.as_of, &right.asset)));
        jumps
    }

    /// Returns the jump between two prices of an asset, unless its basis changes between them.
    fn unexplained(&self, before: &Seen, after: &Seen) -> Option<PriceJump> {
        let asset = *self.indexed.columns.asset.get(after.row)?;
        if self.actions.basis_changes(asset, before.snapshot, after.snapshot) {
            return None;
        }
        let cap = |seen: &Seen| Some(approximate(self.indexed.columns.market_cap.get(seen.row)?));
        Some(PriceJump {
            asset: self.indexed.columns.assets.get(asset as usize)?.clone(),
            before: before.price,
            after: after.price,
            redenomination: redenomination(cap(before)? / cap(after)?, before.price.value, after.price.value),
        })
    }
}

/// Returns the ratio of the redenomination that explains a jump, if market caps suggest one.
///
/// Supply is cap over price. If it moved by about a power of ten, that power is the ratio; otherwise the
/// prices determine it.
fn redenomination(caps: f64, before: Price, after: Price) -> Option<UnitRatio> {
    if !(CAP_FACTOR.recip()..=CAP_FACTOR).contains(&caps) {
        return None;
    }
    let prices = approximate(after.decimal()) / approximate(before.decimal());
    let exponent = -(caps * prices).log10();
    if (exponent - exponent.round()).abs() < POWER_TOLERANCE {
        return power_of_ten(exponent.round());
    }
    let ratio = Exact::from(before.decimal()).ratio(Exact::from(after.decimal()), 18, Rounding::HalfEven);
    UnitRatio::new(ratio.ok()?.round_sf(RATIO_DIGITS)?.normalize()).ok()
}

fn power_of_ten(exponent: f64) -> Option<UnitRatio> {
    // A search instead of a conversion, because no float may become a decimal.
    let size = (0_u32..=18).find(|size| f64::from(*size) >= exponent.abs()).filter(|size| *size > 0)?;
    let power = Decimal::from(10_u64.checked_pow(size)?);
    let ratio = if exponent < 0.0 { Decimal::new(1, size) } else { power };
    UnitRatio::new(ratio).ok()
}
