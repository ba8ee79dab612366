//! Commands of cargo, run in the repository.

use std::path::{Path, PathBuf};
use std::process::Command;

/// What a step returns: nothing, or the reason why it failed.
pub(crate) type Outcome = Result<(), String>;

/// Returns the root of the repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Returns the folder of build output.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository().join("target"), PathBuf::from)
}

/// Prepares a cargo command from its arguments, which hold no spaces of their own.
pub(crate) fn cargo(arguments: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments.split_whitespace()).current_dir(repository());
    command
}

/// Runs a command and lets it print.
pub(crate) fn run(mut command: Command) -> Outcome {
    println!("$ {}", shown(&command));
    let status = command.status().map_err(|problem| format!("{}: {problem}", shown(&command)))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` failed with {status}", shown(&command))) }
}

/// Runs a command and returns what it printed.
pub(crate) fn output(mut command: Command) -> Result<String, String> {
    let output = command.output().map_err(|problem| format!("{}: {problem}", shown(&command)))?;
    if !output.status.success() {
        let printed = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`{}` failed with {}:\n{printed}", shown(&command), output.status));
    }
    String::from_utf8(output.stdout).map_err(|_| format!("`{}` printed no UTF-8", shown(&command)))
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_stem().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
