//! A regime signal of your own in a whole backtest: the fraction of assets that rose since the last snapshot.
//!
//! `cargo run -p regimen-replay --example own_signal` prints each change of the regime:
//!
//! ```text
//! 2024-01-03  undetermined → bullish
//! 2024-01-06  bullish → bearish
//! 2024-01-10  bearish → bullish
//! ```

use std::error::Error;
use std::sync::Arc;

use regimen::regime::{Lookback, Reading, RegimeSignal};
use regimen::types::{AsOf, History, HistoryWindow, RowInput};
use regimen::{Inputs, Methodology, parse_definition};
use regimen_replay::Replayer;

/// The fraction of the snapshot's assets whose price is above their last one. Nothing but a window that ends
/// at the reference instant is passed in, so the signal cannot look ahead.
#[derive(Debug)]
struct Advancing;

impl RegimeSignal for Advancing {
    fn lookback(&self) -> Lookback {
        Lookback::observations(2)
    }

    fn read(&self, window: &HistoryWindow<'_>) -> Reading {
        let (mut compared, mut rising) = (0_u32, 0_u32);
        for row in window.snapshot().rows() {
            let mut prices = window.prices(row.asset()).map(|price| price.value.decimal());
            if let (Some(now), Some(before)) = (prices.next(), prices.next()) {
                compared += 1;
                rising += u32::from(now > before);
            }
        }
        if compared == 0 {
            return self.lookback().warming_up(1);
        }
        let fraction = f64::from(rising) / f64::from(compared);
        Reading::of(fraction, fraction, 0.5)
    }
}

const DEFINITION: &str = r#"
name = "While most assets rise"
currency = "USD"
index = { base_level = 1000 }
defensive = { sleeve = [] }
universe = { exclude_categories = [], history_snapshots_min = 1 }
selection = { count = 3 }
weighting = { rule = "market_cap" }
schedule = { every = "week", weekday = "monday", if_missing = "next_snapshot" }
portfolio = { initial_cash = 10_000, lag_snapshots = 1, money_scale = 2, units_scale = 8 }
costs = { fee_bps = 10, slippage_bps = 5 }
vanished = { max_stale_days = 7, sell_while_stale = true, then = "sell_at_last_price" }
snapshots = {}

[regime]
rule = "signals"
combine = "all"
enter_above = 0  # a score: 0 is the neutral reading, 1 the full one
exit_below = 0
confirm_snapshots = 2
min_dwell_days = 0
evaluate = "every_snapshot"
signals = [{ name = "advancing", reads = { signal = "own" }, neutral = 0.5, full = 1 }]
"#;

fn methodology() -> Result<Methodology, Box<dyn Error>> {
    let definition = parse_definition("index.toml", DEFINITION, &[])?;
    Ok(Methodology::new(definition, Inputs::none().signal("advancing", Arc::new(Advancing)))?)
}

/// Builds two weeks in which prices rise, fall from the fifth day on, and rise again from the ninth.
fn market() -> Result<History, Box<dyn Error>> {
    let moves = [0, 2, 2, 2, -3, -3, -3, -3, 4, 4, 4, 4, 4, 4];
    let mut history = History::builder();
    let mut price = 100;
    for (day, change) in (1..).zip(moves) {
        price += change;
        let as_of = AsOf::from_ymd(2024, 1, day).ok_or("no such day")?;
        let row = |asset: &str, supply: i64| -> Result<RowInput, Box<dyn Error>> {
            let market_cap = price * supply;
            Ok(RowInput::new(asset.parse()?, price.to_string().parse()?, market_cap.to_string().parse()?))
        };
        history = history.snapshot(as_of, [row("AAA", 3_000)?, row("BBB", 2_000)?, row("CCC", 1_000)?]);
    }
    Ok(history.build()?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let (methodology, history) = (methodology()?, market()?);
    let mut replayer = Replayer::new(&methodology)?;
    for window in history.windows() {
        let step = replayer.step(window)?;
        let regime = &step.decision.index.regime;
        if regime.before != regime.state.regime {
            println!("{}  {} → {}", window.as_of(), regime.before, regime.state.regime);
        }
    }
    Ok(())
}
