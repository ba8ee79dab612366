//! What the sleeve and the cash earn, against sums over the whole run that the test makes itself.

use std::collections::BTreeMap;

use proptest::prelude::*;
use regimen::{Inputs, Methodology, YieldRate, YieldTable};
use regimen_ledger::TransactionKind;
use regimen_types::{AsOf, AssetId, Cause};
use rust_decimal::Decimal;
use rust_decimal_macros::dec;

use crate::market::Table;
use crate::methodology::{definition, methodology};
use crate::record::{Record, assert_same, records};
use crate::strategies::markets;

const YEAR_MILLIS: Decimal = dec!(31_536_000_000);

fn with_yields(scales: &[&str]) -> Methodology {
    let mut overrides = vec![
        "defensive={sleeve=[{asset='USD-A',weight=0.5},{asset='USD-B',weight=0.2}],peg_tolerance=0.02,\
yields={from='constant',cash=0.03,assets=[{asset='USD-A',annual_rate=0.5}]}}"
            .to_owned(),
    ];
    overrides.extend(scales.iter().map(|each| (*each).to_owned()));
    methodology(&overrides)
}

/// Builds the methodology of a sleeve whose rates come from a file.
fn with_rates(overrides: &[&str], rates: YieldTable) -> Methodology {
    let mut overrides = overrides.to_vec();
    overrides.push(
        "defensive={sleeve=[{asset='USD-A',weight=0.5},{asset='USD-B',weight=0.2}],peg_tolerance=0.02,\
         yields={from='file',path='supplied in code'}}",
    );
    Methodology::new(definition(&overrides), Inputs::none().yields(rates)).unwrap()
}

/// Returns true if a snapshot knows a price of an asset.
fn is_priced(table: &Table, asset: &str, at: AsOf) -> bool {
    let (_, rows) = table.snapshots.iter().find(|(as_of, _)| *as_of == at).unwrap();
    rows.iter().any(|row| row.asset == asset && row.known_at <= at && !row.price.is_zero())
}

/// What was booked of an asset, or of the cash, at a snapshot.
fn booked(record: &Record, asset: Option<&str>) -> Decimal {
    let interest = record.transactions.iter().filter(|each| each.cause == Cause::Interest);
    let of_it = interest.filter(|each| each.asset.as_ref().map(AssetId::as_str) == asset);
    of_it
        .map(|each| match each.kind {
            TransactionKind::Interest => each.notional.decimal(),
            TransactionKind::Yield => each.units.decimal(),
            other => panic!("{other} of interest"),
        })
        .sum()
}

/// At every snapshot all that was booked so far is all that was earned so far, rounded down once.
fn check_sums(table: &Table, records: &[Record], money_scale: u32, units_scale: u32) {
    let usd_a: AssetId = "USD-A".parse().unwrap();
    let mut earned: BTreeMap<bool, Decimal> = BTreeMap::new();
    let mut paid: BTreeMap<bool, Decimal> = BTreeMap::new();
    for pair in records.windows(2) {
        let (before, now) = (&pair[0], &pair[1]);
        let millis = Decimal::from(now.as_of.millis_since(before.as_of));
        let cash = before.holdings.cash().decimal() * dec!(0.03) * millis / YEAR_MILLIS;
        *earned.entry(false).or_default() += cash;
        let units = before.holdings.units(&usd_a).decimal();
        if units.is_zero() {
            // What was too fine to be booked goes with the position.
            earned.remove(&true);
            paid.remove(&true);
        } else if is_priced(table, "USD-A", now.as_of) {
            *earned.entry(true).or_default() += units * dec!(0.5) * millis / YEAR_MILLIS;
        }
        *paid.entry(false).or_default() += booked(now, None);
        *paid.entry(true).or_default() += booked(now, Some("USD-A"));
        for (is_asset, scale) in [(false, money_scale), (true, units_scale)] {
            let earned = earned.get(&is_asset).copied().unwrap_or_default();
            let rest = earned - paid.get(&is_asset).copied().unwrap_or_default();
            let tiny = dec!(0.0000000001);
            assert!(
                rest > -tiny && rest < Decimal::new(1, scale) + tiny,
                "{is_asset} {rest} at {}",
                now.as_of
            );
        }
        let others = now.transactions.iter().filter(|each| each.cause == Cause::Interest);
        assert!(others.filter_map(|each| each.asset.as_ref()).all(|asset| *asset == usd_a));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn all_that_is_earned_is_booked_but_for_one_rounding(table in markets(4..45), fine: bool) {
        let (money, units) = if fine { (8, 12) } else { (0, 1) };
        let scales = [format!("portfolio.money_scale={money}"), format!("portfolio.units_scale={units}")];
        let methodology = with_yields(&[scales[0].as_str(), scales[1].as_str()]);
        check_sums(&table, &records(&methodology, &table.history()), money, units);
    }

    /// Rates of a file that never change are constant ones.
    #[test]
    fn constant_rates_of_a_file_are_constant_rates(table in markets(4..30)) {
        let stated = with_yields(&[]);
        let start: AsOf = "2000-01-01".parse().unwrap();
        let rate = |asset: Option<&str>, rate: &str| YieldRate {
            as_of: start,
            known_at: start,
            asset: asset.map(|asset| asset.parse().unwrap()),
            annual_rate: rate.parse().unwrap(),
        };
        let rates: YieldTable = [rate(None, "0.03"), rate(Some("USD-A"), "0.5")].into_iter().collect();
        let filed = with_rates(&[], rates);
        assert_same(&records(&stated, &table.history()), &records(&filed, &table.history()));
    }

    /// The index is a price return: what the portfolio earns does not move its level.
    #[test]
    fn the_index_earns_nothing(table in markets(4..30)) {
        let (with, without) = (with_yields(&[]), with_yields(&["defensive.yields={from='constant',cash=0,assets=[]}"]));
        let levels = |methodology: &Methodology| -> Vec<_> {
            records(methodology, &table.history()).iter().map(|each| each.decision.index.level).collect()
        };
        prop_assert_eq!(levels(&with), levels(&without));
    }
}

/// A rate that becomes known late is not earned before, and garbage after an instant changes nothing up to
/// it.
#[test]
fn a_rate_counts_from_when_it_is_known() {
    let table = crate::market::Table::synthetic(5, 20, 100, regimen_synth::MarketKind::Clean);
    let days: Vec<AsOf> = table.snapshots.iter().map(|(as_of, _)| *as_of).collect();
    let run = |late: &str| {
        let rate = |as_of: AsOf, known_at: AsOf, rate: &str| YieldRate {
            as_of,
            known_at,
            asset: "USD-A".parse().ok(),
            annual_rate: rate.parse().unwrap(),
        };
        let rates: YieldTable =
            [rate(days[0], days[0], "0.1"), rate(days[10], days[15], late)].into_iter().collect();
        records(&with_rates(&["regime.enter_above=1000"], rates), &table.history())
    };
    let (low, high) = (run("0.2"), run("9"));
    assert_same(&low[..15], &high[..15]);
    assert_ne!(low[15].holdings, high[15].holdings);
    let rates: Vec<String> =
        low[1..].iter().flat_map(|each| &each.accruals).map(|each| each.annual_rate.to_string()).collect();
    // Bought at the second snapshot, it earns at the old rate until the fifteenth; the sixteenth knows the
    // new one.
    assert_eq!(rates.iter().filter(|rate| *rate == "0.1").count(), 13);
}
