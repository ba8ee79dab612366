use super::*;
use crate::lookback::Lookback;
use crate::measure::Measure;
use crate::membership::Membership;
use crate::occasion::Occasion;
use crate::quantile::QuantileType;
use crate::screen::{MarketColumn, UniverseScreen};
use regimen_types::{AsOf, History, HistoryWindow, RowInput};
use rust_decimal::Decimal;
use std::num::NonZeroU32;

const fn whole(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}

/// An asset's price, cap and volume by day; 0 is unknown and "-" is no row.
type Series = (&'static str, [&'static str; 5]);

/// Five days from 30 July on, so that the month changes within.
fn history(series: &[Series]) -> History {
    let days = ["2014-07-30", "2014-07-31", "2014-08-01", "2014-08-02", "2014-08-03"];
    let snapshot = |builder: regimen_types::HistoryBuilder, (day, as_of): (usize, &&str)| {
        let rows = series.iter().filter(|(_, cells)| cells[day] != "-").map(|(asset, cells)| {
            let figures: Vec<Decimal> = cells[day].split(' ').map(|cell| cell.parse().unwrap()).collect();
            let text = |place: usize| figures[place].to_string();
            RowInput {
                price: text(0).parse().ok(),
                market_cap: text(1).parse().ok(),
                volume: Some(figures[2]),
                attributes: figures.get(3).map(|grade| ("grade".to_owned(), *grade)).into_iter().collect(),
                ..RowInput::new(asset.parse().unwrap(), "1".parse().unwrap(), "1".parse().unwrap())
            }
        });
        builder.snapshot(as_of.parse::<AsOf>().unwrap(), rows)
    };
    days.iter().enumerate().fold(History::builder(), snapshot).build().unwrap()
}

/// Returns what keeps each asset of the newest snapshot out, "" for those that pass.
fn verdicts(screen: &dyn UniverseScreen, window: HistoryWindow<'_>, incumbents: &[&str]) -> Vec<String> {
    let constituents = incumbents.iter().map(|asset| asset.parse().unwrap()).collect();
    let membership = Membership { constituents, ..Membership::START };
    let occasion = Occasion { window, membership: &membership, supply: None };
    let rows: Vec<_> = window.snapshot().rows().collect();
    let reasons = screen.screen(&rows, &occasion).unwrap();
    reasons.iter().map(|reason| reason.as_ref().map_or_else(String::new, ToString::to_string)).collect()
}

const HOLES: [Series; 3] = [
    ("whole", ["1 10 4", "2 10 4", "3 10 5", "3 10 6", "3 10 6"]),
    ("gap", ["1 10 4", "-", "1 10 1", "1 10 0", "2 10 2"]),
    ("zero", ["1 10 4", "1 10 0", "1 10 9", "0 10 9", "1 10 9"]),
];

#[test]
fn nothing_is_missing_over_a_lookback() {
    let history = history(&HOLES);
    let window = history.newest().unwrap();
    let all = [MarketColumn::Price, MarketColumn::MarketCap, MarketColumn::Volume];
    let month = CompleteColumns::new(all, Lookback::CalendarMonths(whole(1)));
    assert_eq!(
        verdicts(&month, window, &[]),
        ["", "price unknown on 2014-07-31", "volume unknown on 2014-07-31"]
    );
    let to_date = CompleteColumns::new(all, Lookback::CalendarMonthsToDate(whole(1)));
    assert_eq!(
        verdicts(&to_date, window, &[]),
        ["", "volume unknown on 2014-08-02", "price unknown on 2014-08-02"]
    );
    let before = CompleteColumns::new(all, Lookback::CalendarMonths(whole(1)));
    let july = history.window(1).unwrap();
    assert_eq!(verdicts(&before, july, &[]), ["no snapshot in the lookback"; 2]);
}

