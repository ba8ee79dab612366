//! Results on standard output.

use comfy_table::{Table, presets};
use serde::Serialize;

use crate::failure::Failure;

/// Prints a value as indented JSON.
pub(crate) fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    println!("{}", serde_json::to_string_pretty(value).map_err(Failure::internal)?);
    Ok(())
}

/// Prints a table of names and values.
pub(crate) fn print_table(rows: &[(&str, String)]) {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    for (name, value) in rows {
        table.add_row([*name, value.as_str()]);
    }
    println!("{table}");
}

/// Prints a table with a header.
pub(crate) fn print_rows(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header.to_vec());
    for row in rows {
        table.add_row(row);
    }
    println!("{table}");
}
