//! The rules between keys, which a schema cannot state.

mod costs;
mod defensive;
mod execution;
mod index_base;
mod limits;
mod portfolio;
mod regime;
mod schedule;
mod screens;
mod selection;
mod snapshots;
mod trading;
mod universe;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::fault::DefinitionFault;
use super::{
    CashFlows, Costs, Defensive, Execution, IndexBase, Limits, Portfolio, RegimeDefinition, Schedule,
    Selection, Snapshots, Trading, Universe, Vanished, Weighting,
};

/// A rule between keys: it adds a fault for each key that breaks it, and is silent about sections with faults of their own.
pub(super) type Rule = fn(&Sections, &mut Vec<DefinitionFault>);

/// The rules for every definition.
pub(super) const ALWAYS: &[Rule] = &[
    snapshots::columns_differ,
    regime::band_is_ordered,
    regime::signals_are_sound,
    regime::signals_have_a_universe,
    defensive::sleeve_fits,
    defensive::reentry_is_tighter,
    defensive::yields_are_of_the_sleeve,
    universe::selection_fits_weighting,
    screens::screens_fit,
    selection::size_is_given_once,
    selection::counts_ascend,
    selection::buffer_fits,
    screens::fixed_weights_fit,
    limits::limits_fit,
    schedule::schedule_fits_weighting,
    schedule::delay_is_one,
    schedule::supply_is_read,
    schedule::crossed_screens_are_there,
    index_base::successor_is_named,
    index_base::distributions_are_read,
    portfolio::portfolio_is_whole,
    portfolio::cash_fits_scale,
    costs::costs_leave_something,
    trading::a_portfolio_trades,
    trading::tiers_ascend,
    trading::assets_are_listed_once,
    trading::chains_have_gas,
    trading::bands_have_a_distance,
    trading::exits_are_lower,
    trading::spread_column_is_kept,
    execution::a_portfolio_trades,
    execution::slices_need_a_lag,
    execution::flows_fit_scale,
];

/// The further rules for a definition that names its files. A service hands its asset list over in code.
pub(super) const WITH_FILES: &[Rule] = &[universe::categories_are_known, screens::columns_are_read];

/// The tables of a definition, each on its own, so that a fault in one does not hide a fault in another.
pub(super) struct Sections {
    snapshots: Section<Snapshots>,
    index: Section<IndexBase>,
    regime: Section<RegimeDefinition>,
    defensive: Section<Defensive>,
    universe: Section<Universe>,
    selection: Section<Selection>,
    weighting: Section<Weighting>,
    limits: Section<Limits>,
    schedule: Section<Schedule>,
    portfolio: Section<Portfolio>,
    costs: Section<Costs>,
    vanished: Section<Vanished>,
    trading: Section<Trading>,
    execution: Section<Execution>,
    cash_flows: Section<CashFlows>,
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
            index: Section::new("index", value, faults),
            regime: Section::new("regime", value, faults),
            defensive: Section::new("defensive", value, faults),
            universe: Section::new("universe", value, faults),
            selection: Section::new("selection", value, faults),
            weighting: Section::new("weighting", value, faults),
            limits: Section::new("limits", value, faults),
            schedule: Section::new("schedule", value, faults),
            portfolio: Section::new("portfolio", value, faults),
            costs: Section::new("costs", value, faults),
            vanished: Section::new("vanished", value, faults),
            trading: Section::new("trading", value, faults),
            execution: Section::new("execution", value, faults),
            cash_flows: Section::new("cash_flows", value, faults),
        }
    }
}

impl<Table> Section<Table> {
    fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
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
