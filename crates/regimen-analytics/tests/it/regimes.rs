//! The regime report of any run adds up to the run, and runs under other regimes are the run but for the
//! regimes.

use proptest::prelude::*;
use regimen::{Methodology, RegimeTable};
use regimen_analytics::{
    Counterfactuals, RandomRegimes, RegimeFigures, RegimeReport, RegimeReportBuilder, SnapshotFigures,
    Summary, SummaryBuilder, Whipsaw, WhipsawBound, counterfactuals,
};
use regimen_ledger::Ledger;
use regimen_replay::{Period, replay_each};
use regimen_synth::MarketKind;
use regimen_types::{ArithmeticError, AsOf, Cause, Fill, History, Regime, Side, TradeCosts};
use rust_decimal::Decimal;

use crate::market::Table;
use crate::methodology::methodology;
use crate::record::{Record, records};
use crate::strategies::{choices, markets};

const WHOLE: Period = Period { from: None, to: None };

/// Replays and returns the regimes, the report and the summary.
fn reported(methodology: &Methodology, history: &History) -> (Vec<(AsOf, Regime)>, RegimeReport, Summary) {
    let mut report = RegimeReportBuilder::new(methodology.definition());
    let mut summary = SummaryBuilder::default();
    let take = |step: regimen_replay::Step<'_>| -> Result<(), ArithmeticError> {
        summary.add(&step)?;
        report.add(SnapshotFigures::of(&step), &step.transactions)
    };
    replay_each(methodology, history, WHOLE, take).unwrap();
    let regimes = report.regimes().collect();
    (regimes, report.finish().unwrap().unwrap(), summary.finish().unwrap())
}

fn close(left: Decimal, right: Decimal) -> bool {
    (left - right).abs() <= Decimal::new(1, 9) * Decimal::ONE.max(left.abs())
}

fn check_sums(report: &RegimeReport, summary: &Summary) {
    assert_eq!(report.flips, summary.regime_flips);
    let counts = &summary.snapshots_in_regime;
    let in_regime = &report.in_regime;
    assert_eq!(in_regime.bullish.snapshots, counts.bullish);
    assert_eq!(in_regime.bearish.snapshots, counts.bearish);
    assert_eq!(in_regime.undetermined.snapshots, counts.undetermined);
    let all = [&in_regime.bullish, &in_regime.bearish, &in_regime.undetermined];
    let linked: Decimal = all.iter().map(|each| Decimal::ONE + each.nav_return.decimal()).product();
    assert!(close(linked, summary.nav_multiple.decimal()), "{linked} {summary:?}");
    let spells: Decimal =
        report.spells.iter().map(|spell| Decimal::ONE + spell.nav_return.decimal()).product();
    assert!(close(spells, linked), "{spells} {linked}");
    let worst = summary.worst_drawdown.decimal() - Decimal::new(1, 12);
    assert!(all.iter().all(|each| each.worst_drawdown.decimal() >= worst));
    for pair in report.spells.windows(2) {
        assert_eq!(pair[0].to, pair[1].from);
        assert_ne!(pair[0].regime, pair[1].regime);
    }
    assert_eq!(
        (report.spells[0].from, report.spells[report.spells.len() - 1].to),
        (summary.from, summary.to)
    );
    let costs = &report.switch_costs;
    let most = summary.costs();
    assert!(costs.by_kind.amounts().iter().zip(most.amounts()).all(|(part, all)| *part <= all));
    assert!(costs.traded_notional <= summary.traded_notional && costs.turnover <= summary.turnover);
    assert_eq!(costs.cost, costs.by_kind.total().unwrap());
    let each: Decimal = report.switches.iter().map(|switch| switch.costs.cost.decimal()).sum();
    assert_eq!(each, costs.cost.decimal());
    assert!(report.whipsaw.cost <= costs.cost);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn a_report_adds_up_to_its_run(table in markets(4..45), overrides in choices(0..4)) {
        let methodology = methodology(&overrides);
        let (_, report, summary) = reported(&methodology, &table.history());
        check_sums(&report, &summary);
    }

    #[test]
    fn a_run_under_its_own_regimes_is_the_run(table in markets(4..40), overrides in choices(0..4)) {
        let methodology = methodology(&overrides);
        let history = table.history();
        let (regimes, ..) = reported(&methodology, &history);
        let given = methodology.under_regimes(regimes.into_iter().collect::<RegimeTable>());
        for (own, given) in records(&methodology, &history).iter().zip(&records(&given, &history)) {
            let mut told = given.clone();
            // What told the regime is all that may differ.
            told.decision.index.regime = own.decision.index.regime.clone();
            prop_assert_eq!(own, &told);
        }
    }
}

/// The trades of the steps that a report charges to switches, by cause alone.
fn switch_trades(records: &[Record]) -> u64 {
    let transactions = records.iter().flat_map(|record| &record.transactions);
    transactions.filter(|each| each.cause == Cause::RegimeSwitch).count() as u64
}

