//! Corporate actions, cash flows and sliced executions in whole runs.

use std::collections::BTreeMap;

use proptest::prelude::*;
use regimen::Methodology;
use regimen_analytics::SummaryBuilder;
use regimen_ledger::TransactionKind;
use regimen_planning::ShortfallReason;
use regimen_replay::{Period, Replayer, StepSink};
use regimen_run::{RunDescription, RunFolderError, RunWriter, Verification, verify};
use regimen_types::{
    ActionInput, ActionKind, AsOf, AssetId, Cause, CorporateAction, History, Money, Quantity, RowInput, Side,
};
use rust_decimal::Decimal;

use crate::market::Table;
use crate::methodology::methodology;
use crate::record::{Record, records, records_until_error};
use crate::strategies::{eventful_choices, eventful_markets, markets};

fn day(number: u32) -> AsOf {
    AsOf::from_ymd(2021, 1, number).unwrap()
}

fn asset(name: &str) -> AssetId {
    name.parse().unwrap()
}

fn action(as_of: AsOf, name: &str, kind: ActionKind, ratio: &str, new_asset: &str) -> CorporateAction {
    let (ratio, new_asset) = (ratio.parse().ok(), new_asset.parse().ok());
    let input = ActionInput { as_of, known_at: None, asset: asset(name), kind, ratio, new_asset };
    CorporateAction::new(input).unwrap()
}

/// Builds a daily market from the first of January on: each asset with its prices, `""` where it has none,
/// and a supply that keeps its market cap in a like range.
fn daily(prices: &[(&str, &[&str])]) -> History {
    let days = prices.iter().map(|(_, prices)| prices.len()).max().unwrap();
    let mut builder = History::builder();
    for number in 0..days {
        let rows = prices.iter().filter_map(|(name, prices)| {
            let price = prices.get(number)?.parse().ok()?;
            Some(RowInput::new(asset(name), price, "1000".parse().unwrap()))
        });
        builder = builder.snapshot(day(number as u32 + 1), rows.collect::<Vec<_>>());
    }
    builder.build().unwrap()
}

/// Half and half in two assets without costs, rebalanced on Mondays: the fourth and the eleventh of January.
fn halves(overrides: &[&str]) -> Methodology {
    let given = [
        "regime={rule='always_bullish'}",
        "weighting.rule=equal",
        "selection.count=2",
        "costs.fee_bps=0",
        "costs.slippage_bps=0",
        "portfolio.initial_cash=1000",
    ];
    methodology(&given.into_iter().chain(overrides.iter().copied()).collect::<Vec<_>>())
}

/// Rounds to six places: plans keep back a few units of the last place of money.
fn rounded(decimal: Decimal) -> String {
    decimal.round_dp(6).normalize().to_string()
}

fn units(quantity: Quantity) -> String {
    rounded(quantity.decimal())
}

fn navs(records: &[Record]) -> Vec<String> {
    records.iter().map(|record| rounded(record.nav.total.decimal())).collect()
}

fn verified(methodology: &Methodology, history: &History) -> Option<Verification> {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().join("run");
    let description = RunDescription { methodology, period: Period::default(), inputs: Vec::new() };
    let mut writer = RunWriter::create(&folder, description).unwrap();
    writer.write_suspects(&history.price_jumps(5)).unwrap();
    let mut replayer = Replayer::new(methodology).unwrap();
    for window in history.windows() {
        let Ok(step) = replayer.step(window) else { break };
        match writer.take(&step) {
            // A figure that no decimal holds ends the run, and nothing is written.
            Err(RunFolderError::Figure(_)) => return None,
            taken => taken.unwrap(),
        }
    }
    writer.finish().unwrap();
    Some(verify(&folder))
}

