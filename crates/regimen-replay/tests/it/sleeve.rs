//! The defensive sleeve: an asset off its peg is never bought, and one that left it only after it has held it
//! again.

use proptest::prelude::*;
use regimen::{Basis, GivenExclusion, GivenSource};
use regimen_types::{AsOf, AssetId, Cause, Regime};
use rust_decimal::Decimal;
use rust_decimal_macros::dec;

use crate::market::{MarketRow, Table};
use crate::methodology::methodology;
use crate::record::{Record, records};
use crate::strategies::markets;

/// The prices of an asset that are known at an instant, oldest first, until then.
fn known_prices(table: &Table, asset: &str, at: AsOf) -> Vec<(AsOf, Decimal)> {
    let until = table.snapshots.iter().take_while(|(as_of, _)| *as_of <= at);
    let known = until.filter_map(|(as_of, rows)| {
        // Each snapshot is looked at once, when it is the newest.
        let row =
            rows.iter().find(|row| row.asset == asset && row.known_at <= *as_of && !row.price.is_zero())?;
        Some((*as_of, row.price))
    });
    known.collect()
}

/// Returns true if an asset may be bought, from its prices alone: it never left its peg by more than `leave`,
/// or its last `close` prices, or as many in a row at any time since it last left, were within `reenter`.
fn is_trusted(prices: &[Decimal], leave: Decimal, reenter: Decimal, close: usize) -> bool {
    let distance = |price: &Decimal| (*price - Decimal::ONE).abs();
    let Some(left) = prices.iter().rposition(|price| distance(price) > leave) else { return true };
    prices[left + 1..].windows(close).any(|row| row.iter().all(|price| distance(price) <= reenter))
}

const LEAVE: Decimal = dec!(0.01);
const REENTER: Decimal = dec!(0.004);

fn overrides(close: usize, when_off_peg: &str) -> Vec<String> {
    vec![format!(
        "defensive={{sleeve=[{{asset='USD-A',weight=0.6}},{{asset='USD-B',weight=0.3}}],peg_tolerance={LEAVE},\
reentry={{tolerance={REENTER},snapshots={close}}},when_off_peg='{when_off_peg}'}}"
    )]
}

fn check_sleeve(table: &Table, records: &[Record], close: usize) {
    for record in records {
        let Some(rebalance) = &record.decision.index.rebalance else { continue };
        let Basis::Given { source: GivenSource::Sleeve, verdicts } = &rebalance.basis else { continue };
        let given: Decimal = verdicts.iter().map(|each| each.given_weight.decimal()).sum();
        let weights: Decimal = verdicts.iter().map(|each| each.weight.decimal()).sum();
        for verdict in verdicts {
            let prices = known_prices(table, verdict.asset.as_str(), record.as_of);
            let now = prices.last().filter(|(as_of, _)| *as_of == record.as_of);
            let prices: Vec<Decimal> = prices.iter().map(|(_, price)| *price).collect();
            let trusted = is_trusted(&prices, LEAVE, REENTER, close);
            let expected = match now {
                None => Some(GivenExclusion::NoPrice),
                Some(_) if trusted => None,
                Some((_, price)) if (*price - Decimal::ONE).abs() > LEAVE => Some(GivenExclusion::OffPeg),
                Some(_) => Some(GivenExclusion::NotTrustedYet),
            };
            assert_eq!(verdict.exclusion, expected, "{} at {}: {prices:?}", verdict.asset, record.as_of);
            assert_eq!(verdict.weight.is_zero(), verdict.exclusion.is_some());
        }
        // What was meant for the excluded goes to the others, but for rounding, and to cash if there are
        // none.
        let any = verdicts.iter().any(|each| each.exclusion.is_none());
        assert!(if any { given - weights < dec!(0.00000000000000001) } else { weights.is_zero() });
        assert!(weights <= given);
    }
}

