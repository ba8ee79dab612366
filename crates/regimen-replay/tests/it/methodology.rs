//! The methodologies that tests replay.

use regimen::{CheckedDefinition, Inputs, Methodology, parse_definition};

const DEFINITION: &str = r#"
name = "Test index"
currency = "USD"
index = { base_level = 1000 }
selection = { count = 4, reserve = 2 }
weighting = { rule = "market_cap" }
schedule = { every = "week", weekday = "monday", if_missing = "next_snapshot" }
universe = { exclude_categories = ["stablecoin"], history_snapshots_min = 1 }
portfolio = { initial_cash = 1_000_000, lag_snapshots = 1, money_scale = 8, units_scale = 12 }
costs = { fee_bps = 10, slippage_bps = 5 }
vanished = { max_stale_days = 3, sell_while_stale = false, then = "write_off", recovery = 0.25 }

[snapshots]
asset_list = "handed over in code"

[regime]
rule = "price_above_average"
asset = "BTC"
window_snapshots = 4
enter_above = 0.01
exit_below = -0.01
confirm_snapshots = 1
evaluate = "every_snapshot"

[defensive]
sleeve = [{ asset = "USD-A", weight = 0.6 }, { asset = "USD-B", weight = 0.3 }]
peg_tolerance = 0.02
"#;

/// Builds the test index with some of its keys overridden.
pub(crate) fn definition(overrides: &[impl AsRef<str>]) -> CheckedDefinition {
    let overrides: Vec<String> = overrides.iter().map(|each| each.as_ref().to_owned()).collect();
    parse_definition("test", DEFINITION, &overrides).unwrap_or_else(|faults| panic!("{faults}"))
}

/// Builds a methodology that reads nothing beside the snapshots.
pub(crate) fn methodology(overrides: &[impl AsRef<str>]) -> Methodology {
    Methodology::new(definition(overrides), Inputs::none()).unwrap()
}
