//! `regimen verify`: check a run without its methodology.

use regimen_run::verify;
use regimen_types::Diagnostic;

use crate::arguments::{Format, Verify};
use crate::failure::Failure;
use crate::print::{json, write_out};

pub(crate) fn run(command: &Verify) -> Result<String, Failure> {
    if !command.folder.is_dir() {
        // A mistyped path is the user's input; only a folder that is there can fail the check.
        let help = "name the folder that `regimen backtest --out` wrote";
        let folder = command.folder.display().to_string();
        return Err(Diagnostic::error("RUN010", &folder, "there is no such folder", help).into());
    }
    let verification = verify(&command.folder);
    let text = match command.format {
        Format::Json => json(&verification)?,
        Format::Text => format!("{verification}\n"),
    };
    if verification.passed() {
        return Ok(text);
    }
    match command.format {
        // A program reads the findings where it reads everything else.
        Format::Json => write_out(&text)?,
        Format::Text => eprint!("{text}"),
    }
    let count = verification.faults.items.len() as u64 + verification.faults.suppressed;
    let findings = if count == 1 { "finding" } else { "findings" };
    Err(Failure::CheckFailed(format!("verification failed: {count} {findings}")))
}
