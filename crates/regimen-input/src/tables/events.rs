//! The files of events: corporate actions, and money that comes in and goes out.

use std::collections::BTreeMap;
use std::path::Path;

use regimen_types::{
    ActionError, ActionInput, ActionKind, AsOf, AssetId, CorporateAction, Diagnostics, ExcessDigits, Money,
    near_names, parse_decimal,
};
use rust_decimal::Decimal;

use super::table::{Table, TableRow};
use crate::codes;
use crate::input_file::InputFile;
use crate::text::cells::{self, Cell};
use crate::text::findings::Findings;
use crate::text::header::KnownColumns;

/// The columns of a file of corporate actions.
const ACTION_COLUMNS: KnownColumns<'_> = KnownColumns {
    needed: &[&["as_of", "date"], &["asset"], &["kind"]],
    optional: &[&["ratio"], &["new_asset"], &["known_at"]],
};

/// Reads corporate actions: a CSV with the columns `as_of`, `asset` and `kind`, and where kinds need them
/// `ratio`, `new_asset` and `known_at`. The order of the rows does not matter, but for actions of one
/// instant.
///
/// Further columns are passed over. The file may be gzipped.
///
/// # Errors
/// [`Diagnostics`] if the file cannot be read or is no CSV, a row lacks what its kind needs or has what it
/// does not, or an action stands twice.
pub fn read_corporate_actions(path: &Path) -> Result<(Vec<CorporateAction>, InputFile), Diagnostics> {
    let table = Table::read(path, &ACTION_COLUMNS)?;
    let places = Places {
        as_of: table.needed(&["as_of", "date"])?,
        asset: table.needed(&["asset"])?,
        kind: table.needed(&["kind"])?,
        ratio: table.place(&["ratio"]),
        new_asset: table.place(&["new_asset"]),
        known_at: table.place(&["known_at"]),
    };
    let mut actions = Vec::new();
    let mut line_of: BTreeMap<(AsOf, AssetId, ActionKind, Option<AssetId>), u64> = BTreeMap::new();
    let mut findings = Findings::default();
    for row in &table.rows {
        let input = match input(&table, row, &places) {
            Ok(input) => input,
            Err(more) => {
                findings.append(more);
                continue;
            }
        };
        let kind_cell = table.cell(row, places.kind);
        let key = (input.as_of, input.asset.clone(), input.kind, input.new_asset.clone());
        match CorporateAction::new(input).map(|action| (action, line_of.insert(key, row.line))) {
            Ok((action, None)) => actions.push(action),
            Ok((_, Some(first))) => {
                let message = format!("the action stands twice; the first is line {first}");
                findings.add(|| {
                    kind_cell.error(codes::ACTION_TWICE.code, message, "remove one of the two lines")
                });
            }
            Err(error) => {
                findings.add(|| kind_cell.error(codes::BAD_ACTION.code, error.to_string(), help(&error)));
            }
        }
    }
    table.finish(actions, findings)
}

/// Reads cash flows: a CSV with the columns `as_of` and `amount`; above zero comes in, below zero goes out.
///
/// Further columns are passed over. The file may be gzipped.
///
/// # Errors
/// [`Diagnostics`] if the file cannot be read, is no CSV, holds an amount that is zero or no
/// number, or the same flow twice.
pub fn read_cash_flows(path: &Path) -> Result<(Vec<(AsOf, Money)>, InputFile), Diagnostics> {
    let table =
        Table::read(path, &KnownColumns { needed: &[&["as_of", "date"], &["amount"]], optional: &[] })?;
    let (as_of_place, amount_place) = (table.needed(&["as_of", "date"])?, table.needed(&["amount"])?);
    let mut flows = Vec::new();
    let mut line_of = BTreeMap::new();
    let mut findings = Findings::default();
    for row in &table.rows {
        match (table.cell(row, as_of_place).instant(), flow_amount(table.cell(row, amount_place))) {
            (Ok(as_of), Ok(amount)) => {
                if let Some(first) = line_of.insert((as_of, amount), row.line) {
                    let message = format!("the flow stands twice; the first is line {first}");
                    let help = "remove one of the two lines; if both are meant, write one of their sum";
                    findings
                        .add(|| table.cell(row, amount_place).error(codes::FLOW_TWICE.code, message, help));
                }
                flows.push((as_of, amount));
            }
            (as_of, amount) => findings.add_all([as_of.err(), amount.err()]),
        }
    }
    table.finish(flows, findings)
}

