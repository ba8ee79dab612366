//! The formats in which files of other programs write instants.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::as_of::{AsOf, AsOfError, MILLIS_PER_DAY};
use crate::decimal::{ExcessDigits, parse_decimal};
use crate::instant_text::{InstantParts, Scanner};

/// Counts in this many milliseconds after the epoch are taken for counts in another unit: a count of
/// seconds, read as milliseconds, falls in there until the year 2100.
const OTHER_UNIT_MILLIS: i64 = 60 * MILLIS_PER_DAY;
/// The first day of Excel's calendar after its February of 1900, which has a day too many.
const EXCEL_FIRST_SERIAL: u32 = 61;
/// 1970-01-01 as an Excel serial.
const EXCEL_EPOCH: u32 = 25_569;
const SECONDS_PER_DAY: u32 = 86_400;
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// How a file writes instants, where that is not ISO 8601.
///
/// As text: `epoch_s`, `epoch_ms`, `epoch_us`, `epoch_ns`, `excel`, or a pattern such as `%d/%m/%Y %H:%M`.
///
/// ```
/// use regimen_types::AsOfFormat;
///
/// let format: AsOfFormat = "%d/%m/%Y".parse()?;
/// assert_eq!(format.parse("05/06/2021")?.to_string(), "2021-06-05");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AsOfFormat {
    /// A count since 1970-01-01T00:00:00Z.
    Epoch(EpochUnit),
    /// Days since 1899-12-30 with a fraction, rounded to the second, as spreadsheets keep them.
    Excel,
    /// The parts of a date and a time of day in UTC, in the order of a pattern.
    Pattern(DatePattern),
}

crate::named! {
    /// The unit of a count since 1970-01-01T00:00:00Z.
    pub enum EpochUnit {
        /// Seconds.
        Seconds = "epoch_s",
        /// Milliseconds.
        Millis = "epoch_ms",
        /// Microseconds.
        Micros = "epoch_us",
        /// Nanoseconds.
        Nanos = "epoch_ns",
    }
}

/// The name of [`AsOfFormat::Excel`].
const EXCEL: &str = "excel";

