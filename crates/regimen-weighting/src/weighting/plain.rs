//! Weights by market cap, and equal weights.

use rust_decimal::Decimal;

use super::rule::{Candidate, WeightingError, WeightingRule};
use crate::weights::Weights;

/// Weights in proportion to market cap.
#[derive(Clone, Copy, Debug)]
pub struct MarketCapWeight;

impl WeightingRule for MarketCapWeight {
    fn weigh(&self, candidates: &[Candidate]) -> Result<Weights, WeightingError> {
        let caps: Vec<_> =
            candidates.iter().map(|each| (each.asset.clone(), each.market_cap.decimal())).collect();
        Ok(Weights::proportional_to(&caps)?)
    }
}

/// The same weight for each constituent.
#[derive(Clone, Copy, Debug)]
pub struct EqualWeight;

impl WeightingRule for EqualWeight {
    fn weigh(&self, candidates: &[Candidate]) -> Result<Weights, WeightingError> {
        let ones: Vec<_> = candidates.iter().map(|each| (each.asset.clone(), Decimal::ONE)).collect();
        Ok(Weights::proportional_to(&ones)?)
    }
}
