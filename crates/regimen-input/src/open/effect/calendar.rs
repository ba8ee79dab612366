//! Schedules and windows, held against the snapshots that there are.

use std::collections::BTreeSet;

use regimen::definition::{MissingDay, Timing, WindowUnit};
use regimen::{CheckedDefinition, scheduled_days};
use regimen_types::{AsOf, Diagnostic, millis_of_days};

use super::content::{FileContent, FileRole};
use super::facts::MarketFacts;
use super::names::some_of;
use crate::codes;

/// The days of the longest month.
const DAYS_OF_MONTH_MAX: u32 = 31;

/// Warns of schedules that no snapshot serves, and of windows that are longer than the data.
pub(super) fn check(
    definition: &CheckedDefinition,
    facts: &MarketFacts<'_>,
    files: &[FileContent],
) -> Vec<Diagnostic> {
    let schedule = &definition.schedule;
    let timings = [
        ("schedule", Some(&schedule.reconstitution)),
        ("schedule.rebalance", schedule.rebalance.as_ref().map(|rebalance| &rebalance.timing)),
        ("schedule.supply", schedule.supply.as_ref().map(|supply| &supply.timing)),
    ];
    let mut findings: Vec<Diagnostic> = timings
        .into_iter()
        .filter_map(|(key, timing)| {
            never_due(key, timing?, facts).or_else(|| dates_outside(key, timing?, facts))
        })
        .collect();
    findings.extend(long_windows(definition, facts, files));
    findings
}

/// Warns of a schedule if none of its days has a snapshot and none is served by another.
fn never_due(key: &str, timing: &Timing, facts: &MarketFacts<'_>) -> Option<Diagnostic> {
    let if_missing = timing.if_missing()?;
    let (first, last) = facts.ends()?;
    let scheduled = scheduled_days(timing, first..=last);
    let day_of = |instant: &AsOf| AsOf::from_date(instant.date());
    let with_snapshot: BTreeSet<AsOf> = facts.instants.iter().map(day_of).collect();
    let served = scheduled.iter().any(|day| with_snapshot.contains(day));
    let (message, help) = match (scheduled.len(), if_missing) {
        (0, _) => (
            format!("`{key}` schedules no day from {first} to {last}"),
            "choose days within the snapshots; until one comes, the first basket is held",
        ),
        (days, MissingDay::Skip) if !served => (
            format!("`{key}`: {days} of {days} scheduled days had no snapshot, and `if_missing` skips them"),
            "choose days that have snapshots, or `if_missing = \"next_snapshot\"`",
        ),
        _ => return None,
    };
    Some(Diagnostic::warning(codes::NEVER_DUE.code, "", message, help).in_column(key))
}

/// Warns of listed days outside the snapshots.
fn dates_outside(key: &str, timing: &Timing, facts: &MarketFacts<'_>) -> Option<Diagnostic> {
    let Timing::Dates { dates, .. } = timing else { return None };
    let (first, last) = facts.ends()?;
    let is_outside = |day: &&AsOf| day.date() < first.date() || day.date() > last.date();
    let outside: Vec<String> = dates.iter().filter(is_outside).map(AsOf::to_string).collect();
    let message = format!(
        "{} of {} days lie outside the snapshots, which go from {first} to {last}: {}",
        outside.len(),
        dates.len(),
        some_of(outside.iter().map(String::as_str))
    );
    let help = "nothing to do if they are of the future";
    (!outside.is_empty()).then(|| {
        Diagnostic::warning(codes::OUTSIDE_SNAPSHOTS.code, "", message, help)
            .in_column(format!("{key}.dates"))
    })
}

/// Warns of windows that are longer than what they look at.
fn long_windows(
    definition: &CheckedDefinition,
    facts: &MarketFacts<'_>,
    files: &[FileContent],
) -> Vec<Diagnostic> {
    let Some((first, last)) = facts.ends() else { return Vec::new() };
    let days = last.millis_since(first) / millis_of_days(1).max(1);
    let windows = definition.windows().into_iter().filter_map(|window| {
        let (available, unit) = match window.unit {
            WindowUnit::Values => match series_of(&window.key, definition, files) {
                Some(values) => (values as u64, "values of its series"),
                None => (facts.instants.len() as u64, "snapshots"),
            },
            WindowUnit::Days => (days.unsigned_abs().saturating_add(1), "days"),
            WindowUnit::Months => (days.unsigned_abs() / u64::from(DAYS_OF_MONTH_MAX) + 2, "months"),
        };
        let message = format!("`{}` is {}, and there are {available} {unit}", window.key, window.length);
        let help = "shorten it, or use a longer history: what it asks for is never there in full";
        (u64::from(window.length) > available).then(|| {
            Diagnostic::warning(codes::LONGER_THAN_DATA.code, "", message, help).in_column(window.key)
        })
    });
    windows.collect()
}

/// Returns the number of values of the outside series that a window looks at; `None` if it looks at
/// snapshots.
fn series_of(key: &str, definition: &CheckedDefinition, files: &[FileContent]) -> Option<usize> {
    let regimen::definition::RegimeDefinition::Signals(rule) = &definition.regime else { return None };
    let is_of = |signal_key: &str| key.strip_prefix(signal_key).is_some_and(|rest| rest.starts_with('.'));
    let (_, signal) = rule.all_signals().find(|(signal_key, _)| is_of(signal_key))?;
    files.iter().find_map(|content| match &content.role {
        FileRole::Series { signal: name, series, .. } if *name == signal.name => Some(series.values().len()),
        _ => None,
    })
}
