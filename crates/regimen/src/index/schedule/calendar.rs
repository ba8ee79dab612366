//! The days that a calendar schedules.

use chrono::{Datelike, Days, Months, NaiveDate};
use regimen_definition::{DayKind, MonthDay, Ordinal, Timing};
use regimen_types::AsOf;

/// Returns the newest scheduled day up to a day, or `None` if no day is scheduled by then.
pub(super) fn latest(timing: &Timing, day: NaiveDate) -> Option<NaiveDate> {
    match timing {
        Timing::Week { weekday, .. } => {
            let days_since = (7 + day.weekday().num_days_from_monday() - weekday.days_from_monday()) % 7;
            day.checked_sub_days(Days::new(u64::from(days_since)))
        }
        Timing::Month { on, .. } => latest_in_months(*on, day, 1, 0),
        Timing::Quarter { month, on, .. } => latest_in_months(*on, day, 3, month.number() % 3),
        Timing::Dates { dates, .. } => {
            dates.range(..=AsOf::from_date(day)).next_back().map(|as_of| as_of.date())
        }
        Timing::Snapshots { .. } | Timing::WeightsFile => None,
    }
}

/// Looks through the months whose number leaves `remainder` when divided by `step`, newest first.
fn latest_in_months(on: MonthDay, day: NaiveDate, step: u32, remainder: u32) -> Option<NaiveDate> {
    let months = (day.month() + step - remainder) % step;
    let first = day.with_day(1)?.checked_sub_months(Months::new(months))?;
    let newest = day_of_month(on, first)?;
    if newest <= day {
        return Some(newest);
    }
    day_of_month(on, first.checked_sub_months(Months::new(step))?)
}

/// Returns the day in the month that begins with `first`.
fn day_of_month(on: MonthDay, first: NaiveDate) -> Option<NaiveDate> {
    let last = first.checked_add_months(Months::new(1))?.pred_opt()?;
    match on {
        MonthDay::Number(number) => first.with_day(u32::from(number)),
        MonthDay::Nth(Ordinal::Last, kind) => {
            let mut backwards = std::iter::successors(Some(last), NaiveDate::pred_opt);
            backwards.find(|day| is_of(kind, *day))
        }
        MonthDay::Nth(ordinal, kind) => {
            first.iter_days().filter(|day| is_of(kind, *day)).nth(ordinal as usize)
        }
    }
}

fn is_of(kind: DayKind, day: NaiveDate) -> bool {
    let from_monday = day.weekday().num_days_from_monday();
    match kind {
        DayKind::Day => true,
        DayKind::Weekday => from_monday < 5,
        DayKind::On(weekday) => weekday.days_from_monday() == from_monday,
    }
}