fn synthetic() -> (Methodology, History) {
    let table = Table::synthetic(23, 30, 160, MarketKind::Realistic);
    let methodology = methodology(&["selection.count=10", "regime.window_snapshots=12"]);
    (methodology, table.history())
}

#[test]
fn every_trade_of_a_switch_is_charged_to_one() {
    let (methodology, history) = synthetic();
    let (_, report, summary) = reported(&methodology, &history);
    check_sums(&report, &summary);
    assert!(report.switches.len() > 4, "{} switches", report.switches.len());
    assert_eq!(report.switch_costs.trades, switch_trades(&records(&methodology, &history)));
}

fn made(runs: u32, seed: u64, threads: usize) -> Counterfactuals {
    let (methodology, history) = synthetic();
    let (regimes, ..) = reported(&methodology, &history);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let random = RandomRegimes { runs, seed };
    pool.install(|| counterfactuals(&methodology, &history, WHOLE, &regimes, random, &|| ()).unwrap())
}

#[test]
fn random_runs_follow_from_the_seed_whatever_the_threads() {
    let one = made(12, 5, 1);
    assert_eq!(one, made(12, 5, 4));
    let more = made(20, 5, 2);
    assert_eq!(one.random.nav_multiples, more.random.nav_multiples[..12]);
    assert_eq!(one.late, more.late);
    assert_ne!(one.random.nav_multiples, made(12, 6, 2).random.nav_multiples);
    assert_eq!(one.random.distinct, 12);
}

#[test]
fn runs_under_other_regimes_are_the_runs_of_such_rules() {
    let (methodology, history) = synthetic();
    let (regimes, _, summary) = reported(&methodology, &history);
    let made = made(3, 1, 2);
    assert_eq!(made.rule.nav_multiple, summary.nav_multiple);
    let bullish = crate::methodology::methodology(&["selection.count=10", "regime={rule='always_bullish'}"]);
    let (_, _, bullish) = reported(&bullish, &history);
    assert_eq!(made.always_bullish.nav_multiple, bullish.nav_multiple);
    assert_eq!(made.always_bullish.turnover, bullish.turnover);
    let regimes_only: Vec<Regime> = regimes.iter().map(|(_, regime)| *regime).collect();
    assert_eq!(made.rederived(&regimes_only, &summary).unwrap(), made);
    let late: Vec<u64> = made.late.iter().map(|late| late.snapshots).collect();
    assert_eq!(late, [1, 2, 3, 5]);
    assert!(made.late.iter().all(|late| late.attainable) && !made.early.attainable);
}

/// A trade of one asset at a price of 1.
fn trade(as_of: AsOf, side: Side, amount: &str, fee: &str) -> Fill {
    Fill {
        as_of,
        asset: "A1".parse().unwrap(),
        side,
        units: amount.parse().unwrap(),
        price: "1".parse().unwrap(),
        notional: amount.parse().unwrap(),
        costs: TradeCosts { fee: fee.parse().unwrap(), ..TradeCosts::NONE },
        cause: Cause::RegimeSwitch,
    }
}

/// Seven days by hand: a unit is worth 1, 1, 1.1, 0.99, 0.9, 0.99 and 1.089.
fn by_hand(overrides: &[&str]) -> RegimeReport {
    use Regime::{Bearish, Bullish, Undetermined};
    let regimes = [Undetermined, Bullish, Bullish, Bearish, Bullish, Bullish, Bullish];
    let navs = ["100", "100", "110", "99", "90", "99", "108.9"];
    let levels = ["50", "50", "60", "48", "48", "48", "60"];
    let mut ledger = Ledger::new(2);
    let mut builder = RegimeReportBuilder::new(methodology(overrides).definition());
    for (day, ((regime, nav), level)) in (1..).zip(regimes.into_iter().zip(navs).zip(levels)) {
        let as_of = AsOf::from_ymd(2021, 3, day).unwrap();
        let booked = match day {
            1 => ledger.deposit(as_of, "100".parse().unwrap()).cloned().ok(),
            3 => ledger.book(&trade(as_of, Side::Buy, "50", "0.5")).cloned().ok(),
            5 => ledger.book(&trade(as_of, Side::Sell, "40", "0.4")).cloned().ok(),
            6 => ledger.book(&trade(as_of, Side::Buy, "40", "0.4")).cloned().ok(),
            _ => None,
        };
        let (nav, index_level) = (nav.parse().unwrap(), level.parse().unwrap());
        let figures = SnapshotFigures { as_of, regime, nav, index_level };
        builder.add(figures, booked.as_slice()).unwrap();
    }
    builder.finish().unwrap().unwrap()
}