/// Why a text names no format of instants.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AsOfFormatError {
    /// The pattern has a part that is not known.
    #[error(
        "has the part `{0}`, which is not one of %Y %m %d %b %B %H %I %M %S %f %p %z and %-m %-d %-H %-I"
    )]
    UnknownPart(String),
    /// The pattern has a year of two digits.
    #[error("has the part `%y`, but years are read with four digits only")]
    ShortYear,
    /// The pattern has a part twice, such as a month as a number and as a name.
    #[error("states the {0} twice")]
    Repeated(&'static str),
    /// The pattern lacks a part without which there is no instant.
    #[error("does not state the {0}")]
    Missing(&'static str),
}

/// A pattern of literals and parts, with year, month and day each exactly once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatePattern {
    text: String,
    items: Vec<Item>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Item {
    Literal(char),
    Part(Part),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Year,
    Month { padded: bool },
    MonthName { full: bool },
    Day { padded: bool },
    Hour { padded: bool },
    HalfDayHour { padded: bool },
    Minute,
    Second,
    Fraction,
    HalfDay,
    Offset,
}

impl Part {
    /// The parts by the letters that stand for them after `%`.
    const LETTERS: [(&'static str, Self); 15] = [
        ("Y", Self::Year),
        ("m", Self::Month { padded: true }),
        ("-m", Self::Month { padded: false }),
        ("b", Self::MonthName { full: false }),
        ("B", Self::MonthName { full: true }),
        ("d", Self::Day { padded: true }),
        ("-d", Self::Day { padded: false }),
        ("H", Self::Hour { padded: true }),
        ("-H", Self::Hour { padded: false }),
        ("I", Self::HalfDayHour { padded: true }),
        ("-I", Self::HalfDayHour { padded: false }),
        ("M", Self::Minute),
        ("S", Self::Second),
        ("f", Self::Fraction),
        ("p", Self::HalfDay),
    ];

    fn of_letters(letters: &str) -> Result<Self, AsOfFormatError> {
        match letters {
            "y" => Err(AsOfFormatError::ShortYear),
            "z" => Ok(Self::Offset),
            _ => {
                let known = Self::LETTERS.iter().find(|(known, _)| *known == letters);
                known
                    .map(|(_, part)| *part)
                    .ok_or_else(|| AsOfFormatError::UnknownPart(format!("%{letters}")))
            }
        }
    }

    /// Returns what the part states; two parts of a pattern never state the same.
    fn subject(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month { .. } | Self::MonthName { .. } => "month",
            Self::Day { .. } => "day",
            Self::Hour { .. } | Self::HalfDayHour { .. } => "hour",
            Self::Minute => "minute",
            Self::Second => "second",
            Self::Fraction => "fraction of a second",
            Self::HalfDay => "half of the day (%p)",
            Self::Offset => "offset from UTC",
        }
    }
}

impl AsOfFormat {
    /// Reads a text that has this format.
    ///
    /// # Errors
    /// [`AsOfError`] if it has another, or the calendar has no such instant.
    pub fn parse(&self, text: &str) -> Result<AsOf, AsOfError> {
        match self {
            Self::Epoch(unit) => unit.instant(text),
            Self::Excel => excel_instant(text),
            Self::Pattern(pattern) => pattern.instant(text),
        }
    }

    /// Returns the formats, other than ISO 8601, in which a text can be read; several if they differ in what
    /// they make of some other text, such as `05/06/2021`.
    #[must_use]
    pub fn possible(text: &str) -> Vec<Self> {
        let known = KNOWN.iter().filter_map(|pattern| pattern.parse().ok());
        let mut possible: Vec<Self> = known.filter(|format: &Self| format.parse(text).is_ok()).collect();
        let numbers = EpochUnit::ALL.into_iter().map(Self::Epoch).chain([Self::Excel]);
        possible.extend(
            numbers.filter(|format| format.parse(text).is_ok_and(|instant| is_recent(format, instant))),
        );
        // A pattern without zeros in front reads what its padded twin reads, too.
        let padded: Vec<Self> =
            possible.iter().filter(|format| !format.to_string().contains("%-")).cloned().collect();
        if padded.is_empty() { possible } else { padded }
    }
}

/// Returns true if a number makes an instant in which markets of today have data; a count in another unit
/// does not.
fn is_recent(format: &AsOfFormat, instant: AsOf) -> bool {
    let first = if *format == AsOfFormat::Excel { 1954 } else { 1990 };
    let year = chrono::Datelike::year(&instant.date());
    (first..2100).contains(&year)
}

/// The patterns that exports of other programs are known to use.
const KNOWN: [&str; 35] = [
    "%Y%m%d",
    "%Y%m%d%H%M%S",
    "%Y%m%dT%H%M%SZ",
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y.%m.%d",
    "%Y.%m.%d %H:%M",
    "%Y-%m-%d %I-%p",
    "%Y-%m-%d %I:%M %p",
    "%Y-%m-%d %I:%M:%S %p",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M %p",
    "%m/%d/%Y %I:%M:%S %p",
    "%d.%m.%Y",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d-%m-%Y %H:%M",
    "%m-%d-%Y %H:%M",
    "%b %d, %Y",
    "%B %d, %Y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%-d/%-m/%Y",
    "%-m/%-d/%Y",
    "%-m/%-d/%Y %-H:%M",
    "%-m/%-d/%Y %-I:%M:%S %p",
    "%-d.%-m.%Y",
];

impl EpochUnit {
    fn instant(self, text: &str) -> Result<AsOf, AsOfError> {
        let count = plain_number(text).ok_or(AsOfError::OtherFormat)?;
        let millis = match self {
            Self::Seconds => count.checked_mul(Decimal::ONE_THOUSAND),
            Self::Millis => Some(count),
            Self::Micros => count.checked_div(Decimal::ONE_THOUSAND),
            Self::Nanos => count.checked_div(Decimal::from(1_000_000)),
        };
        let millis = millis.ok_or(AsOfError::NoSuchDate)?;
        if !millis.is_integer() {
            return Err(AsOfError::TooFine);
        }
        let millis = i64::try_from(millis).map_err(|_| AsOfError::NoSuchDate)?;
        if millis < OTHER_UNIT_MILLIS {
            return Err(AsOfError::OtherUnit);
        }
        AsOf::from_unix_millis(millis).ok_or(AsOfError::NoSuchDate)
    }
}

fn excel_instant(text: &str) -> Result<AsOf, AsOfError> {
    let serial = plain_number(text).ok_or(AsOfError::OtherFormat)?;
    if serial < Decimal::from(EXCEL_FIRST_SERIAL) {
        return Err(AsOfError::NoSuchDate);
    }
    let days = serial.checked_sub(Decimal::from(EXCEL_EPOCH));
    let seconds = days.and_then(|days| days.checked_mul(Decimal::from(SECONDS_PER_DAY)));
    let seconds = seconds.and_then(|seconds| i64::try_from(seconds.round()).ok());
    let millis = seconds.and_then(|seconds| seconds.checked_mul(1000));
    millis.and_then(AsOf::from_unix_millis).ok_or(AsOfError::NoSuchDate)
}

/// Reads digits with at most one point; no sign, and no exponent, which would have cost digits.
fn plain_number(text: &str) -> Option<Decimal> {
    let plain = text.starts_with(|first: char| first.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if plain { parse_decimal(text.as_bytes(), ExcessDigits::Error).ok() } else { None }
}

impl DatePattern {
    fn new(text: &str) -> Result<Self, AsOfFormatError> {
        let mut items = Vec::new();
        let mut letters = text.chars();
        while let Some(letter) = letters.next() {
            if letter != '%' {
                items.push(Item::Literal(letter));
                continue;
            }
            let mut name: String = letters.next().into_iter().collect();
            if name == "-" {
                name.extend(letters.next());
            }
            match name.as_str() {
                "%" => items.push(Item::Literal('%')),
                name => items.push(Item::Part(Part::of_letters(name)?)),
            }
        }
        let pattern = Self { text: text.to_owned(), items };
        pattern.check()?;
        Ok(pattern)
    }

    /// Checks that the pattern states an instant, and no part of it twice.
    fn check(&self) -> Result<(), AsOfFormatError> {
        let mut stated: Vec<&'static str> = Vec::new();
        for part in self.parts() {
            if stated.contains(&part.subject()) {
                return Err(AsOfFormatError::Repeated(part.subject()));
            }
            stated.push(part.subject());
        }
        let has = |wanted: fn(Part) -> bool| self.parts().any(wanted);
        let states = |part: Part| stated.contains(&part.subject());
        let twelve = has(|part| matches!(part, Part::HalfDayHour { .. }));
        let missing = [
            (true, Part::Year),
            (true, Part::Month { padded: true }),
            (true, Part::Day { padded: true }),
            (twelve, Part::HalfDay),
            (states(Part::HalfDay) || states(Part::Minute), Part::Hour { padded: true }),
            (states(Part::Second), Part::Minute),
            (states(Part::Fraction), Part::Second),
        ];
        match missing.into_iter().find(|(needed, part)| *needed && !states(*part)) {
            Some((_, part)) => Err(AsOfFormatError::Missing(part.subject())),
            None => Ok(()),
        }
    }

    fn parts(&self) -> impl Iterator<Item = Part> {
        self.items.iter().filter_map(|item| match item {
            Item::Part(part) => Some(*part),
            Item::Literal(_) => None,
        })
    }

    fn instant(&self, text: &str) -> Result<AsOf, AsOfError> {
        let mut scanner = Scanner::new(text);
        let mut parts = InstantParts::default();
        let mut is_afternoon = None;
        for item in &self.items {
            let found = match item {
                Item::Literal(letter) => {
                    scanner.take(letter.encode_utf8(&mut [0; 4]).as_bytes()).then_some(())
                }
                Item::Part(Part::HalfDay) => half_day(&mut scanner).map(|found| is_afternoon = Some(found)),
                Item::Part(part) => parts.read(*part, &mut scanner),
            };
            found.ok_or(AsOfError::OtherFormat)?;
        }
        if !self.text.ends_with("UTC") && !self.text.ends_with("GMT") {
            scanner.take_utc();
        }
        if !scanner.rest.is_empty() {
            return Err(AsOfError::OtherFormat);
        }
        if let Some(is_afternoon) = is_afternoon {
            parts.hour = match (parts.hour, is_afternoon) {
                (12, false) => 0,
                (12, true) => 12,
                (hour @ 1..12, false) => hour,
                (hour @ 1..12, true) => hour.saturating_add(12),
                _ => return Err(AsOfError::NoSuchDate),
            };
        }
        parts.instant()
    }
}

impl InstantParts {
    /// Reads a part of a pattern.
    fn read(&mut self, part: Part, scanner: &mut Scanner<'_>) -> Option<()> {
        let mut number = |padded| if padded { scanner.digits(2) } else { scanner.one_or_two_digits() };
        match part {
            Part::Month { padded } => self.month = number(padded)?,
            Part::Day { padded } => self.day = number(padded)?,
            Part::Hour { padded } | Part::HalfDayHour { padded } => self.hour = number(padded)?,
            Part::Minute => self.minute = number(true)?,
            Part::Second => self.second = number(true)?,
            Part::Year => self.year = scanner.digits(4)?,
            Part::MonthName { full } => self.month = month(scanner, full)?,
            Part::Fraction => self.nanosecond = scanner.fraction()?,
            Part::Offset => self.offset_minutes = scanner.offset()?,
            Part::HalfDay => {}
        }
        Some(())
    }
}

/// Takes the English name of a month, or its first three letters.
fn month(scanner: &mut Scanner<'_>, full: bool) -> Option<u32> {
    for (number, name) in (1..).zip(MONTHS) {
        let name = if full { name } else { name.get(..3)? };
        if scanner.take(name.as_bytes()) {
            return Some(number);
        }
    }
    None
}

/// Takes `AM` or `PM`, and returns true if it is afternoon.
fn half_day(scanner: &mut Scanner<'_>) -> Option<bool> {
    if scanner.take(b"PM") || scanner.take(b"pm") {
        return Some(true);
    }
    (scanner.take(b"AM") || scanner.take(b"am")).then_some(false)
}

impl FromStr for AsOfFormat {
    type Err = AsOfFormatError;

    fn from_str(text: &str) -> Result<Self, AsOfFormatError> {
        match EpochUnit::from_name(text) {
            Some(unit) => Ok(Self::Epoch(unit)),
            None if text == EXCEL => Ok(Self::Excel),
            None => DatePattern::new(text).map(Self::Pattern),
        }
    }
}

impl fmt::Display for AsOfFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Epoch(unit) => unit.as_str(),
            Self::Excel => EXCEL,
            Self::Pattern(pattern) => &pattern.text,
        })
    }
}

