//! Laws of functions that turn scores into regimes.

use proptest::strategy::Strategy;
use regimen_regime::RegimeState;
use regimen_types::{AsOf, Regime};

use crate::case::{Case, Drawn};
use crate::check::Check;
use crate::draw::Draw;
use crate::law::{Judgement, Objection, laws};
use crate::market::{FIRST_INSTANT, MILLIS_AN_HOUR};
use crate::text_table::TextTable;

laws! {
    /// The laws of regimes.
    RegimeLaw {
        Determinism = "determinism": "the same state and score lead to the same state each time",
        Unknown = "unknown": "without a score, regime, beginning and votes stay as they are",
        Vote = "vote": "a regime begins at a score that votes for it",
        Confirmation = "confirmation": "a regime begins only after as many votes in a row for it as are asked for",
        Dwell = "dwell": "a regime lasts at least as long as is asked for",
        Promptness = "promptness": "a regime begins as soon as votes and dwell allow it",
        Since = "since": "the state says when its regime began",
    }
}

/// Scores from -1 to 1 at instants, some of them unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scores(Vec<ScoreStep>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ScoreStep {
    /// The hours since the last instant.
    hours: i64,
    percent: Option<i32>,
}

/// Builds the strategy of scores: mostly daily, with runs, gaps and unknown scores.
pub fn scores() -> impl Strategy<Value = Scores> + Clone {
    Drawn(|draw: &mut Draw<'_>| {
        let mut percent: i32 = 0;
        let count = draw.count(&(1..=60));
        let step = |_| {
            let hours = if draw.one_in(6) { draw.between(1..=200) } else { 24 };
            let jump = i32::try_from(draw.between(0..=60)).unwrap_or(0).saturating_sub(30);
            percent = if draw.one_in(5) { 0_i32.saturating_sub(percent) } else { percent };
            percent = percent.saturating_add(jump).clamp(-100, 100);
            ScoreStep {
                hours: i64::try_from(hours).unwrap_or(24),
                percent: if draw.one_in(8) { None } else { Some(percent) },
            }
        };
        Scores((0..count).map(step).collect())
    })
}

impl Scores {
    /// Iterates over the instants with their scores.
    pub fn steps(&self) -> impl Iterator<Item = (AsOf, Option<f64>)> {
        let mut millis = FIRST_INSTANT;
        self.0.iter().filter_map(move |step| {
            millis = millis.saturating_add(step.hours.saturating_mul(MILLIS_AN_HOUR));
            Some((AsOf::from_unix_millis(millis)?, step.percent.map(|percent| f64::from(percent) / 100.0)))
        })
    }
}

/// Without the step, daily, a score of 1, -1 or 0.
const CHANGES: usize = 5;

impl Case for Scores {
    fn simplification_count(&self) -> usize {
        self.0.len().saturating_mul(CHANGES.saturating_add(1))
    }

    fn simplification(&self, number: usize) -> Option<Self> {
        let mut simpler = self.clone();
        let count = self.0.len();
        let (change, place) = (number.checked_div(count)?, number.checked_rem(count)?);
        let simplest = [Some(100), Some(-100), Some(0)];
        match change {
            0 => {
                simpler.0.truncate(place);
                return (place > 0).then_some(simpler);
            }
            1 => {
                simpler.0.remove(place);
                return (count > 1).then_some(simpler);
            }
            2 => simpler.0.get_mut(place)?.hours = 24,
            _ => {
                let step = simpler.0.get_mut(place)?;
                let rank = |percent: &Option<i32>| simplest.iter().position(|each| each == percent);
                let target = change.saturating_sub(3);
                if rank(&step.percent).is_some_and(|rank| rank <= target) {
                    return None;
                }
                step.percent = *simplest.get(target)?;
            }
        }
        (simpler != *self).then_some(simpler)
    }

    fn shown(&self) -> String {
        let mut table = TextTable::new(["as of", "score"]);
        for (as_of, score) in self.steps() {
            table.push([as_of.to_string(), score.map_or("unknown".to_owned(), |score| score.to_string())]);
        }
        table.to_string()
    }
}

/// A function of state, score and instant that returns the next state.
pub type RegimeFunction = dyn Fn(RegimeState, Option<f64>, AsOf) -> RegimeState;

/// The parameters that the rule claims to keep.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RegimeClaims {
    /// Outside a bullish regime, a score above this votes bullish.
    pub enter_above: f64,
    /// Within a bullish regime, a score at or below this votes bearish.
    pub exit_below: f64,
    /// How many votes in a row begin another regime.
    pub confirm: u32,
    /// How many days of 24 hours a regime lasts at least. The time before the first regime does not count.
    pub dwell_days_min: u32,
}

impl RegimeClaims {
    fn vote(&self, current: Regime, score: f64) -> Regime {
        let threshold = if current == Regime::Bullish { self.exit_below } else { self.enter_above };
        if score > threshold { Regime::Bullish } else { Regime::Bearish }
    }
}

