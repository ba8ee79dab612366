//! Triggers: when a portfolio is rebalanced although its index is not.

use std::fmt::Debug;

use regimen_types::{ArithmeticError, AssetId, Cause, Exact, Ratio, Rounding, Weight};
use serde::{Deserialize, Serialize};

use crate::drift::{Drift, DriftLine};

/// A trigger's reading of a portfolio.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriggerReading {
    /// The cause of the rebalance if it fires.
    pub cause: Cause,
    /// True if the trigger fires.
    pub fires: bool,
    /// The asset furthest beyond the limit, or nearest to it; `None` for a trigger about the whole portfolio.
    pub asset: Option<AssetId>,
    /// The measured figure.
    pub measured: Ratio,
    /// The limit, above which the trigger fires.
    pub allowed: Ratio,
}

/// Decides from a portfolio's drift whether it is rebalanced.
///
/// Laws: a portfolio at its target never fires; a reading fires if and only if the measured figure is above
/// the limit.
///
/// ```
/// use regimen_planning::{Drift, RebalanceTrigger, TurnoverTrigger};
/// use regimen_types::Ratio;
/// let trigger = TurnoverTrigger { one_way_max: "0.1".parse().unwrap() };
/// let drift = |turnover: &str| Drift { lines: Vec::new(), turnover: turnover.parse().unwrap() };
/// let at = |turnover: &str| trigger.read(&drift(turnover)).unwrap();
/// assert!(!at("0").fires && !at("0.1").fires && at("0.11").fires);
/// ```
pub trait RebalanceTrigger: Debug + Send + Sync {
    /// Reads the trigger.
    ///
    /// # Errors
    /// [`ArithmeticError`] if a figure overflows.
    fn read(&self, drift: &Drift) -> Result<TriggerReading, ArithmeticError>;
}

/// Fires if a position is further from its target weight than either distance.
///
/// Where an asset is not in the target, or not held, only the absolute distance counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DriftTrigger {
    /// The distance in weight.
    pub absolute: Option<Weight>,
    /// The distance as a part of the target weight.
    pub relative: Option<Weight>,
}

/// Fires if one-way turnover to the target is above a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TurnoverTrigger {
    /// The limit.
    pub one_way_max: Weight,
}

/// Fires if a held asset is not in the target: it was removed from the index, denied or not selected again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForcedExitTrigger;

impl DriftTrigger {
    /// Returns the allowed distance of a position, if a limit applies to it.
    fn allowed(&self, line: &DriftLine) -> Result<Option<Ratio>, ArithmeticError> {
        let absolute = self.absolute.map(Ratio::from);
        let counts = !line.target_weight.is_zero() && !line.weight.is_zero();
        let relative = match self.relative.filter(|_| counts) {
            Some(part) => {
                let distance = Exact::product(part.decimal(), line.target_weight.decimal());
                Ratio::new(distance.round(Ratio::SCALE, Rounding::Up)?).ok()
            }
            None => None,
        };
        Ok(match (absolute, relative) {
            (Some(absolute), Some(relative)) => Some(absolute.min(relative)),
            (one, other) => one.or(other),
        })
    }
}

impl RebalanceTrigger for DriftTrigger {
    fn read(&self, drift: &Drift) -> Result<TriggerReading, ArithmeticError> {
        let mut worst = TriggerReading {
            cause: Cause::Drift,
            fires: false,
            asset: None,
            measured: Ratio::ZERO,
            allowed: self.absolute.or(self.relative).map_or(Ratio::ZERO, Ratio::from),
        };
        for line in &drift.lines {
            let Some(allowed) = self.allowed(line)? else { continue };
            let measured = line.distance();
            // Compares the quotients measured ÷ allowed without dividing.
            let here = Exact::product(measured.decimal(), worst.allowed.decimal());
            let there = Exact::product(worst.measured.decimal(), allowed.decimal());
            if here.compare(there)?.is_gt() {
                let (fires, asset) = (measured > allowed, Some(line.asset.clone()));
                worst = TriggerReading { cause: Cause::Drift, fires, asset, measured, allowed };
            }
        }
        Ok(worst)
    }
}

impl RebalanceTrigger for TurnoverTrigger {
    fn read(&self, drift: &Drift) -> Result<TriggerReading, ArithmeticError> {
        let (measured, allowed) = (drift.turnover, Ratio::from(self.one_way_max));
        Ok(TriggerReading { cause: Cause::Drift, fires: measured > allowed, asset: None, measured, allowed })
    }
}

impl RebalanceTrigger for ForcedExitTrigger {
    fn read(&self, drift: &Drift) -> Result<TriggerReading, ArithmeticError> {
        let leaving = drift.lines.iter().filter(|line| line.target_weight.is_zero());
        let largest = leaving.reduce(|one, other| if other.weight > one.weight { other } else { one });
        let measured = largest.map_or(Ratio::ZERO, |line| line.weight);
        Ok(TriggerReading {
            cause: Cause::ForcedExit,
            fires: measured > Ratio::ZERO,
            asset: largest.map(|line| line.asset.clone()),
            measured,
            allowed: Ratio::ZERO,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(asset: &str, weight: &str, target: &str) -> DriftLine {
        DriftLine {
            asset: asset.parse().unwrap(),
            weight: weight.parse().unwrap(),
            target_weight: target.parse().unwrap(),
        }
    }

    fn drift(lines: Vec<DriftLine>) -> Drift {
        Drift { lines, turnover: Ratio::ZERO }
    }

    #[test]
    fn the_five_twenty_five_rule() {
        // Beyond 5 % of the portfolio, or beyond a quarter of the target: 0.02 for a target of 0.08.
        let trigger = DriftTrigger { absolute: "0.05".parse().ok(), relative: "0.25".parse().ok() };
        let read = |large: &str, small: &str| {
            trigger.read(&drift(vec![line("a", large, "0.6"), line("b", small, "0.08")])).unwrap()
        };
        assert!(!read("0.65", "0.1").fires, "at the limit is within it");
        assert!(read("0.651", "0.08").fires && read("0.6", "0.1001").fires);
        let reading = read("0.62", "0.095");
        assert_eq!((reading.asset.unwrap().as_str(), reading.measured.to_string().as_str()), ("b", "0.015"));
        assert!(!reading.fires && reading.allowed.to_string() == "0.02");
    }

    #[test]
    fn what_left_the_index_is_a_forced_exit() {
        let read = |weight: &str| {
            ForcedExitTrigger.read(&drift(vec![line("a", "0.5", "0.5"), line("b", weight, "0")]))
        };
        assert!(read("0.001").unwrap().fires);
        assert!(!read("0").unwrap().fires);
    }
}
