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
mod sections;
mod selection;
mod snapshots;
mod trading;
mod universe;

pub(crate) use sections::{Rule, Sections};

/// The rules for every definition.
pub(crate) const ALWAYS: &[Rule] = &[
    snapshots::columns_differ,
    snapshots::marks_differ,
    snapshots::pattern_is_read,
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
pub(crate) const WITH_FILES: &[Rule] = &[universe::categories_are_known, screens::columns_are_read];
