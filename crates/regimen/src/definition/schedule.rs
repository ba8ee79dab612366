//! When constituents and weights are set anew.

use regimen_types::AsOf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When constituents and weights are set anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "every", rename_all = "snake_case", deny_unknown_fields)]
pub enum Schedule {
    /// Once a week.
    Week {
        /// The day of the week, in UTC.
        weekday: Weekday,
        /// What to do when that day has no snapshot.
        if_missing: MissingDay,
    },
    /// At the instants of the file of weights; only with weights from a file.
    WeightsFile,
}

/// What to do when a scheduled day has no snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissingDay {
    /// Rebalance at the next snapshot.
    NextSnapshot,
    /// Wait for the next scheduled day.
    Skip,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

impl Weekday {
    /// Returns the days since Monday, from 0 to 6.
    #[must_use]
    pub fn days_from_monday(self) -> u32 {
        self as u32
    }

    /// Says whether an instant lies on this day, in UTC.
    #[must_use]
    pub fn includes(self, as_of: AsOf) -> bool {
        as_of.weekday().num_days_from_monday() == self.days_from_monday()
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
}