/// Counts an asset on another basis from a snapshot on, and says so.
fn on_a_new_basis(table: &Table, name: &str, from: usize, exponent: i32, new_name: Option<&str>) -> Table {
    let mut table = table.clone();
    let scaled = |price: Decimal| {
        let power = Decimal::from(10_i64.pow(exponent.unsigned_abs()));
        if exponent < 0 { price * power } else { (price / power).normalize() }
    };
    for row in table.snapshots[from..].iter_mut().flat_map(|(_, rows)| rows).filter(|row| row.asset == name) {
        row.price = scaled(row.price);
        row.asset = new_name.unwrap_or(name).to_owned();
    }
    let power = Decimal::from(10_i64.pow(exponent.unsigned_abs()));
    let ratio = if exponent < 0 { Decimal::ONE / power } else { power };
    let kind = if new_name.is_some() { ActionKind::Migration } else { ActionKind::Redenomination };
    let as_of = table.snapshots[from].0;
    table.actions = vec![action(as_of, name, kind, &ratio.to_string(), new_name.unwrap_or(""))];
    table
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Up to the next trade, that is: then units are rounded on another grid.
    #[test]
    fn an_action_changes_neither_nav_nor_level_by_a_digit(
        table in markets(6..40),
        overrides in crate::strategies::choices(0..4),
        name in prop::sample::select(vec!["A1", "A2", "A3", "A4", "A6"]),
        from in any::<prop::sample::Index>(),
        exponent in prop_oneof![-4_i32..0, 1_i32..5],
        swapped in any::<bool>(),
    ) {
        let methodology = methodology(&overrides);
        let from = from.index(table.len());
        let (before, _) = records_until_error(&methodology, &table.history());
        let other = on_a_new_basis(&table, name, from, exponent, swapped.then_some("A9"));
        let (after, _) = records_until_error(&methodology, &other.history());
        // An asset without a row at the new basis keeps the old one until it has; a stale position may end on
        // the way.
        for (before, after) in before.iter().zip(&after) {
            let trades = |record: &Record| record.transactions.iter().any(|each| each.kind.is_trade());
            let rebalances = |record: &Record| record.decision.index.rebalance.is_some();
            if before.as_of >= table.snapshots[from].0
                && (trades(before) || trades(after) || rebalances(before) || rebalances(after))
            {
                break;
            }
            prop_assert_eq!(before.nav, after.nav, "{}", before.as_of);
            prop_assert_eq!(before.decision.index.level, after.decision.index.level, "{}", before.as_of);
        }
    }
}

/// Schedules whose baskets take effect at once; announced ones are verified where schedules are tested.
const AT_ONCE: &[&str] = &[
    "schedule={every='week',weekday='monday',if_missing='next_snapshot'}",
    "schedule={every='snapshots',count=2,supply={every='week',weekday='tuesday',if_missing='previous_snapshot'}}",
    "schedule={every='snapshots',count=4,rebalance={every='snapshots',count=1},\
     supply={every='snapshots',count=3,effective_after_days=2}}",
];

/// What `verify` selects and weighs again.
const CONSTITUENTS: &[&[&str]] = &[
    &[],
    &["selection={count=3,reserve=1,buffer={by='rank',enter=2,stay=5}}", "weighting={rule='square_root'}"],
    &[
        "selection={coverage=0.8,reserve=1}",
        "limits={cap=0.4,largest={count=1,cap=0.5},if_infeasible='unlimited'}",
    ],
    &[
        "selection={all=true,reserve=1,buffer={by='amount',enter=1000000,stay=500000}}",
        "weighting={rule='power',exponent=0.5}",
    ],
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_run_with_events_is_verified(
        table in eventful_markets(4..40),
        overrides in eventful_choices(0..4),
        schedule in prop::sample::select(AT_ONCE),
        constituents in prop::sample::select(CONSTITUENTS),
    ) {
        let mut overrides = overrides;
        overrides.push(schedule.to_owned());
        overrides.extend(constituents.iter().map(|each| (*each).to_owned()));
        let verification = verified(&methodology(&overrides), &table.history());
        prop_assume!(verification.is_some());
        let verification = verification.unwrap();
        prop_assert!(verification.passed(), "{}", verification);
    }
}

#[test]
fn a_redenomination_on_the_day_of_execution_executes_on_the_new_basis() {
    // Decided on Monday the fourth and the eleventh, executed the day after; on the twelfth a thousand A
    // become one.
    let a = ["10", "10", "10", "10", "10", "10", "10", "10", "10", "10", "40", "40000", "40000"];
    let b = ["1"; 13];
    let history = daily(&[("A", &a), ("B", &b)]);
    let redenomination = action(day(12), "A", ActionKind::Redenomination, "0.001", "");
    let history = history.with_corporate_actions(vec![redenomination]).0;
    let methodology = halves(&[]);
    let steps = records(&methodology, &history);
    // 50 A and 500 B; the price of A rises to 40 on the eleventh: 2500, and half of that is 31.25 A.
    assert_eq!(navs(&steps)[8..], ["1000", "1000", "2500", "2500", "2500"]);
    let results = &steps[11].order_results;
    let sale = results.iter().find(|result| result.order.side == Side::Sell).unwrap();
    assert_eq!(units(sale.order.units), "18.75", "as decided");
    assert_eq!(sale.units, sale.order.units.at_ratio("0.001".parse().unwrap()).unwrap());
    assert_eq!((units(sale.units), sale.filled), ("0.01875".to_owned(), sale.units));
    assert_eq!((&sale.asset, sale.shortfall), (&asset("A"), None));
    assert_eq!(units(steps[12].holdings.units(&asset("A"))), "0.03125");
    let kinds: Vec<_> = steps[11].transactions.iter().map(|each| each.kind).collect();
    assert_eq!(kinds, [TransactionKind::Migration, TransactionKind::Sell, TransactionKind::Buy]);
    assert_eq!(steps[11].decision.index.level, steps[10].decision.index.level);
    let verification = verified(&methodology, &history).unwrap();
    assert!(verification.passed(), "{verification}");
}

