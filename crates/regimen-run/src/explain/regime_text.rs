//! The regime as text.

use std::fmt::{self, Display};

use regimen::definition::{CombinedSignals, PriceAboveAverage, RegimeDefinition};
use regimen_regime::Combination;
use regimen_types::Regime;
use rust_decimal::Decimal;

use super::figures::{figure, logged, percent};
use super::regime::{RegimeEvaluation, RegimeExplanation, SignalEvaluation};
use crate::tables::ReadingKind;

impl Display for RegimeExplanation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "Regime: {} since {}", self.regime, self.since)?;
        match (&self.rule, &self.evaluation) {
            (RegimeDefinition::AlwaysBullish, _) => {
                writeln!(formatter, "  the methodology is always bullish")
            }
            (_, None) => writeln!(formatter, "  the rule has not been evaluated yet"),
            (RegimeDefinition::PriceAboveAverage(rule), Some(evaluation)) => {
                write_average(formatter, rule, evaluation)?;
                let (enter, exit) = (rule.enter_above.decimal(), rule.exit_below.decimal());
                let band = (percent(enter, 2), percent(exit, 2));
                write_terms(formatter, self.regime, band, rule.confirm_snapshots, 0, evaluation)
            }
            (RegimeDefinition::Signals(rule), Some(evaluation)) => {
                write_gauge(formatter, rule, evaluation)?;
                let band = [rule.enter_above, rule.exit_below].map(|score| figure(gauge_of(score.decimal())));
                let [enter, exit] = band;
                let (confirm, dwell) = (rule.confirm_snapshots, rule.min_dwell_days);
                write_terms(formatter, self.regime, (enter, exit), confirm, dwell, evaluation)
            }
        }
    }
}

/// Converts a score from -1 to 1 into a gauge from 0 to 100, for printing.
fn gauge_of(score: Decimal) -> Decimal {
    score.saturating_mul(Decimal::from(50)).saturating_add(Decimal::from(50))
}

fn write_average(
    formatter: &mut fmt::Formatter<'_>,
    rule: &PriceAboveAverage,
    evaluation: &RegimeEvaluation,
) -> fmt::Result {
    let PriceAboveAverage { asset, window_snapshots, .. } = rule;
    let at = evaluation.as_of;
    let Some(signal) = evaluation.signals.first() else { return Ok(()) };
    let figures = (logged(&signal.reading), logged(&signal.observed), logged(&signal.benchmark));
    if let (Some(distance), Some(price), Some(average)) = figures {
        let side = if distance.is_sign_negative() { "below" } else { "above" };
        let (price, average, distance) = (figure(price), figure(average), percent(distance.abs(), 2));
        writeln!(
            formatter,
            "  {asset} at {price} is {distance} {side} its {window_snapshots}-snapshot average of {average} ({at})"
        )
    } else if let ReadingKind::WarmingUp { observations, lookback } = signal.kind {
        writeln!(
            formatter,
            "  {asset} has {observations}/{lookback} of the prices that its average needs ({at})"
        )
    } else {
        writeln!(formatter, "  {asset} has no price ({at}): the regime stays as it is")
    }
}

fn write_gauge(
    formatter: &mut fmt::Formatter<'_>,
    rule: &CombinedSignals,
    evaluation: &RegimeEvaluation,
) -> fmt::Result {
    let at = evaluation.as_of;
    let members = rule.signals.len() + rule.groups.len();
    let of = match (evaluation.combination, members) {
        (_, 1) => "of one signal".to_owned(),
        (Combination::All, count) => format!("the lowest score of {count}"),
        (Combination::Any, count) => format!("the highest score of {count}"),
        (Combination::Majority, count) => format!("the score that more than half of {count} reach"),
        (Combination::Weighted, count) => format!("the weighted mean of {count} scores"),
    };
    match logged(&evaluation.gauge) {
        Some(gauge) => writeln!(formatter, "  gauge {} of 100, {of} ({at})", figure(gauge))?,
        None => writeln!(
            formatter,
            "  no gauge, because a signal has no score ({at}): the regime stays as it is"
        )?,
    }
    evaluation.signals.iter().try_for_each(|signal| write!(formatter, "{signal}"))
}

impl Display for SignalEvaluation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let indent = if self.group.is_some() { "      " } else { "    " };
        write!(formatter, "{indent}{}: ", self.name)?;
        let figures = (logged(&self.reading), logged(&self.observed), logged(&self.benchmark));
        if let Some(combination) = self.combination {
            write!(formatter, "{}", combination.as_str())?;
        } else if let (Some(reading), Some(observed), Some(benchmark)) = figures {
            write!(formatter, "{}", figure(reading))?;
            if (observed, benchmark) != (reading, reading) {
                write!(formatter, " ({} against {})", figure(observed), figure(benchmark))?;
            }
        } else {
            match self.kind {
                ReadingKind::WarmingUp { observations, lookback } => {
                    write!(formatter, "warming up, {observations}/{lookback} observations")?;
                }
                ReadingKind::Stale { newest, then } => {
                    let then = then.as_str().replace('_', " ");
                    write!(formatter, "stale, the newest value is of {newest}: {then}")?;
                }
                ReadingKind::Missing | ReadingKind::Known | ReadingKind::Group => {
                    write!(formatter, "missing")?;
                }
            }
        }
        match (logged(&self.score), self.vote) {
            (Some(score), Some(vote)) => writeln!(formatter, ", score {}: {vote}", figure(score)),
            _ => writeln!(formatter),
        }
    }
}

/// Writes what would change the regime.
fn write_terms(
    formatter: &mut fmt::Formatter<'_>,
    regime: Regime,
    (enter, exit): (String, String),
    confirm: u32,
    dwell_days: u32,
    evaluation: &RegimeEvaluation,
) -> fmt::Result {
    let threshold = match regime {
        Regime::Bullish => format!("bearish begins at {exit} or below"),
        Regime::Bearish => format!("bullish begins above {enter}"),
        Regime::Undetermined => format!("bullish begins above {enter}, bearish otherwise"),
    };
    let times = if confirm == 1 { "at once".to_owned() } else { format!("after {confirm} votes in a row") };
    write!(formatter, "  {threshold}, {times}")?;
    match dwell_days {
        0 => writeln!(formatter)?,
        days => writeln!(formatter, ", and not within {days} days of the last change")?,
    }
    match evaluation.contender {
        Some((contender, votes)) => writeln!(formatter, "  votes for {contender} so far: {votes}"),
        None => Ok(()),
    }
}
