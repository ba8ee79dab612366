//! `regimen verify`.

use crate::arguments::Verify;
use crate::failure::Failure;

pub(crate) fn run(_command: &Verify) -> Result<String, Failure> {
    Err(Failure::internal("not merged yet"))
}
