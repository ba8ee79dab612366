//! The regime: the gauge follows from the signals' scores, the vote from the gauge, and a regime changes by
//! votes alone.

use regimen_regime::{Combination, Gauge, MemberScore};
use regimen_types::Regime;

use super::faults::{Faults, place};
use crate::codes::{FIGURE, REGIME, ROWS};
use crate::tables::{RegimeRow, SignalRow};

/// Checks the rows of `regime.csv` against each other.
pub(super) fn check_regime(rows: &[RegimeRow<'_>], faults: &mut Faults) {
    for row in rows {
        if let Some((contender, _)) = row.contender.filter(|(contender, _)| *contender == row.regime) {
            let fault = place(row, "contender").fault(REGIME, "a regime does not contend with itself");
            faults.add(fault.quoting(contender.as_str()));
        }
    }
    if let Some(first) = rows.first().filter(|first| first.since > first.as_of) {
        let fault = place(first, "since").fault(REGIME, "the regime begins after its snapshot");
        faults.add(fault.quoting(&first.since.to_string()));
    }
    for pair in rows.windows(2) {
        let (before, row) = (&pair[0], &pair[1]);
        let since = if row.regime == before.regime { before.since } else { row.as_of };
        faults.expect(place(row, "since"), REGIME, &row.since, &since, "by the row before");
        check_step(before, row, faults);
    }
}

/// Checks that a vote follows from the gauge, by the threshold of the regime before; votes are counted; and a
/// regime changes to what is voted for.
fn check_step(before: &RegimeRow<'_>, row: &RegimeRow<'_>, faults: &mut Faults) {
    let expected = match (row.gauge, row.vote) {
        (Some(cells), Some(vote)) => {
            let (value, enter_above) = (cells.value.1, cells.enter_above.1);
            let gauge = Gauge { value, enter_above, exit_below: cells.exit_below.1 };
            let by_gauge = gauge.vote(before.regime);
            faults.expect(place(row, "vote"), REGIME, &vote, &by_gauge, "by the gauge");
            if row.regime != before.regime && row.regime != vote {
                let fault = place(row, "regime").fault(REGIME, "the regime changed without a vote");
                faults.add(fault.quoting(row.regime.as_str()));
            }
            match before.contender {
                _ if row.regime != before.regime || vote == row.regime => None,
                Some((contender, votes)) if contender == vote => Some((vote, votes.saturating_add(1))),
                _ => Some((vote, 1)),
            }
        }
        _ => {
            let (found, last) = (&row.regime, &before.regime);
            faults.expect(place(row, "regime"), REGIME, found, last, "without a vote");
            before.contender
        }
    };
    let shown = |contender: Option<(Regime, u32)>| {
        contender.map_or_else(|| "none".to_owned(), |(regime, votes)| format!("{regime} with {votes}"))
    };
    let (found, expected) = (shown(row.contender), shown(expected));
    faults.expect(place(row, "contender"), REGIME, &found, &expected, "by the vote and the row before");
}

/// Checks that scores combine to the gauge at each evaluation, and returns the number of rows.
pub(super) fn check_signals(signals: &[SignalRow<'_>], regime: &[RegimeRow<'_>], faults: &mut Faults) -> u64 {
    let mut rest = signals;
    // The regime before the first snapshot is not in the run.
    let mut before = None;
    for row in regime {
        let of_instant = rest.iter().take_while(|signal| signal.as_of == row.as_of).count();
        let (present, later) = rest.split_at(of_instant);
        rest = later;
        match row.combination {
            Some(combination) => check_evaluation(row, before, combination, present, faults),
            None => {
                if let Some(first) = present.first() {
                    let message = "the rule was not evaluated at this snapshot";
                    faults.add(place(first, "as_of").fault(ROWS, message));
                }
            }
        }
        before = Some(row.regime);
    }
    if let Some(first) = rest.first() {
        let message = "the row is out of order, or regime.csv has no such snapshot";
        faults.add(place(first, "as_of").fault(ROWS, message).quoting(&first.as_of.to_string()));
    }
    signals.len() as u64
}

fn check_evaluation(
    row: &RegimeRow<'_>,
    before: Option<Regime>,
    combination: Combination,
    signals: &[SignalRow<'_>],
    faults: &mut Faults,
) {
    let mut members = Vec::new();
    let mut rest = signals;
    while let Some((member, later)) = rest.split_first() {
        let grouped = later.iter().take_while(|signal| signal.group == member.name).count();
        let (group, later) =
            if member.combination.is_some() { later.split_at(grouped) } else { later.split_at(0) };
        rest = later;
        if !member.group.is_empty() {
            let fault = place(member, "group").fault(ROWS, "the row does not follow its group");
            faults.add(fault.quoting(member.group));
        }
        let member_score = match member.combination {
            None => member.member_score(),
            Some(combination) => {
                let scores: Vec<_> =
                    group.iter().map(|signal| (signal.member_score(), signal.weight)).collect();
                let member_score = combination.combine(&scores);
                expect_score(member, member_score, faults);
                member_score
            }
        };
        members.push((member_score, member.weight));
    }
    let score = combination.combine(&members).score();
    let value = score.map(Gauge::of_score);
    let shown = value.map_or_else(|| "empty".to_owned(), |value| value.to_string());
    let found = row.gauge.map_or("empty", |gauge| gauge.value.0);
    faults.expect(place(row, "gauge"), FIGURE, &found, &shown.as_str(), "by the scores in signals.csv");
    let (Some(cells), Some(before)) = (row.gauge, before) else { return };
    let threshold = if before == Regime::Bullish { cells.exit_below.1 } else { cells.enter_above.1 };
    for signal in signals {
        let (Some((_, score)), Some(vote)) = (signal.score, signal.vote) else { continue };
        let expected = if Gauge::of_score(score) > threshold { Regime::Bullish } else { Regime::Bearish };
        faults.expect(place(signal, "vote"), REGIME, &vote, &expected, "by the score");
    }
}

fn expect_score(group: &SignalRow<'_>, member_score: MemberScore, faults: &mut Faults) {
    let shown = member_score.score().map_or_else(|| "empty".to_owned(), |score| score.to_string());
    let found = group.score.map_or("empty", |(text, _)| text);
    faults.expect(place(group, "score"), FIGURE, &found, &shown.as_str(), "by the scores of its signals");
}
