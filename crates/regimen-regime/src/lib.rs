//! Indicators, signals, combination and hysteresis: from the market's history to a regime.
//!
//! ```text
//! HistoryWindow → RegimeSignal ─→ Reading → score ─┐
//! Measured      → Indicator    ─→ Reading → score ─┴→ Combination → Gauge → Hysteresis → RegimeState
//! ```
//!
//! Signals compute with floats: they read decimals through [`regimen_types::approximate`], and the result is
//! an enum. Logarithms and exponentials are those of `libm`, which gives the same digits on every machine.

mod arithmetic;
mod average;
mod combination;
mod drawdown;
mod faber;
mod hysteresis;
mod level;
mod lookback;
mod markov;
mod measured;
mod momentum;
mod outside;
mod reading;
mod rule;
mod series;
mod signal;
#[cfg(test)]
mod testing;
mod turning;
mod universe;
mod volatility;

pub use average::{AgainstAverage, Average, AverageCrossover};
pub use combination::{Combination, Gauge, MemberScore, ScoreScale};
pub use drawdown::Drawdown;
pub use faber::MonthEndsAgainstAverage;
pub use hysteresis::{Hysteresis, RegimeState, ThresholdError, Thresholds};
pub use level::Level;
pub use lookback::Lookback;
pub use markov::{BullishState, MarkovFilter, MarkovParameters, MarkovSettings, RefitPeriod};
pub use measured::Measured;
pub use momentum::Momentum;
pub use outside::{OutsideSeries, OutsideSeriesError, OutsideSignal, OutsideValue};
pub use reading::{Reading, SignalReading, WhenStale};
pub use rule::{Input, Member, MemberReading, Read, RegimeRule, RegimeStep, Signal};
pub use series::{Indicator, PriceSignal, SeriesWindow};
pub use signal::RegimeSignal;
pub use turning::{Domain, Turning, turning};
pub use universe::{breadth, total_market_cap};
pub use volatility::{Volatility, VolatilityAgainstQuantile};
