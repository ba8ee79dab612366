//! Laws of whole methodologies.

use std::sync::atomic::{AtomicU64, Ordering};

use regimen::{Methodology, parse_definition};
use regimen_laws::{
    Check, Engine, EngineRun, MarketTable, Markets, MethodologyLaw, engine, markets, methodology,
};
use regimen_types::{AssetId, History, Money, approximate};
use rust_decimal::Decimal;

use crate::breaks::breaks;

const DEFINITION: &str = r#"
name = "Three largest"
currency = "USD"
snapshots = { asset_list = "handed over in code" }
index = { base_level = 1000 }
selection = { count = 3 }
weighting = { rule = "market_cap" }
schedule = { every = "week", weekday = "monday", if_missing = "next_snapshot" }
universe = { exclude_categories = ["stablecoin"], history_snapshots_min = 1 }
portfolio = { initial_cash = 1_000_000, lag_snapshots = 1, money_scale = 8, units_scale = 12 }
costs = { fee_bps = 10, slippage_bps = 5 }
vanished = { max_stale_days = 3, sell_while_stale = false, then = "write_off", recovery = 0.25 }
regime = { rule = "price_above_average", asset = "BTC", window_snapshots = 4, enter_above = 0.01, exit_below = -0.01, confirm_snapshots = 1, evaluate = "every_snapshot" }
defensive = { sleeve = [{ asset = "USD-A", weight = 0.6 }, { asset = "USD-B", weight = 0.3 }], peg_tolerance = 0.02 }
"#;

fn three_largest(overrides: &[&str]) -> Methodology {
    let overrides: Vec<String> = overrides.iter().map(ToString::to_string).collect();
    parse_definition("test", DEFINITION, &overrides).unwrap_or_else(|faults| panic!("{faults}"))
}

fn market() -> Markets {
    let asset = |name: &str| -> AssetId { name.parse().unwrap() };
    markets()
        .snapshots(2..=24)
        .assets(1..=5)
        .named(asset("BTC"))
        .stablecoin(asset("USD-A"))
        .stablecoin(asset("USD-B"))
}

#[test]
fn methodologies_keep_all_laws() {
    let variants: [&[&str]; 4] = [
        &[],
        &[
            "portfolio.lag_snapshots=0",
            "weighting.rule=equal",
            "vanished={max_stale_days=0,sell_while_stale=true,then='sell_at_last_price'}",
        ],
        &[
            "portfolio.lag_snapshots=3",
            "selection.count=1",
            "regime.evaluate=on_schedule",
            "portfolio.units_scale=0",
        ],
        &[
            "regime={rule='always_bullish'}",
            "schedule.if_missing=skip",
            "costs.fee_bps=700",
            "portfolio.money_scale=2",
        ],
    ];
    for (seed, overrides) in (0..).zip(variants) {
        let checked = three_largest(overrides);
        methodology(&checked, market())
            .seed(seed)
            .cases(25)
            .check()
            .unwrap_or_else(|broken| panic!("{overrides:?}: {broken}"));
    }
}

#[test]
fn an_index_that_no_portfolio_follows_keeps_them_too() {
    let of_portfolio =
        |line: &&str| ["portfolio", "costs", "vanished"].iter().any(|key| line.starts_with(key));
    let definition: Vec<&str> = DEFINITION.lines().filter(|line| !of_portfolio(line)).collect();
    let index =
        parse_definition("test", &definition.join("\n"), &[]).unwrap_or_else(|faults| panic!("{faults}"));
    methodology(&index, market()).cases(25).check().unwrap();
}

/// An engine that does what a methodology does, and then something else.
struct Tampered<F> {
    methodology: Methodology,
    tamper: F,
}

impl<F> std::fmt::Debug for Tampered<F> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a tampered engine")
    }
}

impl<F: Fn(&mut EngineRun, &History, &[usize])> Engine for Tampered<F> {
    fn run(&self, history: &History, stops: &[usize]) -> EngineRun {
        let mut run = self.methodology.run(history, &[]);
        (self.tamper)(&mut run, history, stops);
        run
    }

    fn money_scale(&self) -> u32 {
        self.methodology.money_scale()
    }
}

/// Asserts that an engine breaks a law, and returns what is printed.
fn tampered(tamper: impl Fn(&mut EngineRun, &History, &[usize]), law: MethodologyLaw) -> String {
    let broken = Tampered { methodology: three_largest(&["regime={rule='always_bullish'}"]), tamper };
    let check: Check<'_, _, MarketTable> = engine(&broken, market());
    breaks(check, law)
}

