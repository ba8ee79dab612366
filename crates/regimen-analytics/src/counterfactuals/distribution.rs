//! Where a figure of the rule lies among those of random runs.

use regimen_types::{ArithmeticError, Exact, Ratio};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The distribution of a figure over the random runs, larger being better, and the rule's place in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Distribution {
    /// The percentage of random runs that do worse than the rule, ties counted half. `None` without runs.
    pub percentile_of_rule: Option<Ratio>,
    /// Percentiles of the random runs, by nearest rank.
    pub percentiles: Vec<Percentile>,
}

/// A percentile of a distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Percentile {
    /// The percentage of runs at or below the value.
    pub percent: u64,
    /// The value.
    pub value: Ratio,
}

impl Distribution {
    const PERCENTS: [usize; 5] = [5, 25, 50, 75, 95];

    /// Describes the figures of random runs, and where the rule's lies among them.
    ///
    /// # Errors
    /// [`ArithmeticError`] if a ratio does not fit a decimal.
    pub fn of(random: &[Ratio], rule: Ratio) -> Result<Self, ArithmeticError> {
        let mut sorted = random.to_vec();
        sorted.sort_unstable();
        let at = |percent: usize| {
            // The nearest rank: the least value such that `percent` of all runs are at or below it.
            let rank = (percent * sorted.len()).div_ceil(100).max(1);
            sorted.get(rank - 1).map(|value| Percentile { percent: percent as u64, value: *value })
        };
        let percentiles = Self::PERCENTS.into_iter().filter_map(at).collect();
        let worse = sorted.partition_point(|value| *value < rule);
        let not_better = sorted.partition_point(|value| *value <= rule);
        let percentile_of_rule = match sorted.len() {
            0 => None,
            runs => Some(percentage_of_halves(worse + not_better, runs)?),
        };
        Ok(Self { percentile_of_rule, percentiles })
    }
}

/// Returns 100 × halves ÷ (2 × runs).
fn percentage_of_halves(halves: usize, runs: usize) -> Result<Ratio, ArithmeticError> {
    let (halves, runs) = (Decimal::from(halves as u64), Decimal::from(runs as u64));
    Ratio::quotient(Exact::product(halves, Decimal::from(50)), Exact::from(runs))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(text: &str) -> Ratio {
        text.parse().unwrap()
    }

    #[test]
    fn a_rule_that_does_as_well_as_some_stands_in_their_middle() {
        let random = ["1.5", "0.5", "1", "1", "2"].map(ratio);
        let at = |rule: &str| Distribution::of(&random, ratio(rule)).unwrap().percentile_of_rule;
        assert_eq!(at("1"), Some(ratio("40")));
        assert_eq!(at("3"), Some(ratio("100")));
        assert_eq!(at("0"), Some(ratio("0")));
        assert_eq!(at("1.2"), Some(ratio("60")));
        assert_eq!(Distribution::of(&[], ratio("1")).unwrap().percentile_of_rule, None);
    }

    #[test]
    fn percentiles_are_those_of_the_nearest_rank() {
        let random: Vec<Ratio> = (1..=20).rev().map(|value: u32| ratio(&value.to_string())).collect();
        let found = Distribution::of(&random, ratio("1")).unwrap().percentiles;
        let found: Vec<(u64, String)> =
            found.iter().map(|each| (each.percent, each.value.to_string())).collect();
        let expected = [(5, "1"), (25, "5"), (50, "10"), (75, "15"), (95, "19")];
        assert_eq!(found, expected.map(|(percent, value)| (percent, value.to_owned())));
    }
}
