//! Dates and instants as text: the forms of ISO 8601 that can be read in one way only.
//!
//! Every number has its full count of digits, so nothing depends on how lenient a library is.

use std::str::FromStr;

use chrono::NaiveDate;

use crate::as_of::{AsOf, AsOfError};

/// The milliseconds of a minute.
const MILLIS_PER_MINUTE: i64 = 60_000;

impl FromStr for AsOf {
    type Err = AsOfError;

    /// Reads a date (`2021-05-19`) or an instant (`2021-05-19T14:00:00.500Z`).
    ///
    /// A space may stand for the `T`, and seconds may be left out. The zone is `Z`, an offset such as
    /// `+02:00`, or ` UTC` or ` GMT`; without one the instant is in UTC, as most exports write it.
    fn from_str(text: &str) -> Result<Self, AsOfError> {
        let mut scanner = Scanner::new(text);
        let Some((year, month, day)) = scanner.date() else {
            let year_digits = text.bytes().take_while(u8::is_ascii_digit).count();
            let after = text.as_bytes().get(year_digits);
            let short = year_digits > 0 && year_digits != 4 && after == Some(&b'-');
            let signed = text.starts_with(['+', '-']) && text.len() > 1 && year_digits == 0;
            return Err(if short || signed { AsOfError::ShortYear } else { AsOfError::NotADate });
        };
        let mut parts = InstantParts::midnight(year, month, day);
        if scanner.take(b"T") || (scanner.rest.get(1).is_some_and(u8::is_ascii_digit) && scanner.take(b" ")) {
            parts.read_time(&mut scanner).ok_or(AsOfError::NotADate)?;
            parts.offset_minutes = scanner.offset().unwrap_or_default();
        }
        scanner.take_utc();
        if scanner.rest.is_empty() { parts.instant() } else { Err(AsOfError::NotADate) }
    }
}

/// The parts of an instant, not yet checked against the calendar.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct InstantParts {
    pub(crate) year: u32,
    pub(crate) month: u32,
    pub(crate) day: u32,
    pub(crate) hour: u32,
    pub(crate) minute: u32,
    pub(crate) second: u32,
    /// The digits after the point of a second, up to nine.
    pub(crate) nanosecond: u32,
    /// How far the clock is ahead of UTC.
    pub(crate) offset_minutes: i64,
}

impl InstantParts {
    pub(crate) fn midnight(year: u32, month: u32, day: u32) -> Self {
        Self { year, month, day, ..Self::default() }
    }

    /// Reads `14:00`, `14:00:00` or `14:00:00.000`.
    fn read_time(&mut self, scanner: &mut Scanner<'_>) -> Option<()> {
        self.hour = scanner.digits(2)?;
        scanner.take(b":").then_some(())?;
        self.minute = scanner.digits(2)?;
        if scanner.take(b":") {
            self.second = scanner.digits(2)?;
            if scanner.take(b".") {
                self.nanosecond = scanner.fraction()?;
            }
        }
        Some(())
    }

    /// Returns the instant, if calendar and clock have it.
    pub(crate) fn instant(self) -> Result<AsOf, AsOfError> {
        let year = i32::try_from(self.year).map_err(|_| AsOfError::NoSuchDate)?;
        let date = NaiveDate::from_ymd_opt(year, self.month, self.day).ok_or(AsOfError::NoSuchDate)?;
        if !self.nanosecond.is_multiple_of(1_000_000) {
            return Err(AsOfError::TooFine);
        }
        let millis = self.nanosecond.checked_div(1_000_000).unwrap_or_default();
        let time = date.and_hms_milli_opt(self.hour, self.minute, self.second, millis);
        let time = time.filter(|_| self.second < 60).ok_or(AsOfError::NoSuchDate)?;
        let ahead = self.offset_minutes.saturating_mul(MILLIS_PER_MINUTE);
        let millis = time.and_utc().timestamp_millis().saturating_sub(ahead);
        AsOf::from_unix_millis(millis).ok_or(AsOfError::NoSuchDate)
    }
}

