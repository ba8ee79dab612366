//! Laws of regimes.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use regimen_laws::{RegimeClaims, RegimeFunction, RegimeLaw, regimes};
use regimen_regime::{Hysteresis, RegimeState, Thresholds};
use regimen_types::{AsOf, Regime};

use crate::breaks::breaks;

fn claims(confirm: u32, dwell_days_min: u32) -> RegimeClaims {
    RegimeClaims { enter_above: 0.2, exit_below: -0.2, confirm, dwell_days_min }
}

/// Thresholds, confirmation and dwell, written once more.
fn stepped(claims: RegimeClaims, state: RegimeState, score: Option<f64>, as_of: AsOf) -> RegimeState {
    let since = state.since.unwrap_or(as_of);
    let Some(score) = score else { return RegimeState { since: Some(since), ..state } };
    let threshold = if state.regime == Regime::Bullish { claims.exit_below } else { claims.enter_above };
    let vote = if score > threshold { Regime::Bullish } else { Regime::Bearish };
    let earlier = state.contender.filter(|(regime, _)| *regime == vote).map_or(0, |(_, votes)| votes);
    let votes = if vote == state.regime { 0 } else { earlier + 1 };
    let dwelt = as_of.millis_since(since) >= i64::from(claims.dwell_days_min) * 86_400_000;
    if votes >= claims.confirm && (dwelt || state.regime == Regime::Undetermined) {
        return RegimeState { regime: vote, since: Some(as_of), contender: None };
    }
    let contender = (votes > 0).then_some((vote, votes));
    RegimeState { since: Some(since), contender, ..state }
}

/// Asserts that something that claims two votes and five days breaks a law.
fn broken(step: impl Fn(RegimeState, Option<f64>, AsOf) -> RegimeState + 'static, law: RegimeLaw) -> String {
    let step: Box<RegimeFunction> = Box::new(step);
    breaks(regimes("a broken regime", step.as_ref(), claims(2, 5)), law)
}

#[test]
fn a_plain_hysteresis_keeps_all_laws() {
    for (confirm, dwell) in [(1, 0), (3, 0), (1, 7), (2, 5)] {
        let claims = claims(confirm, dwell);
        let step = move |state, score, as_of| stepped(claims, state, score, as_of);
        regimes("a plain hysteresis", &step, claims).cases(300).check().unwrap();
    }
}

#[test]
fn the_built_in_hysteresis_keeps_all_laws() {
    for (enter_above, exit_below, confirm, dwell_days_min) in
        [(0.0, 0.0, 1, 0), (0.2, -0.2, 3, 0), (0.5, 0.1, 1, 7), (0.2, -0.2, 2, 5), (-0.3, -0.9, 4, 30)]
    {
        let thresholds = Thresholds::new(enter_above, exit_below).unwrap();
        let hysteresis =
            Hysteresis { thresholds, confirm: NonZeroU32::new(confirm).unwrap(), dwell_days_min };
        let step = move |state, score, as_of| hysteresis.step(state, score, as_of).1;
        let claims = RegimeClaims { enter_above, exit_below, confirm, dwell_days_min };
        regimes("the hysteresis", &step, claims).cases(300).check().unwrap();
    }
}

#[test]
fn determinism_is_checked() {
    let calls = AtomicU32::new(0);
    let moody = move |state: RegimeState, _: Option<f64>, as_of: AsOf| {
        let regime = if calls.fetch_add(1, Ordering::Relaxed).is_multiple_of(3) {
            Regime::Bullish
        } else {
            Regime::Bearish
        };
        RegimeState { regime, since: Some(as_of), ..state }
    };
    broken(moody, RegimeLaw::Determinism);
}

#[test]
fn an_unknown_score_that_changes_something_is_found() {
    let forgets = |state: RegimeState, score: Option<f64>, as_of| match score {
        None => RegimeState { contender: None, ..state },
        Some(_) => stepped(claims(2, 5), state, score, as_of),
    };
    let printed = broken(forgets, RegimeLaw::Unknown);
    assert!(printed.contains("expected  nothing new at "), "{printed}");
}

#[test]
fn a_regime_without_a_vote_is_found() {
    let contrary = |state, score: Option<f64>, as_of| {
        stepped(claims(1, 0), state, score.map(|score| -score * 0.99), as_of)
    };
    broken(contrary, RegimeLaw::Vote);
}

#[test]
fn haste_is_found() {
    let hasty = |state, score, as_of| stepped(claims(1, 5), state, score, as_of);
    let printed = broken(hasty, RegimeLaw::Confirmation);
    assert!(printed.contains("expected  2 votes in a row instead of 1 at "), "{printed}");
    let restless = |state, score, as_of| stepped(claims(2, 0), state, score, as_of);
    let printed = broken(restless, RegimeLaw::Dwell);
    assert!(printed.contains("expected  5 days of a regime at "), "{printed}");
}

#[test]
fn delay_is_found() {
    let slow = |state, score, as_of| stepped(claims(3, 5), state, score, as_of);
    let printed = broken(slow, RegimeLaw::Promptness);
    assert!(printed.contains("expected  another regime at "), "{printed}");
}

#[test]
fn a_wrong_beginning_is_found() {
    let always_new = |state, score, as_of: AsOf| RegimeState {
        since: Some(as_of),
        ..stepped(claims(2, 5), state, score, as_of)
    };
    broken(always_new, RegimeLaw::Since);
}
