//! The causes that a plan, a skip or a shortfall gives for units that were not traded.

use regimen_planning::{PlanLine, RebalancePlan, ShortfallReason, Skip, SkipReason};
use regimen_types::Money;

use super::excess::Cause;

/// Returns the equity that a plan takes its target of: after costs, or before them where nothing was sized
/// because all that stays is at its target.
pub(super) fn equity_of(plan: &RebalancePlan) -> Money {
    let sized = plan.lines.iter().any(|line| {
        !line.target_weight.is_zero()
            && !line.action.as_ref().is_err_and(|skip| skip.reason == SkipReason::AtTarget)
    });
    if sized || plan.lines.iter().all(|line| line.target_weight.is_zero()) {
        plan.equity_after_costs
    } else {
        plan.equity
    }
}

pub(super) fn is_untouchable(line: &PlanLine) -> bool {
    matches!(&line.action, Err(skip) if skip.reason == SkipReason::NotTradable)
}

/// What holds positions of a plan back, and with them the cash that other positions wait for.
#[derive(Clone, Copy)]
pub(super) struct Held {
    bands: bool,
    pub(super) stale: bool,
    lots: bool,
}

impl Held {
    pub(super) fn of(lines: &[PlanLine], lots: bool) -> Self {
        let skips = || lines.iter().filter_map(|line| line.action.as_ref().err().or(line.undone.as_ref()));
        let any = |cause| skips().any(|skip| cause_of_skip(skip) == cause);
        Self { bands: any(Cause::Bands), stale: lines.iter().any(is_untouchable), lots }
    }

    /// Returns the cause of a skip. A purchase that is not paid for lacks what was not sold.
    pub(super) fn cause_of(self, skip: &Skip) -> Cause {
        match cause_of_skip(skip) {
            Cause::Cash if self.bands => Cause::Bands,
            Cause::Cash if self.stale => Cause::Stale,
            Cause::Cash if self.lots => Cause::Lots,
            cause => cause,
        }
    }
}

fn cause_of_skip(skip: &Skip) -> Cause {
    match skip.reason {
        SkipReason::AtTarget | SkipReason::BelowLot => Cause::Lots,
        SkipReason::NotTradable => Cause::Stale,
        SkipReason::CashShort => Cause::Cash,
        _ => Cause::Bands,
    }
}

/// Returns the cause of units that an order left over; `None` if a newer plan classifies them.
pub(super) fn cause_of_shortfall(reason: ShortfallReason) -> Option<Cause> {
    match reason {
        ShortfallReason::NoPrice | ShortfallReason::Delisted => Some(Cause::Stale),
        ShortfallReason::CashShort => Some(Cause::Cash),
        ShortfallReason::NotHeld => Some(Cause::Lots),
        ShortfallReason::Replaced => None,
        _ => Some(Cause::Bands),
    }
}
