//! Tests of the facade from outside.

mod definition_properties;
mod definitions;
