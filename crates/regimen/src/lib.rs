//! Rules-based index rebalancing: a definition becomes a methodology, and one pure function decides.

pub mod definition;
mod methodology;

pub use definition::{
    DefinitionError, DefinitionFault, IndexDefinition, definition_schema, parse_definition,
};
pub use methodology::Methodology;
