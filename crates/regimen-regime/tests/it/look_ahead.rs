//! No signal looks ahead, or further back than its lookback; its claims about scale and warm-up hold.

use proptest::prelude::*;
use regimen_regime::{Domain, Reading, RegimeSignal, turning};
use regimen_types::{AsOf, History, RowInput};
use rust_decimal::Decimal;

use crate::signals::price_signals;

fn history(first_day: usize, cents: &[i64], factor: i64) -> History {
    let mut builder = History::builder();
    for (day, cents) in (first_day..).zip(cents) {
        let as_of = AsOf::from_unix_millis(i64::try_from(day).unwrap() * 86_400_000).unwrap();
        let price = Decimal::new(*cents * factor, 2).to_string();
        let row = RowInput::new("BTC".parse().unwrap(), price.parse().unwrap(), "1".parse().unwrap());
        builder = builder.snapshot(as_of, [row]);
    }
    builder.build().unwrap()
}

fn prices(days: std::ops::Range<usize>) -> impl Strategy<Value = Vec<i64>> {
    prop::collection::vec(1_i64..100_000, days)
}

fn reads(signal: &dyn RegimeSignal, history: &History) -> Vec<Reading> {
    history.windows().map(|window| signal.read(&window)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn what_follows_changes_no_reading(before in prices(1..120), after in prices(1..40), poison in prices(1..40)) {
        for (name, signal) in price_signals() {
            let [real, poisoned] = [after.as_slice(), poison.as_slice()]
                .map(|after| reads(signal.as_ref(), &history(0, &[before.as_slice(), after].concat(), 1)));
            prop_assert_eq!(&real[..before.len()], &poisoned[..before.len()], "{}", name);
        }
    }

    #[test]
    fn what_lies_before_the_lookback_changes_no_reading(days in prices(60..90), poison in prices(90..91)) {
        let real = history(0, &days, 1);
        for (name, signal) in price_signals() {
            for window in real.windows() {
                let start = signal.lookback().start(window.instants(), window.as_of());
                let poisoned = [&poison[..start], &days[start..]].concat();
                let poisoned = history(0, &poisoned, 1);
                let reading = signal.read(&window);
                let end = window.snapshot_count() - 1;
                prop_assert_eq!(reading, signal.read(&poisoned.window(end).unwrap()), "{}", name);
                // Nor does the reading need the earlier rows to be there.
                let cut = history(start, &days[start..=end], 1);
                prop_assert_eq!(reading, signal.read(&cut.newest().unwrap()), "{}", name);
            }
        }
    }

    #[test]
    fn warms_up_while_there_are_too_few(days in prices(1..150)) {
        for (name, signal) in price_signals() {
            let readings = reads(signal.as_ref(), &history(0, &days, 1));
            for reading in readings.iter().take(signal.lookback().required().saturating_sub(1)) {
                let warming_up = matches!(reading, Reading::WarmingUp { observations, lookback } if observations < lookback);
                prop_assert!(warming_up, "{name}: {reading:?}");
            }
            let warm_up = readings.iter().rposition(|each| matches!(each, Reading::WarmingUp { .. }));
            let first_other = readings.iter().position(|each| !matches!(each, Reading::WarmingUp { .. }));
            prop_assert!(first_other.is_none() || warm_up < first_other, "{name}: warms up again");
        }
    }

    #[test]
    fn the_unit_matters_only_where_it_is_said(days in prices(1..150), factor in 2_i64..1000) {
        for (name, signal) in price_signals().into_iter().filter(|(_, signal)| signal.is_scale_invariant()) {
            let [one, other] = [1, factor].map(|factor| reads(signal.as_ref(), &history(0, &days, factor)));
            for (one, other) in one.iter().zip(&other) {
                match (one, other) {
                    (Reading::Known(one), Reading::Known(other)) => {
                        // The fit of a Markov chain may end a round earlier.
                        let tolerance = if name == "markov" { 1e-3 } else { 1e-9 };
                        prop_assert!((one.value() - other.value()).abs() < tolerance, "{name}: {one:?} {other:?}");
                    }
                    _ => prop_assert_eq!(one, other, "{}", name),
                }
            }
        }
    }

    #[test]
    fn reading_another_price_is_reading_a_history_with_it(days in prices(60..100), other in 1_i64..100_000) {
        let real = history(0, &days, 1);
        let mut changed = days.clone();
        *changed.last_mut().unwrap() = other;
        let changed = history(0, &changed, 1);
        for (name, signal) in price_signals() {
            let asked = signal.read_if(&real.newest().unwrap(), other as f64 / 100.0);
            prop_assert_eq!(asked, Some(signal.read(&changed.newest().unwrap())), "{}", name);
        }
    }

    /// At the number that is said to turn a signal's sign, a history with that price has the other sign, and
    /// one price short of it not.
    #[test]
    fn the_price_that_turns_a_signal_turns_it(days in prices(60..100)) {
        let real = history(0, &days, 1);
        let window = real.newest().unwrap();
        for (name, signal) in price_signals().into_iter().filter(|(name, _)| *name != "markov") {
            let is_bullish = |reading: Option<Reading>| reading.and_then(|each| each.known().map(|known| known.value() > 0.0));
            let now = signal.newest(&window).unwrap();
            let found = turning(now, Domain::Positive, |price| is_bullish(signal.read_if(&window, price)));
            let present = is_bullish(Some(signal.read(&window)));
            for (turns_at, outward) in [(found.below, -1.0), (found.above, 1.0)] {
                let Some(price) = turns_at.filter(|price| (0.02..1e9).contains(price)) else { continue };
                let read_at = |cents: i64| {
                    let mut changed = days.clone();
                    *changed.last_mut().unwrap() = cents;
                    let changed = history(0, &changed, 1);
                    is_bullish(Some(signal.read(&changed.newest().unwrap())))
                };
                // Prices of a history have cents: the nearest on either side, clear of rounding.
                let cents = price * 100.0;
                let [beyond, within] = if outward < 0.0 {
                    [(cents - 1e-6).floor(), (cents + 1e-6).ceil()]
                } else {
                    [(cents + 1e-6).ceil(), (cents - 1e-6).floor()]
                };
                prop_assert_ne!(read_at(beyond as i64), present, "{} at {}", name, price);
                prop_assert_eq!(read_at(within as i64), present, "{} just before {}", name, price);
            }
        }
    }

    #[test]
    fn reading_the_present_price_again_is_the_reading(days in prices(60..100)) {
        let history = history(0, &days, 1);
        let window = history.newest().unwrap();
        let present = *days.last().unwrap() as f64 / 100.0;
        for (name, signal) in price_signals() {
            prop_assert_eq!(signal.read_if(&window, present), Some(signal.read(&window)), "{}", name);
        }
    }
}
