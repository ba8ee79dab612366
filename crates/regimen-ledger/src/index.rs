//! The index: a level that costs nothing to follow, kept continuous by its divisor.

mod action;
mod deletion;
mod distribution;
mod grid;
mod level;
mod position;
mod pro_forma;

pub use deletion::Successor;
pub use distribution::Reinvestment;
pub use level::Index;
pub use position::IndexPosition;
pub use pro_forma::ProForma;
