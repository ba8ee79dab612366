//! Rules about the screens of a universe, and about the attributes and columns that rules need.

use regimen_types::Figure;
use regimen_weighting::Bound;

use super::sections::{Section, Sections};
use crate::fault::{
    DefinitionFault, LIST_REVERSED, LISTED_TWICE, NO_ATTRIBUTE, NO_FIXED_WEIGHTS, NO_SUPPLY, PERIODS_TWICE,
    THRESHOLD_REVERSED,
};
use crate::limits::GroupLimits;
use crate::lookback::MeasureDefinition;
use crate::screens::{ListedAssetDefinition, ScreenDefinition};
use crate::selection::GroupMax;
use crate::snapshots::Snapshots;
use crate::weighting::Weighting;

pub(super) fn screens_fit(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(universe) = &sections.universe else { return };
    let mut counts_periods = false;
    for (index, screen) in universe.screens.iter().enumerate() {
        let key = format!("universe.screens[{index}]");
        match screen {
            ScreenDefinition::Allow { assets } | ScreenDefinition::Deny { assets } => {
                stretches_fit(assets, &key, faults);
            }
            ScreenDefinition::ConsecutivePeriods { .. } => {
                if std::mem::replace(&mut counts_periods, true) {
                    let message = "a universe counts periods for one screen alone";
                    faults.push(DefinitionFault::of(PERIODS_TWICE, key, message));
                }
            }
            screen => threshold_fits(screen, &key, faults),
        }
    }
}

fn stretches_fit(assets: &[ListedAssetDefinition], key: &str, faults: &mut Vec<DefinitionFault>) {
    for (index, listed) in assets.iter().enumerate() {
        if let (Some(from), Some(until)) = (listed.from, listed.until)
            && from >= until
        {
            let message = format!("`{}` is listed from {from} until {until}, which is never", listed.asset);
            faults.push(DefinitionFault::of(LIST_REVERSED, format!("{key}.assets[{index}].until"), message));
        }
    }
}

/// An incumbent's threshold is as loose as a newcomer's, or looser.
fn threshold_fits(screen: &ScreenDefinition, key: &str, faults: &mut Vec<DefinitionFault>) {
    let (enter, stay, at_most): (Figure, Option<Figure>, bool) = match screen {
        ScreenDefinition::MinPrice { enter, stay }
        | ScreenDefinition::MinVolume { enter, stay, .. }
        | ScreenDefinition::MinMarketCap { enter, stay, .. } => (*enter, *stay, false),
        ScreenDefinition::Attribute { enter, stay, bound, .. } => (*enter, *stay, *bound == Bound::AtMost),
        ScreenDefinition::MinShare { enter, stay, .. } => {
            (Figure::from(*enter), stay.map(Figure::from), false)
        }
        _ => return,
    };
    let stricter = stay.filter(|stay| if at_most { *stay < enter } else { *stay > enter });
    if let Some(stay) = stricter {
        let message =
            format!("the threshold of incumbents, {stay}, is stricter than that of newcomers, {enter}");
        faults.push(DefinitionFault::of(THRESHOLD_REVERSED, format!("{key}.stay"), message));
    }
}

pub(super) fn fixed_weights_fit(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(Weighting::Fixed { weights }) = &sections.weighting else { return };
    if weights.is_empty() {
        let message = "`weighting.weights` is empty";
        faults.push(DefinitionFault::of(NO_FIXED_WEIGHTS, "weighting.weights", message));
    }
    for (index, fixed) in weights.iter().enumerate() {
        if weights[..index].iter().any(|earlier| earlier.asset == fixed.asset) {
            let key = format!("weighting.weights[{index}].asset");
            let message = format!("`weighting.weights` lists `{}` twice", fixed.asset);
            faults.push(DefinitionFault::of(LISTED_TWICE, key, message).quoting(fixed.asset.as_str()));
        }
    }
}

