//! Rules about costs that depend on size, chain or volume, and about bands and filters.

use std::collections::BTreeSet;
use std::fmt::Display;

use regimen_types::Weight;

use super::sections::{Section, Sections};
use crate::costs::{GasCost, HalfSpreadCost, RateFrom};
use crate::fault::{
    DefinitionFault, EXIT_ABOVE_TRADE, GAS_TWICE, IGNORED_TABLE, LISTED_TWICE, NO_DISTANCE, NO_GAS,
    NO_SUCH_COLUMN, TIERS_DESCEND,
};

pub(super) fn a_portfolio_trades(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    if matches!(sections.trading, Section::Sound(_)) && matches!(sections.portfolio, Section::Absent) {
        let message = "`trading` would be ignored: no portfolio follows the index";
        let help = "remove the table, or add `[portfolio]`, `[costs]` and `[vanished]`";
        faults.push(DefinitionFault::new(IGNORED_TABLE, "trading", message, help));
    }
}

pub(super) fn tiers_ascend(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(costs) = &sections.costs else { return };
    check_tiers("costs.fee_tiers", &costs.fee_tiers, faults);
    if let Some(HalfSpreadCost::Volume { tiers, .. }) = &costs.half_spread {
        check_tiers("costs.half_spread.tiers", tiers, faults);
    }
}

fn check_tiers(key: &str, tiers: &[RateFrom], faults: &mut Vec<DefinitionFault>) {
    for (index, pair) in tiers.windows(2).enumerate() {
        if let [earlier, later] = pair
            && later.from <= earlier.from
        {
            let message =
                format!("the amounts of `{key}` do not ascend: {} follows {}", later.from, earlier.from);
            let key = format!("{key}[{}].from", index + 1);
            faults.push(DefinitionFault::of(TIERS_DESCEND, key, message).quoting(later.from.to_string()));
        }
    }
}

pub(super) fn assets_are_listed_once(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    if let Section::Sound(costs) = &sections.costs {
        check_repeats(
            "costs.fee_of_asset",
            "asset",
            costs.fee_of_asset.iter().map(|each| &each.asset),
            faults,
        );
        if let Some(gas) = &costs.gas {
            check_repeats("costs.gas.assets", "asset", gas.assets.iter().map(|each| &each.asset), faults);
        }
    }
    if let Section::Sound(trading) = &sections.trading
        && let Some(lots) = &trading.lots
    {
        check_repeats("trading.lots.assets", "asset", lots.assets.iter().map(|each| &each.asset), faults);
    }
}

fn check_repeats<'a, Name: Ord + Display + 'a>(
    key: &str,
    field: &str,
    names: impl Iterator<Item = &'a Name>,
    faults: &mut Vec<DefinitionFault>,
) {
    let mut seen = BTreeSet::new();
    for (index, name) in names.enumerate() {
        if !seen.insert(name) {
            let message = format!("`{key}` lists `{name}` twice");
            let fault = DefinitionFault::of(LISTED_TWICE, format!("{key}[{index}].{field}"), message);
            faults.push(fault.quoting(name.to_string()));
        }
    }
}

/// Every chain that an asset may live on has a gas, and the gas of a chain is given in the order of time.
pub(super) fn chains_have_gas(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(costs) = &sections.costs else { return };
    let Some(gas) = &costs.gas else { return };
    let mut need = |chain: &str, key: String| {
        if gas.series.is_none() && !gas.chains.iter().any(|each| each.chain == *chain) {
            let message = format!("`costs.gas.chains` has no gas for {chain:?}");
            faults.push(DefinitionFault::of(NO_GAS, key, message).quoting(chain));
        }
    };
    need(&gas.default_chain, "costs.gas.default_chain".to_owned());
    for (index, each) in gas.assets.iter().enumerate() {
        need(&each.chain, format!("costs.gas.assets[{index}].chain"));
    }
    gas_follows_time(gas, faults);
    series_is_needed(gas, faults);
}

fn series_is_needed(gas: &GasCost, faults: &mut Vec<DefinitionFault>) {
    if gas.series.is_some() && gas.chains_of_series().is_empty() {
        let message = "`costs.gas.series` would be ignored: every chain has its gas in `costs.gas.chains`";
        faults.push(DefinitionFault::of(GAS_TWICE, "costs.gas.series", message));
    }
}

fn gas_follows_time(gas: &GasCost, faults: &mut Vec<DefinitionFault>) {
    for (index, each) in gas.chains.iter().enumerate() {
        let earlier = gas.chains[..index].iter().rev().find(|earlier| earlier.chain == each.chain);
        if let Some(earlier) = earlier
            && each.from <= earlier.from
        {
            let message = format!("the gas of {:?} is not given in the order of time", each.chain);
            let fault = DefinitionFault::of(TIERS_DESCEND, format!("costs.gas.chains[{index}]"), message);
            faults.push(fault.quoting(each.chain.as_str()));
        }
    }
}

pub(super) fn bands_have_a_distance(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(trading) = &sections.trading else { return };
    let mut need = |key: &str, absolute: Option<Weight>, relative: Option<Weight>| {
        if absolute.is_none() && relative.is_none() {
            let message = format!("`{key}` has neither an absolute nor a relative distance");
            faults.push(DefinitionFault::of(NO_DISTANCE, key, message));
        }
    };
    if let Some(band) = &trading.band {
        need("trading.band", band.absolute, band.relative);
    }
    if let Some(drift) = trading.triggers.as_ref().and_then(|triggers| triggers.drift.as_ref()) {
        need("trading.triggers.drift", drift.absolute, drift.relative);
    }
}

pub(super) fn exits_are_lower(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(trading) = &sections.trading else { return };
    let Some(minimum) = &trading.minimum_notional else { return };
    if minimum.exit > minimum.trade {
        let message =
            format!("exits would need more ({}) than other trades ({})", minimum.exit, minimum.trade);
        let fault = DefinitionFault::of(EXIT_ABOVE_TRADE, "trading.minimum_notional.exit", message);
        faults.push(fault.quoting(minimum.exit.to_string()));
    }
}

pub(super) fn spread_column_is_kept(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let (Section::Sound(costs), Section::Sound(snapshots)) = (&sections.costs, &sections.snapshots) else {
        return;
    };
    let Some(HalfSpreadCost::Column { column, .. }) = &costs.half_spread else { return };
    let Some(attributes) = &snapshots.attributes else { return };
    if !attributes.iter().any(|name| name == column) {
        let message = format!("the column {column:?} is not among `snapshots.attributes`, so it is not read");
        let fault = DefinitionFault::of(NO_SUCH_COLUMN, "costs.half_spread.column", message);
        faults.push(fault.quoting(column.as_str()));
    }
}
