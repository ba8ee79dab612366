//! `regimen explain`.

use crate::arguments::Explain;
use crate::failure::Failure;

pub(crate) fn run(_command: &Explain) -> Result<(), Failure> {
    Err(Failure::internal("not merged yet"))
}
