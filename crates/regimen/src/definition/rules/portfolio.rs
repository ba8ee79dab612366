//! Rules about the portfolio.

use super::{Section, Sections};
use crate::definition::fault::{CASH_TOO_FINE, DefinitionFault};

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