/// Volumes of the five days: whole 4 4 5 6 6, gap 4 – 1 – 2, zero 4 – 9 9 9.
#[test]
fn volumes_by_hand() {
    let history = history(&HOLES);
    let window = history.newest().unwrap();
    let volume =
        |statistic, unknown| VolumeSummary { statistic, lookback: Lookback::Snapshots(whole(5)), unknown };
    let at_least = |volume, enter: &str, stay: &str| MinimumVolume {
        volume,
        threshold: BufferedThreshold { enter: enter.parse().unwrap(), stay: stay.parse().unwrap() },
    };
    let mean = volume(VolumeStatistic::Mean, UnknownVolume::Zero);
    assert_eq!(
        verdicts(&at_least(mean, "5.5", "5"), window, &["whole"]),
        ["", "volume 1.4 is below 5.5", ""],
        "means of 5, 7/5 and 31/5"
    );
    let known = volume(VolumeStatistic::Mean, UnknownVolume::LeftOut);
    let below_eight = "volume 2.333333333333333333 is below 7.75";
    assert_eq!(
        verdicts(&at_least(known, "7.75", "7.75"), window, &[]),
        ["volume 5 is below 7.75", below_eight, ""]
    );
    let median = volume(VolumeStatistic::Median, UnknownVolume::LeftOut);
    assert_eq!(verdicts(&at_least(median, "3", "3"), window, &[]), ["", "volume 2 is below 3", ""]);
    let quantile = |fraction: &str| VolumeQuantile {
        volume: mean,
        quantile: fraction.parse().unwrap(),
        quantile_type: QuantileType::Type7,
    };
    // Of 1.4, 5 and 6.2 the median is 5, which itself passes, and the quarter is 3.2.
    assert_eq!(verdicts(&quantile("0.5"), window, &[]), ["", "volume 1.4 is below 5", ""]);
    assert_eq!(verdicts(&quantile("0.25"), window, &[]), ["", "volume 1.4 is below 3.2", ""]);
    assert_eq!(verdicts(&quantile("0"), window, &[]), ["", "", ""]);
}

#[test]
fn thresholds_are_looser_for_incumbents() {
    let history = history(&[
        ("a", ["5 70 0 60", "5 70 0 60", "5 70 0 60", "5 70 0 60", "5 70 0 60"]),
        ("b", ["4 20 0 57", "4 20 0 57", "4 20 0 57", "4 20 0 57", "4 20 0 57"]),
        ("c", ["3 10 0", "3 10 0", "3 10 0", "3 10 0", "3 10 0"]),
    ]);
    let window = history.newest().unwrap();
    let threshold = |enter: &str, stay: &str| BufferedThreshold {
        enter: enter.parse().unwrap(),
        stay: stay.parse().unwrap(),
    };
    let price = MinimumPrice(threshold("5", "4"));
    assert_eq!(verdicts(&price, window, &[]), ["", "price 4 is below 5", "price 3 is below 5"]);
    assert_eq!(verdicts(&price, window, &["b", "c"]), ["", "", "price 3 is below 4"]);
    let cap = MinimumAmount { measure: Measure::MarketCap, threshold: threshold("20", "10") };
    assert_eq!(verdicts(&cap, window, &[]), ["", "", "market cap 10 is below 20"]);
    assert_eq!(verdicts(&cap, window, &["c"]), ["", "", ""]);
    let share = |enter: &str, stay: &str| MinimumShare {
        measure: Measure::MarketCap,
        enter: enter.parse().unwrap(),
        stay: stay.parse().unwrap(),
    };
    assert_eq!(
        verdicts(&share("0.2", "0.1"), window, &["c"]),
        ["", "", ""],
        "20 of 100 are exactly a fifth, and an incumbent needs a tenth"
    );
    assert_eq!(
        verdicts(&share("0.2", "0.1"), window, &[])[2],
        "share 0.1 of the total market cap is below 0.2"
    );
    let grade = |when_unknown| AttributeThreshold {
        attribute: "grade".to_owned(),
        bound: Bound::AtLeast,
        threshold: threshold("60", "55"),
        when_unknown,
    };
    assert_eq!(verdicts(&grade(WhenUnknown::Pass), window, &[]), ["", "grade 57 is below 60", ""]);
    assert_eq!(verdicts(&grade(WhenUnknown::Exclude), window, &["b"]), ["", "", "grade unknown"]);
    assert_eq!(verdicts(&grade(WhenUnknown::KeepIncumbents), window, &["b", "c"]), ["", "", ""]);
    let at_most = AttributeThreshold { bound: Bound::AtMost, ..grade(WhenUnknown::Pass) };
    assert_eq!(verdicts(&at_most, window, &[]), ["", "", ""]);
    let at_most = AttributeThreshold { threshold: threshold("56", "58"), ..at_most };
    assert_eq!(verdicts(&at_most, window, &["b"]), ["grade 60 is above 56", "", ""]);
}

