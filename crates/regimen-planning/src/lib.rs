//! Sizing, orders, costs and fills: a target becomes a rebalance plan that always fits.
//!
//! ```text
//! PlanRequest (Holdings, TargetPortfolio, Market) → RebalancePlan (Orders, Skips)
//! fill() (Orders, Holdings, Market)               → FillOutcome (Fills, Shortfalls)
//! ```
//!
//! [`PlanRequest::plan`] sizes orders at the decision's prices so that cash and sales pay for the target and
//! for the costs of reaching it. [`fill`] executes orders at later prices and never spends cash that is not
//! there.
#![deny(clippy::arithmetic_side_effects)]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects))]

mod caps;
mod cost_model;
mod drift;
mod filling;
mod filters;
mod frictions;
mod funding;
mod gas;
mod grid;
mod market;
mod plan;
mod planning;
mod position;
mod quote;
mod resolution;
mod rules;
mod scaling;
mod sizing;
mod target;
mod trigger;

pub use cost_model::{CostModel, Liquidity, Trade};
pub use drift::{Drift, DriftLine};
pub use filling::{FillOutcome, Shortfall, ShortfallReason, fill};
pub use frictions::{Commission, Frictions, HalfSpread, SquareRootImpact};
pub use gas::{Gas, GasSeries, GasValue, UnknownGas};
pub use market::{Mark, Market, TradingTerms};
pub use plan::{PlanError, PlanLine, RebalancePlan, Skip, SkipReason};
pub use planning::PlanRequest;
pub use quote::{Quote, QuoteBounds, QuoteLine, QuoteRequest, quote};
pub use rules::{Band, Lots, MinimumNotional, TradeTo, TradingRules, TurnoverLimit, TurnoverPriority};
pub use target::{TargetError, TargetPortfolio};
pub use trigger::{DriftTrigger, ForcedExitTrigger, RebalanceTrigger, TriggerReading, TurnoverTrigger};

#[cfg(test)]
mod tests;
