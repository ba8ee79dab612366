//! Weights by the inverse of volatility.

use regimen_types::{AssetId, HistoryWindow, approximate};

use super::rule::{Candidate, HistoryWeighting, WeightingError};
use crate::exclusion::Exclusion;
use crate::lookback::Lookback;
use crate::weights::Weights;

/// Weights in proportion to 1 ÷ volatility, the sample standard deviation of the log returns between known
/// prices of the lookback ("risk parity" without correlations, as in the S&P low-volatility indices).
///
/// The statistics are floats, and become weights by [`Weights::from_scores`]. An asset with fewer than three
/// known prices, or whose returns are all equal, has no volatility, and is excluded.
#[derive(Clone, Copy, Debug)]
pub struct InverseVolatility {
    /// The stretch of snapshots that count.
    pub lookback: Lookback,
}

impl InverseVolatility {
    /// Returns the logarithms of the known prices of the lookback, newest first.
    fn logarithms(&self, asset: &AssetId, window: &HistoryWindow<'_>) -> Vec<f64> {
        let instants = self.lookback.instants(window);
        let bounds = instants.first().copied().zip(instants.last().copied());
        let (first, last) = bounds.unwrap_or((window.as_of(), window.as_of()));
        let prices = window.prices(asset).skip_while(|price| price.as_of > last);
        prices
            .take_while(|price| price.as_of >= first)
            .map(|price| libm::log(approximate(price.value.decimal())))
            .collect()
    }
}

impl HistoryWeighting for InverseVolatility {
    fn excludes(&self, asset: &AssetId, window: &HistoryWindow<'_>) -> Option<Exclusion> {
        let logarithms = self.logarithms(asset, window);
        let returns = logarithms.len().saturating_sub(1);
        volatility(&logarithms).is_none().then_some(Exclusion::NoVolatility { returns })
    }

    fn weigh_at(
        &self,
        candidates: &[Candidate],
        window: &HistoryWindow<'_>,
    ) -> Result<Weights, WeightingError> {
        let score = |each: &Candidate| match volatility(&self.logarithms(&each.asset, window)) {
            Some(volatility) => Ok((each.asset.clone(), volatility.recip())),
            None => {
                let figure = "volatility in the lookback".to_owned();
                Err(WeightingError::NoFigure { asset: each.asset.clone(), figure })
            }
        };
        let scores: Vec<_> = candidates.iter().map(score).collect::<Result<_, _>>()?;
        Ok(Weights::from_scores(&scores)?)
    }
}

/// Returns the sample standard deviation of the differences between logarithms; `None` with fewer than two
/// differences, or if all are equal.
fn volatility(logarithms: &[f64]) -> Option<f64> {
    let returns: Vec<f64> = logarithms.windows(2).map(|pair| pair[0] - pair[1]).collect();
    let count = u32::try_from(returns.len()).ok()?;
    let degrees = count.checked_sub(1).filter(|degrees| *degrees > 0)?;
    let mean = returns.iter().sum::<f64>() / f64::from(count);
    let squares = returns.iter().map(|each| (each - mean) * (each - mean)).sum::<f64>();
    Some(libm::sqrt(squares / f64::from(degrees))).filter(|volatility| *volatility > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volatility_by_hand() {
        // Returns 0.1, -0.1, 0.3: mean 0.1, squares 0 + 0.04 + 0.04, over 2 degrees of freedom.
        let logarithms = [0.3, 0.0, 0.1, 0.0];
        assert!((volatility(&logarithms).unwrap() - 0.2).abs() < 1e-15);
        assert_eq!(volatility(&[1.0, 1.0]), None);
        assert_eq!(volatility(&[1.0, 1.0, 1.0, 1.0]), None);
    }
}
