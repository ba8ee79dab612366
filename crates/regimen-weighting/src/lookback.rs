//! The stretch of snapshots that a screen or a smoothed figure reads.

use std::num::NonZeroU32;

use chrono::{Datelike, Days, Months};
use regimen_types::{AsOf, AssetId, HistoryWindow, Observation, Row, millis_of_days};

/// A stretch of snapshots up to the reference instant.
///
/// It is shorter than requested where the history begins later or a day has no snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lookback {
    /// A number of snapshots, including the newest.
    Snapshots(NonZeroU32),
    /// The snapshots less than this number of days of 24 hours before the reference instant, which is
    /// included.
    Days(NonZeroU32),
    /// A number of whole calendar months (UTC) before the month of the reference instant: in August, one
    /// month is July.
    CalendarMonths(NonZeroU32),
    /// A number of calendar months (UTC), including the month of the reference instant up to that instant: on
    /// the last day of July, one month is July.
    CalendarMonthsToDate(NonZeroU32),
}

impl Lookback {
    /// Returns the instants of the snapshots in the stretch, ascending; empty if there are no snapshots.
    #[must_use]
    pub fn instants<'a>(self, window: &HistoryWindow<'a>) -> &'a [AsOf] {
        let all = window.instants();
        let from = |start: Option<AsOf>| {
            let begin = start.map_or(0, |start| all.partition_point(|instant| *instant < start));
            &all[begin..]
        };
        match self {
            Self::Snapshots(count) => {
                let count = usize::try_from(count.get()).unwrap_or(usize::MAX);
                &all[all.len().saturating_sub(count)..]
            }
            Self::Days(days) => {
                let millis = millis_of_days(days.get()).saturating_sub(1);
                from(AsOf::from_unix_millis(window.as_of().unix_millis().saturating_sub(millis)))
            }
            Self::CalendarMonths(months) => {
                let end = month_begin(window.as_of(), 0);
                let span = from(month_begin(window.as_of(), months.get()));
                let length = end.map_or(span.len(), |end| span.partition_point(|instant| *instant < end));
                &span[..length]
            }
            Self::CalendarMonthsToDate(months) => {
                from(month_begin(window.as_of(), months.get().saturating_sub(1)))
            }
        }
    }
}

/// Returns the first instant of the month that lies `months_before` months before that of an instant.
fn month_begin(as_of: AsOf, months_before: u32) -> Option<AsOf> {
    let date = as_of.date();
    let first = date.checked_sub_days(Days::new(u64::from(date.day0())))?;
    Some(AsOf::from_date(first.checked_sub_months(Months::new(months_before))?))
}

/// Iterates over an asset's rows at the given instants, newest first. The instants are adjacent and not after
/// the window.
pub(crate) fn rows_at<'a>(
    window: &HistoryWindow<'a>,
    asset: &AssetId,
    instants: &[AsOf],
) -> impl Iterator<Item = Observation<Row<'a>>> + use<'a> {
    let bounds = instants.first().copied().zip(instants.last().copied());
    let rows = bounds.map(|(first, last)| {
        let rows = window.rows(asset).skip_while(move |row| row.as_of > last);
        rows.take_while(move |row| row.as_of >= first)
    });
    rows.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use regimen_types::{History, RowInput};

    fn history(instants: &[&str]) -> History {
        instants
            .iter()
            .fold(History::builder(), |builder, instant| {
                let row = RowInput::new("a".parse().unwrap(), "1".parse().unwrap(), "1".parse().unwrap());
                builder.snapshot(instant.parse().unwrap(), [row])
            })
            .build()
            .unwrap()
    }

    fn looked_at(lookback: fn(NonZeroU32) -> Lookback, count: u32, instants: &[&str]) -> Vec<String> {
        let history = history(instants);
        let window = history.newest().unwrap();
        let instants = lookback(NonZeroU32::new(count).unwrap()).instants(&window);
        assert_eq!(rows_at(&window, &"a".parse().unwrap(), instants).count(), instants.len());
        instants.iter().map(AsOf::to_string).collect()
    }

    const DAYS: [&str; 6] =
        ["2014-05-31", "2014-06-01", "2014-06-30", "2014-07-01", "2014-07-31", "2014-08-01"];

    #[test]
    fn the_previous_calendar_month_is_expressible_from_either_side() {
        assert_eq!(looked_at(Lookback::CalendarMonths, 1, &DAYS), ["2014-07-01", "2014-07-31"]);
        assert_eq!(looked_at(Lookback::CalendarMonthsToDate, 1, &DAYS[..5]), ["2014-07-01", "2014-07-31"]);
        assert_eq!(looked_at(Lookback::CalendarMonths, 2, &DAYS), DAYS[1..5]);
        assert_eq!(looked_at(Lookback::CalendarMonthsToDate, 2, &DAYS), DAYS[3..]);
    }

    #[test]
    fn a_day_is_twenty_four_hourly_snapshots() {
        let hours = ["2024-05-05T23:00:00Z", "2024-05-06", "2024-05-06T01:00:00Z", "2024-05-06T23:00:00Z"];
        assert_eq!(looked_at(Lookback::Days, 1, &hours), hours[1..]);
        assert_eq!(looked_at(Lookback::Snapshots, 2, &hours), hours[2..]);
    }

    #[test]
    fn a_lookback_is_as_long_as_the_history() {
        assert_eq!(looked_at(Lookback::Snapshots, 9, &DAYS[..2]), DAYS[..2]);
        assert_eq!(looked_at(Lookback::Days, u32::MAX, &DAYS), DAYS);
        assert_eq!(looked_at(Lookback::CalendarMonths, 1, &DAYS[3..5]), [""; 0]);
    }
}
