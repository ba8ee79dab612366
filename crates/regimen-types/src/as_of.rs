//! The instant of a snapshot.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Utc, Weekday};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The milliseconds of a day of 24 hours.
pub const MILLIS_PER_DAY: i64 = 86_400_000;

/// An instant in UTC at which something about the market is known, to the millisecond.
///
/// Midnight prints as a date (`2021-05-19`), so daily data reads as dates; other instants print as
/// `2021-05-19T14:00:00Z`. Both forms parse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AsOf(i64);

/// Why a text is not an instant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AsOfError {
    /// The text has the form of a date, but the calendar has no such day.
    #[error("this date or time does not exist")]
    NoSuchDate,
    /// The text is neither a date nor a UTC instant.
    #[error("neither a date (2021-05-19) nor a UTC instant (2021-05-19T14:00:00Z)")]
    NotADate,
    /// The instant has a part smaller than a millisecond.
    #[error("finer than a millisecond")]
    TooFine,
    /// The year has a sign, or other than four digits.
    #[error("the year is not written with four digits")]
    ShortYear,
    /// The text does not have the format that was asked for.
    #[error("the text does not have the given format")]
    OtherFormat,
    /// The number is an instant in the first weeks of 1970, as a count in another unit is.
    #[error("the number falls into the first weeks of 1970, so it counts another unit")]
    OtherUnit,
}

impl AsOf {
    /// Builds midnight UTC of a calendar day; `None` if the calendar has no such day.
    #[must_use]
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).map(Self::from_date)
    }

    /// Builds midnight UTC of a calendar day.
    #[must_use]
    pub fn from_date(date: NaiveDate) -> Self {
        Self(NaiveDateTime::from(date).and_utc().timestamp_millis())
    }

    /// Returns the milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn unix_millis(self) -> i64 {
        self.0
    }

    /// Builds an instant from milliseconds since 1970-01-01T00:00:00Z; `None` outside the years 0000 to 9999,
    /// which print with four digits.
    #[must_use]
    pub fn from_unix_millis(millis: i64) -> Option<Self> {
        let instant = DateTime::from_timestamp_millis(millis)?;
        (0..=9999).contains(&instant.year()).then_some(Self(millis))
    }

    /// Returns the UTC calendar day.
    #[must_use]
    pub fn date(self) -> NaiveDate {
        self.datetime().date_naive()
    }

    /// Returns the UTC weekday.
    #[must_use]
    pub fn weekday(self) -> Weekday {
        self.date().weekday()
    }

    /// Returns the milliseconds from `earlier` to `self`; negative if `earlier` is later.
    #[must_use]
    pub fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Returns true if at least `days` days of 24 hours lie between `earlier` and `self`.
    #[must_use]
    pub fn is_days_after(self, earlier: Self, days: u32) -> bool {
        self.millis_since(earlier) >= millis_of_days(days)
    }

    /// Returns true if more than `days` days of 24 hours lie between `earlier` and `self`.
    #[must_use]
    pub fn is_more_than_days_after(self, earlier: Self, days: u32) -> bool {
        self.millis_since(earlier) > millis_of_days(days)
    }

    fn datetime(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default()
    }
}

/// Returns the milliseconds of days of 24 hours.
#[must_use]
pub fn millis_of_days(days: u32) -> i64 {
    i64::from(days).saturating_mul(MILLIS_PER_DAY)
}

impl fmt::Display for AsOf {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let instant = self.datetime();
        let format = match self.0.rem_euclid(MILLIS_PER_DAY) {
            // `NaiveDate` prints itself as `%Y-%m-%d`, faster than by a format.
            0 => return fmt::Display::fmt(&instant.date_naive(), formatter),
            rest if rest % 1000 == 0 => "%Y-%m-%dT%H:%M:%SZ",
            _ => "%Y-%m-%dT%H:%M:%S%.3fZ",
        };
        write!(formatter, "{}", instant.format(format))
    }
}

impl Serialize for AsOf {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AsOf {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|error| serde::de::Error::custom(format!("{text:?}: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn midnight_prints_as_a_date() {
        assert_eq!("2021-05-19T00:00:00Z".parse::<AsOf>().unwrap().to_string(), "2021-05-19");
        assert_eq!("2021-05-19 14:00".parse::<AsOf>().unwrap().to_string(), "2021-05-19T14:00:00Z");
        assert_eq!("2021-05-19T01:00:00+02:00".parse::<AsOf>().unwrap().to_string(), "2021-05-18T23:00:00Z");
    }

    #[test]
    fn refuses_what_is_no_date() {
        assert_eq!("2021-02-29".parse::<AsOf>(), Err(AsOfError::NoSuchDate));
        assert_eq!("2021-02-29T00:00:00Z".parse::<AsOf>(), Err(AsOfError::NoSuchDate));
        assert_eq!("19.05.2021".parse::<AsOf>(), Err(AsOfError::NotADate));
        assert_eq!("2021-05-19T00:00:00.0001Z".parse::<AsOf>(), Err(AsOfError::TooFine));
    }

    proptest! {
        #[test]
        fn text_round_trips(millis in -60_000_000_000_000_i64..200_000_000_000_000) {
            let instant = AsOf::from_unix_millis(millis).unwrap();
            prop_assert_eq!(instant.to_string().parse::<AsOf>().unwrap(), instant);
        }
    }
}
