use proptest::prelude::*;

use regimen_definition::{Month, Weekday};

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn weekly(if_missing: MissingDay) -> Timing {
    Timing::Week { weekday: Weekday::Monday, if_missing }
}

fn monthly(on: &str, if_missing: MissingDay) -> Timing {
    Timing::Month { on: on.parse().unwrap(), if_missing }
}

/// What a snapshot after another serves.
fn served(timing: &Timing, if_missing: MissingDay, as_of: &str, previous: Option<&str>) -> Occurrences {
    let previous = previous.map(|text| text.parse().unwrap());
    serving(|day| calendar::latest(timing, day), if_missing, as_of.parse().unwrap(), previous)
}

fn due(if_missing: MissingDay, as_of: &str, previous: Option<&str>) -> bool {
    served(&weekly(if_missing), if_missing, as_of, previous).any()
}

#[test]
fn the_day_itself() {
    // 2024-05-06 is a Monday.
    assert!(due(MissingDay::Skip, "2024-05-06", Some("2024-05-05")));
    assert!(!due(MissingDay::Skip, "2024-05-07", Some("2024-05-06")));
    assert!(due(MissingDay::Skip, "2024-05-06", None));
    assert!(!due(MissingDay::NextSnapshot, "2024-05-07", None));
}

#[test]
fn once_a_day_for_hourly_snapshots() {
    assert!(due(MissingDay::Skip, "2024-05-06T03:00:00Z", Some("2024-05-05T23:00:00Z")));
    assert!(!due(MissingDay::Skip, "2024-05-06T04:00:00Z", Some("2024-05-06T03:00:00Z")));
}

#[test]
fn a_missing_day() {
    assert!(!due(MissingDay::Skip, "2024-05-07", Some("2024-05-05")));
    assert!(due(MissingDay::NextSnapshot, "2024-05-07", Some("2024-05-05")));
    assert!(due(MissingDay::NextSnapshot, "2024-05-20", Some("2024-05-05")));
    assert!(!due(MissingDay::NextSnapshot, "2024-05-08", Some("2024-05-07")));
}

#[test]
fn a_missing_day_is_served_by_the_snapshot_before_once_the_next_one_shows_it() {
    let rule = MissingDay::PreviousSnapshot;
    let last = monthly("last day", rule);
    let at = |as_of, previous| served(&last, rule, as_of, Some(previous));
    let of = |missed: Option<&str>, newest: Option<&str>| {
        let instant = |text: Option<&str>| text.map(|text| text.parse().unwrap());
        Occurrences { missed: instant(missed), newest: instant(newest) }
    };
    assert_eq!(at("2014-10-31", "2014-10-30"), of(None, Some("2014-11-01")));
    assert_eq!(at("2014-11-01", "2014-10-31"), of(None, None));
    assert_eq!(at("2014-11-01", "2014-10-30"), of(Some("2014-11-01"), None));
    assert_eq!(at("2014-11-02", "2014-11-01"), of(None, None));
    assert_eq!(served(&last, rule, "2014-11-01", None), of(None, None), "there is nothing before");
    // A snapshot may serve its own day as well as one that was missed.
    assert_eq!(at("2014-11-30", "2014-10-30"), of(Some("2014-11-01"), Some("2014-12-01")));
    let next = served(&last, MissingDay::NextSnapshot, "2014-11-30", Some("2014-10-30"));
    assert_eq!(next, of(None, Some("2014-12-01")), "one basket serves both");
}

#[test]
fn levels_show_a_basket_from_the_next_snapshot() {
    let from = |as_of: &str, previous: Option<&str>| {
        shown_from(as_of.parse().unwrap(), previous.map(|text| text.parse().unwrap())).to_string()
    };
    assert_eq!(from("2024-05-06", Some("2024-05-05")), "2024-05-07");
    assert_eq!(from("2024-05-06", Some("2024-04-01")), "2024-05-07", "after a gap");
    assert_eq!(from("2024-05-06", None), "2024-05-07");
    assert_eq!(from("2024-05-06", Some("2024-05-05T12:00:00Z")), "2024-05-06T12:00:00Z");
    assert_eq!(from("2024-05-06T23:00:00Z", Some("2024-05-06T22:00:00Z")), "2024-05-07");
}

