//! Outside series, held against the time of the snapshots.

use regimen::CheckedDefinition;
use regimen::definition::{RegimeDefinition, SeriesDefinition};
use regimen_regime::OutsideSeries;
use regimen_types::{AsOf, Diagnostic, MILLIS_PER_DAY};

use super::facts::MarketFacts;
use crate::codes;

/// Refuses a series by the day beside snapshots within the day whose delay nobody states, and one that is
/// current at no snapshot; warns of one that begins later or ends earlier than the snapshots.
pub(super) fn check(
    file: &str,
    signal: &str,
    delay_hours: Option<u32>,
    series: &OutsideSeries,
    definition: &CheckedDefinition,
    facts: &MarketFacts<'_>,
) -> Vec<Diagnostic> {
    let values = series.values();
    let (Some(begins), Some(ended), Some((first, last))) = (values.first(), values.last(), facts.ends())
    else {
        return Vec::new();
    };
    if delay_hours.is_none()
        && dates_are_days(series)
        && facts.instants.iter().any(|instant| !is_midnight(*instant))
    {
        let message = format!(
            "the series of {signal:?} is dated by the day and does not state when its values became known, \
             but snapshots lie within the day"
        );
        let help = "add a column `known_at`, or state `delay_hours` beside the path: 24 for the close of a day, \
                    0 for what is known as the day begins";
        return vec![Diagnostic::error(codes::UNSTATED_DELAY.code, file, message, help)];
    }
    let Some(max_stale_days) = max_stale_days(signal, definition) else { return Vec::new() };
    let is_stale_at = |as_of: AsOf, newest: AsOf| as_of.is_more_than_days_after(newest, max_stale_days);
    if begins.known_at > last || is_stale_at(first, ended.as_of) {
        let message = format!(
            "the series of {signal:?} goes from {} to {}, and the snapshots from {first} to {last}: it is current at none",
            begins.as_of, ended.as_of
        );
        let help = "use a series and snapshots of the same time";
        return vec![Diagnostic::error(codes::NEVER_IN_TIME.code, file, message, help)];
    }
    let mut findings = Vec::new();
    let mut warn = |message: String| {
        let help = "nothing to do if the definition's `when_stale` and warm-up are meant for it";
        findings.push(Diagnostic::warning(codes::OUTSIDE_SNAPSHOTS.code, file, message, help));
    };
    if begins.known_at > first {
        warn(format!(
            "the series of {signal:?} begins at {}, after the first snapshot, {first}",
            begins.as_of
        ));
    }
    if is_stale_at(last, ended.as_of) {
        warn(format!(
            "the series of {signal:?} ends at {}, more than {max_stale_days} days before the last snapshot, {last}",
            ended.as_of
        ));
    }
    findings
}

/// Returns true if the values of a series are known at the very instants that they describe, and these are
/// days.
fn dates_are_days(series: &OutsideSeries) -> bool {
    series.values().iter().all(|value| value.known_at == value.as_of && is_midnight(value.as_of))
}

fn is_midnight(instant: AsOf) -> bool {
    instant.unix_millis().rem_euclid(MILLIS_PER_DAY) == 0
}

fn max_stale_days(signal: &str, definition: &CheckedDefinition) -> Option<u32> {
    let RegimeDefinition::Signals(rule) = &definition.regime else { return None };
    let (_, signal) = rule.all_signals().find(|(_, each)| each.name == signal)?;
    match signal.reads.series() {
        Some(SeriesDefinition::File { max_stale_days, .. }) => Some(*max_stale_days),
        _ => None,
    }
}
