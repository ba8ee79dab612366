//! The index: level, constituents and weights at each snapshot, without holdings or costs.

mod advance;
mod announcement;
mod basis;
mod crossing;
mod day;
mod decision;
mod due;
mod error;
mod exposure;
mod given;
mod schedule;
mod sleeve;
mod state;
mod supply;

pub(crate) use advance::advance;
pub use advance::advance_index;
pub use announcement::{AnnouncedBasket, Announcement};
pub use basis::{Basis, GivenExclusion, GivenSource, GivenVerdict};
pub use crossing::Crossing;
pub use decision::{IndexDecision, IndexRebalance, RegimeDecision};
pub use error::IndexError;
pub use exposure::Exposure;
pub use schedule::{ScheduleState, scheduled_days};
pub use sleeve::{OffPeg, SleeveState};
pub use state::{IndexState, LastRebalance, SignalState};
pub use supply::{AnnouncedSupply, SupplyState};
