//! Laws of the signals of the regime.

use regimen_regime::{Lookback, Reading, RegimeSignal};
use regimen_types::{AsOf, History, HistoryWindow};
use rust_decimal::Decimal;

use crate::check::Check;
use crate::law::{Judgement, Objection, laws};
use crate::market::{MarketTable, Markets};

laws! {
    /// The laws of regime signals.
    SignalLaw {
        Determinism = "determinism": "the same window has the same reading, whatever was read before",
        LookAhead = "no look-ahead": "a reading depends on nothing that became known after its instant",
        RowOrder = "order of rows": "the order of a snapshot's rows changes no reading",
        Lookback = "lookback": "a reading depends on no observation before the lookback",
        WarmUp = "warm-up": "a signal warms up until it has the observations that its lookback requires, and no longer",
        Finite = "finite": "every figure of a reading is finite",
        ScaleInvariance = "scale invariance": "the value stays when all prices, market caps and volumes are multiplied by one number",
    }
}

/// The largest change that counts as rounding, relative to the value or to 1.
const ROUNDING: f64 = 1e-9;

/// The factors that the market is multiplied by.
const FACTORS: [Decimal; 3] =
    [Decimal::ONE_THOUSAND, Decimal::from_parts(1, 0, 0, false, 3), Decimal::from_parts(93, 0, 0, false, 2)];

/// Prepares the check of a signal on random markets, which must contain the assets that the signal reads.
///
/// Scale invariance is checked if the signal claims it. Markets have at least twice as many snapshots as the
/// lookback requires.
///
/// ```
/// use std::num::NonZeroUsize;
/// use regimen_laws::{markets, regime_signal};
/// use regimen_regime::{AgainstAverage, Average, PriceSignal};
///
/// let average = Average::simple(NonZeroUsize::new(5).unwrap());
/// let signal = PriceSignal::new("BTC".parse().unwrap(), AgainstAverage(average));
/// regime_signal(&signal, markets().named("BTC".parse().unwrap())).check().unwrap();
/// ```
#[must_use]
pub fn regime_signal(signal: &dyn RegimeSignal, markets: Markets) -> Check<'_, SignalLaw, MarketTable> {
    let needed = signal.lookback().required().saturating_mul(2).saturating_add(8);
    let judge = move |law, market: &MarketTable| judge(law, signal, market);
    let check = Check::new(format!("{signal:?}"), SignalLaw::ALL, markets.at_least(needed), judge);
    if signal.is_scale_invariant() { check } else { check.without(SignalLaw::ScaleInvariance) }
}

fn judge(law: SignalLaw, signal: &dyn RegimeSignal, market: &MarketTable) -> Judgement {
    let history = history(market)?;
    match law {
        SignalLaw::Determinism => determinism(signal, &history),
        SignalLaw::LookAhead => look_ahead(signal, market, &history),
        SignalLaw::RowOrder => row_order(signal, market, &history),
        SignalLaw::Lookback => lookback(signal, &market.filled()),
        SignalLaw::WarmUp => warm_up(signal, &market.filled()),
        SignalLaw::Finite => finite(signal, &history),
        SignalLaw::ScaleInvariance => scale_invariance(signal, market, &history),
    }
}

/// A market that does not form a history is not a case.
pub(crate) fn history(market: &MarketTable) -> Result<History, Objection> {
    market.history().map_err(|_| Objection::NotApplicable)
}

fn determinism(signal: &dyn RegimeSignal, history: &History) -> Judgement {
    let first = known(readings(signal, history))?;
    for (window, expected) in windows(history).zip(&first).rev() {
        same(*expected, signal.read(&window), window.as_of(), "the snapshots read again, the newest first")?;
    }
    Ok(())
}

fn look_ahead(signal: &dyn RegimeSignal, market: &MarketTable, clean: &History) -> Judgement {
    let expected = known(readings(signal, clean))?;
    for (cut, expected) in some(expected.into_iter().enumerate(), 8) {
        let poisoned = market.poisoned_after(cut);
        let ended = poisoned.first(cut.saturating_add(1));
        for (changed, after) in [(&ended, "nothing"), (&poisoned, "garbage")] {
            let history = history(changed)?;
            let window = history.window(cut).ok_or(Objection::NotApplicable)?;
            let change = format!("{after} after {}", window.as_of());
            same(expected, signal.read(&window), window.as_of(), &change)?;
        }
    }
    Ok(())
}

fn row_order(signal: &dyn RegimeSignal, market: &MarketTable, clean: &History) -> Judgement {
    let expected = known(readings(signal, clean))?;
    let reversed = history(&market.reversed())?;
    for (expected, window) in expected.into_iter().zip(reversed.windows()) {
        same(expected, signal.read(&window), window.as_of(), "the rows of each snapshot in reversed order")?;
    }
    Ok(())
}

