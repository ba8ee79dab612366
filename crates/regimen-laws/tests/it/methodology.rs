//! Laws of whole methodologies.

use std::sync::atomic::{AtomicU64, Ordering};

use regimen::planning::TriggerReading;
use regimen::{Action, HoldReason, Inputs, Methodology, parse_definition};
use regimen_laws::{
    Check, Engine, EngineRun, MarketTable, Markets, MethodologyLaw, engine, markets, methodology,
};
use regimen_types::{AssetId, Cause, History, Money, approximate};
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
    Methodology::new(
        parse_definition("test", DEFINITION, &overrides).unwrap_or_else(|faults| panic!("{faults}")),
        Inputs::none(),
    )
    .unwrap()
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

/// What a definition can say, one choice or a few at a time.
const VARIANTS: [&[&str]; 20] = [
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
    &[
        "trading={triggers={calendar=true,forced_exits=true,drift={absolute=0.05,relative=0.25},turnover=0.1}}",
    ],
    &["trading={triggers={calendar=false,forced_exits=true,drift={absolute=0.05}}}"],
    &["trading={band={absolute=0.02,relative=0.2,trade_to='edge'}}"],
    &["trading={band={absolute=0.02,trade_to='target'},minimum_notional={trade=100,exit=10}}"],
    &["trading={lots={default=0.5},cash_buffer=0.02}"],
    &["trading={participation_max=0.05}", "portfolio.initial_cash=100000"],
    &["trading={turnover_limit={one_way_max=0.2,priority='largest'}}"],
    &["trading={turnover_limit={one_way_max=0.1,priority='pro_rata'},band={absolute=0.01,trade_to='edge'}}"],
    &[
        "costs.fee_tiers=[{from=10000,bps=10}]",
        "costs.fee_fixed=0.5",
        "costs.half_spread={by='volume',otherwise_bps=100,tiers=[{from=1000,bps=10}]}",
        "costs.impact={coefficient=0.9,volatility_snapshots=5,otherwise_bps=100}",
    ],
    &["costs.gas={default_chain='e',chains=[{chain='e',per_trade=5}]}", "portfolio.initial_cash=1000"],
    &["schedule={every='snapshots',count=3,effective_after_snapshots=2}", "regime={rule='always_bullish'}"],
    &["schedule={every='week',weekday='friday',if_missing='previous_snapshot',effective_after_days=3}"],
    &[
        "schedule={every='month',on='day 15',if_missing='next_snapshot',rebalance={every='snapshots',count=2}}",
        "regime={rule='always_bullish'}",
    ],
    &["index={base_level=100,base_date='2024-01-05'}"],
    &["defensive.reentry={tolerance=0.01,snapshots=2}"],
    &["universe.history_snapshots_min=5", "selection.count=20", "regime.confirm_snapshots=2"],
];

#[test]
fn methodologies_keep_all_laws() {
    for (seed, overrides) in (0..).zip(VARIANTS) {
        let checked = three_largest(overrides);
        let check = methodology(&checked, market()).seed(seed).cases(4);
        check.check().unwrap_or_else(|broken| panic!("{overrides:?}: {broken}"));
    }
}

#[test]
fn an_index_that_no_portfolio_follows_keeps_them_too() {
    let of_portfolio =
        |line: &&str| ["portfolio", "costs", "vanished"].iter().any(|key| line.starts_with(key));
    let definition: Vec<&str> = DEFINITION.lines().filter(|line| !of_portfolio(line)).collect();
    let index = Methodology::new(
        parse_definition("test", &definition.join("\n"), &[]).unwrap_or_else(|faults| panic!("{faults}")),
        Inputs::none(),
    )
    .unwrap();
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
        let large = history.columns().market_cap.iter().any(|cap| cap > Decimal::from(1_000_000_000));
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

#[test]
fn a_hold_whose_trigger_fired_is_found() {
    let fired = |run: &mut EngineRun, _: &History, _: &[usize]| {
        for step in run.steps.iter_mut().skip(1) {
            let (measured, allowed) = ("0.06".parse().unwrap(), "0.05".parse().unwrap());
            let reading = TriggerReading { cause: Cause::Drift, fires: true, asset: None, measured, allowed };
            step.action = Some(Action::Hold(HoldReason::WithinLimits { readings: vec![reading] }));
        }
    };
    let printed = tampered(fired, MethodologyLaw::Reasons);
    assert!(printed.contains("expected  a hold within limits with readings that do not fire"), "{printed}");
}