impl Serialize for AsOfFormat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AsOfFormat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(format: &str, text: &str) -> Result<String, AsOfError> {
        format.parse::<AsOfFormat>().unwrap().parse(text).map(|instant| instant.to_string())
    }

    #[test]
    fn instants_of_other_programs_are_read() {
        for (format, text, expected) in [
            ("epoch_s", "1704067200", "2024-01-01"),
            ("epoch_s", "1704067200.0", "2024-01-01"),
            ("epoch_ms", "1704067200000", "2024-01-01"),
            ("epoch_us", "1735689600000000", "2025-01-01"),
            ("epoch_ns", "1704067200000000000", "2024-01-01"),
            ("excel", "45292", "2024-01-01"),
            ("excel", "45292.5416666667", "2024-01-01T13:00:00Z"),
            ("%Y%m%d", "20240101", "2024-01-01"),
            ("%d/%m/%Y", "05/06/2021", "2021-06-05"),
            ("%m/%d/%Y", "05/06/2021", "2021-05-06"),
            ("%-m/%-d/%Y %-I:%M:%S %p", "5/6/2021 1:02:03 PM", "2021-05-06T13:02:03Z"),
            ("%m/%d/%Y %I:%M %p", "05/06/2021 12:00 AM", "2021-05-06"),
            ("%b %d, %Y", "May 06, 2021", "2021-05-06"),
            ("%d %B %Y %H:%M:%S.%f%z", "06 May 2021 02:00:00.5+02:00", "2021-05-06T00:00:00.500Z"),
            ("%Y/%m/%d", "2021/05/06 UTC", "2021-05-06"),
        ] {
            assert_eq!(read(format, text).as_deref(), Ok(expected), "{format} {text}");
        }
    }

    #[test]
    fn other_formats_other_units_and_impossible_instants_are_refused() {
        for (format, text, error) in [
            ("epoch_ms", "1704067200", AsOfError::OtherUnit),
            ("epoch_ns", "1704067200000000", AsOfError::OtherUnit),
            ("epoch_s", "1704067200000", AsOfError::NoSuchDate),
            ("epoch_s", "-1704067200", AsOfError::OtherFormat),
            ("epoch_ms", "1.7040672e12", AsOfError::OtherFormat),
            ("epoch_us", "1704067200000001", AsOfError::TooFine),
            ("excel", "60", AsOfError::NoSuchDate),
            ("%d/%m/%Y", "05/06/21", AsOfError::OtherFormat),
            ("%d/%m/%Y", "5/06/2021", AsOfError::OtherFormat),
            ("%d/%m/%Y", "05/13/2021", AsOfError::NoSuchDate),
            ("%d/%m/%Y", "05/06/2021 00:00", AsOfError::OtherFormat),
            ("%m/%d/%Y %I:%M %p", "05/06/2021 13:00 PM", AsOfError::NoSuchDate),
        ] {
            assert_eq!(read(format, text), Err(error), "{format} {text}");
        }
    }

    #[test]
    fn patterns_state_each_part_once() {
        for (format, error) in [
            ("%d/%m/%y", AsOfFormatError::ShortYear),
            ("%d/%m", AsOfFormatError::Missing("year")),
            ("%Y-%m-%d %I:%M", AsOfFormatError::Missing("half of the day (%p)")),
            ("%Y-%m-%d %M", AsOfFormatError::Missing("hour")),
            ("%Y-%m-%d %b", AsOfFormatError::Repeated("month")),
            ("%Y-%m-%d %q", AsOfFormatError::UnknownPart("%q".to_owned())),
            ("epoch", AsOfFormatError::Missing("year")),
        ] {
            assert_eq!(format.parse::<AsOfFormat>(), Err(error), "{format}");
        }
    }

    #[test]
    fn what_a_text_may_be_is_listed() {
        for (text, expected) in [
            ("05/06/2021", &["%d/%m/%Y", "%m/%d/%Y"][..]),
            ("25/06/2021", &["%d/%m/%Y"]),
            ("5/6/2021", &["%-d/%-m/%Y", "%-m/%-d/%Y"]),
            ("20240101", &["%Y%m%d"]),
            ("1704067200", &["epoch_s"]),
            ("1704067200000", &["epoch_ms"]),
            ("1704067200000000", &["epoch_us"]),
            ("45292", &["excel"]),
            ("17-05-21 23:59", &[]),
        ] {
            let possible: Vec<String> =
                AsOfFormat::possible(text).iter().map(AsOfFormat::to_string).collect();
            assert_eq!(possible, expected, "{text}");
        }
    }
}
