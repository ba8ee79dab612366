//! Which sequences of regimes are run, and which counterfactual each serves.

use std::collections::{BTreeMap, BTreeSet};

use regimen_types::{ArithmeticError, Ratio, Regime};

use super::distribution::Distribution;
use super::figures::{CounterfactualRun, Counterfactuals, RandomRegimes, RandomRuns, ShiftedRun};
use super::random::{RandomStream, shuffled};
use super::shifted::{EARLY, LATE, delayed, hastened};

/// Returns the most runs that [`counterfactuals`](super::counterfactuals) makes.
#[must_use]
pub fn counterfactual_count(random: RandomRegimes) -> usize {
    random.runs as usize + LATE.len() + 3
}

/// The regimes to run under, each sequence once, and which sequence serves which purpose.
pub(super) struct Plan {
    pub(super) sequences: Vec<Vec<Regime>>,
    rule: usize,
    always_bullish: usize,
    late: Vec<usize>,
    early: usize,
    random: Vec<usize>,
}

impl Plan {
    pub(super) fn of(given: &[Regime], random: RandomRegimes) -> Self {
        let mut sequences = Sequences::default();
        let rule = sequences.index_of(given.to_vec());
        let always_bullish = sequences.index_of(vec![Regime::Bullish; given.len()]);
        let late = LATE.map(|snapshots| sequences.index_of(delayed(given, snapshots))).to_vec();
        let early = sequences.index_of(hastened(given, EARLY));
        let random = (0..u64::from(random.runs))
            .map(|run| sequences.index_of(shuffled(given, &mut RandomStream::of_run(random.seed, run))))
            .collect();
        Self { sequences: sequences.in_order, rule, always_bullish, late, early, random }
    }

    /// Builds the counterfactuals from the outcome of each sequence.
    pub(super) fn result(
        &self,
        outcomes: &[CounterfactualRun],
        random: RandomRegimes,
    ) -> Result<Counterfactuals, ArithmeticError> {
        let of = |index: usize| outcomes[index].clone();
        let shifted = |(snapshots, index): (usize, usize), attainable| ShiftedRun {
            snapshots: snapshots as u64,
            attainable,
            run: of(index),
        };
        let rule = of(self.rule);
        let figures = |figure: fn(&CounterfactualRun) -> Ratio| -> Vec<Ratio> {
            self.random.iter().map(|index| figure(&outcomes[*index])).collect()
        };
        let (nav_multiples, worst_drawdowns) =
            (figures(|run| run.nav_multiple), figures(|run| run.worst_drawdown));
        let distinct: BTreeSet<usize> = self.random.iter().copied().collect();
        Ok(Counterfactuals {
            always_bullish: of(self.always_bullish),
            late: LATE.into_iter().zip(self.late.iter().copied()).map(|each| shifted(each, true)).collect(),
            early: shifted((EARLY, self.early), false),
            random: RandomRuns {
                runs: u64::from(random.runs),
                seed: random.seed,
                distinct: distinct.len() as u64,
                nav_multiple: Distribution::of(&nav_multiples, rule.nav_multiple)?,
                worst_drawdown: Distribution::of(&worst_drawdowns, rule.worst_drawdown)?,
                nav_multiples,
                worst_drawdowns,
            },
            rule,
        })
    }
}

/// Sequences of regimes, each kept once.
#[derive(Default)]
struct Sequences {
    in_order: Vec<Vec<Regime>>,
    index_of: BTreeMap<Vec<Regime>, usize>,
}

impl Sequences {
    fn index_of(&mut self, sequence: Vec<Regime>) -> usize {
        let next = self.in_order.len();
        let index = *self.index_of.entry(sequence.clone()).or_insert(next);
        if index == next {
            self.in_order.push(sequence);
        }
        index
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sequence_is_run_once() {
        let given = [Regime::Bullish; 5];
        let plan = Plan::of(&given, RandomRegimes { runs: 50, seed: 1 });
        // The rule itself, and four delays; always bullish, early and all random ones are the rule.
        assert_eq!(plan.sequences.len(), 5);
        assert_eq!(plan.random, [0; 50]);
    }
}