#[test]
fn a_redenomination_on_a_rebalance_day_is_decided_on_the_new_basis() {
    // On Monday the eleventh a thousand A become one, while A is worth four times what it was.
    let a = ["10", "10", "10", "10", "10", "10", "10", "10", "10", "10", "40000", "40000", "40000"];
    let b = ["1"; 13];
    let redenomination = action(day(11), "A", ActionKind::Redenomination, "0.001", "");
    let history = daily(&[("A", &a), ("B", &b)]).with_corporate_actions(vec![redenomination]).0;
    let methodology = halves(&[]);
    let steps = records(&methodology, &history);
    // 0.05 A and 500 B: 2500, and half of that is 0.03125 A.
    assert_eq!(navs(&steps)[9..], ["1000", "2500", "2500", "2500"]);
    let sale = steps[11].order_results.iter().find(|result| result.order.side == Side::Sell).unwrap();
    assert_eq!((units(sale.order.units), sale.filled), ("0.01875".to_owned(), sale.order.units));
    assert_eq!(units(steps[12].holdings.units(&asset("A"))), "0.03125");
    let kinds: Vec<_> = steps[10].transactions.iter().map(|each| each.kind).collect();
    assert_eq!(kinds, [TransactionKind::Migration]);
    assert_eq!(steps[12].decision.index.level, steps[10].decision.index.level);
    let verification = verified(&methodology, &history).unwrap();
    assert!(verification.passed(), "{verification}");
}

#[test]
fn without_its_event_a_redenomination_is_suspect_and_names_the_event() {
    let history = daily(&[("A", &["10", "10000"]), ("B", &["1", "1"])]);
    let jumps = history.price_jumps(5);
    assert_eq!(jumps[0].redenomination.unwrap().to_string(), "0.001");
    let event = action(day(2), "A", ActionKind::Redenomination, "0.001", "");
    assert_eq!(history.with_corporate_actions(vec![event]).0.price_jumps(5), []);
}

#[test]
fn a_swap_leads_orders_holdings_index_and_incumbents_to_the_successor() {
    let old = ["10", "10", "10", "10", "10", "10", "10", "10", "10", "10", "20", "", ""];
    let new = ["", "", "", "", "", "", "", "", "", "", "", "2", "2"];
    let b = ["1"; 13];
    let history = daily(&[("OLD", &old), ("NEW", &new), ("B", &b)]);
    let swap = action(day(12), "OLD", ActionKind::Migration, "10", "NEW");
    let methodology = halves(&[]);
    let steps = records(&methodology, &history.with_corporate_actions(vec![swap]).0);
    assert_eq!(navs(&steps)[9..], ["1000", "1500", "1500", "1500"]);
    let sale = steps[11].order_results.iter().find(|result| result.order.side == Side::Sell).unwrap();
    assert_eq!((&sale.order.asset, &sale.asset), (&asset("OLD"), &asset("NEW")));
    assert_eq!((units(sale.order.units), units(sale.filled)), ("12.5".into(), "125".into()));
    assert_eq!(units(steps[12].holdings.units(&asset("NEW"))), "375");
    assert!(steps[12].holdings.units(&asset("OLD")).is_zero());
    assert_eq!(steps[12].decision.index.level, steps[10].decision.index.level);
}

#[test]
fn a_collapse_within_a_week_ends_in_a_write_off() {
    // Like LUNA in May 2022: from 80 to nothing in six days, then delisted.
    let luna = ["80", "80", "80", "80", "80", "62", "30", "1", "0.01", "0.0001", "0.0002"];
    let b = ["1"; 11];
    let delisting = action(day(10), "LUNA", ActionKind::Delisting, "0", "");
    let history = daily(&[("LUNA", &luna), ("B", &b)]).with_corporate_actions(vec![delisting]).0;
    let methodology = halves(&[]);
    let steps = records(&methodology, &history);
    // 6.25 LUNA and 500 B, rebalanced at 80 on the fourth.
    let expected = ["1000", "887.5", "687.5", "506.25", "500.0625", "500", "500"];
    assert_eq!(navs(&steps)[4..], expected);
    let written_off = &steps[9].transactions[0];
    assert_eq!((written_off.kind, written_off.cause), (TransactionKind::WriteOff, Cause::Delisting));
    assert_eq!((units(written_off.units), written_off.notional), ("6.25".into(), Money::ZERO));
    assert_eq!(rounded(steps[9].decision.index.level.decimal()), "500");
    assert!(steps[10].decision.index.asset_count == 1, "the delisted asset has left the index");
    let verification = verified(&methodology, &history).unwrap();
    assert!(verification.passed(), "{verification}");
}

