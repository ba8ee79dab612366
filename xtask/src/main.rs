//! `cargo xtask STEP…` runs steps of continuous integration by name, and `cargo xtask ci` runs all of them.

mod cargo;
mod flip;
mod licences;
mod package;
mod programs;
mod reference;
mod steps;

use std::process::ExitCode;
use std::time::Instant;

use steps::{STEPS, Step};

fn main() -> ExitCode {
    let names: Vec<String> = std::env::args().skip(1).collect();
    let steps = match chosen(&names) {
        Ok(steps) => steps,
        Err(problem) => {
            eprintln!("{problem}\n\n{}", usage());
            return ExitCode::from(2);
        }
    };
    #[allow(clippy::disallowed_methods, reason = "the seconds are printed for a person and decide nothing")]
    let start = Instant::now();
    for step in steps {
        println!("\n=== [{:>4} s] {}", start.elapsed().as_secs(), step.name);
        if let Err(problem) = (step.run)() {
            eprintln!("{}: {problem}", step.name);
            return ExitCode::FAILURE;
        }
    }
    println!("\n=== [{:>4} s] done", start.elapsed().as_secs());
    ExitCode::SUCCESS
}

/// Returns the steps of the given names, in the order given; `ci` stands for all of them.
fn chosen(names: &[String]) -> Result<Vec<&'static Step>, String> {
    if names.is_empty() {
        return Err("Name a step".to_owned());
    }
    let mut steps = Vec::new();
    for name in names {
        match STEPS.iter().find(|step| step.name == name) {
            Some(step) => steps.push(step),
            None if name == "ci" => steps.extend(STEPS),
            None => return Err(format!("There is no step `{name}`")),
        }
    }
    Ok(steps)
}

fn usage() -> String {
    let mut text = "Usage: cargo xtask STEP...\n\n  ci            all of these, in this order\n".to_owned();
    for step in STEPS {
        text.push_str(&format!("  {:<12}  {}\n", step.name, step.about));
    }
    text
}