/// Between rebalances nothing that can be sold is held off its peg, if it is to be sold at once.
fn check_sold_at_once(records: &[Record]) {
    for record in records {
        if record.decision.index.regime.state.regime == Regime::Bullish {
            continue;
        }
        if let Some(rebalance) =
            record.decision.index.rebalance.as_ref().filter(|each| each.cause == Cause::OffPeg)
        {
            let Basis::Given { verdicts, .. } = &rebalance.basis else { panic!("no sleeve") };
            assert!(verdicts.iter().any(|each| each.exclusion.is_some()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn an_asset_is_bought_only_when_trusted(table in markets(6..45), close in 1_usize..4, at_once: bool) {
        let when = if at_once { "sell_at_once" } else { "next_rebalance" };
        let records = records(&methodology(&overrides(close, when)), &table.history());
        check_sleeve(&table, &records, close);
        check_sold_at_once(&records);
        let causes = records.iter().filter_map(|record| record.decision.index.rebalance.as_ref());
        prop_assert!(at_once || causes.into_iter().all(|each| each.cause != Cause::OffPeg));
    }
}

/// A market that is bearish throughout, with two stablecoins at the given prices, day by day from a Tuesday.
fn bearish(prices: &[(&str, &str)]) -> Table {
    let row = |asset: &str, price: &str, as_of| MarketRow {
        asset: asset.to_owned(),
        price: price.parse().unwrap(),
        market_cap: Decimal::ONE_THOUSAND,
        volume: Decimal::ZERO,
        known_at: as_of,
    };
    let snapshots = prices.iter().zip(1_u32..).map(|((first, second), day)| {
        let as_of = AsOf::from_ymd(2024, 10, day).unwrap();
        let falling = (1_000 - day * 10).to_string();
        (as_of, vec![row("BTC", &falling, as_of), row("USD-A", first, as_of), row("USD-B", second, as_of)])
    });
    Table { snapshots: snapshots.collect(), actions: Vec::new() }
}

fn rebalances(records: &[Record]) -> Vec<(String, Cause, Vec<String>)> {
    let rebalance = |record: &Record| {
        let rebalance = record.decision.index.rebalance.as_ref()?;
        let weights =
            rebalance.target.weights().map(|(asset, weight): (&AssetId, _)| format!("{asset} {weight}"));
        Some((record.as_of.to_string(), rebalance.cause, weights.collect()))
    };
    records.iter().filter_map(rebalance).collect()
}

/// USD-B leaves on the 3rd, and holds its peg again from the 9th on: the Monday is the 7th, and then the
/// 14th.
#[test]
fn an_asset_that_left_is_sold_and_comes_back_by_hand() {
    let second =
        ["1", "1", "0.97", "0.98", "0.992", "0.995", "0.997", "0.999", "1", "1", "1.001", "1", "1", "1", "1"];
    let prices: Vec<(&str, &str)> = second.iter().map(|price| ("1", *price)).collect();
    let table = bearish(&prices);
    let both = vec!["USD-A 0.6".to_owned(), "USD-B 0.3".to_owned()];
    let alone = vec!["USD-A 0.9".to_owned()];
    let found =
        |when: &str, close| rebalances(&records(&methodology(&overrides(close, when)), &table.history()));
    let day = |day: u32| format!("2024-10-{day:02}");
    assert_eq!(
        found("sell_at_once", 3),
        [
            (day(1), Cause::Inception, both.clone()),
            (day(3), Cause::OffPeg, alone.clone()),
            (day(7), Cause::Schedule, alone.clone()),
            (day(14), Cause::Schedule, both.clone()),
        ]
    );
    assert_eq!(
        found("next_rebalance", 3),
        [
            (day(1), Cause::Inception, both.clone()),
            (day(7), Cause::Schedule, alone.clone()),
            (day(14), Cause::Schedule, both.clone()),
        ]
    );
    // Close on the 7th already, if once is enough.
    assert_eq!(found("next_rebalance", 1)[1], (day(7), Cause::Schedule, both));
    assert_eq!(found("next_rebalance", 9)[2], (day(14), Cause::Schedule, alone));
}
