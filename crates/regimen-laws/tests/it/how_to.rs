//! The how-to is true: what it says is printed is printed, and it names every law.

use regimen_laws::*;
use regimen_weighting::{Candidate, WeightingError, WeightingRule, Weights};
use rust_decimal::Decimal;

const HOW_TO: &str = include_str!("../../../../docs/laws.md");

/// By market cap, but what is below a billion counts half.
#[derive(Debug)]
struct SmallOnesHalved;

impl WeightingRule for SmallOnesHalved {
    fn weigh(&self, candidates: &[Candidate]) -> Result<Weights, WeightingError> {
        let billion = Decimal::from(1_000_000_000);
        let amount = |each: &Candidate| {
            let cap = each.market_cap.decimal();
            (each.asset.clone(), if cap < billion { cap / Decimal::TWO } else { cap })
        };
        Ok(Weights::proportional_to(&candidates.iter().map(amount).collect::<Vec<_>>())?)
    }
}

/// Returns the first block of a language that begins after a text.
fn block(after: &str, language: &str) -> &'static str {
    let rest = &HOW_TO[HOW_TO.find(after).expect(after)..];
    let body = rest.split_once(&format!("```{language}\n")).unwrap().1;
    body.split_once("\n```").unwrap().0
}

#[test]
fn the_flawed_rule_prints_what_the_how_to_says() {
    let broken = weighting_rule(&SmallOnesHalved).check().unwrap_err();
    assert_eq!(block("It prints:", "text"), broken.to_string(), "\n{broken}\n");
}

#[test]
fn the_flawed_rule_is_the_one_of_the_how_to() {
    let source = include_str!("how_to.rs");
    let rule = block("## A flawed rule", "rust");
    let implementation = rule.split_once("/// By").unwrap().1.split_once("\n\nlet broken").unwrap().0;
    assert!(source.contains(implementation), "{implementation}");
}

/// The cell of the how-to's table that lists laws.
fn listed<L: Law>(laws: &[L]) -> String {
    laws.iter().map(|law| law.name()).collect::<Vec<_>>().join(", ")
}

#[test]
fn the_table_lists_every_law() {
    let rows = [
        ("weighting_rule", listed(WeightingLaw::ALL)),
        ("history_weighting", listed(HistoryWeightingLaw::ALL)),
        ("weight_cap", listed(LimitLaw::ALL)),
        ("screen", listed(ScreenLaw::ALL)),
        ("selection_rule", listed(SelectionLaw::ALL)),
        ("regime_signal", listed(SignalLaw::ALL)),
        ("regimes", listed(RegimeLaw::ALL)),
        ("regime_rule", listed(RegimeRuleLaw::ALL)),
        ("planner", listed(PlannerLaw::ALL)),
        ("fills", listed(FillLaw::ALL)),
        ("cost_model", listed(CostLaw::ALL)),
        ("trigger", listed(TriggerLaw::ALL)),
        ("methodology", listed(MethodologyLaw::ALL)),
    ];
    for (call, laws) in rows {
        let row = HOW_TO.lines().find(|line| line.contains(&format!("`{call}`"))).expect(call);
        assert!(row.ends_with(&format!("| {laws} |")), "the row of `{call}` must end with: {laws}");
    }
}
