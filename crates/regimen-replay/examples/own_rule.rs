//! A weighting rule of your own in a whole backtest: half by market cap, half equal.
//!
//! `cargo run -p regimen-replay --example own_rule` prints the weights of the first rebalance by both rules:
//!
//! ```text
//! by market cap  AAA 0.8000  BBB 0.1500  CCC 0.0500
//! half equal     AAA 0.5666  BBB 0.2416  CCC 0.1916
//! ```

use std::error::Error;

use regimen::types::{AsOf, History, RowInput};
use regimen::weighting::{Candidate, WeightingError, WeightingRule, Weights};
use regimen::{Action, Inputs, Methodology, OwnRules, parse_definition};
use regimen_replay::Replayer;
use rust_decimal::Decimal;

/// Half by market cap, half equal. `regimen_laws::weighting_rule(&HalfEqual).check()` proves it.
#[derive(Debug)]
struct HalfEqual;

impl WeightingRule for HalfEqual {
    fn weigh(&self, candidates: &[Candidate]) -> Result<Weights, WeightingError> {
        let total: Decimal = candidates.iter().map(|each| each.market_cap.decimal()).sum();
        let count = Decimal::from(candidates.len());
        let amount = |each: &Candidate| (each.asset.clone(), count * each.market_cap.decimal() + total);
        Ok(Weights::proportional_to(&candidates.iter().map(amount).collect::<Vec<_>>())?)
    }
}

const DEFINITION: &str = r#"
name = "Three largest"
currency = "USD"
index = { base_level = 1000 }
regime = { rule = "always_bullish" }
defensive = { sleeve = [] }
universe = { exclude_categories = [], history_snapshots_min = 1 }
selection = { count = 3 }
weighting = { rule = "market_cap" }
schedule = { every = "week", weekday = "monday", if_missing = "next_snapshot" }
portfolio = { initial_cash = 10_000, lag_snapshots = 1, money_scale = 2, units_scale = 8 }
costs = { fee_bps = 10, slippage_bps = 5 }
vanished = { max_stale_days = 7, sell_while_stale = true, then = "sell_at_last_price" }
snapshots = {}
"#;

/// Returns the methodology of the definition, or the one with the rule in place of its weighting.
fn methodologies() -> Result<[Methodology; 2], Box<dyn Error>> {
    let definition = parse_definition("index.toml", DEFINITION, &[])?;
    let half_equal = Inputs::none().own_rules(OwnRules::default().weighting(HalfEqual));
    Ok([Methodology::new(definition.clone(), Inputs::none())?, Methodology::new(definition, half_equal)?])
}

fn market() -> Result<History, Box<dyn Error>> {
    let row = |asset: &str, market_cap: &str| -> Result<RowInput, Box<dyn Error>> {
        Ok(RowInput::new(asset.parse()?, "10".parse()?, market_cap.parse()?))
    };
    let rows = [row("AAA", "800")?, row("BBB", "150")?, row("CCC", "50")?];
    let as_of = AsOf::from_ymd(2024, 1, 1).ok_or("no such day")?;
    Ok(History::builder().snapshot(as_of, rows).build()?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let history = market()?;
    for (name, methodology) in ["by market cap", "half equal"].iter().zip(methodologies()?) {
        let mut replayer = Replayer::new(&methodology)?;
        for window in history.windows() {
            let step = replayer.step(window)?;
            let Action::Rebalance(rebalance) = step.decision.action else { continue };
            let weights = rebalance.target.weights().map(|(asset, weight)| format!("{asset} {weight:.4}"));
            println!("{name:<14} {}", weights.collect::<Vec<_>>().join("  "));
        }
    }
    Ok(())
}
