//! Reads a definition's text.

use regimen_types::Diagnostics;

use crate::checked::{CheckedDefinition, check};
use crate::document::Document;
use crate::rules::{ALWAYS, WITH_FILES};
use crate::secrets;

/// Parses a definition's text, applies overrides of the form `key=value`, and checks the result.
///
/// `file` names the definition in messages. An override's key is dotted (`costs.fee_bps`); its value is TOML,
/// or else text (`schedule.weekday=friday`); a list or table is replaced whole. Paths stay as written: the
/// caller that opens the files resolves them.
///
/// # Errors
/// All faults of the text, in the order of their places; each names line and character, or the override.
pub fn parse_definition(
    file: &str,
    text: &str,
    overrides: &[String],
) -> Result<CheckedDefinition, Diagnostics> {
    let found = |items| Diagnostics { items, suppressed: 0 };
    let document = Document::parse(file, text, overrides).map_err(found)?;
    let secrets = secrets::find(document.root());
    if !secrets.is_empty() {
        // Another finding might quote one of them.
        return Err(found(document.only(secrets)));
    }
    match check(document.root(), &[ALWAYS, WITH_FILES]) {
        Ok(definition) if document.all_overrides_apply() => Ok(definition),
        Ok(_) => Err(found(document.into_diagnostics(Vec::new()))),
        Err(faults) => Err(found(document.into_diagnostics(faults))),
    }
}
