//! Laws of whole regime rules.

use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use regimen_laws::{Markets, RegimeRuleLaw, RegimeStepFunction, markets, regime_rule};
use regimen_regime::{
    AgainstAverage, Average, Combination, Drawdown, Gauge, Hysteresis, Indicator, Input, Level, Measured,
    Member, Momentum, PriceSignal, Read, RegimeRule, RegimeState, RegimeStep, ScoreScale, Signal, Thresholds,
    Volatility,
};
use regimen_types::{AsOf, HistoryWindow, Regime};

use crate::breaks::breaks;

fn count(number: usize) -> NonZeroUsize {
    NonZeroUsize::new(number).unwrap()
}

fn market() -> Markets {
    markets().snapshots(4..=24).named("BTC".parse().unwrap())
}

fn signal(name: &str, weight: f64, scale: (f64, f64), indicator: impl Indicator + 'static) -> Signal {
    let price = PriceSignal::new("BTC".parse().unwrap(), Arc::new(indicator) as Arc<dyn Indicator>);
    let scale = ScoreScale::new(scale.0, scale.1).unwrap();
    Signal { name: name.to_owned(), weight, scale, input: Input::Market(Arc::new(price)) }
}

/// A signal, and a group of three, with a band, confirmation and a dwell.
fn rule(combination: Combination, inner: Combination) -> RegimeRule {
    let group = vec![
        signal("momentum", 1.0, (0.0, 0.5), Momentum { back: count(2) }),
        signal("drawdown", 2.0, (-0.2, 0.0), Drawdown { window: count(4) }),
        signal("calm", 1.0, (2.0, 0.5), Volatility { returns: count(2), per_year: 365.0 }),
    ];
    RegimeRule {
        combination,
        members: vec![
            Member::Signal(signal("trend", 1.5, (0.0, 0.1), AgainstAverage(Average::simple(count(3))))),
            Member::Group { name: "others".to_owned(), weight: 1.0, combination: inner, signals: group },
        ],
        hysteresis: Hysteresis {
            thresholds: Thresholds::new(0.1, -0.1).unwrap(),
            confirm: NonZeroU32::new(2).unwrap(),
            dwell_days_min: 2,
        },
    }
}

#[test]
fn rules_of_every_combination_keep_all_laws() {
    let all = [Combination::All, Combination::Any, Combination::Majority, Combination::Weighted];
    for combination in all {
        for inner in all {
            let rule = rule(combination, inner);
            let step = move |state, window: &HistoryWindow<'_>| rule.step(state, window, &Measured::NONE);
            regime_rule("a rule", &step, market()).cases(24).check().unwrap();
        }
    }
}

/// Asserts that a rule whose steps are changed breaks a law.
fn broken(
    change: impl Fn(RegimeState, &HistoryWindow<'_>, RegimeStep) -> RegimeStep + 'static,
    law: RegimeRuleLaw,
) -> String {
    let rule = rule(Combination::Majority, Combination::Any);
    let step: Box<RegimeStepFunction> =
        Box::new(move |state, window| change(state, window, rule.step(state, window, &Measured::NONE)));
    breaks(regime_rule("a broken rule", step.as_ref(), market()).simplifications(200), law)
}

#[test]
fn determinism_is_checked() {
    let calls = AtomicU32::new(0);
    let moody = move |_: RegimeState, _: &HistoryWindow<'_>, step: RegimeStep| {
        let regime = if calls.fetch_add(1, Ordering::Relaxed).is_multiple_of(3) {
            Regime::Bullish
        } else {
            Regime::Bearish
        };
        RegimeStep { state: RegimeState { regime, ..step.state }, ..step }
    };
    broken(moody, RegimeRuleLaw::Determinism);
}

#[test]
fn look_ahead_is_checked() {
    // It remembers the newest instant that it ever saw, and how many assets there were.
    let seen = Mutex::new(std::collections::BTreeMap::<AsOf, usize>::new());
    let foresight = move |_: RegimeState, window: &HistoryWindow<'_>, step: RegimeStep| {
        let mut seen = seen.lock().unwrap();
        seen.insert(window.as_of(), window.snapshot().rows().count());
        let newest = seen.last_key_value().map_or(0, |(_, rows)| *rows);
        let regime = if newest.is_multiple_of(2) { Regime::Bullish } else { Regime::Bearish };
        RegimeStep { state: RegimeState { regime, ..step.state }, ..step }
    };
    broken(foresight, RegimeRuleLaw::LookAhead);
}

#[test]
fn a_gauge_beside_the_scores_is_found() {
    let bent = |_: RegimeState, _: &HistoryWindow<'_>, step: RegimeStep| {
        let gauge = step.gauge.map(|gauge| Gauge { value: gauge.value * 0.9, ..gauge });
        RegimeStep { gauge, ..step }
    };
    broken(bent, RegimeRuleLaw::Gauge);
}

#[test]
fn a_vote_against_the_gauge_is_found() {
    // It votes by the entry threshold alone, as if there were no band.
    let hasty = |_: RegimeState, _: &HistoryWindow<'_>, step: RegimeStep| {
        let vote = step.gauge.map(|gauge| gauge.vote(Regime::Bearish));
        RegimeStep { vote, ..step }
    };
    let printed = broken(hasty, RegimeRuleLaw::Vote);
    assert!(printed.contains("a bullish vote at "), "{printed}");
    let unasked = |before: RegimeState, window: &HistoryWindow<'_>, step: RegimeStep| match (
        step.vote,
        before.regime,
    ) {
        (Some(Regime::Bearish), Regime::Undetermined) => {
            let state = RegimeState { regime: Regime::Bullish, since: Some(window.as_of()), contender: None };
            RegimeStep { state, ..step }
        }
        _ => step,
    };
    let printed = broken(unasked, RegimeRuleLaw::Vote);
    assert!(printed.contains("no bullish regime at "), "{printed}");
}

#[test]
fn a_member_that_votes_against_its_score_is_found() {
    let contrary = |_: RegimeState, _: &HistoryWindow<'_>, mut step: RegimeStep| {
        for member in &mut step.members {
            if let Read::Group { signals, .. } = &mut member.read {
                signals.iter_mut().for_each(|signal| signal.vote = signal.vote.map(|_| Regime::Bullish));
            }
        }
        step
    };
    let printed = broken(contrary, RegimeRuleLaw::MemberVotes);
    assert!(printed.contains("a bearish vote of "), "{printed}");
}

#[test]
fn a_rule_that_forgets_without_a_gauge_is_found() {
    let forgetful = |_: RegimeState, _: &HistoryWindow<'_>, step: RegimeStep| match step.gauge {
        None => RegimeStep { state: RegimeState { contender: None, ..step.state }, ..step },
        Some(_) => step,
    };
    let printed = broken(forgetful, RegimeRuleLaw::Unknown);
    assert!(printed.contains("nothing new at "), "{printed}");
}

/// A level of a price is no score of another unit; the rule above has none, so it may be used as it is.
#[test]
fn a_rule_of_one_level_keeps_all_laws_too() {
    let mut rule = rule(Combination::All, Combination::All);
    rule.members = vec![Member::Signal(signal("level", 1.0, (100.0, 200.0), Level))];
    let step = move |state, window: &HistoryWindow<'_>| rule.step(state, window, &Measured::NONE);
    regime_rule("a level", &step, market()).check().unwrap();
}
