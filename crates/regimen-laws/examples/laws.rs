//! A weighting rule that looks right, and the smallest list of candidates that proves it wrong.
//!
//! The rule rounds weights to whole percent and gives the rounding remainder to the first candidate of the
//! list. The result then depends on the order of rows in a file.
//!
//! `cargo run -p regimen-laws --example laws` prints:
//!
//! ```text
//! WholePercent breaks 1 law
//!
//! law       order: the order of the candidates changes no weight
//! given     asset  market cap
//!           A               1
//!           B               2
//! but with  the candidates in reversed order
//! expected  asset  weight
//!           A        0.34
//!           B        0.66
//! found     asset  weight
//!           A        0.33
//!           B        0.67
//! drawn as  case 1 of seed 0, simplified 5 times
//! ```

use regimen_laws::{WeightingLaw, weighting_rule};
use regimen_weighting::{Candidate, WeightingError, WeightingRule, Weights};
use rust_decimal::Decimal;

/// Market-cap weights in whole percent. The first candidate takes the remainder.
#[derive(Debug)]
struct WholePercent;

impl WeightingRule for WholePercent {
    fn weigh(&self, candidates: &[Candidate]) -> Result<Weights, WeightingError> {
        let total: Decimal = candidates.iter().map(|each| each.market_cap.decimal()).sum();
        let percent = |each: &Candidate| (each.market_cap.decimal() / total * Decimal::ONE_HUNDRED).floor();
        let mut weights: Vec<_> = candidates.iter().map(|each| (each.asset.clone(), percent(each))).collect();
        let rest = Decimal::ONE_HUNDRED - weights.iter().map(|(_, percent)| *percent).sum::<Decimal>();
        if let Some((_, first)) = weights.first_mut() {
            *first += rest;
        }
        Ok(Weights::proportional_to(&weights)?)
    }
}

fn main() {
    match weighting_rule(&WholePercent).only(WeightingLaw::Order).check() {
        Ok(()) => println!("the rule keeps the law"),
        Err(broken) => println!("{broken}"),
    }
}