#[test]
fn days_of_months_and_quarters() {
    let next = MissingDay::NextSnapshot;
    let quarter = |month, on: &str| Timing::Quarter { month, on: on.parse().unwrap(), if_missing: next };
    for (timing, on, expected) in [
        (monthly("first day", next), "2024-05-01", "2024-05-01"),
        (monthly("last day", next), "2024-02-29", "2024-02-29"),
        (monthly("last day", next), "2024-02-28", "2024-01-31"),
        (monthly("day 15", next), "2024-01-14", "2023-12-15"),
        (monthly("third friday", next), "2024-06-30", "2024-06-21"),
        (monthly("last weekday", next), "2024-06-30", "2024-06-28"),
        (monthly("first weekday", next), "2024-06-30", "2024-06-03"),
        (monthly("fourth sunday", next), "2024-06-22", "2024-05-26"),
        (monthly("second day", next), "2024-06-22", "2024-06-02"),
        (quarter(Month::March, "third friday"), "2024-06-20", "2024-03-15"),
        (quarter(Month::December, "third friday"), "2024-06-21", "2024-06-21"),
        (quarter(Month::January, "first day"), "2024-03-31", "2024-01-01"),
        (quarter(Month::February, "first day"), "2024-01-31", "2023-11-01"),
        (quarter(Month::October, "last day"), "2024-01-31", "2024-01-31"),
    ] {
        assert_eq!(calendar::latest(&timing, day(on)), Some(day(expected)), "{timing:?} on {on}");
    }
    let dates = ["2024-02-01", "2024-05-01"].iter().map(|text| text.parse().unwrap()).collect();
    let given = Timing::Dates { dates, if_missing: next };
    assert_eq!(calendar::latest(&given, day("2024-01-31")), None);
    assert_eq!(calendar::latest(&given, day("2024-04-30")), Some(day("2024-02-01")));
}

proptest! {
    /// Against the definition itself: walk back day by day until one is scheduled.
    #[test]
    fn the_newest_scheduled_day_is_the_first_one_met_walking_back(
        offset in 0_u64..20_000,
        ordinal in 0_usize..5,
        kind in 0_usize..9,
        quarterly in any::<bool>(),
    ) {
        let ordinals = ["first", "second", "third", "fourth", "last"];
        let kinds = ["day", "weekday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        let text = format!("{} {}", ordinals[ordinal], kinds[kind]);
        let (on, if_missing) = (text.parse().unwrap(), MissingDay::Skip);
        let timing = if quarterly {
            Timing::Quarter { month: Month::May, on, if_missing }
        } else {
            Timing::Month { on, if_missing }
        };
        let is_kind = |day: NaiveDate| match kind {
            0 => true,
            1 => day.format("%u").to_string().as_str() < "6",
            other => day.format("%A").to_string().to_lowercase() == kinds[other],
        };
        let is_scheduled = |day: NaiveDate| {
            let of_kind: Vec<NaiveDate> = (1..=31)
                .filter_map(|number| format!("{}-{number:02}", day.format("%Y-%m")).parse().ok())
                .filter(|day| is_kind(*day))
                .collect();
            let wanted = if ordinal == 4 { of_kind.len() - 1 } else { ordinal };
            let in_season = !quarterly || ["02", "05", "08", "11"].contains(&day.format("%m").to_string().as_str());
            in_season && of_kind[wanted] == day
        };
        let start = day("1990-01-01") + Days::new(offset);
        let walked = std::iter::successors(Some(start), NaiveDate::pred_opt).find(|day| is_scheduled(*day));
        prop_assert_eq!(calendar::latest(&timing, start), walked);
    }
}
