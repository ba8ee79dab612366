//! The two-state model: its likelihood, its filter, and the parameters of greatest likelihood.

use crate::arithmetic::{CompensatedSum, as_double};

/// The minimum variance of a state, as a fraction of that of all returns; a state of a single return would
/// have zero.
const VARIANCE_MIN: f64 = 1e-3;
/// The maximum number of rounds of the search for parameters.
const ROUNDS_MAX: usize = 2000;
/// The search ends when a round adds less than this to the log-likelihood, per return.
const GAIN_MIN: f64 = 1e-12;
/// The rounds in which the two probabilities of staying are brought into line with each other.
const STAY_ROUNDS: usize = 20;
const RETURNS_MIN: usize = 20;

/// The parameters of a two-state Markov-switching model with normal returns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MarkovParameters {
    /// The mean return of each state.
    pub mean: [f64; 2],
    /// The variance of each state.
    pub variance: [f64; 2],
    /// The probability of staying in each state.
    pub stay: [f64; 2],
}

/// The filter's probabilities after each return.
struct Filtered {
    /// The probabilities of the states given the returns before.
    predicted: Vec<[f64; 2]>,
    /// The probabilities of the states given the returns so far.
    updated: Vec<[f64; 2]>,
    log_likelihood: f64,
}

impl MarkovParameters {
    /// Finds the parameters whose likelihood no small change increases, by expectation and maximisation
    /// (Hamilton 1990), from a start that depends on the returns alone: both states have the mean of all
    /// returns, one has a quarter and one twice their variance, and each stays with probability 0.95. The
    /// chain starts from its stationary distribution, which the maximisation takes into account, so that no
    /// round lowers the likelihood.
    ///
    /// A likelihood of this kind may have several maxima; the start is in the basin of a persistent one, and
    /// another, with states that change often, may be higher. Returns `None` with fewer than 20 returns, or
    /// if they do not vary.
    #[must_use]
    pub fn fit(returns: &[f64]) -> Option<Self> {
        if returns.len() < RETURNS_MIN {
            return None;
        }
        let (mean, variance) = moments(returns, |_| 1.0);
        if !(variance > 0.0 && variance.is_finite()) {
            return None;
        }
        let start = Self { mean: [mean; 2], variance: [variance / 4.0, variance * 2.0], stay: [0.95; 2] };
        let mut best = (start, start.run(returns)?);
        for _ in 0..ROUNDS_MAX {
            let next = best.0.improve(returns, &best.1, variance * VARIANCE_MIN);
            let Some(filtered) = next.run(returns) else { break };
            let gain = filtered.log_likelihood - best.1.log_likelihood;
            if gain > 0.0 {
                best = (next, filtered);
            }
            if gain < GAIN_MIN * as_double(returns.len()) {
                break;
            }
        }
        Some(best.0)
    }

    /// Returns the filtered probabilities of the states after the last return, or `None` if there is no
    /// return.
    #[must_use]
    pub fn filter(&self, returns: &[f64]) -> Option<[f64; 2]> {
        self.run(returns)?.updated.last().copied()
    }

    /// Returns the logarithm of the likelihood of returns.
    #[must_use]
    pub fn log_likelihood(&self, returns: &[f64]) -> Option<f64> {
        Some(self.run(returns)?.log_likelihood)
    }

    /// Runs the filter from the chain's stationary distribution.
    fn run(&self, returns: &[f64]) -> Option<Filtered> {
        let mut predicted = self.stationary();
        let mut filtered = Filtered {
            predicted: Vec::with_capacity(returns.len()),
            updated: Vec::with_capacity(returns.len()),
            log_likelihood: 0.0,
        };
        let mut log_likelihood = CompensatedSum::default();
        for each in returns {
            let log_density = [0, 1].map(|state| self.log_density(state, *each));
            // Relative to the denser state, so that both densities cannot vanish at an extreme return.
            let densest = log_density[0].max(log_density[1]);
            let joint = [0, 1].map(|state| predicted[state] * libm::exp(log_density[state] - densest));
            let total = joint[0] + joint[1];
            if !(total > 0.0 && densest.is_finite()) {
                return None;
            }
            let updated = joint.map(|each| each / total);
            log_likelihood.add(densest + libm::log(total));
            filtered.predicted.push(predicted);
            filtered.updated.push(updated);
            predicted = self.advance(updated);
        }
        filtered.log_likelihood = log_likelihood.value();
        Some(filtered)
    }

