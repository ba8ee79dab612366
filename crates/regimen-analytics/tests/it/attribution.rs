//! The tracking difference is explained to the last digit, whatever the market and the frictions.

use std::collections::BTreeMap;

use proptest::prelude::*;
use regimen::Methodology;
use regimen_analytics::{Attribution, AttributionError, Attributor, Term, TrackingDifference};
use regimen_replay::Replayer;
use regimen_types::{ActionInput, ActionKind, AsOf, CorporateAction, History, Money};
use rust_decimal::Decimal;

use crate::market::{MarketRow, Table};
use crate::methodology::methodology;
use crate::strategies::{choices, eventful_choices, eventful_markets, markets};

/// Explains every step of a run.
fn explained(methodology: &Methodology, table: &Table) -> Vec<Attribution> {
    let history = table.history();
    let steps = explained_until_error(methodology, &history);
    assert_eq!(steps.len(), table.len());
    steps
}

/// Explains every step of a run, up to one whose figures no decimal holds.
fn explained_until_error(methodology: &Methodology, history: &History) -> Vec<Attribution> {
    let mut replayer = Replayer::new(methodology).unwrap();
    let mut attributor = Attributor::new(methodology);
    let steps = history.windows().map_while(|window| {
        let step = replayer.step(window).ok()?;
        match attributor.add(&step) {
            Err(AttributionError::Arithmetic { .. }) => None,
            explained => Some(explained.unwrap_or_else(|error| panic!("{error}"))),
        }
    });
    steps.collect()
}

fn total(steps: &[Attribution]) -> TrackingDifference {
    let mut total = TrackingDifference::default();
    steps.iter().for_each(|step| total.add(step).unwrap());
    total
}

/// Every friction beyond rates: costs, bands, filters, limits, triggers.
const FRICTIONS: [&str; 15] = [
    "costs.fee_fixed=3",
    "costs.fee_tiers=[{from=1000,bps=4}]",
    "costs.half_spread={by='volume',otherwise_bps=40,tiers=[{from=100,bps=9}]}",
    "costs.impact={coefficient=0.9,volatility_snapshots=3,otherwise_bps=30}",
    "costs.gas={default_chain='ethereum',chains=[{chain='ethereum',per_trade=2.5}]}",
    "costs.platform_fee_bps=7",
    "costs.management_fee={bps_per_year=900,days_per_year=365}",
    "trading.band={absolute=0.03,trade_to='edge'}",
    "trading.minimum_notional={trade=300,exit=20}",
    "trading.lots={default=0.7,assets=[]}",
    "trading.participation_max=0.1",
    "trading.turnover_limit={one_way_max=0.1,priority='largest'}",
    "trading.cash_buffer=0.02",
    "trading.triggers={calendar=false,forced_exits=true,cash_flows=true,drift={relative=0.3}}",
    "trading.triggers={calendar=true,forced_exits=true,turnover=0.1}",
];