#[test]
fn age_and_staleness() {
    let history = history(&HOLES);
    let window = history.newest().unwrap();
    assert_eq!(verdicts(&MinimumAge::new(whole(4)), window, &[]), ["", "", ""]);
    let too_young = "first price of 2014-07-30 is younger than 5 days";
    assert_eq!(verdicts(&MinimumAge::new(whole(5)), window, &[]), [too_young; 3]);
    // `whole` has cost 3 since 1 August, `zero` has always cost 1.
    assert_eq!(verdicts(&MaximumStaleness::new(4), window, &[]), ["", "", ""]);
    let stale = "same price since 2014-07-30: longer than 3 days";
    assert_eq!(verdicts(&MaximumStaleness::new(3), window, &[]), ["", "", stale]);
    let stale_too = "same price since 2014-08-01: longer than 1 days";
    assert_eq!(verdicts(&MaximumStaleness::new(1), window, &[])[0], stale_too);
}

#[test]
fn lists_hold_for_their_dates() {
    let history = history(&HOLES);
    let window = history.newest().unwrap();
    let listed = |asset: &str, from: Option<&str>, until: Option<&str>| ListedAsset {
        asset: asset.parse().unwrap(),
        from: from.map(|text| text.parse().unwrap()),
        until: until.map(|text| text.parse().unwrap()),
    };
    let list = [
        listed("whole", None, Some("2014-08-03")),
        listed("gap", Some("2014-08-03"), None),
        listed("zero", None, Some("2014-07-31")),
        listed("zero", Some("2014-08-01"), Some("2014-08-04")),
    ];
    assert_eq!(verdicts(&AllowList::new(list.clone()), window, &[]), ["not on the allow list", "", ""]);
    assert_eq!(verdicts(&DenyList::new(list), window, &[]), ["", "on the deny list", "on the deny list"]);
}

#[test]
fn periods_are_counted_in_a_row() {
    let history = history(&HOLES);
    let window = history.newest().unwrap();
    let rows: Vec<_> = window.snapshot().rows().collect();
    let periods = [("whole", 2), ("gap", 1)].map(|(asset, count)| (asset.parse().unwrap(), count));
    let membership = Membership { reconstitutions: 5, periods: periods.into(), ..Membership::START };
    let occasion = Occasion { window, membership: &membership, supply: None };
    let screen = ConsecutivePeriods { periods: whole(3), before_enough: BeforeEnoughPeriods::AllSoFar };
    let reasons: Vec<_> = screen.screen(&rows, &occasion).unwrap();
    assert!(reasons[0].is_none());
    assert_eq!(reasons[1].as_ref().unwrap().to_string(), "eligible in 2 periods in a row of 3");
    assert_eq!(reasons[2].as_ref().unwrap().to_string(), "eligible in 1 periods in a row of 3");
    assert_eq!(verdicts(&screen, window, &[]), ["", "", ""], "the first reconstitution asks for one period");
    let strict = ConsecutivePeriods { before_enough: BeforeEnoughPeriods::Nothing, ..screen };
    assert_eq!(verdicts(&strict, window, &[]), ["eligible in 1 periods in a row of 3"; 3]);
}
