//! Sizing, orders, costs and fills: a target becomes a rebalance plan that always fits.
//!
//! ```text
//! Holdings + TargetPortfolio + prices → plan() → RebalancePlan of Orders and Skips → fill() → Fills and Shortfalls
//! ```
//!
//! [`plan`] sizes orders at the decision's prices such that the target and the costs of getting there are paid by what is
//! there. [`fill`] executes orders at later prices and never spends cash that is not there.
#![deny(clippy::arithmetic_side_effects)]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects))]

mod filling;
mod grid;
mod market;
mod planning;
mod sizing;
mod target;

pub use filling::{FillOutcome, Shortfall, ShortfallReason, fill};
pub use market::{Mark, Market, TradingTerms};
pub use planning::{PlanError, PlanLine, RebalancePlan, Skip, SkipReason, plan};
pub use target::{TargetError, TargetPortfolio};

#[cfg(test)]
mod tests;
