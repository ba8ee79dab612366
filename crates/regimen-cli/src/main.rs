//! The command line of regimen.

mod arguments;
mod backtest;
mod check;
mod codes;
mod explain;
mod failure;
mod gains;
mod import;
mod inputs;
mod inspect;
mod level;
mod plan;
mod print;
mod progress;
mod quote;
mod regime;
mod regime_lines;
mod synth;
mod verify;
mod warnings;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};
use failure::Failure;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments).and_then(|text| print::write_out(&text)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}

/// Runs a command and returns its output.
fn run(arguments: &Arguments) -> Result<String, Failure> {
    match &arguments.command {
        Command::Backtest(command) => backtest::run(command),
        Command::Verify(command) => verify::run(command),
        Command::Explain(command) => explain::run(command),
        Command::Gains(command) => gains::run(command),
        Command::Level(command) => level::run(command),
        Command::Plan(command) => plan::run(command),
        Command::Regime(command) => regime::run(command),
        Command::Quote(command) => quote::run(command),
        Command::Check(command) => check::run(command),
        Command::Schema => check::schema(),
        Command::Import(command) => import::run(command),
        Command::Inspect(command) => inspect::run(command),
        Command::Synth(command) => synth::run(command),
        #[cfg(feature = "panel")]
        Command::Convert(command) => inputs::convert(command),
    }
}
