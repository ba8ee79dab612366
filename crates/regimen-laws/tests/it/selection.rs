//! Laws of selection rules.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

use regimen_laws::{SelectionLaw, selection_rule};
use regimen_types::{ArithmeticError, AsOf, Figure};
use regimen_weighting::{Buffer, Choice, RankSelection, RankedAsset, SelectionRule, Size};
use rust_decimal_macros::dec;

use crate::breaks::breaks;

fn count(number: usize) -> NonZeroUsize {
    NonZeroUsize::new(number).unwrap()
}

/// A rule that selects an asset, or does not, by its place and itself.
struct Selects<F>(F);

impl<F> std::fmt::Debug for Selects<F> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a broken selection")
    }
}

impl<F: Fn(usize, &RankedAsset) -> bool + Send + Sync> SelectionRule for Selects<F> {
    fn choose(&self, ranked: &[RankedAsset], _: AsOf) -> Result<Vec<Choice>, ArithmeticError> {
        let choice =
            |(place, each)| if (self.0)(place, each) { Choice::Selected } else { Choice::BelowCount };
        Ok(ranked.iter().enumerate().map(choice).collect())
    }
}

#[test]
fn the_built_in_selections_keep_all_laws() {
    let plain = RankSelection::first(count(5));
    let buffered = RankSelection { buffer: Some(Buffer::Rank { enter: 4, stay: 7 }), ..plain.clone() };
    let grouped = RankSelection { group_max: Some(count(2)), reserve: 2, ..buffered.clone() };
    let all = RankSelection { size: Size::All, ..plain.clone() };
    let covering = RankSelection { size: Size::Coverage("0.8".parse().unwrap()), ..plain.clone() };
    for (seed, rule, most) in
        [(0, plain, 5), (1, buffered, 5), (2, grouped, 5), (3, all, 24), (4, covering, 24)]
    {
        selection_rule(&rule, most).seed(seed).cases(300).check().unwrap();
    }
    let figure = |amount| Figure::new(amount).unwrap();
    let amounts = Buffer::Amount { enter: figure(dec!(500)), stay: figure(dec!(200)) };
    let threshold = RankSelection { buffer: Some(amounts), ..RankSelection::first(count(5)) };
    selection_rule(&threshold, 5).without(SelectionLaw::Unit).check().unwrap();
    breaks(selection_rule(&threshold, 5), SelectionLaw::Unit);
}

#[test]
fn determinism_is_checked() {
    let calls = AtomicUsize::new(0);
    let moody = Selects(|place, _: &RankedAsset| calls.fetch_add(1, Ordering::Relaxed) % 7 > place);
    breaks(selection_rule(&moody, 5), SelectionLaw::Determinism);
}

#[test]
fn the_count_is_checked() {
    let generous = Selects(|place, _: &RankedAsset| place < 6);
    let printed = breaks(selection_rule(&generous, 5), SelectionLaw::Count);
    assert!(printed.contains("expected  at most 5 selected\nfound     6: A selected"), "{printed}");
}

#[test]
fn the_rank_is_checked() {
    let second = Selects(|place, _: &RankedAsset| place == 1);
    let printed = breaks(selection_rule(&second, 5), SelectionLaw::Rank);
    assert!(
        printed.contains("expected  A selected, because B is\nfound     A below the count, B selected\n"),
        "{printed}"
    );
}

#[test]
fn incumbency_is_checked() {
    let newcomers = Selects(|place, each: &RankedAsset| place < 5 && !each.incumbent);
    let printed = breaks(selection_rule(&newcomers, 5), SelectionLaw::Incumbency);
    assert!(
        printed.contains("but with  A an incumbent\nexpected  A selected\nfound     A below the count\n"),
        "{printed}"
    );
}

#[test]
fn stability_is_checked() {
    // Incumbents down to rank 3, newcomers down to rank 6: what entered last leaves at once.
    let churns = Selects(|place, each: &RankedAsset| place < if each.incumbent { 3 } else { 6 });
    breaks(selection_rule(&churns, 6), SelectionLaw::Stability);
}

#[test]
fn names_are_checked() {
    let favours = Selects(|_, each: &RankedAsset| each.asset.as_str() < "F");
    breaks(selection_rule(&favours, 24), SelectionLaw::Names);
}

#[test]
fn the_unit_is_checked() {
    let threshold = Selects(|_, each: &RankedAsset| each.amount.decimal() > dec!(1_000));
    let printed = breaks(selection_rule(&threshold, 24), SelectionLaw::Unit);
    assert!(printed.contains("but with  all amounts times "), "{printed}");
}