/// Builds a strategy of some of the frictions.
fn frictions() -> impl Strategy<Value = Vec<String>> {
    let triggers = |each: &&str| each.starts_with("trading.triggers");
    prop::sample::subsequence(FRICTIONS.to_vec(), 0..FRICTIONS.len()).prop_map(move |mut chosen| {
        if chosen.iter().filter(|each| triggers(each)).count() > 1 {
            chosen.pop();
        }
        chosen.into_iter().map(str::to_owned).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn terms_sum_to_the_difference(
        table in eventful_markets(2..40),
        overrides in eventful_choices(0..4),
        frictions in frictions(),
    ) {
        let methodology = methodology(&[overrides, frictions].concat());
        let steps = explained_until_error(&methodology, &table.history());
        let mut before = Money::ZERO;
        for step in &steps {
            prop_assert_eq!(step.difference, step.nav.minus(step.benchmark).unwrap());
            prop_assert_eq!(step.terms.total().unwrap(), step.difference.minus(before).unwrap());
            before = step.difference;
        }
        let total = total(&steps);
        prop_assert_eq!(total.terms.total().unwrap(), before);
        prop_assert_eq!(total.difference, before);
    }

    #[test]
    fn an_index_without_frictions_is_followed_to_the_rounding(
        table in markets(2..40),
        evaluate in prop::sample::select(vec!["every_snapshot", "on_schedule"]),
    ) {
        // Every asset has a price at every snapshot, so that each plan reaches its target at once.
        let table = always_priced(&table);
        let evaluate = format!("regime.evaluate={evaluate}");
        let steps = explained(&methodology(&[&FRICTIONLESS[..], &[&evaluate]].concat()), &table);
        let total = total(&steps);
        for term in Term::ALL {
            let amount = total.terms.of(term);
            // A million in units of 12 decimal places; the dearest is worth 10^-4.
            let bound = Decimal::new(1, 2);
            let is_exact = !matches!(term, Term::LotsAndRounding | Term::Compounding | Term::Rounding);
            prop_assert!(if is_exact { amount.is_zero() } else { amount.decimal().abs() < bound }, "{term:?}: {amount}");
        }
    }

    #[test]
    fn each_friction_moves_its_own_term(table in markets(8..40), friction in 0..ALONE.len()) {
        let (key, own) = ALONE[friction];
        let table = always_priced(&table);
        let total = total(&explained(&methodology(&[&FRICTIONLESS[..], &[key]].concat()), &table));
        for term in Term::ALL {
            let amount = total.terms.of(term);
            let may_move = own.contains(&term) || matches!(term, Term::Compounding);
            prop_assert!(may_move || amount.decimal().abs() < Decimal::new(1, 2), "{key}: {term:?} {amount}");
        }
    }

    #[test]
    fn a_stored_attributor_goes_on_as_if_it_had_not_stopped(
        table in markets(4..30),
        overrides in choices(0..4),
        stop in 1_usize..4,
    ) {
        let methodology = methodology(&overrides);
        let whole = explained(&methodology, &table);
        let history = table.history();
        let mut replayer = Replayer::new(&methodology).unwrap();
        let mut attributor = Attributor::new(&methodology);
        for (snapshot, window) in history.windows().enumerate() {
            if snapshot == stop {
                let stored = serde_json::to_string(&attributor).unwrap();
                attributor = serde_json::from_str(&stored).unwrap();
            }
            let step = replayer.step(window).unwrap();
            prop_assert_eq!(&attributor.add(&step).unwrap(), &whole[snapshot]);
        }
    }

    #[test]
    fn nothing_later_changes_an_attribution(table in markets(4..30), overrides in choices(0..4), cut in 1_usize..4) {
        let methodology = methodology(&overrides);
        let whole = explained(&methodology, &table);
        let first = explained(&methodology, &table.first(cut));
        prop_assert_eq!(&first[..], &whole[..cut]);
    }
}

const FRICTIONLESS: [&str; 6] = [
    "portfolio.lag_snapshots=0",
    "costs.fee_bps=0",
    "costs.slippage_bps=0",
    "selection.count=3",
    "defensive={sleeve=[]}",
    "vanished={max_stale_days=400,sell_while_stale=false,then='write_off',recovery=0}",
];

/// A friction, and the terms that it may move beside what compounds.
const ALONE: [(&str, &[Term]); 7] = [
    ("costs.fee_bps=25", &[Term::Fee]),
    ("costs.slippage_bps=25", &[Term::Slippage]),
    ("costs.platform_fee_bps=25", &[Term::PlatformFee]),
    ("portfolio.lag_snapshots=2", &[Term::Lag, Term::Flows, Term::CashAndSleeve]),
    ("trading.band={absolute=0.05,trade_to='target'}", &[Term::BandsAndFilters]),
    ("trading.lots={default=1000,assets=[]}", &[Term::LotsAndRounding]),
    ("trading.cash_buffer=0.1", &[Term::CashAndSleeve]),
];

/// Gives every asset a row with price and market cap at every snapshot, known at once: its last one where it
/// has none.
fn always_priced(table: &Table) -> Table {
    let mut last: BTreeMap<String, MarketRow> = BTreeMap::new();
    let snapshots = table.snapshots.iter().map(|(as_of, rows)| {
        for row in rows.iter().filter(|row| !row.price.is_zero() && !row.market_cap.is_zero()) {
            last.insert(row.asset.clone(), row.clone());
        }
        let rows = last.values().map(|row| MarketRow { known_at: *as_of, ..row.clone() });
        (*as_of, rows.collect())
    });
    Table { snapshots: snapshots.collect(), actions: table.actions.clone() }
}

#[test]
fn what_is_staked_and_redenominated_at_one_snapshot_is_explained() {
    let snapshot = |day: u32, price: i64| {
        let as_of = AsOf::from_ymd(2021, 1, day).unwrap();
        let (price, volume) = (Decimal::from(price), Decimal::ONE);
        let row = |asset: &str, price| MarketRow {
            asset: asset.to_owned(),
            price,
            market_cap: Decimal::from(1000),
            volume,
            known_at: as_of,
        };
        (as_of, vec![row("A1", price), row("BTC", Decimal::ONE)])
    };
    let prices = [10, 10, 10, 10, 10, 10, 120, 120];
    let snapshots = prices.into_iter().zip(1..).map(|(price, day)| snapshot(day, price)).collect();
    let action = |kind, ratio: &str| {
        let input = ActionInput {
            as_of: AsOf::from_ymd(2021, 1, 7).unwrap(),
            known_at: None,
            asset: "A1".parse().unwrap(),
            kind,
            ratio: ratio.parse().ok(),
            new_asset: None,
        };
        CorporateAction::new(input).unwrap()
    };
    let actions = vec![action(ActionKind::Staking, "0.5"), action(ActionKind::Redenomination, "0.1")];
    let methodology =
        methodology(&[&FRICTIONLESS[..], &["regime={rule='always_bullish'}", "selection.count=1"]].concat());
    let total = total(&explained(&methodology, &Table { snapshots, actions }));
    // A million in 100,000 units earns 50,000 more; all become a tenth, at 120: the price gains a fifth, and
    // so do they.
    assert_eq!(total.terms.r#yield.decimal().round_dp(2), Decimal::from(600_000));
    assert_eq!(total.difference.decimal().round_dp(2), Decimal::from(600_000));
}
