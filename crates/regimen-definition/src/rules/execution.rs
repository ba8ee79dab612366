//! Rules about execution and cash flows.

use super::sections::{Section, Sections};
use crate::events::CashFlows;
use crate::execution::Execution;
use crate::fault::{DefinitionFault, FLOW_OF_NOTHING, FLOW_TOO_FINE, NOTHING_FOLLOWS, SLICES_WITHOUT_LAG};

pub(super) fn slices_need_a_lag(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let (Section::Sound(execution), Section::Sound(portfolio)) = (&sections.execution, &sections.portfolio)
    else {
        return;
    };
    if portfolio.lag_snapshots == 0 && *execution != Execution::AT_ONCE {
        let key = if execution.slices > 1 { "execution.slices" } else { "execution.carry_snapshots" };
        let message =
            format!("`{key}` spreads execution, but with a lag of 0 all is executed at the decision");
        faults.push(DefinitionFault::of(SLICES_WITHOUT_LAG, key, message));
    }
}

pub(super) fn a_portfolio_trades(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let tables =
        [("execution", sections.execution.is_absent()), ("cash_flows", sections.cash_flows.is_absent())];
    if !sections.portfolio.is_absent() {
        return;
    }
    for (table, _) in tables.into_iter().filter(|(_, absent)| !absent) {
        let message = format!("`{table}` needs a portfolio, and the definition has no `portfolio`");
        faults.push(DefinitionFault::of(NOTHING_FOLLOWS, table, message));
    }
}

pub(super) fn flows_fit_scale(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(CashFlows::List { flows }) = &sections.cash_flows else { return };
    let money_scale = match &sections.portfolio {
        Section::Sound(portfolio) => portfolio.money_scale,
        _ => u32::MAX,
    };
    for (number, flow) in flows.iter().enumerate() {
        let key = format!("cash_flows.flows[{number}].amount");
        let fault = if flow.amount.is_zero() {
            DefinitionFault::of(FLOW_OF_NOTHING, key, "a cash flow of zero")
        } else if flow.amount.decimal().normalize().scale() > money_scale {
            let message = format!("the amount has more than {money_scale} decimal places");
            DefinitionFault::of(FLOW_TOO_FINE, key, message).quoting(flow.amount.to_string())
        } else {
            continue;
        };
        faults.push(fault);
    }
}
