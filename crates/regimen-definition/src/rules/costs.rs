//! Rules about the costs of a trade.

use std::cmp::Ordering;

use regimen_types::Exact;
use rust_decimal::Decimal;

use super::sections::{Section, Sections};
use crate::fault::{COSTS_TAKE_ALL, DefinitionFault};

const WHOLE_NOTIONAL_BPS: Decimal = Decimal::from_parts(10_000, 0, 0, false, 0);

pub(super) fn costs_leave_something(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(costs) = &sections.costs else { return };
    let sum = Exact::from(costs.fee_bps.decimal()).plus(costs.slippage_bps.decimal().into());
    let order = sum.and_then(|sum| sum.compare(WHOLE_NOTIONAL_BPS.into()));
    if order != Ok(Ordering::Less) {
        let message = format!(
            "`costs.fee_bps` and `costs.slippage_bps` ({}) together take the whole notional",
            costs.slippage_bps
        );
        let fault = DefinitionFault::of(COSTS_TAKE_ALL, "costs.fee_bps", message);
        faults.push(fault.quoting(costs.fee_bps.to_string()));
    }
}
