//! Rules written in code run in a whole methodology.

use regimen::types::{AsOf, AssetId, HistoryWindow, Row};
use regimen::weighting::{
    Bounds, Candidate, Choice, EligibilityFilter, Exclusion, RankedAsset, SelectionRule, WeightLimits,
    WeightingError, WeightingRule, Weights,
};
use regimen::{IndexState, Inputs, Methodology, OwnRules, advance_index, parse_definition};
use regimen_types::{ArithmeticError, History, RowInput};
use rust_decimal::Decimal;

#[derive(Debug)]
struct NoDogs;

impl EligibilityFilter for NoDogs {
    fn exclusion(&self, row: &Row<'_>, _: &HistoryWindow<'_>) -> Option<Exclusion> {
        row.asset().as_str().starts_with("dog").then(|| Exclusion::Other("a dog".to_owned()))
    }
}

/// Every other asset in rank.
#[derive(Debug)]
struct EveryOther;

impl SelectionRule for EveryOther {
    fn choose(&self, ranked: &[RankedAsset], _: AsOf) -> Result<Vec<Choice>, ArithmeticError> {
        let choice =
            |place: usize| if place.is_multiple_of(2) { Choice::Selected } else { Choice::BelowCount };
        Ok((0..ranked.len()).map(choice).collect())
    }
}

/// Three quarters for the first candidate.
#[derive(Debug)]
struct FirstHeavy;

impl WeightingRule for FirstHeavy {
    fn weigh(&self, candidates: &[Candidate]) -> Result<Weights, WeightingError> {
        let amount = |(place, each): (usize, &Candidate)| {
            (each.asset.clone(), if place == 0 { Decimal::from(3) } else { Decimal::ONE })
        };
        Ok(Weights::proportional_to(&candidates.iter().enumerate().map(amount).collect::<Vec<_>>())?)
    }
}

const DEFINITION: &str = r#"
name = "Own rules"
currency = "USD"
index = { base_level = 100 }
regime = { rule = "always_bullish" }
defensive = { sleeve = [] }
universe = {}
selection = { count = 2 }
weighting = { rule = "market_cap" }
schedule = { every = "week", weekday = "monday", if_missing = "skip" }
"#;

/// Builds the methodology with rules written in code.
fn with_rules(own_rules: OwnRules) -> Methodology {
    let definition = parse_definition("index.toml", DEFINITION, &[]).unwrap();
    Methodology::new(definition, Inputs::none().own_rules(own_rules)).unwrap()
}

fn weights(methodology: &Methodology) -> Vec<(String, String)> {
    let caps = [("dog", "900"), ("a", "400"), ("b", "300"), ("c", "200"), ("d", "100")];
    let rows = caps.map(|(asset, cap)| {
        RowInput::new(asset.parse::<AssetId>().unwrap(), "1".parse().unwrap(), cap.parse().unwrap())
    });
    let history = History::builder().snapshot("2024-05-06".parse().unwrap(), rows).build().unwrap();
    let (decision, _) = advance_index(methodology, &IndexState::START, &history.newest().unwrap()).unwrap();
    let target = decision.rebalance.unwrap().target;
    target.weights().map(|(asset, weight)| (asset.to_string(), weight.to_string())).collect()
}

fn named(weights: &[(&str, &str)]) -> Vec<(String, String)> {
    weights.iter().map(|(asset, weight)| ((*asset).to_owned(), (*weight).to_owned())).collect()
}

#[test]
fn each_kind_of_rule_takes_its_place() {
    let with = |rules: OwnRules| weights(&with_rules(rules));
    let own = OwnRules::default;
    assert_eq!(with(own().weighting(FirstHeavy)), named(&[("a", "0.25"), ("dog", "0.75")]));
    assert_eq!(with(own().screen(NoDogs).weighting(FirstHeavy)), named(&[("a", "0.75"), ("b", "0.25")]));
    let all = own().screen(NoDogs).selection(EveryOther).weighting(FirstHeavy);
    assert_eq!(with(all.clone()), named(&[("a", "0.75"), ("c", "0.25")]));
    let cap = Bounds { floor: "0".parse().unwrap(), cap: "0.6".parse().unwrap() };
    let limits = WeightLimits { asset: cap, largest: None, group: Bounds::NONE };
    assert_eq!(with(all.cap(limits)), named(&[("a", "0.6"), ("c", "0.4")]));
    assert_eq!(with(own()), named(&[("a", "0.307692307692307692"), ("dog", "0.692307692307692308")]));
}

#[test]
fn own_rules_are_named_where_the_methodology_is_written() {
    let plain = with_rules(OwnRules::default());
    let own = with_rules(OwnRules::default().screen(NoDogs).weighting(FirstHeavy));
    let json = serde_json::to_value(&own).unwrap();
    assert_eq!(json["own_rules"], serde_json::json!({ "screens": ["NoDogs"], "weighting": "FirstHeavy" }));
    assert!(serde_json::to_value(&plain).unwrap().get("own_rules").is_none());
    assert_ne!(own, plain);
    assert_eq!(own, with_rules(OwnRules::default().screen(NoDogs).weighting(FirstHeavy)));
}
