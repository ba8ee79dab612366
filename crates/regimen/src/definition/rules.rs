//! The rules between keys, which a schema cannot state.

use std::collections::BTreeMap;

use regimen_types::{Exact, Weight};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::fault::{
    BAND_REVERSED, CASH_TOO_FINE, DefinitionFault, IGNORED_TABLE, LISTED_TWICE, MISSING_KEY, NO_ASSET_LIST,
    NO_WEIGHTS_FILE, SLEEVE_ABOVE_ONE,
};
use super::{
    Defensive, Portfolio, RegimeDefinition, Schedule, Selection, SleeveAsset, Snapshots, Universe, Weighting,
};

/// A rule between keys: it adds a fault for each key that breaks it, and is silent about sections with faults of their own.
pub(super) type Rule = fn(&Sections, &mut Vec<DefinitionFault>);

/// The rules for every definition.
pub(super) const ALWAYS: &[Rule] = &[
    columns_differ,
    band_is_ordered,
    sleeve_fits,
    selection_fits_weighting,
    schedule_fits_weighting,
    cash_fits_scale,
];

/// The further rules for a definition that names its files. A service hands its asset list over in code.
pub(super) const WITH_FILES: &[Rule] = &[categories_are_known];

/// The tables of a definition, each on its own, so that a fault in one does not hide a fault in another.
pub(super) struct Sections {
    snapshots: Section<Snapshots>,
    regime: Section<RegimeDefinition>,
    defensive: Section<Defensive>,
    universe: Section<Universe>,
    selection: Section<Selection>,
    weighting: Section<Weighting>,
    schedule: Section<Schedule>,
    portfolio: Section<Portfolio>,
}

enum Section<Table> {
    Absent,
    Faulty,
    Sound(Table),
}

impl Sections {
    pub(super) fn new(value: &Value, faults: &[DefinitionFault]) -> Self {
        Self {
            snapshots: Section::new("snapshots", value, faults),
            regime: Section::new("regime", value, faults),
            defensive: Section::new("defensive", value, faults),
            universe: Section::new("universe", value, faults),
            selection: Section::new("selection", value, faults),
            weighting: Section::new("weighting", value, faults),
            schedule: Section::new("schedule", value, faults),
            portfolio: Section::new("portfolio", value, faults),
        }
    }
}

impl<Table: DeserializeOwned> Section<Table> {
    fn new(name: &str, value: &Value, faults: &[DefinitionFault]) -> Self {
        if faults.iter().any(|fault| fault.is_within(name)) {
            return Self::Faulty;
        }
        match value.get(name) {
            None => Self::Absent,
            Some(table) => serde_json::from_value(table.clone()).map_or(Self::Faulty, Self::Sound),
        }
    }
}

fn columns_differ(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(snapshots) = &sections.snapshots else { return };
    let mut seen: BTreeMap<&str, String> = BTreeMap::new();
    let mapped = snapshots.columns.named().map(|(key, column)| (format!("snapshots.columns.{key}"), column));
    let attributes =
        snapshots.attributes.iter().flatten().map(|name| ("snapshots.attributes".to_owned(), name.as_str()));
    for (key, column) in mapped.chain(attributes) {
        match seen.get(column) {
            None => {
                seen.insert(column, key);
            }
            Some(first) => {
                let message = format!("`{key}` names the column of `{first}`");
                faults.push(DefinitionFault::of(LISTED_TWICE, key, message).quoting(column));
            }
        }
    }
}

fn band_is_ordered(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
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

fn sleeve_fits(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
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

fn exceeds_one(sleeve: &[SleeveAsset]) -> bool {
    let zero = Ok(Exact::from(Weight::ZERO.decimal()));
    let sum = sleeve.iter().fold(zero, |sum, member| sum?.plus(Exact::from(member.weight.decimal())));
    let order = sum.and_then(|sum| sum.compare(Exact::from(Weight::ONE.decimal())));
    !order.is_ok_and(std::cmp::Ordering::is_le)
}

fn selection_fits_weighting(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(weighting) = &sections.weighting else { return };
    let from_file = matches!(weighting, Weighting::File { .. });
    let tables = [
        ("universe", matches!(sections.universe, Section::Absent), "which assets may be selected"),
        ("selection", matches!(sections.selection, Section::Absent), "how many assets are selected"),
    ];
    for (key, absent, meaning) in tables {
        if from_file && !absent {
            let message = format!("`{key}` would be ignored: the weights come from a file");
            faults.push(DefinitionFault::of(IGNORED_TABLE, key, message));
        }
        if !from_file && absent {
            let help = format!("add the table `[{key}]`: {meaning}");
            faults.push(DefinitionFault::new(MISSING_KEY, key, format!("`{key}` is missing"), help));
        }
    }
}

fn schedule_fits_weighting(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let (Section::Sound(Schedule::WeightsFile), Section::Sound(weighting)) =
        (&sections.schedule, &sections.weighting)
    else {
        return;
    };
    if !matches!(weighting, Weighting::File { .. }) {
        let message = "the schedule follows a file of weights, but the weights come from a rule";
        faults.push(DefinitionFault::of(NO_WEIGHTS_FILE, "schedule.every", message));
    }
}

fn cash_fits_scale(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
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

fn categories_are_known(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(universe) = &sections.universe else { return };
    let asset_list = match &sections.snapshots {
        Section::Absent => None,
        Section::Faulty => return,
        Section::Sound(snapshots) => snapshots.asset_list.as_ref(),
    };
    if asset_list.is_none() && !universe.exclude_categories.is_empty() {
        let message =
            "categories are excluded, but there is no asset list that gives assets their categories";
        faults.push(DefinitionFault::of(NO_ASSET_LIST, "universe.exclude_categories", message));
    }
}
