//! Laws of whole regime rules: signals, combination, gauge and hysteresis together.

use regimen_regime::{Gauge, MemberReading, MemberScore, Read, Reading, RegimeState, RegimeStep, WhenStale};
use regimen_types::{AsOf, History, HistoryWindow, Regime};

use crate::check::Check;
use crate::law::{Judgement, Objection, laws};
use crate::market::{MarketTable, Markets};
use crate::signals::{history, some};

laws! {
    /// The laws of regime rules.
    RegimeRuleLaw {
        Determinism = "determinism": "the same market has the same steps, whatever was decided before",
        LookAhead = "no look-ahead": "a step depends on nothing that became known after its instant",
        Gauge = "gauge": "the gauge is the combination of the members' scores, on a scale from 0 to 100",
        Vote = "vote": "gauge and vote never disagree, and a regime begins by a vote for it alone",
        MemberVotes = "members' votes": "each member votes as its own score does against the threshold in force",
        Unknown = "unknown": "without a gauge there is no vote, and regime, beginning and contender stay as they are",
    }
}

/// A regime rule: the state before and the market in, one evaluation out.
pub type RegimeStepFunction = dyn Fn(RegimeState, &HistoryWindow<'_>) -> RegimeStep;

/// Prepares the check of a regime rule on random markets, which must contain the assets that its signals
/// read.
///
/// ```
/// use std::num::{NonZeroU32, NonZeroUsize};
/// use std::sync::Arc;
/// use regimen_laws::{markets, regime_rule};
/// use regimen_types::HistoryWindow;
/// use regimen_regime::{
///     AgainstAverage, Average, Combination, Hysteresis, Input, Measured, Member, PriceSignal, RegimeRule,
///     ScoreScale, Signal, Thresholds,
/// };
///
/// let average = Average::simple(NonZeroUsize::new(5).unwrap());
/// let trend = PriceSignal::new("BTC".parse().unwrap(), AgainstAverage(average));
/// let scale = ScoreScale::new(0.0, 0.1).unwrap();
/// let signal = Signal { name: "trend".into(), weight: 1.0, scale, input: Input::Market(Arc::new(trend)) };
/// let thresholds = Thresholds::new(0.1, -0.1).unwrap();
/// let rule = RegimeRule {
///     combination: Combination::All,
///     members: vec![Member::Signal(signal)],
///     hysteresis: Hysteresis { thresholds, confirm: NonZeroU32::MIN, dwell_days_min: 3 },
/// };
/// let step = move |state, window: &HistoryWindow<'_>| rule.step(state, window, &Measured::NONE);
/// regime_rule("a trend", &step, markets().named("BTC".parse().unwrap())).check().unwrap();
/// ```
#[must_use]
pub fn regime_rule<'a>(
    name: &str,
    step: &'a RegimeStepFunction,
    markets: Markets,
) -> Check<'a, RegimeRuleLaw, MarketTable> {
    let judge = move |law, market: &MarketTable| judge(law, step, market);
    Check::new(name.to_owned(), RegimeRuleLaw::ALL, markets, judge)
}

/// An evaluation with the state before it.
struct Taken {
    as_of: AsOf,
    before: RegimeState,
    step: RegimeStep,
}

impl Taken {
    fn breach(&self, expected: impl std::fmt::Display, found: impl std::fmt::Display) -> Judgement {
        Err(Objection::breach("", format!("{expected} at {}", self.as_of), found))
    }
}

fn judge(law: RegimeRuleLaw, step: &RegimeStepFunction, market: &MarketTable) -> Judgement {
    let clean = history(market)?;
    let taken = take(step, &clean);
    if taken.iter().all(|each| each.step.gauge.is_none()) {
        return Err(Objection::NotApplicable);
    }
    match law {
        RegimeRuleLaw::Determinism => same(&taken, &take(step, &clean), "all snapshots taken again"),
        RegimeRuleLaw::LookAhead => look_ahead(step, market, &taken),
        RegimeRuleLaw::Gauge => taken.iter().try_for_each(gauge),
        RegimeRuleLaw::Vote => taken.iter().try_for_each(vote),
        RegimeRuleLaw::MemberVotes => taken.iter().try_for_each(member_votes),
        RegimeRuleLaw::Unknown => taken.iter().try_for_each(unknown),
    }
}

fn take(step: &RegimeStepFunction, history: &History) -> Vec<Taken> {
    let mut state = RegimeState::START;
    let windows = history.windows();
    let take = |window: HistoryWindow<'_>| {
        let before = state;
        let step = step(before, &window);
        state = step.state;
        Taken { as_of: window.as_of(), before, step }
    };
    windows.map(take).collect()
}

