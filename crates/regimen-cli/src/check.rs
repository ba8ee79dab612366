//! `regimen check` and `regimen schema`: definitions without a market.

use regimen::definition_schema;

use crate::arguments::{Check, Format};
use crate::failure::Failure;
use crate::inputs::Definition;
use crate::print::json;

pub(crate) fn run(command: &Check) -> Result<String, Failure> {
    let definition = Definition::read(&command.definition)?;
    match command.format {
        Format::Json => json(&definition.methodology),
        Format::Text => {
            let name = &definition.methodology.definition().name;
            Ok(format!("{} is sound: {name}\n", command.definition.definition.display()))
        }
    }
}

pub(crate) fn schema() -> Result<String, Failure> {
    json(&definition_schema())
}
