//! Rules about the portfolio.

use super::sections::{Section, Sections};
use crate::fault::{CASH_TOO_FINE, DefinitionFault, MISSING_KEY};

/// A portfolio has all of its tables, or the definition is of an index alone and has none.
pub(super) fn portfolio_is_whole(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let tables = [
        (
            "portfolio",
            sections.portfolio.is_absent(),
            "the money that follows the index, and the scales of its ledger",
        ),
        ("costs", sections.costs.is_absent(), "what a trade costs, in proportion to its notional"),
        (
            "vanished",
            sections.vanished.is_absent(),
            "what becomes of a held asset that has no price any more",
        ),
    ];
    if tables.iter().all(|(_, absent, _)| *absent) {
        return;
    }
    for (key, _, meaning) in tables.iter().filter(|(_, absent, _)| *absent) {
        let help = format!("add the table `[{key}]`: {meaning}");
        faults.push(DefinitionFault::new(MISSING_KEY, *key, format!("`{key}` is missing"), help));
    }
}

pub(super) fn cash_fits_scale(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(portfolio) = &sections.portfolio else { return };
    let cash = portfolio.initial_cash;
    if cash.decimal().normalize().scale() > portfolio.money_scale {
        let message =
            format!("`portfolio.initial_cash` has more than {} decimal places", portfolio.money_scale);
        faults.push(
            DefinitionFault::of(CASH_TOO_FINE, "portfolio.initial_cash", message).quoting(cash.to_string()),
        );
    }
}