    fn log_density(&self, state: usize, value: f64) -> f64 {
        let distance = value - self.mean[state];
        -0.5 * (libm::log(2.0 * std::f64::consts::PI * self.variance[state])
            + distance * distance / self.variance[state])
    }

    fn advance(&self, [first, second]: [f64; 2]) -> [f64; 2] {
        let to_first = first * self.stay[0] + second * (1.0 - self.stay[1]);
        [to_first, 1.0 - to_first]
    }

    fn stationary(&self) -> [f64; 2] {
        let (leave_first, leave_second) = (1.0 - self.stay[0], 1.0 - self.stay[1]);
        let total = leave_first + leave_second;
        if total > 0.0 { [leave_second / total, leave_first / total] } else { [0.5; 2] }
    }

    /// Computes one round: the states' probabilities given all returns of the fit (Kim 1994, "Dynamic Linear
    /// Models with Markov-Switching", Journal of Econometrics 60), then the parameters that fit these
    /// probabilities best.
    fn improve(&self, returns: &[f64], filtered: &Filtered, variance_min: f64) -> Self {
        let mut smoothed = filtered.updated.clone();
        let mut stayed = [CompensatedSum::default(); 2];
        let mut visited = [CompensatedSum::default(); 2];
        for at in (0..returns.len().saturating_sub(1)).rev() {
            let (next, predicted) = (smoothed[at + 1], filtered.predicted[at + 1]);
            let odds =
                [0, 1].map(|state| if predicted[state] > 0.0 { next[state] / predicted[state] } else { 0.0 });
            let updated = filtered.updated[at];
            let stay = [0, 1].map(|state| updated[state] * self.stay[state] * odds[state]);
            let leave = [0, 1].map(|state| updated[state] * (1.0 - self.stay[state]) * odds[1 - state]);
            for state in [0, 1] {
                stayed[state].add(stay[state]);
                visited[state].add(stay[state] + leave[state]);
                smoothed[at][state] = stay[state] + leave[state];
            }
        }
        let mut next = *self;
        for state in [0, 1] {
            let (mean, variance) = moments(returns, |at| smoothed[at][state]);
            if mean.is_finite() && variance.is_finite() {
                (next.mean[state], next.variance[state]) = (mean, variance.max(variance_min));
            }
        }
        let [first, second] = [0, 1].map(|state| Stays {
            stayed: stayed[state].value(),
            left: visited[state].value() - stayed[state].value(),
            began_in_the_other: smoothed.first().map_or(0.0, |states| states[1 - state]),
        });
        for _ in 0..STAY_ROUNDS {
            next.stay[0] = first.likeliest(next.stay[1]).unwrap_or(next.stay[0]);
            next.stay[1] = second.likeliest(next.stay[0]).unwrap_or(next.stay[1]);
        }
        next
    }
}

/// How often a state is expected to have been kept, left, and not to have been the first one.
struct Stays {
    stayed: f64,
    left: f64,
    began_in_the_other: f64,
}

impl Stays {
    /// Returns the probability `a` of staying that is likeliest given that of the other state, `b`: the root
    /// in [0, 1] of the derivative of
    ///
    /// ```text
    /// stayed · ln a + (left + began in the other) · ln(1 − a) − ln(2 − a − b)
    /// ```
    ///
    /// Its last two terms come from the stationary start, which is (1 − a) / (2 − a − b) in the other state.
    /// The derivative times a (1 − a) (2 − a − b) is quadratic, not negative at 0 and not positive at 1.
    fn likeliest(&self, other: f64) -> Option<f64> {
        let (kept, ended, whole) = (self.stayed, self.left + self.began_in_the_other, 2.0 - other);
        let square = kept + ended - 1.0;
        let linear = kept * (1.0 + whole) + ended * whole - 1.0;
        let constant = kept * whole;
        let root = 2.0 * constant / (linear + libm::sqrt(linear * linear - 4.0 * square * constant));
        root.is_finite().then(|| root.clamp(0.0, 1.0))
    }
}

