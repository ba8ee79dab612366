//! `regimen check` and `regimen schema`: definitions without a market.

use regimen::definition_schema;

use crate::arguments::{Check, Format};
use crate::failure::Failure;
use crate::inputs::read_definition;
use crate::print::{json, write_out};

pub(crate) fn run(command: &Check) -> Result<String, Failure> {
    let definition = read_definition(&command.definition);
    if let (Format::Json, Err(Failure::Input(findings))) = (command.format, &definition) {
        // A program reads the findings where it would read the methodology.
        write_out(&json(findings)?)?;
    }
    let definition = definition?;
    match command.format {
        Format::Json => json(definition.definition()),
        Format::Text => {
            let name = &definition.definition().name;
            Ok(format!("{} is sound: {name}\n", command.definition.definition.display()))
        }
    }
}

pub(crate) fn schema() -> Result<String, Failure> {
    json(&definition_schema())
}
