//! A methodology is built from the inputs that its definition reads, no fewer and no more.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use regimen::definition::CashFlow;
use regimen::regime::{Lookback, OutsideSeries, Reading, RegimeSignal};
use regimen::types::HistoryWindow;
use regimen::{
    CheckedDefinition, InputError, InputName, Inputs, Methodology, OwnRules, RegimeTable, WeightTable,
    YieldTable, parse_definition,
};
use regimen_weighting::EqualWeight;

#[derive(Debug)]
struct Silent;

impl RegimeSignal for Silent {
    fn lookback(&self) -> Lookback {
        Lookback::observations(1)
    }

    fn read(&self, _: &HistoryWindow<'_>) -> Reading {
        self.lookback().warming_up(0)
    }
}

/// Parses the valid definitions of the catalogue, and one with a signal of the user's own.
fn definitions() -> Vec<CheckedDefinition> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../regimen-definition/tests/definitions/valid");
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let paths = paths.filter(|path| path.extension().is_some_and(|end| end == "toml"));
    let parse = |path: std::path::PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let overrides = text.lines().filter_map(|line| line.strip_prefix("# --set ")).map(str::to_owned);
        parse_definition("index.toml", &text, &overrides.collect::<Vec<_>>()).unwrap()
    };
    paths.map(parse).collect()
}

fn names(definition: &CheckedDefinition) -> Vec<InputName> {
    definition.needs().into_iter().filter_map(InputName::of).collect()
}

fn with(inputs: Inputs, name: &InputName, definition: &CheckedDefinition) -> Inputs {
    match name {
        InputName::Weights => inputs.weights(WeightTable::default()),
        InputName::Gas => {
            let cost = definition.costs.as_ref().and_then(|costs| costs.gas.as_ref());
            let chains = cost.map(|cost| cost.chains_of_series()).unwrap_or_default();
            inputs.gas(chains.into_iter().map(|chain| (chain.to_owned(), Vec::new())).collect())
        }
        InputName::Yields => inputs.yields(YieldTable::default()),
        InputName::CashFlows => inputs.cash_flows(Vec::new()),
        InputName::Series(signal) => inputs.series(signal, OutsideSeries::default()),
        InputName::Signal(name) => inputs.signal(name, Arc::new(Silent)),
        InputName::OwnRules => inputs.own_rules(OwnRules::default().weighting(EqualWeight)),
        other => panic!("{other}"),
    }
}

#[test]
fn every_need_is_met_once_and_nothing_else_is_taken() {
    let (mut missing, mut unread) = (HashSet::new(), 0);
    for definition in definitions() {
        let needed = names(&definition);
        let build = |names: &[&InputName]| {
            let inputs = names.iter().fold(Inputs::none(), |inputs, name| with(inputs, name, &definition));
            Methodology::new(definition.clone(), inputs)
        };
        let all: Vec<&InputName> = needed.iter().collect();
        let methodology = build(&all).unwrap_or_else(|error| panic!("{}: {error}", definition.name));
        assert_eq!(methodology.definition(), &definition);
        for name in &needed {
            let others: Vec<&InputName> = needed.iter().filter(|other| *other != name).collect();
            assert_eq!(build(&others).unwrap_err(), InputError::Missing(name.clone()));
            missing.insert(std::mem::discriminant(name));
        }
        let foreign = [
            InputName::Weights,
            InputName::Gas,
            InputName::Yields,
            InputName::CashFlows,
            InputName::Series("nobody".to_owned()),
            InputName::Signal("nobody".to_owned()),
        ];
        for name in foreign.iter().filter(|name| !needed.contains(name)) {
            let more: Vec<&InputName> = all.iter().copied().chain([name]).collect();
            assert_eq!(build(&more).unwrap_err(), InputError::Unread(name.clone()), "{}", definition.name);
            unread += 1;
        }
        let own: Vec<&InputName> = all.iter().copied().chain([&InputName::OwnRules]).collect();
        match build(&own) {
            Ok(_) => assert!(!needed.contains(&InputName::Weights)),
            Err(error) => assert_eq!(error, InputError::Unread(InputName::OwnRules)),
        }
    }
    assert_eq!(missing.len(), 6, "the catalogue has a definition for each kind of input");
    assert!(unread > 50, "{unread}");
}

#[test]
fn another_portfolio_has_cash_flows_of_its_own() {
    let text = include_str!("../../../regimen-definition/tests/definitions/valid/global-100.toml");
    let definition = parse_definition("index.toml", text, &["portfolio.money_scale=2".to_owned()]).unwrap();
    let first = Methodology::new(definition, Inputs::none()).unwrap();
    let flow =
        |day: &str, amount: &str| CashFlow { as_of: day.parse().unwrap(), amount: amount.parse().unwrap() };
    let second = first.for_portfolio(vec![flow("2021-02-01", "-5"), flow("2021-01-01", "7.25")]).unwrap();
    assert_eq!(second.cash_flows(), [flow("2021-01-01", "7.25"), flow("2021-02-01", "-5")]);
    assert!(first.cash_flows().is_empty());
    let too_fine = first.for_portfolio(vec![flow("2021-01-01", "0.125")]).unwrap_err();
    assert_eq!(too_fine.to_string(), "the cash flow of 0.125 at 2021-01-01 has more than 2 decimal places");
    assert_ne!(first.under_regimes(RegimeTable::default()), first);
}
