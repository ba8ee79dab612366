//! Rules about the regime.

use super::{Section, Sections};
use crate::definition::RegimeDefinition;
use crate::definition::fault::{BAND_REVERSED, DefinitionFault};

pub(super) fn band_is_ordered(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(RegimeDefinition::PriceAboveAverage(rule)) = &sections.regime else { return };
    if rule.exit_below > rule.enter_above {
        let message = format!(
            "a bullish regime would begin above {} but end below {}",
            rule.enter_above, rule.exit_below
        );
        let fault = DefinitionFault::of(BAND_REVERSED, "regime.exit_below", message);
        faults.push(fault.quoting(rule.exit_below.to_string()));
    }
}
