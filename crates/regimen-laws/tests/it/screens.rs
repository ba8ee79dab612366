//! Laws of screens.

use std::collections::{BTreeMap, BTreeSet};
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Mutex;

use regimen_laws::{Markets, ScreenLaw, markets, screen};
use regimen_types::{ArithmeticError, Figure, Row};
use regimen_weighting::*;
use rust_decimal_macros::dec;

use crate::breaks::breaks;

fn market() -> Markets {
    markets().attribute("grade").stablecoin("USD-A".parse().unwrap())
}

/// A screen that keeps assets out by a function.
struct Screens<F>(F);

impl<F> std::fmt::Debug for Screens<F> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a broken screen")
    }
}

impl<F> UniverseScreen for Screens<F>
where
    F: Fn(usize, &Row<'_>, &Occasion<'_>) -> bool + Send + Sync,
{
    fn screen(
        &self,
        passed: &[Row<'_>],
        occasion: &Occasion<'_>,
    ) -> Result<Vec<Option<Exclusion>>, ArithmeticError> {
        let out = |(place, row)| (self.0)(place, row, occasion).then(|| Exclusion::Other("out".to_owned()));
        Ok(passed.iter().enumerate().map(out).collect())
    }
}

fn figure(text: &str) -> Figure {
    text.parse().unwrap()
}

fn buffered(enter: &str, stay: &str) -> BufferedThreshold {
    BufferedThreshold { enter: figure(enter), stay: figure(stay) }
}

fn few() -> NonZeroU32 {
    NonZeroU32::new(3).unwrap()
}

/// Every built-in screen that knows no asset by name.
fn nameless() -> Vec<Box<dyn UniverseScreen>> {
    let stablecoin = || ["stablecoin".parse().unwrap()];
    let volume = |statistic, unknown| VolumeSummary { statistic, lookback: Lookback::Days(few()), unknown };
    let mean = volume(VolumeStatistic::Mean, UnknownVolume::Zero);
    let median = volume(VolumeStatistic::Median, UnknownVolume::LeftOut);
    let amount = |measure| MinimumAmount { measure, threshold: buffered("1000", "100") };
    let grade = |bound, enter, stay| AttributeThreshold {
        attribute: "grade".to_owned(),
        bound,
        threshold: buffered(enter, stay),
        when_unknown: WhenUnknown::Exclude,
    };
    vec![
        Box::new(KnownMarketCap),
        Box::new(MinimumHistory::new(NonZeroUsize::new(5).unwrap())),
        Box::new(MinimumAge::new(few())),
        Box::new(MaximumStaleness::new(2)),
        Box::new(CompleteColumns::new(
            [MarketColumn::Price, MarketColumn::Volume],
            Lookback::Snapshots(few()),
        )),
        Box::new(ExcludedCategories::new(stablecoin())),
        Box::new(RequiredCategories::new(stablecoin())),
        Box::new(MinimumPrice(buffered("1", "0.5"))),
        Box::new(amount(Measure::MarketCap)),
        Box::new(amount(Measure::MeanMarketCap(Lookback::CalendarMonthsToDate(few())))),
        Box::new(amount(Measure::FloatAdjusted { float_factor: None })),
        Box::new(MinimumShare {
            measure: Measure::DecayingMarketCap { lookback: Lookback::Days(few()), half_life_days: dec!(2) },
            enter: "0.1".parse().unwrap(),
            stay: "0.05".parse().unwrap(),
        }),
        Box::new(grade(Bound::AtLeast, "60", "55")),
        Box::new(grade(Bound::AtMost, "40", "45")),
        Box::new(MinimumVolume { volume: mean, threshold: buffered("1000", "900") }),
        Box::new(VolumeQuantile {
            volume: median,
            quantile: "0.25".parse().unwrap(),
            quantile_type: QuantileType::Type7,
        }),
    ]
}

#[test]
fn the_built_in_screens_keep_all_laws() {
    for each in nameless() {
        screen(each.as_ref(), market()).cases(20).check().unwrap();
    }
}

#[test]
fn screens_that_know_names_keep_all_laws_but_that_of_names() {
    let listed = |asset: &str, from: &str| ListedAsset {
        asset: asset.parse().unwrap(),
        from: from.parse().ok(),
        until: "2024-01-20".parse().ok(),
    };
    let list = || [listed("A", "2024-01-03"), listed("C", "")];
    let screens: [Box<dyn UniverseScreen>; 2] =
        [Box::new(AllowList::new(list())), Box::new(DenyList::new(list()))];
    for each in &screens {
        screen(each.as_ref(), market()).without(ScreenLaw::Names).cases(20).check().unwrap();
        breaks(screen(each.as_ref(), market()), ScreenLaw::Names);
    }
}

#[test]
fn determinism_is_checked() {
    let seen = Mutex::new(BTreeSet::new());
    let once =
        Screens(|_, row: &Row<'_>, _: &Occasion<'_>| !seen.lock().unwrap().insert(row.asset().clone()));
    breaks(screen(&once, market().snapshots(1..=8)).simplifications(150), ScreenLaw::Determinism);
}

#[test]
fn look_ahead_is_checked() {
    // Keeps out what it has not seen in a later snapshot: dead assets, once it has been shown the end.
    let last_seen = Mutex::new(BTreeMap::new());
    let foresees = Screens(|_, row: &Row<'_>, occasion: &Occasion<'_>| {
        let mut last_seen = last_seen.lock().unwrap();
        let now = occasion.window.as_of();
        let last = last_seen.entry(row.asset().clone()).or_insert(now);
        *last = now.max(*last);
        *last > now
    });
    let printed =
        breaks(screen(&foresees, market().snapshots(1..=8)).simplifications(150), ScreenLaw::LookAhead);
    assert!(printed.contains("but with  "), "{printed}");
}

#[test]
fn the_order_of_rows_is_checked() {
    let first = Screens(|place, _: &Row<'_>, _: &Occasion<'_>| place > 0);
    breaks(screen(&first, market()), ScreenLaw::RowOrder);
}

#[test]
fn a_verdict_too_many_is_found() {
    #[derive(Debug)]
    struct Talkative;
    impl UniverseScreen for Talkative {
        fn screen(
            &self,
            passed: &[Row<'_>],
            _: &Occasion<'_>,
        ) -> Result<Vec<Option<Exclusion>>, ArithmeticError> {
            Ok(vec![None; passed.len() + 1])
        }
    }
    breaks(screen(&Talkative, market()), ScreenLaw::Verdicts);
}

#[test]
fn incumbency_is_checked() {
    let newcomers =
        Screens(|_, row: &Row<'_>, occasion: &Occasion<'_>| occasion.membership.includes(row.asset()));
    let printed = breaks(screen(&newcomers, market()), ScreenLaw::Incumbency);
    assert!(
        printed.contains("but with  A an incumbent\nexpected  A passes at 2024-01-01\nfound     out"),
        "{printed}"
    );
}

#[test]
fn names_are_checked() {
    let short = Screens(|_, row: &Row<'_>, _: &Occasion<'_>| row.asset().as_str().len() > 1);
    breaks(screen(&short, market()), ScreenLaw::Names);
}
