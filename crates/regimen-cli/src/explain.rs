//! `regimen explain`: why a run did what it did.

use regimen_run::explain;

use crate::arguments::{Explain, Format};
use crate::failure::Failure;
use crate::print::json;

pub(crate) fn run(command: &Explain) -> Result<String, Failure> {
    let explanation = explain(&command.folder, command.at, command.asset.as_ref())?;
    match command.format {
        Format::Json => json(&explanation),
        Format::Text => Ok(format!("{explanation}\n")),
    }
}
