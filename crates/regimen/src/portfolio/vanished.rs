//! Held assets without a price for longer than the methodology carries them.

use regimen_definition::Vanished;
use regimen_types::{
    AssetId, Cause, HistoryWindow, Holdings, Observation, Order, Price, Quantity, Side, Weight,
};

/// A position that ends because its asset has vanished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VanishedPosition {
    /// The asset.
    pub asset: AssetId,
    /// The units held.
    pub units: Quantity,
    /// The last known price.
    pub last: Observation<Price>,
    /// How the position ends.
    pub ending: Ending,
}

impl VanishedPosition {
    /// Returns the order that sells the position at its last known price.
    #[must_use]
    pub fn sale(&self) -> Order {
        Order {
            asset: self.asset.clone(),
            side: Side::Sell,
            units: self.units,
            decision_price: self.last.value,
            decision_price_as_of: self.last.as_of,
            cause: Cause::Vanished,
        }
    }
}

/// How a vanished position ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It is written off at a fraction of the last price.
    WriteOff {
        /// The fraction, from 0 to 1.
        recovery: Weight,
    },
    /// It is sold at the last price, with the usual costs.
    Sale,
}

/// Finds the positions whose last known price is older than the methodology carries it, by identifier.
#[must_use]
pub fn vanished_positions(
    rule: &Vanished,
    window: &HistoryWindow<'_>,
    holdings: &Holdings,
) -> Vec<VanishedPosition> {
    let ending = match rule {
        Vanished::WriteOff { recovery, .. } => Ending::WriteOff { recovery: *recovery },
        Vanished::SellAtLastPrice { .. } => Ending::Sale,
    };
    let stale = |asset: &AssetId| {
        let last = window.last_price(asset)?;
        window.as_of().is_more_than_days_after(last.as_of, rule.max_stale_days()).then_some(last)
    };
    let positions = holdings.positions();
    positions
        .filter_map(|(asset, units)| {
            let last = stale(asset)?;
            Some(VanishedPosition { asset: asset.clone(), units, last, ending })
        })
        .collect()
}
