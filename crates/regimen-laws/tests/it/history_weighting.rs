//! Laws of weighting rules that look at the market.

use std::sync::Mutex;

use regimen_laws::{HistoryWeightingLaw, Markets, history_weighting, markets};
use regimen_types::HistoryWindow;
use regimen_weighting::{
    AttributeTilt, Candidate, HistoryWeighting, InverseVolatility, Lookback, MarketCapWeight, WeightingError,
    Weights,
};
use rust_decimal::Decimal;

use crate::breaks::breaks;

fn market() -> Markets {
    markets().attribute("grade")
}

/// A rule that is made of one amount per candidate.
struct Amounts<F>(F);

impl<F> std::fmt::Debug for Amounts<F> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a broken weighting")
    }
}

impl<F> HistoryWeighting for Amounts<F>
where
    F: Fn(usize, &Candidate, &HistoryWindow<'_>) -> Decimal + Send + Sync,
{
    fn weigh_at(
        &self,
        candidates: &[Candidate],
        window: &HistoryWindow<'_>,
    ) -> Result<Weights, WeightingError> {
        let amount = |(place, each): (usize, &Candidate)| (each.asset.clone(), (self.0)(place, each, window));
        Ok(Weights::proportional_to(&candidates.iter().enumerate().map(amount).collect::<Vec<_>>())?)
    }
}

#[test]
fn the_built_in_rules_keep_all_laws() {
    let by_risk = InverseVolatility { lookback: Lookback::Snapshots(4.try_into().unwrap()) };
    let tilted = AttributeTilt { attribute: "grade".to_owned() };
    let rules: [&dyn HistoryWeighting; 3] = [&MarketCapWeight, &by_risk, &tilted];
    for rule in rules {
        history_weighting(rule, market()).cases(50).check().unwrap();
    }
}

#[test]
fn determinism_is_checked() {
    let newest = Mutex::new(None);
    let remembers = Amounts(|place, _: &Candidate, window: &HistoryWindow<'_>| {
        let mut newest = newest.lock().unwrap();
        *newest = (*newest).max(Some(window.as_of()));
        Decimal::from(if *newest > Some(window.as_of()) { place + 1 } else { 1 })
    });
    let printed = breaks(
        history_weighting(&remembers, market().snapshots(1..=8)).simplifications(150),
        HistoryWeightingLaw::Determinism,
    );
    assert!(printed.contains("the newest first"), "{printed}");
}

#[test]
fn look_ahead_is_checked() {
    // Weighs by the newest snapshot that it was ever shown.
    let newest = Mutex::new(None);
    let foresees = Amounts(|place, _: &Candidate, window: &HistoryWindow<'_>| {
        let mut newest = newest.lock().unwrap();
        *newest = (*newest).max(Some(window.as_of()));
        Decimal::from(if *newest > Some(window.as_of()) { place + 1 } else { 1 })
    });
    let printed = breaks(
        history_weighting(&foresees, market().snapshots(1..=8)).simplifications(150),
        HistoryWeightingLaw::LookAhead,
    );
    assert!(printed.contains(" after 2024-01-"), "{printed}");
}

#[test]
fn orders_are_checked() {
    let first_row = Amounts(|_, each: &Candidate, window: &HistoryWindow<'_>| {
        let first = window.snapshot().rows().next().is_some_and(|row| *row.asset() == each.asset);
        Decimal::from(if first { 2 } else { 1 })
    });
    breaks(history_weighting(&first_row, market()), HistoryWeightingLaw::RowOrder);
    let first_place = Amounts(|place, _: &Candidate, _: &HistoryWindow<'_>| Decimal::from(place + 1));
    breaks(history_weighting(&first_place, market()), HistoryWeightingLaw::Order);
}

#[test]
fn members_are_checked() {
    #[derive(Debug)]
    struct FirstOnly;
    impl HistoryWeighting for FirstOnly {
        fn weigh_at(
            &self,
            candidates: &[Candidate],
            _: &HistoryWindow<'_>,
        ) -> Result<Weights, WeightingError> {
            Ok(Weights::proportional_to(&[(candidates[0].asset.clone(), Decimal::ONE)])?)
        }
    }
    let printed = breaks(history_weighting(&FirstOnly, market()), HistoryWeightingLaw::Members);
    assert!(printed.contains("expected  weights of A, B at 2024-01-01\nfound     A 1\n"), "{printed}");
}
