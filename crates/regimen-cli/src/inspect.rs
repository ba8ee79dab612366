//! `regimen inspect`: what a file seems to be.

use regimen_input::inspect;

use crate::arguments::Inspect;
use crate::failure::Failure;

pub(crate) fn run(command: &Inspect) -> Result<String, Failure> {
    let inspection = inspect(&command.files, command.as_of_format.as_ref())?;
    for warning in &inspection.warnings.items {
        eprintln!("{warning}");
    }
    Ok(inspection.to_string())
}
