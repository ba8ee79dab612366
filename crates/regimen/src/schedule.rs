//! Which snapshots are scheduled for a rebalance.

use chrono::Days;
use regimen_types::{AsOf, HistoryWindow};

use crate::definition::{MissingDay, Schedule, Weekday};
use crate::rules::{ConstituentRules, Rules};

/// Says whether the window's newest snapshot is scheduled. The first snapshot of a history counts as if it
/// followed an older one.
pub(crate) fn is_due(schedule: &Schedule, rules: &Rules, window: &HistoryWindow<'_>) -> bool {
    let previous = window.previous().map(|earlier| earlier.as_of());
    match schedule {
        Schedule::Week { weekday, if_missing } => {
            is_due_weekly(*weekday, *if_missing, window.as_of(), previous)
        }
        Schedule::WeightsFile => match &rules.constituents {
            ConstituentRules::FromFile(table) => {
                let newest = table.at(window.as_of()).map(|(instant, _)| instant);
                newest.is_some_and(|instant| previous.is_none_or(|previous| previous < instant))
            }
            ConstituentRules::Ranked { .. } => false,
        },
    }
}

/// A week's rebalance is due at the first snapshot of its weekday, or at the first one after it if so wished.
fn is_due_weekly(weekday: Weekday, if_missing: MissingDay, as_of: AsOf, previous: Option<AsOf>) -> bool {
    let days_since = (7 + as_of.weekday().num_days_from_monday() - weekday.days_from_monday()) % 7;
    if days_since > 0 && if_missing == MissingDay::Skip {
        return false;
    }
    let Some(scheduled) = as_of.date().checked_sub_days(Days::new(u64::from(days_since))) else {
        return false;
    };
    match previous {
        Some(previous) => previous < AsOf::from_date(scheduled),
        None => days_since == 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(if_missing: MissingDay, as_of: &str, previous: Option<&str>) -> bool {
        let previous = previous.map(|text| text.parse().unwrap());
        is_due_weekly(Weekday::Monday, if_missing, as_of.parse().unwrap(), previous)
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
}
