//! Floats of the regime's tables, in the one form in which a float prints.

use crate::codes::Fault;
use crate::table::Cells;

pub(super) fn optional_figure<'a>(cells: &mut Cells<'a, '_>) -> Result<Option<(&'a str, f64)>, Fault> {
    let text = cells.text()?;
    match figure(text) {
        None if text.is_empty() => Ok(None),
        None => Err(cells.bad(text, "no number as a float prints it")),
        found => Ok(found),
    }
}

/// Reads a finite float, in the one form in which it prints.
pub(super) fn figure(text: &str) -> Option<(&str, f64)> {
    let value = text.parse::<f64>().ok()?;
    (value.is_finite() && value.to_string() == text).then_some((text, value))
}
