//! `regimen check` and `regimen schema`: definitions without a market.

use regimen::definition_schema;

use crate::arguments::{Check, Format};
use crate::failure::Failure;
use crate::inputs::Definition;
use crate::print::print_json;

pub(crate) fn run(command: &Check) -> Result<(), Failure> {
    let definition = Definition::read(&command.definition)?;
    match command.format {
        Format::Json => print_json(&definition.methodology),
        Format::Text => {
            println!(
                "{} is sound: {}",
                command.definition.definition.display(),
                definition.methodology.definition().name
            );
            Ok(())
        }
    }
}

pub(crate) fn print_schema() -> Result<(), Failure> {
    print_json(&definition_schema())
}