/// What rules need from the snapshots' further columns is read from them.
pub(super) fn columns_are_read(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let default = Snapshots::default();
    let snapshots = match &sections.snapshots {
        Section::Absent => &default,
        Section::Faulty => return,
        Section::Sound(snapshots) => snapshots,
    };
    for (key, need) in needs(sections) {
        match need {
            Need::Supply if snapshots.columns.circulating_supply.is_empty() => {
                let message = format!("`{key}` needs the circulating supply, but no column is named for it");
                faults.push(DefinitionFault::of(NO_SUPPLY, key, message));
            }
            Need::Attribute(name)
                if snapshots.attributes.as_ref().is_some_and(|kept| !kept.contains(&name)) =>
            {
                let message = format!("`{key}` needs an attribute that `snapshots.attributes` does not keep");
                faults.push(DefinitionFault::of(NO_ATTRIBUTE, key, message).quoting(name));
            }
            Need::Supply | Need::Attribute(_) => {}
        }
    }
}

enum Need {
    Supply,
    Attribute(String),
}

/// Returns what the definition's rules need beyond price, market cap and volume, each with its key.
fn needs(sections: &Sections) -> Vec<(String, Need)> {
    let mut needs = Vec::new();
    let mut named = |key: String, name: &str| needs.push((key, Need::Attribute(name.to_owned())));
    if let Section::Sound(universe) = &sections.universe {
        for (index, screen) in universe.screens.iter().enumerate() {
            if let ScreenDefinition::Attribute { name, .. } = screen {
                named(format!("universe.screens[{index}].name"), name);
            }
        }
    }
    if let Section::Sound(selection) = &sections.selection
        && let Some(GroupMax::Attribute { name, .. }) = &selection.group_max
    {
        named("selection.group_max.name".to_owned(), name);
    }
    if let Section::Sound(Weighting::AttributeTilt { attribute, .. }) = &sections.weighting {
        named("weighting.attribute".to_owned(), attribute);
    }
    if let Section::Sound(limits) = &sections.limits
        && let Some(GroupLimits::Attribute { name, .. }) = &limits.group
    {
        named("limits.group.name".to_owned(), name);
    }
    for (key, measure) in measures(sections) {
        match measure {
            MeasureDefinition::FloatAdjusted { float_factor } => {
                needs.push((key.clone(), Need::Supply));
                let factor = float_factor.iter().cloned();
                needs.extend(factor.map(|name| (format!("{key}.float_factor"), Need::Attribute(name))));
            }
            MeasureDefinition::Attribute { name } => {
                needs.push((format!("{key}.name"), Need::Attribute(name.clone())));
            }
            MeasureDefinition::MarketCap
            | MeasureDefinition::MeanMarketCap { .. }
            | MeasureDefinition::EwmaMarketCap { .. } => {}
        }
    }
    needs
}

/// Returns the amounts that the definition names, each with its key.
fn measures(sections: &Sections) -> Vec<(String, &MeasureDefinition)> {
    let mut measures = Vec::new();
    if let Section::Sound(universe) = &sections.universe {
        for (index, screen) in universe.screens.iter().enumerate() {
            if let ScreenDefinition::MinMarketCap { of: Some(of), .. }
            | ScreenDefinition::MinShare { of: Some(of), .. } = screen
            {
                measures.push((format!("universe.screens[{index}].of"), of));
            }
        }
    }
    if let Section::Sound(selection) = &sections.selection {
        measures.extend(selection.rank_by.iter().map(|measure| ("selection.rank_by".to_owned(), measure)));
    }
    if let Section::Sound(
        Weighting::MarketCap { of: Some(of) }
        | Weighting::SquareRoot { of: Some(of) }
        | Weighting::Power { of: Some(of), .. }
        | Weighting::AttributeTilt { of: Some(of), .. },
    ) = &sections.weighting
    {
        measures.push(("weighting.of".to_owned(), of));
    }
    measures
}
