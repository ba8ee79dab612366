//! Laws of the ledger, its log and the index, and a refusal for every code.
#![allow(clippy::unwrap_used, reason = "these modules are tests")]

mod gains;
mod index_changes;
mod index_laws;
mod ledger_laws;
mod log_laws;
mod refusals;
mod script;
