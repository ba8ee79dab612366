//! A smaller basket that tracks the index well enough.

use regimen_planning::TargetPortfolio;
use regimen_types::{AssetId, HistoryWindow, Money, Ratio, Weight, approximate};
use regimen_weighting::Weights;
use serde::{Deserialize, Serialize};

use super::options::QuoteOptions;

/// The smallest basket of the largest assets, in proportion to their weights, that tracks the index well
/// enough.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SmallBasket {
    /// How many assets it has.
    pub size: usize,
    /// The standard deviation of the difference of daily returns from the index's, times the root of 365.
    pub tracking_error: f64,
    /// What its purchase for the quoted amount costs, as a part of it.
    pub cost_ratio: Ratio,
    /// What of the amount is not invested.
    pub undone: Money,
}

const DAYS_PER_YEAR: f64 = 365.0;
const MILLISECONDS_PER_DAY: f64 = 86_400_000.0;

/// Finds the basket, with its weights and tracking error; `None` if only the whole index is good enough.
///
/// Both are held at their present weights over the window's last returns; an unknown return counts as none.
pub(super) fn smallest(
    window: &HistoryWindow<'_>,
    target: &TargetPortfolio,
    options: QuoteOptions,
) -> Option<(usize, TargetPortfolio, f64)> {
    let mut largest: Vec<(&AssetId, Weight)> = target.weights().collect();
    largest.sort_by(|(one, heavy), (other, light)| light.cmp(heavy).then_with(|| one.cmp(other)));
    let windows: Vec<HistoryWindow<'_>> = std::iter::successors(Some(*window), HistoryWindow::previous)
        .take(usize::try_from(options.window_snapshots).ok()?.saturating_add(1))
        .collect();
    let span = windows.last().map(|oldest| window.as_of().millis_since(oldest.as_of()))?;
    let days = approximate(rust_decimal::Decimal::from(span)) / MILLISECONDS_PER_DAY;
    let returns: Vec<Vec<f64>> = largest.iter().map(|(asset, _)| returns(&windows, asset)).collect();
    let weights: Vec<f64> = largest.iter().map(|(_, weight)| approximate(weight.decimal())).collect();
    let invested: f64 = weights.iter().sum();
    let steps = windows.len().saturating_sub(1);
    let index: Vec<f64> = (0..steps).map(|step| weighted(&returns, &weights, step)).collect();
    if days <= 0.0 || invested <= 0.0 {
        return None;
    }
    let allowed = approximate(options.tracking_error_max.decimal());
    let mut of_basket = vec![0.0; steps];
    let mut in_basket = 0.0;
    for size in 1..largest.len() {
        let (returns, weight) = (returns.get(size - 1)?, weights.get(size - 1)?);
        in_basket += weight;
        for (sum, change) in of_basket.iter_mut().zip(returns) {
            *sum += weight * change;
        }
        let gaps = of_basket.iter().zip(&index).map(|(sum, index)| sum * invested / in_basket - index);
        let tracking_error = (gaps.map(|gap| gap * gap).sum::<f64>() / days * DAYS_PER_YEAR).sqrt();
        if tracking_error <= allowed {
            return Some((size, in_proportion(&largest[..size], target.cash_weight())?, tracking_error));
        }
    }
    None
}

/// Returns an asset's returns from snapshot to snapshot, oldest window last.
fn returns(windows: &[HistoryWindow<'_>], asset: &AssetId) -> Vec<f64> {
    let prices: Vec<Option<f64>> = windows
        .iter()
        .map(|window| window.last_price(asset).map(|last| approximate(last.value.decimal())))
        .collect();
    let change = |pair: &[Option<f64>]| match pair {
        [Some(later), Some(earlier)] => later / earlier - 1.0,
        _ => 0.0,
    };
    prices.windows(2).map(change).collect()
}

fn weighted(returns: &[Vec<f64>], weights: &[f64], step: usize) -> f64 {
    returns.iter().zip(weights).map(|(returns, weight)| weight * returns.get(step).unwrap_or(&0.0)).sum()
}

/// Scales the weights of some assets to what the target does not keep in cash.
fn in_proportion(assets: &[(&AssetId, Weight)], cash: Weight) -> Option<TargetPortfolio> {
    let amounts: Vec<_> = assets.iter().map(|(asset, weight)| ((*asset).clone(), weight.decimal())).collect();
    let weights = Weights::proportional_to(&amounts).ok()?;
    let invested = rust_decimal::Decimal::ONE.saturating_sub(cash.decimal());
    let scaled = weights.iter().map(|(asset, weight)| {
        let weight = regimen_types::Exact::product(weight.decimal(), invested);
        let weight = weight.round(28, regimen_types::Rounding::Down).ok()?;
        Some((asset.clone(), Weight::new(weight).ok()?))
    });
    TargetPortfolio::new(scaled.collect::<Option<Vec<_>>>()?).ok()
}
