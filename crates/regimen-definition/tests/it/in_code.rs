//! Definitions that are built in code.

use regimen_definition::{CheckedDefinition, DefinitionBuilder, IndexDefinition, parse_definition};
use regimen_definition::{Defensive, RegimeDefinition, Schedule, SleeveAsset, Universe, Weighting};
use regimen_types::Weight;

use crate::definitions::folder;

fn global_100() -> IndexDefinition {
    let text = std::fs::read_to_string(folder("valid").join("global-100.toml")).unwrap();
    parse_definition("global-100.toml", &text, &[]).unwrap().into_inner()
}

fn faults_of(definition: IndexDefinition) -> Vec<(&'static str, String)> {
    let faults = CheckedDefinition::new(definition).unwrap_err().faults;
    faults.into_iter().map(|fault| (fault.code, fault.key)).collect()
}

#[test]
fn ranges_hold_for_definitions_built_in_code() {
    let mut definition = global_100();
    let portfolio = definition.portfolio.as_mut().unwrap();
    portfolio.units_scale = 19;
    portfolio.initial_cash = "0".parse().unwrap();
    definition.selection = Some(regimen_definition::Selection::largest(0));
    assert_eq!(
        faults_of(definition),
        [
            ("DEF007", "portfolio.initial_cash".to_owned()),
            ("DEF007", "portfolio.units_scale".to_owned()),
            ("DEF007", "selection.count".to_owned()),
        ]
    );
}

#[test]
fn rules_between_keys_hold_for_definitions_built_in_code() {
    let member = SleeveAsset { asset: "USD-A".parse().unwrap(), weight: Weight::ONE };
    let mut definition = global_100();
    if let RegimeDefinition::PriceAboveAverage(rule) = &mut definition.regime {
        rule.enter_above = "-0.5".parse().unwrap();
    }
    definition.defensive = Defensive { sleeve: vec![member.clone(), member], ..Defensive::cash() };
    definition.universe = None;
    definition.weighting = Weighting::Equal;
    definition.schedule = Schedule::weights_file();
    assert_eq!(
        faults_of(definition),
        [
            ("DEF009", "regime.exit_below".to_owned()),
            ("DEF008", "defensive.sleeve[1].asset".to_owned()),
            ("DEF010", "defensive.sleeve".to_owned()),
            ("DEF004", "defensive.peg_tolerance".to_owned()),
            ("DEF004", "universe".to_owned()),
            ("DEF013", "schedule.every".to_owned()),
        ]
    );
}

#[test]
fn a_service_may_exclude_categories_without_naming_a_file() {
    let mut definition = global_100();
    definition.snapshots.asset_list = None;
    definition.universe = Some(Universe {
        exclude_categories: ["stablecoin".parse().unwrap()].into(),
        history_snapshots_min: 1,
        screens: Vec::new(),
    });
    assert!(CheckedDefinition::new(definition).is_ok());
}

#[test]
fn the_error_names_every_fault() {
    let mut definition = global_100();
    definition.name = String::new();
    definition.currency = "usd".to_owned();
    let shown = CheckedDefinition::new(definition).unwrap_err().to_string();
    assert!(shown.contains("error[DEF007]: `currency` must be"), "{shown}");
    assert!(shown.contains("\nerror[DEF007]: `name` is empty, text \"\"\n  help: "), "{shown}");
}

#[test]
fn a_builder_reports_required_keys_that_are_absent() {
    let faults = DefinitionBuilder::new().name("Nothing").build().unwrap_err().faults;
    let mut absent: Vec<&str> = faults.iter().map(|fault| fault.key.as_str()).collect();
    absent.sort_unstable();
    assert_eq!(absent, ["currency", "defensive", "index", "regime", "schedule", "weighting"]);
    assert!(faults.iter().all(|fault| fault.code == "DEF004"), "{faults:?}");
}
