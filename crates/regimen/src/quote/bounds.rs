//! How far prices may move until the orders of a quote are filled.

use std::collections::BTreeMap;

use regimen_planning::{QuoteBounds, TargetPortfolio};
use regimen_types::{AssetId, Bps, HistoryWindow, Holdings};

use super::options::QuoteOptions;
use crate::methodology::PortfolioRules;
use crate::portfolio::{daily_volatility, scaled_volatility};

/// Returns how far prices may move until the orders are filled: some standard deviations of their returns
/// over the lag.
///
/// An asset with too few prices is given the largest distance of the others.
pub(super) fn bounds(
    rules: &PortfolioRules<'_>,
    window: &HistoryWindow<'_>,
    target: &TargetPortfolio,
    holdings: Option<&Holdings>,
    options: QuoteOptions,
) -> QuoteBounds {
    let spacing = window.previous().map_or(0, |earlier| window.as_of().millis_since(earlier.as_of()));
    let lag = spacing.saturating_mul(i64::from(rules.portfolio.lag_snapshots));
    let held = holdings.into_iter().flat_map(Holdings::positions).map(|(asset, _)| asset);
    let assets = target.weights().map(|(asset, _)| asset).chain(held);
    let distance = |asset: &AssetId| {
        let volatility = daily_volatility(window, asset, options.window_snapshots)?;
        scaled_volatility(volatility, options.deviations, lag)
    };
    let known: BTreeMap<AssetId, Option<Bps>> =
        assets.map(|asset| (asset.clone(), distance(asset))).collect();
    let largest = known.values().flatten().max().copied().unwrap_or(Bps::ZERO);
    let adverse_move =
        known.into_iter().map(|(asset, distance)| (asset, distance.unwrap_or(largest))).collect();
    QuoteBounds { adverse_move, volume_part: options.volume_part }
}
