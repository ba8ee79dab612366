//! The calendar of a schedule: which days are scheduled, and what to do when such a day has no snapshot.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use regimen_types::AsOf;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::leaf;

/// When something happens. Days are those of UTC, and a day's first snapshot is the one that counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "every", rename_all = "snake_case", deny_unknown_fields)]
pub enum Timing {
    /// Once a week.
    Week {
        /// The day of the week, in UTC.
        #[schemars(schema_with = "leaf::named::<Weekday>")]
        weekday: Weekday,
        /// What to do when that day has no snapshot.
        if_missing: MissingDay,
    },
    /// Once a month.
    Month {
        /// The day of the month: `first day`, `last day`, `day 15` (up to 28), `third friday`, `last weekday`
        /// (a weekday is a Monday to Friday).
        #[schemars(schema_with = "leaf::month_day")]
        on: MonthDay,
        /// What to do when that day has no snapshot.
        if_missing: MissingDay,
    },
    /// Once in three months.
    Quarter {
        /// One of the four months; the others follow at distances of three.
        month: Month,
        /// The day of the month, as for `every = "month"`.
        #[schemars(schema_with = "leaf::month_day")]
        on: MonthDay,
        /// What to do when that day has no snapshot.
        if_missing: MissingDay,
    },
    /// Once every `count` snapshots after the index began, or after the last time.
    Snapshots {
        /// The number of snapshots; 1 is each.
        #[schemars(range(min = 1))]
        count: u32,
    },
    /// On given days.
    Dates {
        /// The days, such as `2021-05-19`.
        #[schemars(schema_with = "leaf::dates")]
        dates: BTreeSet<AsOf>,
        /// What to do when a day has no snapshot.
        if_missing: MissingDay,
    },
    /// At the instants of the file of weights; only with weights from a file.
    WeightsFile,
}

impl Timing {
    /// Returns what to do when a scheduled day has no snapshot; `None` if no days are scheduled.
    #[must_use]
    pub fn if_missing(&self) -> Option<MissingDay> {
        match self {
            Self::Week { if_missing, .. }
            | Self::Month { if_missing, .. }
            | Self::Quarter { if_missing, .. }
            | Self::Dates { if_missing, .. } => Some(*if_missing),
            Self::Snapshots { .. } | Self::WeightsFile => None,
        }
    }
}

/// What to do when a scheduled day has no snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissingDay {
    /// Take the next snapshot.
    NextSnapshot,
    /// Take the snapshot before, and its prices. That the day has none is known at the next snapshot only:
    /// there the index takes the new basket at the earlier prices, which moves no level, and only then goes
    /// on.
    PreviousSnapshot,
    /// Wait for the next scheduled day.
    Skip,
}

regimen_types::named! {
    /// A day of the week.
    pub enum Weekday {
        /// Monday.
        Monday = "monday",
        /// Tuesday.
        Tuesday = "tuesday",
        /// Wednesday.
        Wednesday = "wednesday",
        /// Thursday.
        Thursday = "thursday",
        /// Friday.
        Friday = "friday",
        /// Saturday.
        Saturday = "saturday",
        /// Sunday.
        Sunday = "sunday",
    }
}

impl Weekday {
    /// Returns the days since Monday, from 0 to 6.
    #[must_use]
    pub fn days_from_monday(self) -> u32 {
        self as u32
    }

    /// Returns true if an instant lies on this day, in UTC.
    #[must_use]
    pub fn includes(self, as_of: AsOf) -> bool {
        as_of.weekday().num_days_from_monday() == self.days_from_monday()
    }
}

/// A month of the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Month {
    /// January.
    January,
    /// February.
    February,
    /// March.
    March,
    /// April.
    April,
    /// May.
    May,
    /// June.
    June,
    /// July.
    July,
    /// August.
    August,
    /// September.
    September,
    /// October.
    October,
    /// November.
    November,
    /// December.
    December,
}

impl Month {
    /// Returns the number of the month, from 1.
    #[must_use]
    pub fn number(self) -> u32 {
        (self as u32).saturating_add(1)
    }
}

regimen_types::named! {
    /// A place in a month.
    pub enum Ordinal {
        /// The first.
        First = "first",
        /// The second.
        Second = "second",
        /// The third.
        Third = "third",
        /// The fourth.
        Fourth = "fourth",
        /// The last.
        Last = "last",
    }
}

/// A kind of day that a month has several of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayKind {
    /// Any day.
    Day,
    /// A Monday to Friday.
    Weekday,
    /// One day of the week.
    On(Weekday),
}

impl DayKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Weekday => "weekday",
            Self::On(weekday) => weekday.as_str(),
        }
    }
}

/// A day that every month has: `first day`, `last weekday`, `third friday`, `day 15`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MonthDay {
    /// The day with this number, from 1 to 28.
    Number(u8),
    /// The n-th or last of a kind.
    Nth(Ordinal, DayKind),
}

impl MonthDay {
    /// The last calendar day.
    pub const LAST: Self = Self::Nth(Ordinal::Last, DayKind::Day);
    /// The first calendar day.
    pub const FIRST: Self = Self::Nth(Ordinal::First, DayKind::Day);
}

impl fmt::Display for MonthDay {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(formatter, "day {number}"),
            Self::Nth(ordinal, kind) => write!(formatter, "{} {}", ordinal.as_str(), kind.as_str()),
        }
    }
}

/// The text does not name a day that every month has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "no day of every month: write such as `first day`, `day 15` (up to 28), `third friday` or `last weekday`"
)]
pub struct MonthDayError;

impl FromStr for MonthDay {
    type Err = MonthDayError;

    fn from_str(text: &str) -> Result<Self, MonthDayError> {
        let (first, second) = text.split_once(' ').ok_or(MonthDayError)?;
        if first == "day" {
            let number =
                second.parse().ok().filter(|number| (1..=28).contains(number)).ok_or(MonthDayError)?;
            return if second == format!("{number}") { Ok(Self::Number(number)) } else { Err(MonthDayError) };
        }
        let ordinal = Ordinal::from_name(first).ok_or(MonthDayError)?;
        let of_week = Weekday::ALL.into_iter().map(DayKind::On);
        let kinds = [DayKind::Day, DayKind::Weekday].into_iter().chain(of_week);
        let kind = kinds.into_iter().find(|each| each.as_str() == second).ok_or(MonthDayError)?;
        Ok(Self::Nth(ordinal, kind))
    }
}

impl Serialize for MonthDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MonthDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekdays_are_the_calendars() {
        let wednesday: AsOf = "2021-05-19".parse().unwrap();
        assert!(Weekday::Wednesday.includes(wednesday));
        assert!(!Weekday::Tuesday.includes(wednesday));
        let sunday: AsOf = "2021-05-23T23:59:59Z".parse().unwrap();
        assert!(Weekday::Sunday.includes(sunday));
    }

    #[test]
    fn days_of_the_month_round_trip() {
        for text in
            ["first day", "last day", "day 1", "day 28", "third friday", "last weekday", "fourth sunday"]
        {
            assert_eq!(text.parse::<MonthDay>().unwrap().to_string(), text);
        }
        for text in
            ["", "day 29", "day 0", "day 07", "fifth friday", "first", "first  day", "last fri", "Last day"]
        {
            assert!(text.parse::<MonthDay>().is_err(), "{text}");
        }
    }
}
