//! The same run under other regimes: late, early, always bullish, and at random.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use regimen::Methodology;
use regimen_types::{ArithmeticError, AsOf, Exact, History, IndexLevel, Money, Ratio, Regime, Rounding};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::random_regimes::{RandomStream, shuffled};
use crate::run::{Period, RunError, replay_each};
use crate::summary::{Summary, SummaryBuilder};

/// How many snapshots late the regime is looked at.
const LATE: [usize; 4] = [1, 2, 3, 5];
/// How many snapshots early; nobody can have that.
const EARLY: usize = 1;

/// What random runs are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RandomRegimes {
    /// How many runs.
    pub runs: u32,
    /// The seed: another seed, other regimes. The first runs of a seed are the same however many there are.
    pub seed: u64,
}

/// The same run under other regimes: the same snapshots, methodology, costs and lag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counterfactuals {
    /// The run itself.
    pub rule: CounterfactualRun,
    /// With the constituents from the first snapshot to the last: buy and hold of the index.
    pub always_bullish: CounterfactualRun,
    /// With each regime some snapshots late; the regime is undetermined until the first one arrives.
    pub late: Vec<ShiftedRun>,
    /// With each regime a snapshot early.
    pub early: ShiftedRun,
    /// With the dwells of each regime at random times.
    pub random: RandomRuns,
}

/// The outcome of a run under given regimes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CounterfactualRun {
    /// Final NAV over the money that came in.
    pub nav_multiple: Ratio,
    /// The worst fall of NAV from an earlier peak.
    pub worst_drawdown: Ratio,
    /// The index level after the last snapshot.
    pub final_index_level: IndexLevel,
    /// Changes from bullish to bearish or back.
    pub flips: u64,
    /// One-way turnover.
    pub turnover: Ratio,
    /// All costs of trading.
    pub cost: Money,
}

/// A run whose regimes are shifted in time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShiftedRun {
    /// By how many snapshots.
    pub snapshots: u64,
    /// Whether anyone could have had that: not if the regime is early.
    pub attainable: bool,
    /// The outcome.
    pub run: CounterfactualRun,
}

/// Runs with the dwells of each regime at random times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomRuns {
    /// How many runs.
    pub runs: u64,
    /// The seed.
    pub seed: u64,
    /// How many of them differ: few dwells have few arrangements, and then a percentile says little.
    pub distinct: u64,
    /// Where the rule's NAV multiple lies.
    pub nav_multiple: Distribution,
    /// Where the rule's worst drawdown lies.
    pub worst_drawdown: Distribution,
    /// The NAV multiple of each run.
    pub nav_multiples: Vec<Ratio>,
    /// The worst drawdown of each run.
    pub worst_drawdowns: Vec<Ratio>,
}

/// The distribution of a figure over the random runs, larger being better, and the rule's place in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Distribution {
    /// The percentage of random runs that do worse than the rule, those that do as well counted half. `None` without runs.
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

/// Why a run under other regimes failed.
pub type CounterfactualError = RunError<ArithmeticError>;

/// Replays a methodology under other regimes than those that its rule gave at the snapshots of a run.
///
/// Runs are made in parallel; the result does not depend on how many at a time. `progress` is called after each one,
/// on any thread.
///
/// # Errors
/// [`CounterfactualError`] of the first run that fails, in the order of the result.
pub fn counterfactuals(
    methodology: &Methodology,
    history: &History,
    period: Period,
    given: &[(AsOf, Regime)],
    random: RandomRegimes,
    progress: &(impl Fn() + Sync),
) -> Result<Counterfactuals, CounterfactualError> {
    let regimes: Vec<Regime> = given.iter().map(|(_, regime)| *regime).collect();
    let plan = Plan::of(&regimes, random);
    let outcomes: Vec<Result<CounterfactualRun, CounterfactualError>> = plan
        .sequences
        .par_iter()
        .map(|sequence| {
            let table = given.iter().zip(sequence).map(|((as_of, _), regime)| (*as_of, *regime));
            let methodology = methodology.under_regimes(table.collect());
            let outcome = outcome(&methodology, history, period);
            progress();
            outcome
        })
        .collect();
    let outcomes = outcomes.into_iter().collect::<Result<Vec<_>, _>>()?;
    plan.result(&outcomes, random).map_err(RunError::Sink)
}

/// Returns how many runs [`counterfactuals`] makes, at most.
#[must_use]
pub fn counterfactual_count(random: RandomRegimes) -> usize {
    random.runs as usize + LATE.len() + 3
}