/// The columns of a file of corporate actions.
struct Places {
    as_of: usize,
    asset: usize,
    kind: usize,
    ratio: Option<usize>,
    new_asset: Option<usize>,
    known_at: Option<usize>,
}

fn input(table: &Table, row: &TableRow, places: &Places) -> Result<ActionInput, Findings> {
    let optional = |place: Option<usize>| {
        place.map(|place| table.cell(row, place)).filter(|cell: &Cell<'_>| !cell.text.is_empty())
    };
    let as_of = table.cell(row, places.as_of).instant();
    let asset = table.cell(row, places.asset).asset();
    let kind = kind(table.cell(row, places.kind));
    let ratio = optional(places.ratio).map(ratio).transpose();
    let new_asset = optional(places.new_asset).map(Cell::asset).transpose();
    let known_at = optional(places.known_at).map(Cell::instant).transpose();
    match (as_of, asset, kind, ratio, new_asset, known_at) {
        (Ok(as_of), Ok(asset), Ok(kind), Ok(ratio), Ok(new_asset), Ok(known_at)) => {
            Ok(ActionInput { as_of, known_at, asset, kind, ratio, new_asset })
        }
        (as_of, asset, kind, ratio, new_asset, known_at) => {
            let mut findings = Findings::default();
            let errors = [as_of.err(), asset.err(), kind.err(), ratio.err(), new_asset.err(), known_at.err()];
            findings.add_all(errors);
            Err(findings)
        }
    }
}

fn kind(cell: Cell<'_>) -> Result<ActionKind, Findings> {
    let text = String::from_utf8_lossy(cell.text);
    ActionKind::from_name(&text).ok_or_else(|| {
        let names = ActionKind::ALL.map(ActionKind::as_str);
        let help = match near_names(&text, names).first() {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write one of {}", names.join(", ")),
        };
        cell.error(codes::NO_SUCH_ACTION.code, "no kind of corporate action", &help).into()
    })
}

fn ratio(cell: Cell<'_>) -> Result<Decimal, Findings> {
    let help = "write a plain decimal of at most 28 digits: 0.001 if a thousand units become one";
    parse_decimal(cell.text, ExcessDigits::Error)
        .map_err(|error| cell.error(cells::number_code(error), error.to_string(), help).into())
}

fn flow_amount(cell: Cell<'_>) -> Result<Money, Findings> {
    let help = "write what comes in as a number above zero, and what goes out as one below";
    let amount = parse_decimal(cell.text, ExcessDigits::Error)
        .map_err(|error| Findings::from(cell.error(cells::number_code(error), error.to_string(), help)))?;
    match Money::new(amount) {
        Ok(amount) if !amount.is_zero() => Ok(amount),
        _ => Err(cell.error(codes::FLOW_OF_NOTHING.code, "a cash flow of zero", help).into()),
    }
}

fn help(error: &ActionError) -> &'static str {
    match error {
        ActionError::KnownBefore { .. } => "correct one of the two instants",
        ActionError::NoRatio { .. } | ActionError::Ratio(_) | ActionError::NothingChanges => {
            "state in `ratio` how many new units come for one, or the part of its value that a delisting recovers"
        }
        ActionError::TickerRatio => "leave `ratio` empty, or write 1",
        ActionError::NoNewAsset { .. } | ActionError::SameAsset => "name another asset in `new_asset`",
        _ => "leave `new_asset` empty",
    }
}