/// What has not been read yet of a text.
pub(crate) struct Scanner<'a> {
    pub(crate) rest: &'a [u8],
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { rest: text.as_bytes() }
    }

    /// Takes a literal, and returns true if it was there.
    pub(crate) fn take(&mut self, literal: &[u8]) -> bool {
        let rest = self.rest.strip_prefix(literal);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Takes exactly `count` digits, and fails if more follow.
    pub(crate) fn digits(&mut self, count: usize) -> Option<u32> {
        let (number, found) = self.leading_digits(count)?;
        (found == count).then_some(number)
    }

    /// Takes one digit or two.
    pub(crate) fn one_or_two_digits(&mut self) -> Option<u32> {
        self.leading_digits(2).map(|(number, _)| number)
    }

    /// Takes up to `count` digits, and returns the number and how many there were.
    pub(crate) fn leading_digits(&mut self, count: usize) -> Option<(u32, usize)> {
        let found = self.rest.iter().take(count).take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.rest.split_at_checked(found)?;
        let number = str::from_utf8(digits).ok()?.parse().ok()?;
        self.rest = rest;
        Some((number, found))
    }

    /// Takes the one to nine digits after the point of a second, and returns nanoseconds.
    pub(crate) fn fraction(&mut self) -> Option<u32> {
        let (number, found) = self.leading_digits(9)?;
        let missing = u32::try_from(9_usize.checked_sub(found)?).ok()?;
        number.checked_mul(10_u32.checked_pow(missing)?)
    }

    /// Takes `2021-05-19`.
    fn date(&mut self) -> Option<(u32, u32, u32)> {
        let year = self.digits(4)?;
        self.take(b"-").then_some(())?;
        let month = self.digits(2)?;
        self.take(b"-").then_some(())?;
        Some((year, month, self.digits(2)?))
    }

    /// Takes `Z`, `+02:00` or `+0200`, and returns the minutes.
    pub(crate) fn offset(&mut self) -> Option<i64> {
        if self.take(b"Z") {
            return Some(0);
        }
        let before = self.rest;
        let minutes = self.signed_offset();
        if minutes.is_none() {
            self.rest = before;
        }
        minutes
    }

    fn signed_offset(&mut self) -> Option<i64> {
        let sign = if self.take(b"-") { -1 } else { i64::from(self.take(b"+")) };
        let hours = self.digits(2).filter(|hours| sign != 0 && *hours < 24)?;
        self.take(b":");
        let minutes = self.digits(2).filter(|minutes| *minutes < 60)?;
        let minutes = i64::from(hours).saturating_mul(60).saturating_add(i64::from(minutes));
        Some(minutes.saturating_mul(sign))
    }

    /// Takes ` UTC` or ` GMT`, and returns true if it was there.
    pub(crate) fn take_utc(&mut self) -> bool {
        self.take(b" UTC") || self.take(b" GMT")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<String, AsOfError> {
        text.parse::<AsOf>().map(|instant| instant.to_string())
    }

    #[test]
    fn what_can_be_read_in_one_way_only_is_read() {
        for (text, expected) in [
            ("2024-01-01", "2024-01-01"),
            ("2024-01-01 UTC", "2024-01-01"),
            ("2024-01-01 00:00:00 UTC", "2024-01-01"),
            ("2024-01-01 00:00:00 GMT", "2024-01-01"),
            ("2024-01-01 14:30", "2024-01-01T14:30:00Z"),
            ("2024-01-01T14:30Z", "2024-01-01T14:30:00Z"),
            ("2024-01-01T14:30:00.25Z", "2024-01-01T14:30:00.250Z"),
            ("2024-01-01 14:30:00.000000000", "2024-01-01T14:30:00Z"),
            ("2024-01-01 00:00:00+00:00", "2024-01-01"),
            ("2024-01-01T01:00:00+0100", "2024-01-01"),
            ("2023-12-31T19:00:00-05:00", "2024-01-01"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_a_lenient_reader_would_accept_is_refused() {
        for text in [
            "2024-2-1",
            "2024-2-103:00",
            "2024-02-01 3:00",
            "2024-02-01 03:0",
            "2024-02-01  03:00",
            " 2024-02-01",
            "2024-02-01 ",
            "2024- 02-01 00:00",
            "2024-02-01T",
            "2024-02-01 03",
            "2024-02-01 03:00:",
            "2024-02-01 03:00:00.",
            "2024-02-01 03:00 +1",
            "2024-02-01 03:00+24:00",
            "2024-02-01 03:00 PST",
            "2024-02-01UTC",
            "2024-02-01+00:00",
            "20240201",
            "1704067200",
            "05/06/2021",
            "2024/02/01",
            "2024-02-01 03:00:00.0000000000",
            "2024-02-01T03:00ZZ",
            "",
            "2024-02-0१",
        ] {
            assert_eq!(read(text), Err(AsOfError::NotADate), "{text}");
        }
        for text in ["17-05-21 23:59", "+2024-02-01 00:00", "-2024-02-01", "02024-02-01", "224-02-01"] {
            assert_eq!(read(text), Err(AsOfError::ShortYear), "{text}");
        }
        for text in
            ["2024-02-30", "2024-13-01", "2024-02-01 23:59:60", "2024-02-01 24:00", "0000-01-01T00:00+01:00"]
        {
            assert_eq!(read(text), Err(AsOfError::NoSuchDate), "{text}");
        }
        assert_eq!(read("2024-02-01 00:00:00.0001"), Err(AsOfError::TooFine));
    }

    proptest! {
        /// Leaving out or changing one character of an instant never makes one whose date is not
        /// written in full.
        #[test]
        fn an_instant_is_read_only_in_its_full_form(
            millis in 0_i64..4_000_000_000_000,
            place in 0_usize..30,
            with in proptest::option::of("[0-9 :+TZ.-]"),
        ) {
            let mut text = AsOf::from_unix_millis(millis).unwrap().to_string();
            let place = place.min(text.len().saturating_sub(1));
            text.replace_range(place..=place, with.as_deref().unwrap_or(""));
            if text.parse::<AsOf>().is_ok() {
                let shape: String = text.chars().map(|each| if each.is_ascii_digit() { '9' } else { each }).collect();
                prop_assert!(shape == "9999-99-99" || shape.starts_with("9999-99-99T99:99") || shape.starts_with("9999-99-99 99:99"), "{text}");
            }
        }
    }
}
