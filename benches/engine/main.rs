//! How long parsing, one decision and one whole replay take, on synthetic markets.

mod decision;
mod inputs;
mod parsing;
mod replay;

use std::error::Error;

use criterion::Criterion;

/// What a bench returns: it is run once before it is timed, and fails instead of timing an error.
type Outcome = Result<(), Box<dyn Error>>;

fn main() -> Outcome {
    let mut criterion = Criterion::default().configure_from_args();
    parsing::bench(&mut criterion)?;
    decision::bench(&mut criterion)?;
    replay::bench(&mut criterion)?;
    criterion.final_summary();
    Ok(())
}
