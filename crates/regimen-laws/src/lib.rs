//! Laws of index rules, checked on random markets.
//!
//! One call checks a rule of your own (how to weigh, screen, select, when to trade). It returns `Ok`, or the
//! smallest case that breaks a law, written as a person would write it:
//!
//! ```
//! use regimen_laws::weighting_rule;
//! use regimen_weighting::{Candidate, EqualWeight, Weights, WeightingError, WeightingRule};
//!
//! weighting_rule(&EqualWeight).check().unwrap();
//!
//! /// Weighs by the first letter of the asset's name.
//! #[derive(Debug)]
//! struct ByName;
//!
//! impl WeightingRule for ByName {
//!     fn weigh(&self, candidates: &[Candidate]) -> Result<Weights, WeightingError> {
//!         let letter = |each: &Candidate| (each.asset.clone(), each.asset.as_str().as_bytes()[0].into());
//!         Ok(Weights::proportional_to(&candidates.iter().map(letter).collect::<Vec<_>>())?)
//!     }
//! }
//! let broken = weighting_rule(&ByName).check().unwrap_err();
//! assert!(broken.violations.iter().any(|each| each.law == "names"));
//! ```
//!
//! The cases depend on a seed alone, so a check passes or fails the same way each time. No knowledge of
//! proptest is needed. Its users find the strategies of markets, histories, candidates and portfolios here
//! too.
#![deny(clippy::arithmetic_side_effects)]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects))]

mod candidates;
mod case;
mod check;
mod cost_model;
mod draw;
mod engine;
mod fills;
mod history_weighting;
mod law;
mod limits;
mod market;
mod methodology;
mod planner;
mod portfolio;
mod regime_rule;
mod regimes;
mod screens;
mod selection;
mod signals;
mod text_table;
mod trigger;
mod violation;
mod weighting;

pub use candidates::candidates;
pub use case::{Case, Shrinking};
pub use check::Check;
pub use cost_model::{CostLaw, PricedTrade, cost_model, priced_trades};
pub use engine::{Engine, EngineRun, EngineStep};
pub use fills::{FillFunction, FillLaw, fills};
pub use history_weighting::{HistoryWeightingLaw, history_weighting};
pub use law::{Finding, Judgement, Law, Objection};
pub use limits::{LimitLaw, RawWeights, raw_weights, weight_cap};
pub use market::{MarketRow, MarketSnapshot, MarketTable, Markets, histories, markets};
pub use methodology::{MethodologyLaw, engine, methodology};
pub use planner::{PlanFunction, PlannerLaw, planner};
pub use portfolio::{Portfolio, Position, Trades, holdings, portfolios, targets};
pub use regime_rule::{RegimeRuleLaw, RegimeStepFunction, regime_rule};
pub use regimes::{RegimeClaims, RegimeFunction, RegimeLaw, Scores, regimes, scores};
pub use screens::{ScreenLaw, screen};
pub use selection::{Ranking, SelectionLaw, rankings, selection_rule};
pub use signals::{SignalLaw, regime_signal};
pub use text_table::TextTable;
pub use trigger::{TriggerFunction, TriggerLaw, rebalance_trigger, trigger};
pub use violation::{Broken, Violation};
pub use weighting::{WeightingLaw, weighting_function, weighting_rule};

/// The code of the how-to, which compiles and runs as documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/laws.md")]
pub struct HowTo;