fn raise_cash(run: &mut EngineRun, amount: Decimal) {
    for step in &mut run.steps {
        let cash = step.holdings.cash().plus(Money::new(amount).unwrap()).unwrap();
        step.holdings.set_cash(cash);
    }
}

#[test]
fn determinism_is_checked() {
    let runs = AtomicU64::new(0);
    let moody = |run: &mut EngineRun, _: &History, _: &[usize]| {
        raise_cash(run, runs.fetch_add(1, Ordering::Relaxed).into());
    };
    let printed = tampered(moody, MethodologyLaw::Determinism);
    assert!(printed.contains("but with  run again"), "{printed}");
}

#[test]
fn look_ahead_is_checked() {
    let foresees = |run: &mut EngineRun, history: &History, _: &[usize]| {
        let newest = history.newest().and_then(|window| window.last_price(&"BTC".parse().unwrap()));
        let rises = newest.is_some_and(|price| approximate(price.value.decimal()) > 1.0);
        raise_cash(run, if rises { Decimal::ONE } else { Decimal::ZERO });
    };
    let printed = tampered(foresees, MethodologyLaw::LookAhead);
    assert!(printed.contains(" after 2024-01-0"), "{printed}");
}

#[test]
fn resuming_is_checked() {
    let forgets = |run: &mut EngineRun, _: &History, stops: &[usize]| {
        if let Some(step) = stops.first().and_then(|stop| run.steps.get_mut(stop + 1)) {
            step.report.push_str("no orders");
        }
    };
    let printed = tampered(forgets, MethodologyLaw::Resume);
    assert!(printed.contains("but with  a stop after each snapshot"), "{printed}");
}

#[test]
fn the_order_of_rows_is_checked() {
    let first_row = |run: &mut EngineRun, history: &History, _: &[usize]| {
        let first = history.newest().and_then(|window| window.snapshot().rows().next()?.price());
        raise_cash(run, first.map_or(Decimal::ZERO, |price| price.decimal()));
    };
    tampered(first_row, MethodologyLaw::RowOrder);
}

#[test]
fn names_are_checked() {
    let favours = |run: &mut EngineRun, history: &History, _: &[usize]| {
        raise_cash(run, Decimal::from(u8::from(history.contains(&"A".parse().unwrap()))));
    };
    let printed = tampered(favours, MethodologyLaw::Names);
    assert!(printed.contains("but with  each name of one letter followed by 0"), "{printed}");
}

#[test]
fn the_unit_of_caps_is_checked() {
    let threshold = |run: &mut EngineRun, history: &History, _: &[usize]| {
        let large = history.columns().market_cap.iter().any(|cap| *cap > Decimal::from(1_000_000_000));
        raise_cash(run, Decimal::from(u8::from(large)));
    };
    tampered(threshold, MethodologyLaw::CapUnit);
}

#[test]
fn negative_cash_is_found() {
    let overdrawn =
        |run: &mut EngineRun, _: &History, _: &[usize]| raise_cash(run, Decimal::from(-2_000_000));
    let printed = tampered(overdrawn, MethodologyLaw::Cash);
    assert!(printed.contains("expected  cash of zero or more"), "{printed}");
}

#[test]
fn a_nav_that_is_not_the_value_is_found() {
    let generous = |run: &mut EngineRun, _: &History, _: &[usize]| {
        for step in &mut run.steps {
            step.nav.total = step.nav.total.plus("0.00000001".parse().unwrap()).unwrap();
        }
    };
    tampered(generous, MethodologyLaw::Value);
}

#[test]
fn a_log_that_lacks_a_row_is_found() {
    let forgetful = |run: &mut EngineRun, _: &History, _: &[usize]| {
        run.steps.iter_mut().skip(1).for_each(|step| drop(step.booked.pop()));
    };
    tampered(forgetful, MethodologyLaw::Books);
}

#[test]
fn a_level_that_jumps_is_found() {
    let jumps = |run: &mut EngineRun, _: &History, _: &[usize]| {
        run.steps.iter_mut().skip(1).for_each(|step| step.level = "1234".parse().unwrap());
    };
    let printed = tampered(jumps, MethodologyLaw::Continuity);
    assert!(printed.contains("that of the basket before"), "{printed}");
}
