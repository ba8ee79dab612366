//! The steps of continuous integration, in the order in which they run. Each is defined here alone.

use crate::cargo::{Outcome, cargo, repository, run};
use crate::flip::RUN;
use crate::{flip, licences, package, programs, reference};

/// A step with the name that a user types.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) run: fn() -> Outcome,
}

pub(crate) const STEPS: &[Step] = &[
    Step { name: "fmt", about: "checks the formatting", run: fmt },
    Step { name: "lint", about: "runs clippy on the default members, the benches and xtask", run: lint },
    Step { name: "test", about: "runs all tests, with those of foreign data if it is there", run: test },
    Step { name: "docs", about: "builds the documentation without warnings", run: docs },
    Step {
        name: "examples",
        about: "runs each example and compares what it prints",
        run: programs::examples,
    },
    Step { name: "backtest", about: "runs the README's backtest", run: backtest },
    Step { name: "verify", about: "verifies the run that `backtest` left", run: verify },
    Step {
        name: "flip",
        about: "flips a byte in each file of that run, which must be found",
        run: flip::flip,
    },
    Step {
        name: "reference",
        about: "compares random markets with the reference of ../shared, if Python and it are there",
        run: reference::reference,
    },
    Step {
        name: "licences",
        about: "checks the licences and versions of all dependencies",
        run: licences::licences,
    },
    Step { name: "package", about: "checks what each crate would publish", run: package::package },
    Step { name: "panel-lint", about: "runs clippy on the Parquet crate and its users", run: panel_lint },
    Step { name: "panel-test", about: "tests the Parquet crate", run: panel_test },
];

fn fmt() -> Outcome {
    run(cargo("fmt --all --check"))
}

fn lint() -> Outcome {
    run(cargo("clippy --locked --all-targets -- -D warnings"))?;
    run(cargo("clippy --locked -p regimen-benches -p xtask --all-targets -- -D warnings"))
}

/// Runs all tests. Those of foreign data are marked as ignored, and run where the data is there.
fn test() -> Outcome {
    run(cargo("test --locked"))?;
    run(cargo("test --locked -p xtask"))?;
    let foreign = repository().join("../shared");
    if foreign.is_dir() {
        run(cargo("test --locked --tests -- --ignored"))
    } else {
        println!("The tests of foreign data stay ignored: {} is not there", foreign.display());
        Ok(())
    }
}

fn docs() -> Outcome {
    let mut command = cargo("doc --locked --no-deps");
    command.env("RUSTDOCFLAGS", "-D warnings");
    run(command)
}

fn backtest() -> Outcome {
    run(cargo("run --locked --release -- backtest backtests/global-100/index.toml"))
}

fn verify() -> Outcome {
    run(cargo(&format!("run --locked --release -- verify {RUN}")))
}

fn panel_lint() -> Outcome {
    run(cargo(
        "clippy --locked -p regimen-panel -p regimen-cli --features regimen-cli/panel --all-targets -- -D warnings",
    ))
}

fn panel_test() -> Outcome {
    run(cargo("test --locked -p regimen-panel"))
}