#[test]
fn a_fork_comes_in_beside_and_staking_adds() {
    let a = ["10", "10", "10", "10", "10", "10", "8", "8", "8"];
    let fork = ["", "", "", "", "", "", "", "2", "2"];
    let b = ["1"; 9];
    let actions = vec![
        action(day(7), "A", ActionKind::Fork, "1", "A2"),
        action(day(9), "B", ActionKind::Staking, "0.01", ""),
    ];
    let history = daily(&[("A", &a), ("A2", &fork), ("B", &b)]).with_corporate_actions(actions).0;
    let methodology = halves(&[]);
    let steps = records(&methodology, &history);
    // The fork takes 2 of each A, and is worth them once it has a price.
    assert_eq!(navs(&steps)[5..], ["1000", "900", "1000", "1005"]);
    let levels: Vec<_> = steps[5..].iter().map(|step| rounded(step.decision.index.level.decimal())).collect();
    assert_eq!(levels, ["1000", "900", "1000", "1000"], "a price index earns no staking");
    let verification = verified(&methodology, &history).unwrap();
    assert!(verification.passed(), "{verification}");
}

#[test]
fn an_order_in_slices_is_executed_in_like_parts_and_waits_for_a_price() {
    let a = ["10", "10", "10", "10", "10", "", "10", "10", "10", "10"];
    let b = ["1"; 10];
    let history = daily(&[("A", &a), ("B", &b)]);
    // Decided on the first, executed from the second on.
    let bought = |overrides: &[&str]| {
        let steps = records(&halves(overrides), &history);
        let filled = |step: &Record| {
            let fill =
                step.transactions.iter().find(|each| each.kind.is_trade() && each.asset == Some(asset("A")));
            fill.map_or("-".to_owned(), |fill| units(fill.units))
        };
        (steps.iter().map(filled).collect::<Vec<_>>().join(" "), steps)
    };
    let never = "schedule.if_missing=skip";
    let (at_once, _) = bought(&["schedule.weekday=sunday", never]);
    assert_eq!(&at_once[..6], "- 50 -");
    let (five, steps) = bought(&["execution={slices=5,carry_snapshots=0}", "schedule.weekday=sunday", never]);
    // Two fifths; then the decision of Sunday the third replaces the rest, and takes five days for the 30
    // that are left, with nothing on the sixth: what is left over is spread over the days that remain.
    assert_eq!(five, "- 10 10 6 6 - 9 9 - -");
    let replaced = steps[2].order_results.iter().find(|result| result.order.asset == asset("A")).unwrap();
    assert_eq!((units(replaced.filled), replaced.shortfall), ("20".into(), Some(ShortfallReason::Replaced)));
}

#[test]
fn what_is_halted_waits_as_long_as_the_policy_says() {
    let a = ["10", "", "", "10", "10"];
    let b = ["1"; 5];
    let history = daily(&[("A", &a), ("B", &b)]);
    let bought = |carry: u32| {
        let carry = format!("execution={{slices=1,carry_snapshots={carry}}}");
        let steps = records(
            &halves(&[
                &carry,
                "schedule.weekday=sunday",
                "schedule.if_missing=skip",
                "regime={rule='always_bullish'}",
            ]),
            &history,
        );
        steps[..3]
            .iter()
            .flat_map(|step| &step.order_results)
            .map(|result| result.shortfall)
            .collect::<Vec<_>>()
    };
    assert_eq!(bought(0), [Some(ShortfallReason::NoPrice), None], "closed on the second");
    // The decision of Sunday the third replaces what still waits.
    assert_eq!(bought(5), [None, Some(ShortfallReason::Replaced)]);
    assert_eq!(
        bought(1),
        [None, Some(ShortfallReason::NoPrice)],
        "given up on the third, before the decision"
    );
}

