//! Weights by a root or another power of market cap.

use regimen_types::{Exact, approximate, square_root};
use rust_decimal::Decimal;

use super::rule::{Candidate, WeightingError, WeightingRule};
use crate::weights::Weights;

/// Weights in proportion to the square root of market cap.
///
/// Each root is that of the cap over the largest cap; ratio and root are rounded down at 28 decimal places,
/// without floats.
#[derive(Clone, Copy, Debug)]
pub struct SquareRootWeight;

impl WeightingRule for SquareRootWeight {
    fn weigh(&self, candidates: &[Candidate]) -> Result<Weights, WeightingError> {
        let largest = candidates.iter().map(|each| each.market_cap.decimal()).max().unwrap_or(Decimal::ONE);
        let root = |each: &Candidate| {
            let ratio = Exact::from(each.market_cap.decimal()).ratio_to_fit(Exact::from(largest), 28)?;
            Ok((each.asset.clone(), square_root(ratio)?))
        };
        let roots: Vec<_> = candidates.iter().map(root).collect::<Result<_, WeightingError>>()?;
        Ok(Weights::proportional_to(&roots)?)
    }
}

/// Weights in proportion to a power of market cap: 0 gives equal weights, 1 market-cap weights.
///
/// Powers are floats, taken of each cap over the largest, and become weights by [`Weights::from_scores`].
#[derive(Clone, Copy, Debug)]
pub struct PowerWeight {
    /// The exponent, from 0 to 1.
    pub exponent: Decimal,
}

impl WeightingRule for PowerWeight {
    fn weigh(&self, candidates: &[Candidate]) -> Result<Weights, WeightingError> {
        let exponent = approximate(self.exponent);
        let largest = candidates.iter().map(|each| each.market_cap.decimal()).max().unwrap_or(Decimal::ONE);
        let score = |each: &Candidate| {
            // The ratio is exact to 28 places before it becomes a float, so the unit of the caps does not
            // matter.
            let ratio = Exact::from(each.market_cap.decimal()).ratio_to_fit(Exact::from(largest), 28)?;
            Ok((each.asset.clone(), libm::pow(approximate(ratio), exponent)))
        };
        let scores: Vec<_> = candidates.iter().map(score).collect::<Result<_, WeightingError>>()?;
        Ok(Weights::from_scores(&scores)?)
    }
}
