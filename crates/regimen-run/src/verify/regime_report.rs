//! The regime report, computed again from NAV, regimes and the log.

use regimen::IndexDefinition;
use regimen_analytics::{RegimeReport, RegimeReportBuilder, SnapshotFigures, Summary};
use regimen_ledger::Transaction;
use regimen_types::{ArithmeticError, Regime};
use serde_json::Value;

use super::faults::Faults;
use super::place::first_difference;
use crate::codes::{FIELD, REGIME_REPORT, fault};
use crate::manifest;
use crate::tables::NavRow;
use crate::writer::json;

/// Compares the report with the one that the tables give. What comes of other runs is compared with itself:
/// places in a distribution with the distribution, flips with the shifted regimes, the rule with the summary.
pub(super) fn check(
    bytes: &[u8],
    methodology: &Value,
    nav: &[NavRow],
    transactions: &[Transaction],
    summary: Option<&Summary>,
    faults: &mut Faults,
) {
    let found: RegimeReport = match serde_json::from_slice(bytes) {
        Ok(report) => report,
        Err(error) => {
            let fault =
                fault(FIELD, manifest::REGIME_REPORT, format_args!("the report does not read: {error}"));
            return faults.add(fault.at_line(error.line() as u64).at_character(error.column() as u64));
        }
    };
    let canonical = json(&found).unwrap_or_default();
    if canonical.as_bytes() != bytes {
        let line = first_difference(bytes, canonical.as_bytes());
        faults.add(
            fault(FIELD, manifest::REGIME_REPORT, "the report is not written in its canonical form")
                .at_line(line),
        );
    }
    let definition: IndexDefinition = match serde_json::from_value(methodology.clone()) {
        Ok(definition) => definition,
        Err(error) => {
            let message = format!("the manifest's methodology does not read: {error}");
            return faults.add(fault(REGIME_REPORT, manifest::REGIME_REPORT, message));
        }
    };
    match recompute(&found, &definition, nav, transactions, summary) {
        Ok(Some(expected)) => compare(&found, &expected, &canonical, faults),
        Ok(None) => {
            faults.add(fault(REGIME_REPORT, manifest::REGIME_REPORT, "there is no snapshot to report on"))
        }
        Err(error) => faults.add(fault(REGIME_REPORT, manifest::REGIME_REPORT, error)),
    }
}

fn recompute(
    found: &RegimeReport,
    definition: &IndexDefinition,
    nav: &[NavRow],
    transactions: &[Transaction],
    summary: Option<&Summary>,
) -> Result<Option<RegimeReport>, ArithmeticError> {
    let mut builder = RegimeReportBuilder::new(definition);
    let mut rest = transactions;
    for row in nav {
        let (now, later) = rest.split_at(rest.partition_point(|each| each.as_of <= row.as_of));
        rest = later;
        let NavRow { as_of, regime, nav, index_level, .. } = *row;
        builder.add(SnapshotFigures { as_of, regime, nav, index_level }, now)?;
    }
    let Some(report) = builder.finish()? else { return Ok(None) };
    let regimes: Vec<Regime> = nav.iter().map(|row| row.regime).collect();
    let counterfactuals = match (&found.counterfactuals, summary) {
        (Some(found), Some(summary)) => Some(found.rederived(&regimes, summary)?),
        (found, _) => found.clone(),
    };
    Ok(Some(RegimeReport { counterfactuals, ..report }))
}

/// Names each part of the report that differs, at the first line that does.
fn compare(found: &RegimeReport, expected: &RegimeReport, text: &str, faults: &mut Faults) {
    let object = |report: &RegimeReport| match serde_json::to_value(report) {
        Ok(Value::Object(object)) => object,
        _ => serde_json::Map::new(),
    };
    let found_parts = object(found);
    for (name, part) in object(expected) {
        let Some(value) = found_parts.get(&name).filter(|value| **value != part) else { continue };
        let start =
            text.lines().take_while(|line| !line.starts_with(&format!("  \"{name}\":"))).count() as u64;
        let (value, part) = (json(value).unwrap_or_default(), json(&part).unwrap_or_default());
        let offset = first_difference(value.as_bytes(), part.as_bytes());
        let line_of = |text: &str| {
            text.lines().nth(offset as usize - 1).unwrap_or_default().trim().trim_end_matches(',').to_owned()
        };
        let message = format!("{name} should have `{}` here, by the tables", line_of(&part));
        let fault =
            fault(REGIME_REPORT, manifest::REGIME_REPORT, message).at_line(start + offset).in_column(name);
        faults.add(fault.quoting(&line_of(&value)));
    }
}
