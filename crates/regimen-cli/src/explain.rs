//! `regimen explain`.

use crate::arguments::Explain;
use crate::failure::Failure;

pub(crate) fn run(_command: &Explain) -> Result<String, Failure> {
    Err(Failure::internal("not merged yet"))
}