fn look_ahead(step: &RegimeStepFunction, market: &MarketTable, clean: &[Taken]) -> Judgement {
    for cut in some(0..clean.len(), 8) {
        let poisoned = market.poisoned_after(cut);
        let ended = poisoned.first(cut.saturating_add(1));
        for (changed, after) in [(&ended, "nothing"), (&poisoned, "garbage")] {
            let taken = take(step, &history(changed)?);
            let upto = |taken: &[Taken]| taken.len().min(cut.saturating_add(1));
            let (expected, found) = (clean.get(..upto(clean)), taken.get(..upto(&taken)));
            let change = format!("{after} after snapshot {}", cut.saturating_add(1));
            same(expected.unwrap_or_default(), found.unwrap_or_default(), &change)?;
        }
    }
    Ok(())
}

fn same(expected: &[Taken], found: &[Taken], change: &str) -> Judgement {
    let differs = expected.iter().zip(found).find(|(expected, found)| expected.step != found.step);
    let Some((expected, found)) = differs else { return Ok(()) };
    let expected = format!("{} at {}", shown(&expected.step), expected.as_of);
    Err(Objection::breach(change, expected, shown(&found.step)))
}

fn gauge(taken: &Taken) -> Judgement {
    let step = &taken.step;
    let members: Vec<(MemberScore, f64)> =
        step.members.iter().map(|member| (member_score(member), member.weight)).collect();
    let expected = step.combination.combine(&members).score().map(Gauge::of_score);
    let found = step.gauge.map(|gauge| gauge.value);
    let number = |value: Option<f64>| value.map_or_else(|| "no gauge".to_owned(), |value| value.to_string());
    let on_scale = found.is_none_or(|value| (0.0..=100.0).contains(&value));
    if found == expected && on_scale { Ok(()) } else { taken.breach(number(expected), number(found)) }
}

fn vote(taken: &Taken) -> Judgement {
    let (step, before) = (&taken.step, taken.before.regime);
    let expected = step.gauge.map(|gauge| gauge.vote(before));
    if step.vote != expected {
        return taken.breach(in_words(expected), in_words(step.vote));
    }
    if step.state.regime != before && Some(step.state.regime) != expected {
        return taken.breach(format!("no {} regime", step.state.regime), "that it began");
    }
    Ok(())
}

fn member_votes(taken: &Taken) -> Judgement {
    let Some(threshold) = taken.step.gauge.map(|gauge| gauge.threshold(taken.before.regime)) else {
        return Ok(());
    };
    for member in taken.step.members.iter().flat_map(with_members) {
        let by_score =
            |score| if Gauge::of_score(score) > threshold { Regime::Bullish } else { Regime::Bearish };
        let expected = member.score.map(by_score);
        if member.vote != expected {
            return taken.breach(format!("{} of {}", in_words(expected), member.name), in_words(member.vote));
        }
    }
    Ok(())
}

fn unknown(taken: &Taken) -> Judgement {
    let (step, before) = (&taken.step, taken.before);
    let unchanged = RegimeState { since: before.since.or(Some(taken.as_of)), ..before };
    if step.gauge.is_none() && (step.vote.is_some() || step.state != unchanged) {
        return taken.breach("nothing new", shown(step));
    }
    Ok(())
}

/// Returns what a member brings to its combination.
fn member_score(member: &MemberReading) -> MemberScore {
    match &member.read {
        Read::Signal(Reading::Stale { then: WhenStale::LeaveOut, .. }) => MemberScore::LeftOut,
        Read::Signal(_) => member.score.map_or(MemberScore::Unknown, MemberScore::Scored),
        Read::Group { combination, signals } => {
            let signals: Vec<(MemberScore, f64)> =
                signals.iter().map(|signal| (member_score(signal), signal.weight)).collect();
            combination.combine(&signals)
        }
    }
}

/// Lists a member, and the signals of a group with it.
fn with_members(member: &MemberReading) -> Vec<&MemberReading> {
    match &member.read {
        Read::Signal(_) => vec![member],
        Read::Group { signals, .. } => std::iter::once(member).chain(signals).collect(),
    }
}

fn in_words(vote: Option<Regime>) -> String {
    vote.map_or_else(|| "no vote".to_owned(), |vote| format!("a {vote} vote"))
}

fn shown(step: &RegimeStep) -> String {
    let gauge = step.gauge.map_or_else(|| "no gauge".to_owned(), |gauge| format!("gauge {}", gauge.value));
    let since = step.state.since.map_or_else(String::new, |since| format!(" since {since}"));
    let contender =
        step.state.contender.map_or_else(String::new, |(regime, votes)| format!(", {votes} for {regime}"));
    format!("{gauge}, {}, {}{since}{contender}", in_words(step.vote), step.state.regime)
}