#[test]
fn flows_change_the_money_and_not_the_multiple() {
    let (a, b) = (["10"; 13], ["1"; 13]);
    let history = daily(&[("A", &a), ("B", &b)]);
    let flows = "cash_flows={from='list',flows=[{as_of='2020-12-31',amount=1},{as_of='2021-01-03',amount=500},{as_of='2021-01-06',amount=-700},{as_of='2021-01-06T12:00:00Z',amount=-100}]}";
    let methodology = halves(&[flows]);
    let mut summary = SummaryBuilder::default();
    let mut replayer = Replayer::new(&methodology).unwrap();
    let mut steps = Vec::new();
    for window in history.windows() {
        let step = replayer.step(window).unwrap();
        summary.add(&step).unwrap();
        steps.push(Record::of(&step));
    }
    let summary = summary.finish().unwrap();
    assert_eq!(navs(&steps)[2], "1500");
    // On the sixth there is no cash: the withdrawals wait for the sales of the twelfth.
    let nav = navs(&steps);
    assert_eq!(nav[10..], ["1500", "700", "700"]);
    assert_eq!((summary.deposited.to_string(), summary.withdrawn.to_string()), ("500".into(), "800".into()));
    assert_eq!(summary.nav_multiple.to_string(), "1", "prices did not move");
    assert_eq!(summary.worst_drawdown.to_string(), "0");
    let paid: BTreeMap<_, _> = steps
        .iter()
        .flat_map(|step| &step.transactions)
        .filter(|each| each.kind == TransactionKind::Withdrawal)
        .map(|each| (each.as_of, rounded(each.notional.decimal())))
        .collect();
    // All that was in cash on the sixth is what rounding had left.
    assert_eq!(paid, BTreeMap::from([(day(6), "0".to_owned()), (day(12), "800".to_owned())]));
    let verification = verified(&methodology, &history).unwrap();
    assert!(verification.passed(), "{verification}");
}

#[test]
fn a_withdrawal_beyond_the_portfolio_takes_all_there_is() {
    let history = daily(&[("A", &["10"; 13]), ("B", &["1"; 13])]);
    let flows = "cash_flows={from='list',flows=[{as_of='2021-01-06',amount=-5000}]}";
    let methodology = halves(&[flows, "costs.fee_bps=10"]);
    let steps = records(&methodology, &history);
    assert_eq!(steps[12].nav.total.to_string(), "0");
    let verification = verified(&methodology, &history).unwrap();
    assert!(verification.passed(), "{verification}");
}

#[test]
fn what_is_swapped_away_is_not_forked_at_the_same_snapshot() {
    let history = daily(&[("A", &["10"; 8]), ("B", &["1"; 8]), ("C", &["5"; 8])]);
    let swap = action(day(7), "A", ActionKind::Migration, "2", "C");
    let fork = action(day(7), "A", ActionKind::Fork, "0.5", "B");
    let history = history.with_corporate_actions(vec![swap, fork]).0;
    let methodology = halves(&[]);
    let booked: Vec<TransactionKind> = records(&methodology, &history)
        .iter()
        .filter(|record| record.as_of == day(7))
        .flat_map(|record| record.transactions.iter().map(|each| each.kind))
        .filter(|kind| !kind.is_trade())
        .collect();
    assert_eq!(booked, [TransactionKind::Migration]);
    let verification = verified(&methodology, &history).unwrap();
    assert!(verification.passed(), "{verification}");
}

#[test]
fn a_book_makes_up_for_the_days_that_it_skipped() {
    let history = daily(&[("A1", &["10", "10", "5", "6", "6"]), ("A2", &["7", "7", "7", "7", "7"])]);
    let split = action(day(3), "A1", ActionKind::Redenomination, "2", "");
    let (history, _) = history.with_corporate_actions(vec![split]);
    let flows = "cash_flows={from='list',flows=[{as_of='2021-01-03',amount=100}]}";
    let methodology = halves(&[flows]);
    let windows: Vec<_> = history.windows().collect();
    let mut replayer = Replayer::new(&methodology).unwrap();
    for window in &windows[..2] {
        replayer.step(*window).unwrap();
    }
    let before = replayer.checkpoint().unwrap();
    replayer.step(windows[2]).unwrap();
    let (every_day, _) = replayer.checkpoint().unwrap().open_day(&methodology, &windows[3]).unwrap();
    let (skipping, opening) = before.clone().open_day(&methodology, &windows[3]).unwrap();
    assert_eq!(skipping.holdings(), every_day.holdings());
    assert_eq!(
        skipping.holdings().units(&asset("A1")),
        before.holdings().units(&asset("A1")).plus(before.holdings().units(&asset("A1"))).unwrap()
    );
    let kinds: Vec<_> = opening.transactions.iter().map(|each| each.kind).collect();
    assert_eq!(kinds, [TransactionKind::Migration, TransactionKind::Deposit]);
}
