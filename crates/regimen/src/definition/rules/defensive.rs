//! Rules about the defensive sleeve.

use regimen_types::{Exact, Weight};

use super::{Section, Sections};
use crate::definition::SleeveAsset;
use crate::definition::fault::{DefinitionFault, LISTED_TWICE, MISSING_KEY, REENTRY_LOOSE, SLEEVE_ABOVE_ONE};

pub(super) fn sleeve_fits(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(defensive) = &sections.defensive else { return };
    let sleeve = &defensive.sleeve;
    for (index, member) in sleeve.iter().enumerate() {
        if sleeve[..index].iter().any(|earlier| earlier.asset == member.asset) {
            let key = format!("defensive.sleeve[{index}].asset");
            let message = format!("the defensive sleeve lists `{}` twice", member.asset);
            faults.push(DefinitionFault::of(LISTED_TWICE, key, message).quoting(member.asset.as_str()));
        }
    }
    if exceeds_one(sleeve) {
        let message = "the weights of the defensive sleeve sum to more than 1";
        faults.push(DefinitionFault::of(SLEEVE_ABOVE_ONE, "defensive.sleeve", message));
    }
    if !sleeve.is_empty() && defensive.peg_tolerance.is_none() {
        let help = "add it: an asset of the sleeve whose price is further than this from 1 is not bought";
        let message = "`defensive.peg_tolerance` is missing";
        faults.push(DefinitionFault::new(MISSING_KEY, "defensive.peg_tolerance", message, help));
    }
}

pub(super) fn reentry_is_tighter(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(defensive) = &sections.defensive else { return };
    let (Some(reentry), Some(tolerance)) = (&defensive.reentry, defensive.peg_tolerance) else { return };
    if reentry.tolerance > tolerance {
        let message = format!(
            "an asset of the sleeve would leave at {tolerance} off its peg but be bought again at {}",
            reentry.tolerance
        );
        let fault = DefinitionFault::of(REENTRY_LOOSE, "defensive.reentry.tolerance", message);
        faults.push(fault.quoting(reentry.tolerance.to_string()));
    }
}

fn exceeds_one(sleeve: &[SleeveAsset]) -> bool {
    let zero = Ok(Exact::from(Weight::ZERO.decimal()));
    let sum = sleeve.iter().fold(zero, |sum, member| sum?.plus(Exact::from(member.weight.decimal())));
    let order = sum.and_then(|sum| sum.compare(Exact::from(Weight::ONE.decimal())));
    !order.is_ok_and(std::cmp::Ordering::is_le)
}
