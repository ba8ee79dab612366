//! The cost of buying an index: expected at current prices, and at most within bounds.
//!
//! `cargo run -p regimen --example quote` prints:
//!
//! ```text
//! AAA  weight 0.6580  notional 6570.75
//! BBB  weight 0.3419  notional 3414.22
//! costs     15 expected
//! received  9984.99 expected, 9555.2 at least
//! undone    0.03
//! ```

use std::error::Error;

use regimen::types::{AsOf, History, RowInput, Side};
use regimen::{Inputs, Methodology, QuoteOptions, parse_definition, quote_index};

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

/// Builds two weeks of three assets whose prices move up and down, which gives them a volatility.
fn market() -> Result<History, Box<dyn Error>> {
    let mut history = History::builder();
    for day in 1..=14_u32 {
        let as_of = AsOf::from_ymd(2024, 1, day).ok_or("no such day")?;
        let row = |asset: &str, price: u32, supply: u32| -> Result<RowInput, Box<dyn Error>> {
            let market_cap = u64::from(price) * u64::from(supply);
            Ok(RowInput::new(asset.parse()?, price.to_string().parse()?, market_cap.to_string().parse()?))
        };
        let move_up = day % 3;
        let rows = [
            row("AAA", 400 + 4 * move_up, 1_000)?,
            row("BBB", 200 + 6 * move_up, 1_000)?,
            row("CCC", 50 + move_up, 1_000)?,
        ];
        history = history.snapshot(as_of, rows);
    }
    Ok(history.build()?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let (methodology, history) = (methodology()?, market()?);
    let window = history.newest().ok_or("no snapshot")?;
    let options = QuoteOptions {
        deviations: "2".parse()?,
        volume_part: "0.5".parse()?,
        window_snapshots: 10,
        cost_ratio_max: "0.01".parse()?,
        tracking_error_max: "0.05".parse()?,
    };
    let quote = quote_index(&methodology, &window, Side::Buy, "10000".parse()?, None, options)?.quote;
    for line in &quote.lines {
        println!("{}  weight {:.4}  notional {}", line.asset, line.target_weight, line.notional);
    }
    println!("costs     {} expected", quote.costs.total()?);
    println!("received  {} expected, {} at least", quote.expected_value, quote.minimum_value);
    println!("undone    {}", quote.undone);
    Ok(())
}
