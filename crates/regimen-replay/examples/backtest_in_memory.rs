//! A backtest without files: a market built in code, a definition as text, and the NAV after each rebalance.
//!
//! `cargo run -p regimen-replay --example backtest_in_memory` prints:
//!
//! ```text
//! 2024-01-01  NAV    10000  buy AAA, buy BBB
//! 2024-01-08  NAV     9985  at target
//! 2024-01-15  NAV     9985  sell AAA, sell BBB, buy CCC
//! 2024-01-22  NAV 10437.44  sell AAA, buy CCC
//! ```

use std::error::Error;

use regimen::types::{AsOf, History, RowInput};
use regimen::{Action, Inputs, Methodology, parse_definition};
use regimen_replay::{Period, replay_each};

const DEFINITION: &str = r#"
name = "Two largest"
currency = "USD"
index = { base_level = 1000 }
regime = { rule = "always_bullish" }
defensive = { sleeve = [] }
universe = { exclude_categories = [], history_snapshots_min = 1 }
selection = { count = 2 }
weighting = { rule = "market_cap" }
schedule = { every = "week", weekday = "monday", if_missing = "next_snapshot" }
portfolio = { initial_cash = 10_000, lag_snapshots = 1, money_scale = 2, units_scale = 8 }
costs = { fee_bps = 10, slippage_bps = 5 }
vanished = { max_stale_days = 7, sell_while_stale = true, then = "sell_at_last_price" }
snapshots = {}
"#;

fn methodology() -> Result<Methodology, Box<dyn Error>> {
    Ok(Methodology::new(parse_definition("index.toml", DEFINITION, &[])?, Inputs::none())?)
}

/// Builds four weeks of three assets. CCC overtakes BBB by market cap in the second week.
fn market() -> Result<History, Box<dyn Error>> {
    let mut history = History::builder();
    for day in 1..=28_u32 {
        let as_of = AsOf::from_ymd(2024, 1, day).ok_or("no such day")?;
        let row = |asset: &str, price: u32, supply: u32| -> Result<RowInput, Box<dyn Error>> {
            let market_cap = u64::from(price) * u64::from(supply);
            Ok(RowInput::new(asset.parse()?, price.to_string().parse()?, market_cap.to_string().parse()?))
        };
        let rows =
            [row("AAA", 400 + day, 1_000)?, row("BBB", 200 - day, 1_000)?, row("CCC", 80 + 2 * day, 2_000)?];
        history = history.snapshot(as_of, rows);
    }
    Ok(history.build()?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let (methodology, history) = (methodology()?, market()?);
    replay_each(&methodology, &history, Period::default(), |step| {
        let nav = step.nav.total;
        if let Action::Rebalance(rebalance) = &step.decision.action {
            let orders = rebalance.plan.orders().map(|order| format!("{} {}", order.side, order.asset));
            let orders: Vec<String> = orders.collect();
            let shown = if orders.is_empty() { "at target".to_owned() } else { orders.join(", ") };
            println!("{}  NAV {nav:>8}  {shown}", step.window.as_of());
        }
        Ok::<(), std::convert::Infallible>(())
    })?;
    Ok(())
}
