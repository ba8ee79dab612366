//! Rules about the regime.

use std::collections::BTreeSet;

use regimen_regime::Combination;

use super::sections::{Section, Sections};
use crate::fault::{
    BAND_REVERSED, CROSSOVER_REVERSED, DefinitionFault, FLAT_SCORE, IGNORED_WEIGHT, LISTED_TWICE,
    MISSING_KEY, NO_SIGNAL, NO_UNIVERSE,
};
use crate::regime::{CombinedSignals, RegimeDefinition, SeriesDefinition, SignalReads};
use crate::weighting::Weighting;

pub(super) fn band_is_ordered(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let (enter_above, exit_below) = match &sections.regime {
        Section::Sound(RegimeDefinition::PriceAboveAverage(rule)) => {
            (rule.enter_above.decimal(), rule.exit_below.decimal())
        }
        Section::Sound(RegimeDefinition::Signals(rule)) => {
            (rule.enter_above.decimal(), rule.exit_below.decimal())
        }
        _ => return,
    };
    if exit_below > enter_above {
        let message = format!("a bullish regime would begin above {enter_above} but end below {exit_below}");
        let fault = DefinitionFault::of(BAND_REVERSED, "regime.exit_below", message);
        faults.push(fault.quoting(exit_below.to_string()));
    }
}

pub(super) fn signals_are_sound(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(RegimeDefinition::Signals(rule)) = &sections.regime else { return };
    if rule.signals.is_empty() && rule.groups.is_empty() {
        faults.push(DefinitionFault::of(NO_SIGNAL, "regime.signals", "the regime has no signal"));
    }
    for (index, group) in rule.groups.iter().enumerate() {
        if group.signals.is_empty() {
            let key = format!("regime.groups[{index}].signals");
            let message = format!("the group {:?} has no signal", group.name);
            faults.push(DefinitionFault::of(NO_SIGNAL, key, message));
        }
    }
    names_differ(rule, faults);
    weights_fit(rule, faults);
    for (key, signal) in rule.all_signals() {
        if signal.neutral == signal.full {
            let message = format!("the score of {:?} would be both 0 and 1 at {}", signal.name, signal.full);
            let fault = DefinitionFault::of(FLAT_SCORE, format!("{key}.full"), message);
            faults.push(fault.quoting(signal.full.to_string()));
        }
        if let SignalReads::Crossover { fast, slow, .. } = &signal.reads
            && fast.window_snapshots() >= slow.window_snapshots()
        {
            let message = format!(
                "the fast average has {} values and the slow one {}",
                fast.window_snapshots(),
                slow.window_snapshots()
            );
            faults.push(DefinitionFault::of(CROSSOVER_REVERSED, format!("{key}.reads.fast"), message));
        }
    }
}

fn names_differ(rule: &CombinedSignals, faults: &mut Vec<DefinitionFault>) {
    let groups = rule.groups.iter().enumerate();
    let groups = groups.map(|(index, group)| (format!("regime.groups[{index}]"), &group.name));
    let mut seen = BTreeSet::new();
    for (key, name) in rule.all_signals().map(|(key, signal)| (key, &signal.name)).chain(groups) {
        if !seen.insert(name) {
            let message = format!("two signals or groups have the name {name:?}");
            faults.push(DefinitionFault::of(LISTED_TWICE, format!("{key}.name"), message).quoting(name));
        }
    }
}

/// A weight is there where, and only where, scores combine by weight.
fn weights_fit(rule: &CombinedSignals, faults: &mut Vec<DefinitionFault>) {
    let mut check = |combine: Combination, key: String, has_weight: bool| {
        let key = format!("{key}.weight");
        match (combine == Combination::Weighted, has_weight) {
            (true, false) => {
                let help = "add it: the scores combine by weight";
                faults.push(DefinitionFault::new(MISSING_KEY, &key, format!("`{key}` is missing"), help));
            }
            (false, true) => {
                let message = format!("`{key}` would be ignored: the scores do not combine by weight");
                faults.push(DefinitionFault::of(IGNORED_WEIGHT, key, message));
            }
            _ => {}
        }
    };
    for (index, signal) in rule.signals.iter().enumerate() {
        check(rule.combine, format!("regime.signals[{index}]"), signal.weight.is_some());
    }
    for (index, group) in rule.groups.iter().enumerate() {
        check(rule.combine, format!("regime.groups[{index}]"), group.weight.is_some());
        for (inner, signal) in group.signals.iter().enumerate() {
            let key = format!("regime.groups[{index}].signals[{inner}]");
            check(group.combine, key, signal.weight.is_some());
        }
    }
}

/// Breadth and total market cap are of the eligible universe, which weights from a file do not have.
pub(super) fn signals_have_a_universe(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let (Section::Sound(RegimeDefinition::Signals(rule)), Section::Sound(Weighting::File { .. })) =
        (&sections.regime, &sections.weighting)
    else {
        return;
    };
    for (key, signal) in rule.all_signals() {
        let of_universe = matches!(
            signal.reads.series(),
            Some(SeriesDefinition::TotalMarketCap | SeriesDefinition::Breadth { .. })
        );
        if of_universe {
            let message = format!(
                "{:?} reads the eligible universe, and the definition has no `universe`",
                signal.name
            );
            faults.push(DefinitionFault::of(NO_UNIVERSE, format!("{key}.reads.of"), message));
        }
    }
}