impl Counterfactuals {
    /// Returns what this should be, by the run's own regimes and summary: all that does not take a replay.
    ///
    /// # Errors
    /// [`ArithmeticError`] if a ratio does not fit a decimal.
    pub fn rederived(&self, given: &[Regime], summary: &Summary) -> Result<Self, ArithmeticError> {
        let rule = CounterfactualRun::of(summary)?;
        let with_flips = |run: &CounterfactualRun, regimes: &[Regime]| CounterfactualRun {
            flips: flips(regimes),
            ..run.clone()
        };
        let late = LATE.into_iter().zip(&self.late).map(|(snapshots, late)| ShiftedRun {
            snapshots: snapshots as u64,
            attainable: true,
            run: with_flips(&late.run, &delayed(given, snapshots)),
        });
        let random = &self.random;
        let runs = random.nav_multiples.len().min(random.worst_drawdowns.len()) as u64;
        let sequences = (0..runs).map(|run| shuffled(given, &mut RandomStream::of_run(random.seed, run)));
        Ok(Self {
            always_bullish: CounterfactualRun { flips: 0, ..self.always_bullish.clone() },
            late: late.collect(),
            early: ShiftedRun {
                snapshots: EARLY as u64,
                attainable: false,
                run: with_flips(&self.early.run, &hastened(given, EARLY)),
            },
            random: RandomRuns {
                runs,
                distinct: sequences.collect::<BTreeSet<_>>().len() as u64,
                nav_multiple: Distribution::of(&random.nav_multiples, rule.nav_multiple)?,
                worst_drawdown: Distribution::of(&random.worst_drawdowns, rule.worst_drawdown)?,
                ..random.clone()
            },
            rule,
        })
    }
}

/// Counts the changes from bullish to bearish or back.
fn flips(regimes: &[Regime]) -> u64 {
    let determined = regimes.iter().filter(|regime| **regime != Regime::Undetermined);
    let determined: Vec<&Regime> = determined.collect();
    determined.windows(2).filter(|pair| pair[0] != pair[1]).count() as u64
}

/// The regimes to run under, each sequence once, and which sequence serves which purpose.
struct Plan {
    sequences: Vec<Vec<Regime>>,
    rule: usize,
    always_bullish: usize,
    late: Vec<usize>,
    early: usize,
    random: Vec<usize>,
}

impl Plan {
    fn of(given: &[Regime], random: RandomRegimes) -> Self {
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

    fn result(
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

/// Shifts regimes to later snapshots; before the first one there is none yet.
fn delayed(given: &[Regime], snapshots: usize) -> Vec<Regime> {
    let waiting = std::iter::repeat_n(Regime::Undetermined, snapshots.min(given.len()));
    waiting.chain(given.iter().copied()).take(given.len()).collect()
}

/// Shifts regimes to earlier snapshots; the last one stays.
fn hastened(given: &[Regime], snapshots: usize) -> Vec<Regime> {
    let last = given.last().copied();
    given.iter().skip(snapshots).copied().chain(last.into_iter().cycle()).take(given.len()).collect()
}

fn outcome(
    methodology: &Methodology,
    history: &History,
    period: Period,
) -> Result<CounterfactualRun, CounterfactualError> {
    let mut builder = SummaryBuilder::default();
    replay_each(methodology, history, period, |step| builder.add(&step))?;
    let summary = builder.finish().ok_or(RunError::NoSnapshot)?;
    CounterfactualRun::of(&summary).map_err(RunError::Sink)
}

impl CounterfactualRun {
    /// Takes the figures that are compared from a run's summary.
    ///
    /// # Errors
    /// [`ArithmeticError`] if the sum of costs does not fit a decimal.
    pub fn of(summary: &Summary) -> Result<Self, ArithmeticError> {
        Ok(Self {
            nav_multiple: summary.nav_multiple,
            worst_drawdown: summary.worst_drawdown,
            final_index_level: summary.final_index_level,
            flips: summary.regime_flips,
            turnover: summary.turnover,
            cost: summary.costs().total()?,
        })
    }
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
            // The nearest rank: the least value that at least so many percent of all reach or stay below.
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
    let percentage = Exact::product(halves, Decimal::from(50)).ratio(
        Exact::from(runs),
        Ratio::SCALE,
        Rounding::HalfEven,
    )?;
    Ratio::new(percentage).map_err(|_| ArithmeticError::overflow("a percentage"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(text: &str) -> Ratio {
        text.parse().unwrap()
    }

    #[test]
    fn regimes_come_late_and_early() {
        use Regime::{Bearish, Bullish, Undetermined};
        let given = [Undetermined, Bullish, Bullish, Bearish];
        assert_eq!(delayed(&given, 1), [Undetermined, Undetermined, Bullish, Bullish]);
        assert_eq!(delayed(&given, 9), [Undetermined; 4]);
        assert_eq!(hastened(&given, 1), [Bullish, Bullish, Bearish, Bearish]);
        assert_eq!(hastened(&[], 1), []);
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

    #[test]
    fn each_sequence_is_run_once() {
        let given = [Regime::Bullish; 5];
        let plan = Plan::of(&given, RandomRegimes { runs: 50, seed: 1 });
        // The rule itself, and four delays; always bullish, early and all random ones are the rule.
        assert_eq!(plan.sequences.len(), 5);
        assert_eq!(plan.random, [0; 50]);
    }
}
