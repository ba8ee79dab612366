//! Random markets, computed by the engine and by a program that was written from the documents alone.

use std::process::Command;

use crate::cargo::{Outcome, cargo, output, repository, run, target};

/// The markets that are compared, digit for digit.
const MARKETS: u32 = 60;
/// The program that makes the markets, runs both sides and compares NAV, cash, level and transactions.
const PROGRAM: &str = "../shared/reference/random_markets.py";

/// Compares the engine with the reference, if Python and the reference are there.
pub(crate) fn reference() -> Outcome {
    let program = repository().join(PROGRAM);
    if !program.is_file() {
        println!("SKIPPED: the engine is compared with no reference, because {PROGRAM} is not there");
        return Ok(());
    }
    let mut python = Command::new("python3");
    python.args(["-c", "import tomllib"]);
    if let Err(problem) = output(python) {
        println!(
            "SKIPPED: the engine is compared with no reference, because Python 3.11 is not there: {problem}"
        );
        return Ok(());
    }
    run(cargo("build --locked --release"))?;
    let regimen = target().join("release").join(format!("regimen{}", std::env::consts::EXE_SUFFIX));
    let mut command = Command::new("python3");
    command.arg(program).args(["0", &MARKETS.to_string()]);
    command.arg(target().join("xtask").join("reference")).env("REGIMEN", regimen);
    let printed = output(command)?;
    print!("{printed}");
    if agrees(&printed) { Ok(()) } else { Err("the engine and the reference differ".to_owned()) }
}

/// Returns true if the last line counts all markets as compared, and none as different or refused.
fn agrees(printed: &str) -> bool {
    let all = format!("{MARKETS} runs compared, 0 differ, 0 refused");
    printed.lines().last().is_some_and(|line| line.starts_with(&all))
}

#[cfg(test)]
mod tests {
    use super::agrees;

    #[test]
    fn agreement_is_of_all_markets() {
        assert!(agrees("60 runs compared, 0 differ, 0 refused by the engine\n"));
        assert!(!agrees("7 DIFFERS nav\n60 runs compared, 1 differ, 0 refused by the engine\n"));
        assert!(!agrees("59 runs compared, 0 differ, 1 refused by the engine\n"));
        assert!(!agrees(""));
    }
}
