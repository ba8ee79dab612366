//! `regimen check` and `regimen schema`: definitions without a market.

use regimen::definition_schema;

use crate::arguments::{Check, Format};
use crate::failure::Failure;
use crate::inputs::Definition;
use crate::print::{json, write_out};

pub(crate) fn run(command: &Check) -> Result<String, Failure> {
    let definition = Definition::read(&command.definition);
    if let (Format::Json, Err(Failure::Findings(findings))) = (command.format, &definition) {
        // A program reads the findings where it would read the methodology.
        write_out(&json(findings)?)?;
    }
    let definition = definition?;
    match command.format {
        Format::Json => json(&definition.checked),
        Format::Text => {
            let name = &definition.checked.name;
            Ok(format!("{} is sound: {name}\n", command.definition.definition.display()))
        }
    }
}

pub(crate) fn schema() -> Result<String, Failure> {
    json(&definition_schema())
}