/// Prepares the check of a function that turns scores into regimes.
///
/// ```
/// use regimen_laws::{RegimeClaims, RegimeLaw, regimes};
/// use regimen_regime::RegimeState;
/// use regimen_types::{AsOf, Regime};
/// /// Bullish above zero, and nothing else.
/// let sign = |state: RegimeState, score: Option<f64>, as_of: AsOf| {
///     let since = state.since.or(Some(as_of));
///     let Some(score) = score else { return RegimeState { since, ..state } };
///     let regime = if score > 0.0 { Regime::Bullish } else { Regime::Bearish };
///     if regime == state.regime {
///         return RegimeState { since, ..state };
///     }
///     RegimeState { regime, since: Some(as_of), contender: None }
/// };
/// let claims = RegimeClaims { enter_above: 0.0, exit_below: 0.0, confirm: 1, dwell_days_min: 0 };
/// regimes("the sign", &sign, claims).check().unwrap();
/// ```
#[must_use]
pub fn regimes<'a>(
    name: &str,
    step: &'a RegimeFunction,
    claims: RegimeClaims,
) -> Check<'a, RegimeLaw, Scores> {
    let judge = move |law, scores: &Scores| Claimed { step, claims }.judge(law, scores);
    Check::new(name.to_owned(), RegimeLaw::ALL, scores(), judge)
}

/// A rule and its claims.
struct Claimed<'a> {
    step: &'a RegimeFunction,
    claims: RegimeClaims,
}

/// One evaluation, with the inputs of the laws.
struct Taken {
    as_of: AsOf,
    before: RegimeState,
    after: RegimeState,
    /// The regime that the score votes for.
    vote: Option<Regime>,
    /// How many votes in a row were for another regime, this one included.
    votes: u32,
}

impl Taken {
    fn begins(&self) -> bool {
        self.after.regime != self.before.regime
    }

    fn breach(&self, expected: impl std::fmt::Display) -> Objection {
        let since =
            |state: RegimeState| state.since.map_or("no instant".to_owned(), |since| since.to_string());
        let found = format!(
            "{} since {}, after {} since {}",
            self.after.regime,
            since(self.after),
            self.before.regime,
            since(self.before)
        );
        Objection::breach("", format!("{expected} at {}", self.as_of), found)
    }
}

impl Claimed<'_> {
    fn judge(&self, law: RegimeLaw, scores: &Scores) -> Judgement {
        let taken = self.take(scores);
        match law {
            RegimeLaw::Determinism => {
                let again = self.take(scores);
                let differs = taken.iter().zip(&again).find(|(first, second)| first.after != second.after);
                match differs {
                    Some((first, second)) => Err(second.breach(format!("{} again", first.after.regime))),
                    None => Ok(()),
                }
            }
            RegimeLaw::Unknown => {
                let is_changed = |each: &&Taken| {
                    let before = RegimeState { since: each.before.since.or(Some(each.as_of)), ..each.before };
                    each.vote.is_none() && each.after != before
                };
                taken.iter().find(is_changed).map_or(Ok(()), |each| Err(each.breach("nothing new")))
            }
            RegimeLaw::Vote => {
                let unasked = taken.iter().find(|each| each.begins() && each.vote != Some(each.after.regime));
                unasked.map_or(Ok(()), |each| Err(each.breach(format!("no {} regime", each.after.regime))))
            }
            RegimeLaw::Confirmation => {
                let hasty = taken.iter().find(|each| each.begins() && each.votes < self.claims.confirm);
                hasty.map_or(Ok(()), |each| {
                    Err(each
                        .breach(format!("{} votes in a row instead of {}", self.claims.confirm, each.votes)))
                })
            }
            RegimeLaw::Dwell => {
                let early = taken.iter().find(|each| each.begins() && !self.may_end(each));
                early.map_or(Ok(()), |each| {
                    Err(each.breach(format!("{} days of a regime", self.claims.dwell_days_min)))
                })
            }
            RegimeLaw::Promptness => {
                let late = taken.iter().find(|each| {
                    !each.begins()
                        && each.vote.is_some()
                        && each.votes >= self.claims.confirm
                        && self.may_end(each)
                });
                late.map_or(Ok(()), |each| Err(each.breach("another regime")))
            }
            RegimeLaw::Since => {
                let is_wrong = |each: &&Taken| {
                    let expected =
                        if each.begins() { Some(each.as_of) } else { each.before.since.or(Some(each.as_of)) };
                    each.after.since != expected
                };
                taken.iter().find(is_wrong).map_or(Ok(()), |each| Err(each.breach("the right beginning")))
            }
        }
    }

    fn take(&self, scores: &Scores) -> Vec<Taken> {
        let mut state = RegimeState::START;
        let mut votes = 0_u32;
        let mut taken = Vec::new();
        for (as_of, score) in scores.steps() {
            let before = state;
            let vote = score.map(|score| self.claims.vote(before.regime, score));
            votes = match (vote, taken.last()) {
                (None, _) => votes,
                (Some(vote), _) if vote == before.regime => 0,
                (Some(vote), last) => {
                    let goes_on =
                        last.is_some_and(|last: &Taken| !last.begins() && last_vote(&taken) == Some(vote));
                    if goes_on { votes.saturating_add(1) } else { 1 }
                }
            };
            state = (self.step)(before, score, as_of);
            taken.push(Taken { as_of, before, after: state, vote, votes });
        }
        taken
    }

    fn may_end(&self, each: &Taken) -> bool {
        let needed = i64::from(self.claims.dwell_days_min).saturating_mul(24).saturating_mul(MILLIS_AN_HOUR);
        each.before.regime == Regime::Undetermined
            || each.before.since.is_none_or(|since| each.as_of.millis_since(since) >= needed)
    }
}

/// The last vote since the present regime began: unknown scores do not interrupt a row of votes.
fn last_vote(taken: &[Taken]) -> Option<Regime> {
    let of_regime = taken.iter().rev().take_while(|each| !each.begins());
    of_regime.filter_map(|each| each.vote).next()
}