/// Returns the weighted mean and variance of values.
fn moments(values: &[f64], weight: impl Fn(usize) -> f64) -> (f64, f64) {
    let [mut weights, mut sum, mut squares] = [CompensatedSum::default(); 3];
    for (at, value) in values.iter().enumerate() {
        weights.add(weight(at));
        sum.add(weight(at) * value);
    }
    let mean = sum.value() / weights.value();
    for (at, value) in values.iter().enumerate() {
        squares.add(weight(at) * (value - mean) * (value - mean));
    }
    (mean, squares.value() / weights.value())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_step_of_the_filter_by_hand() {
        // Both states are equally likely at first; a return of 0 is twice as dense where the deviation is
        // half.
        let model = MarkovParameters { mean: [0.0; 2], variance: [1.0, 4.0], stay: [0.9; 2] };
        let states = model.filter(&[0.0]).unwrap();
        assert!((states[0] - 2.0 / 3.0).abs() < 1e-15, "{states:?}");
        // Then 2/3 · 0.9 + 1/3 · 0.1 = 19/30 is expected of the first, and 38/49 follows.
        let states = model.filter(&[0.0, 0.0]).unwrap();
        assert!((states[0] - 38.0 / 49.0).abs() < 1e-15, "{states:?}");
    }

    #[test]
    fn an_extreme_return_has_a_probability() {
        let model = MarkovParameters { mean: [0.0; 2], variance: [1e-6, 1.0], stay: [0.9; 2] };
        assert_eq!(model.filter(&[1e3]).unwrap(), [0.0, 1.0]);
    }

    #[test]
    fn the_fit_is_more_likely_than_its_neighbours() {
        let returns: Vec<f64> =
            (0..200).map(|at| f64::from(at % 7 - 3) * if at % 50 < 25 { 0.01 } else { 0.05 }).collect();
        let fitted = MarkovParameters::fit(&returns).unwrap();
        let likelihood = fitted.log_likelihood(&returns).unwrap();
        let changes: [fn(&mut MarkovParameters, f64); 6] = [
            |model, step| model.mean[0] += 0.1 * step * model.variance[0].sqrt(),
            |model, step| model.mean[1] += 0.1 * step * model.variance[1].sqrt(),
            |model, step| model.variance[0] *= 1.0 + 0.2 * step,
            |model, step| model.variance[1] *= 1.0 + 0.2 * step,
            |model, step| model.stay[0] += 0.02 * step,
            |model, step| model.stay[1] += 0.02 * step,
        ];
        for (number, change) in changes.iter().enumerate() {
            for step in [-1.0, 1.0] {
                let mut neighbour = fitted;
                change(&mut neighbour, step);
                neighbour.stay = neighbour.stay.map(|stay| stay.clamp(0.0, 1.0));
                let other = neighbour.log_likelihood(&returns).unwrap();
                assert!(other <= likelihood, "change {number} by {step}: {other} > {likelihood}");
            }
        }
    }

    /// The likelihood is flat at the fit, in each parameter, also for short samples: there the start of the
    /// chain matters.
    #[test]
    fn the_fit_is_a_maximum() {
        let mut flat = 0;
        for seed in 0..12_u64 {
            let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
            let mut uniform = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                f64::from(u32::try_from(state >> 33).unwrap()) / f64::from(u32::MAX >> 1)
            };
            let returns: Vec<f64> = (0..60)
                .map(|at| {
                    let normal = (0..12).map(|_| uniform()).sum::<f64>() - 6.0;
                    normal * if at % 30 < 18 { 0.01 } else { 0.04 }
                })
                .collect();
            let fitted = MarkovParameters::fit(&returns).unwrap();
            let likelihood = fitted.log_likelihood(&returns).unwrap();
            for state in [0, 1] {
                if fitted.stay[state] <= 0.01 || fitted.stay[state] >= 0.99 {
                    continue;
                }
                flat += 1;
                for step in [-1e-3, 1e-3] {
                    let mut neighbour = fitted;
                    neighbour.stay[state] += step;
                    let other = neighbour.log_likelihood(&returns).unwrap();
                    assert!(other <= likelihood, "seed {seed}, state {state}: {other} > {likelihood}");
                }
            }
        }
        assert!(flat > 12, "only {flat} probabilities lie inside");
    }

    #[test]
    fn what_does_not_vary_or_is_too_short_has_no_fit() {
        assert!(MarkovParameters::fit(&[0.01; 100]).is_none());
        assert!(MarkovParameters::fit(&[0.01, 0.02, 0.03, -0.01]).is_none());
    }
}
