//! Rules about the defensive sleeve.

use regimen_types::{Exact, Weight};

use super::sections::{Section, Sections};
use crate::defensive::SleeveAsset;
use crate::fault::{
    DefinitionFault, LISTED_TWICE, MISSING_KEY, REENTRY_LOOSE, SLEEVE_ABOVE_ONE, YIELD_ELSEWHERE,
};
use crate::yields::Yields;

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

/// Only what the sleeve holds earns: an asset among the constituents earns by its corporate actions.
pub(super) fn yields_are_of_the_sleeve(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(defensive) = &sections.defensive else { return };
    let Some(Yields::Constant { assets, .. }) = &defensive.yields else { return };
    for (index, each) in assets.iter().enumerate() {
        let key = format!("defensive.yields.assets[{index}].asset");
        if assets[..index].iter().any(|earlier| earlier.asset == each.asset) {
            let message = format!("`{}` has two yields", each.asset);
            faults.push(DefinitionFault::of(LISTED_TWICE, key, message).quoting(each.asset.as_str()));
        } else if defensive.sleeve.iter().all(|member| member.asset != each.asset) {
            let message = format!("`{}` is no asset of the defensive sleeve", each.asset);
            faults.push(DefinitionFault::of(YIELD_ELSEWHERE, key, message).quoting(each.asset.as_str()));
        }
    }
}

fn exceeds_one(sleeve: &[SleeveAsset]) -> bool {
    let zero = Ok(Exact::from(Weight::ZERO.decimal()));
    let sum = sleeve.iter().fold(zero, |sum, member| sum?.plus(Exact::from(member.weight.decimal())));
    let order = sum.and_then(|sum| sum.compare(Exact::from(Weight::ONE.decimal())));
    !order.is_ok_and(std::cmp::Ordering::is_le)
}
