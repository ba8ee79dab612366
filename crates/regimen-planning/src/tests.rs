//! Plans, fills and quotes: worked examples, and laws on random portfolios.

mod friction_laws;
mod frictional;
mod frictions;
mod json;
mod participation;
mod plain;
mod portfolios;
mod quotes;
