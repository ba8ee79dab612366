//! Distributions of constituents, which the index reinvests.

use std::collections::BTreeMap;

use regimen_types::{AssetId, Price};

use super::Day;
use crate::index::error::IndexError;

impl Day<'_, '_> {
    /// Reinvests what the constituents distribute today, at the prices to which the index is marked.
    pub(in crate::index) fn distribute(&mut self) -> Result<(), IndexError> {
        let Some(distributions) = &self.methodology.definition().index.distributions else { return Ok(()) };
        let window = &self.window;
        let received =
            |asset: &AssetId| Price::new(window.row(asset)?.attribute(&distributions.column)?).ok();
        let assets = self.index.basket().keys();
        let per_unit: BTreeMap<AssetId, Price> =
            assets.filter_map(|asset| received(asset).map(|amount| (asset.clone(), amount))).collect();
        let distributed = self.index.distribute(&per_unit, distributions.reinvest);
        distributed.map(drop).map_err(|source| self.without_level(source))
    }
}