#[test]
fn spells_are_measured_as_by_hand() {
    let report = by_hand(&[]);
    assert_eq!(report.flips, 2);
    let spells = report.spells.iter().map(|spell| {
        let day = |as_of: AsOf| as_of.to_string().split_off(8).parse::<u32>().unwrap();
        let [nav, index, drawdown] =
            [spell.nav_return, spell.index_return, spell.worst_drawdown].map(|ratio| ratio.to_string());
        (spell.regime, day(spell.from), day(spell.to), spell.snapshots, nav, index, drawdown)
    });
    let expected = [
        (Regime::Undetermined, 1, 2, 1, "0", "0", "0"),
        (Regime::Bullish, 2, 4, 2, "-0.01", "-0.04", "-0.1"),
        (Regime::Bearish, 4, 5, 1, "-0.090909090909", "0", "-0.090909090909"),
        (Regime::Bullish, 5, 7, 3, "0.21", "0.25", "0"),
    ];
    let expected = expected.map(|(regime, from, to, snapshots, nav, index, drawdown)| {
        (regime, from, to, snapshots, nav.to_owned(), index.to_owned(), drawdown.to_owned())
    });
    assert_eq!(spells.collect::<Vec<_>>(), expected);
    let RegimeFigures { spells, snapshots, days, average_dwell_snapshots, .. } = report.in_regime.bullish;
    assert_eq!((spells, snapshots, days.to_string().as_str()), (2, 5, "4"));
    assert_eq!(average_dwell_snapshots.unwrap().to_string(), "2.5");
    // The last spell has not ended.
    assert_eq!(report.in_regime.bullish.shortest_dwell_snapshots, Some(2));
    // 0.99 × 1.21 and 0.96 × 1.25.
    assert_eq!(report.in_regime.bullish.nav_return.to_string(), "0.1979");
    assert_eq!(report.in_regime.bullish.index_return.to_string(), "0.2");
    assert_eq!(report.in_regime.bullish.worst_drawdown.to_string(), "-0.1");
}

#[test]
fn switches_cost_what_their_trades_cost() {
    let report = by_hand(&[]);
    let switches = report.switches.iter().map(|switch| {
        let costs = &switch.costs;
        let figures = [costs.traded_notional.to_string(), costs.turnover.to_string(), costs.cost.to_string()];
        (switch.from, switch.to, figures, switch.cost_of_nav.to_string())
    });
    let expected = [
        (Regime::Undetermined, Regime::Bullish, ["50", "0.227272727273", "0.5"], "0.005"),
        (Regime::Bullish, Regime::Bearish, ["40", "0.222222222222", "0.4"], "0.00404040404"),
        (Regime::Bearish, Regime::Bullish, ["40", "0.20202020202", "0.4"], "0.004444444444"),
    ];
    let expected =
        expected.map(|(from, to, figures, of_nav)| (from, to, figures.map(str::to_owned), of_nav.to_owned()));
    assert_eq!(switches.collect::<Vec<_>>(), expected);
    assert_eq!(report.switch_costs.trades, 3);
    assert_eq!(report.switch_costs.turnover.to_string(), "0.651515151515");
    assert_eq!(report.switch_costs.cost.to_string(), "1.3");
    // The rule confirms with one snapshot: round trips of fewer than two are too short.
    let whipsaw = &report.whipsaw;
    assert_eq!((whipsaw.shorter_than_snapshots, whipsaw.cost.to_string().as_str()), (2, "0.8"));
    let trips: Vec<(u64, String)> =
        whipsaw.round_trips.iter().map(|trip| (trip.snapshots, trip.nav_return.to_string())).collect();
    assert_eq!(trips, [(1, "-0.090909090909".to_owned())]);
}

#[test]
fn a_rule_with_a_least_dwell_is_measured_by_it() {
    let whipsaw = |min_dwell_days: u32| {
        let rule = format!(
            "regime={{rule='signals',combine='all',enter_above=0,exit_below=0,confirm_snapshots=3,\
min_dwell_days={min_dwell_days},evaluate='every_snapshot',signals=[{{name='level',neutral=1,full=2,\
reads={{signal='level',of={{series='asset',asset='BTC'}}}}}}]}}"
        );
        by_hand(&[&rule]).whipsaw
    };
    let days =
        |whipsaw: &Whipsaw| (whipsaw.shorter_than_days, whipsaw.round_trips.len(), whipsaw.cost.to_string());
    // The switches are decided on days 2, 4 and 5.
    assert_eq!(days(&whipsaw(1)), (Some(2), 1, "0.8".to_owned()));
    assert_eq!(days(&whipsaw(2)), (Some(4), 2, "1.3".to_owned()));
    assert_eq!(whipsaw(2).bound, WhipsawBound::MinDwellDays);
    let by_votes = whipsaw(0);
    assert_eq!((by_votes.bound, by_votes.shorter_than_snapshots), (WhipsawBound::ConfirmSnapshots, 6));
    assert_eq!(days(&by_votes), (None, 2, "1.3".to_owned()));
}
