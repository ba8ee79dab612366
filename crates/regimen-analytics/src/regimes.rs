//! The effect of the regime switch on a run: spells, switches and their costs, round trips that were too
//! short.

mod builder;
mod report;
mod shortest_dwell;
mod snapshot;
mod spells;
mod unit_value;

pub use builder::RegimeReportBuilder;
pub use report::{
    InRegime, RegimeFigures, RegimeReport, RoundTrip, Spell, Switch, SwitchCosts, Whipsaw, WhipsawBound,
};
pub use snapshot::SnapshotFigures;