fn lookback(signal: &dyn RegimeSignal, market: &MarketTable) -> Judgement {
    let clean = history(market)?;
    let expected = known(readings(signal, &clean))?;
    for (expected, window) in some(expected.into_iter().zip(windows(&clean)), 8) {
        let start = signal.lookback().start(window.instants(), window.as_of());
        let Some(first) = window.instants().get(start).filter(|_| start > 0) else { continue };
        let spoilt = history(&market.spoilt_before(start))?;
        let spoilt =
            spoilt.window(window.snapshot_count().saturating_sub(1)).ok_or(Objection::NotApplicable)?;
        let change = format!("all numbers before {first}, where the lookback begins, replaced by others");
        same(expected, signal.read(&spoilt), window.as_of(), &change)?;
    }
    Ok(())
}

fn warm_up(signal: &dyn RegimeSignal, market: &MarketTable) -> Judgement {
    let history = history(market)?;
    known(readings(signal, &history))?;
    let required = signal.lookback().required();
    // A lookback of whole months, such as month ends, may need more snapshots than it declares.
    let counts_observations = signal.lookback() == Lookback::observations(required);
    for window in history.windows() {
        let count = window.snapshot_count();
        let reading = signal.read(&window);
        let is_warming_up = matches!(reading, Reading::WarmingUp { .. });
        let expected = if count < required {
            format!("a reading that warms up: {count} of {required} observations are there")
        } else if counts_observations && is_warming_up {
            format!("no warming up: {count} of {required} observations are there")
        } else {
            continue;
        };
        if is_warming_up != (count < required) {
            let change = format!("no gaps, read at {}", window.as_of());
            return Err(Objection::breach(change, expected, shown(reading)));
        }
    }
    Ok(())
}

fn finite(signal: &dyn RegimeSignal, history: &History) -> Judgement {
    for window in history.windows() {
        let reading = signal.read(&window);
        let Reading::Known(known) = reading else { continue };
        if ![known.value(), known.observed(), known.benchmark()].into_iter().all(f64::is_finite) {
            let found = format!("{} at {}", shown(reading), window.as_of());
            return Err(Objection::breach("", "finite figures", found));
        }
    }
    known(readings(signal, history)).map(|_| ())
}

fn scale_invariance(signal: &dyn RegimeSignal, market: &MarketTable, clean: &History) -> Judgement {
    let expected = known(readings(signal, clean))?;
    for factor in FACTORS {
        let Some(other) = market.in_unit(factor) else { continue };
        let other = history(&other)?;
        for (expected, window) in expected.iter().zip(other.windows()) {
            let found = signal.read(&window);
            if !has_value_of(*expected, found) {
                let change = format!(
                    "all prices, caps and volumes times {}, read at {}",
                    factor.normalize(),
                    window.as_of()
                );
                return Err(Objection::breach(change, shown(*expected), shown(found)));
            }
        }
    }
    Ok(())
}

fn windows(history: &History) -> std::vec::IntoIter<HistoryWindow<'_>> {
    history.windows().collect::<Vec<_>>().into_iter()
}

/// Returns all of a short list, and some of a long one.
pub(crate) fn some<T>(all: impl ExactSizeIterator<Item = T>, count: usize) -> impl Iterator<Item = T> {
    let step = all.len().div_ceil(count).max(1);
    all.step_by(step)
}

fn readings(signal: &dyn RegimeSignal, history: &History) -> Vec<Reading> {
    history.windows().map(|window| signal.read(&window)).collect()
}

/// A market on which the signal never has a value shows nothing.
fn known(readings: Vec<Reading>) -> Result<Vec<Reading>, Objection> {
    let any = readings.iter().any(|reading| matches!(reading, Reading::Known(_)));
    if any { Ok(readings) } else { Err(Objection::NotApplicable) }
}

fn same(expected: Reading, found: Reading, as_of: AsOf, change: &str) -> Judgement {
    if expected == found {
        return Ok(());
    }
    Err(Objection::breach(change, format!("{} at {as_of}", shown(expected)), shown(found)))
}

fn has_value_of(expected: Reading, found: Reading) -> bool {
    match (expected, found) {
        (Reading::Known(expected), Reading::Known(found)) => {
            let allowed = ROUNDING * expected.value().abs().max(1.0);
            (expected.value() - found.value()).abs() <= allowed
        }
        (expected, found) => expected == found,
    }
}

fn shown(reading: Reading) -> String {
    match reading {
        Reading::WarmingUp { observations, lookback } => format!("warming up, {observations} of {lookback}"),
        Reading::Missing => "no value".to_owned(),
        Reading::Stale { newest, .. } => format!("stale since {newest}"),
        Reading::Known(known) => {
            format!("{} ({} against {})", known.value(), known.observed(), known.benchmark())
        }
    }
}
