//! Nothing up to an instant depends on anything after it: garbage there changes not a byte.

use proptest::prelude::*;
use regimen_synth::MarketKind;
use regimen_types::{AsOf, CorporateAction, PriceJump};
use rust_decimal::Decimal;

use crate::market::{MarketRow, Table};
use crate::methodology::methodology;
use crate::record::{assert_same, records, records_until_error, run_folder};
use crate::strategies::{choices, eventful_choices, eventful_markets, instant_after, markets};

/// Replaces everything after snapshot `cut`, and every row that became known only after it, by garbage: other
/// dates, other prices, other assets, caps that nothing can sum.
pub(crate) fn poisoned(table: &Table, cut: usize, garbage: &Table, factor: u32) -> Table {
    let at = table.snapshots[cut].0;
    let mut snapshots = table.snapshots[..=cut].to_vec();
    for row in snapshots.iter_mut().flat_map(|(_, rows)| rows).filter(|row| row.known_at > at) {
        spoil(row, factor);
    }
    for (as_of, rows) in &garbage.snapshots {
        let since_start = as_of.millis_since(garbage.snapshots[0].0);
        let as_of = instant_after(at, 1 + since_start * i64::from(factor % 7 + 1));
        let mut rows = rows.clone();
        rows.iter_mut().for_each(|row| {
            spoil(row, factor);
            row.known_at = as_of;
        });
        rows.extend((0..3).map(|number| intruder(number, as_of)));
        rows.reverse();
        snapshots.push((as_of, rows));
    }
    // Events that become known later are others, too.
    let late = |action: &CorporateAction| action.known_at() > at;
    let mut actions = table.actions.clone();
    actions.retain(|action| !late(action));
    actions.extend(garbage.actions.iter().filter(|action| late(action)).cloned());
    Table { snapshots, actions }
}

fn spoil(row: &mut MarketRow, factor: u32) {
    row.price *= Decimal::from(factor);
    row.market_cap = row.volume + Decimal::from(factor);
    row.volume = Decimal::from(factor);
}

/// An asset that did not exist before, larger than the rest of the market together.
fn intruder(number: u32, as_of: AsOf) -> MarketRow {
    let cap = Decimal::from_i128_with_scale(10_i128.pow(28) - 1 - i128::from(number), 0);
    MarketRow {
        asset: ["000", "Intruder", "zzz"][number as usize].to_owned(),
        price: Decimal::new(1, 28),
        market_cap: cap,
        volume: cap,
        known_at: as_of,
    }
}

/// Keeps the rows of a table that are dated `at` or earlier, with the header.
fn rows_until(name: &str, table: &[u8], at: AsOf) -> Vec<u8> {
    let column = if matches!(name, "transactions.csv" | "orders.csv") { 1 } else { 0 };
    let text = str::from_utf8(table).unwrap();
    let dated = |line: &&str| line.split(',').nth(column).unwrap().parse::<AsOf>().unwrap() <= at;
    let mut lines = text.split_inclusive('\n');
    lines.next().into_iter().chain(lines.filter(dated)).collect::<String>().into_bytes()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn events_that_become_known_later_change_no_step_up_to_an_instant(
        table in eventful_markets(4..40),
        garbage in eventful_markets(1..6),
        overrides in eventful_choices(0..4),
        cut in any::<prop::sample::Index>(),
        factor in 0_u32..1_000_000,
    ) {
        let methodology = methodology(&overrides);
        let cut = cut.index(table.len());
        let (clean, _) = records_until_error(&methodology, &table.history());
        let poisoned = poisoned(&table, cut, &garbage, factor);
        let (poisoned, _) = records_until_error(&methodology, &poisoned.history());
        // Units that grow beyond what a decimal holds stop both at the same snapshot.
        let seen = clean.len().min(cut + 1);
        prop_assert!(poisoned.len() >= seen);
        assert_same(&clean[..seen], &poisoned[..seen]);
    }

    #[test]
    fn garbage_after_an_instant_changes_no_step_up_to_it(
        table in markets(4..40),
        garbage in markets(1..6),
        overrides in choices(0..4),
        cut in any::<prop::sample::Index>(),
        factor in 0_u32..1_000_000,
    ) {
        let methodology = methodology(&overrides);
        let cut = cut.index(table.len());
        let clean = records(&methodology, &table.history());
        let poisoned = poisoned(&table, cut, &garbage, factor);
        let (poisoned, _) = records_until_error(&methodology, &poisoned.history());
        prop_assert!(poisoned.len() > cut);
        assert_same(&clean[..=cut], &poisoned[..=cut]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    #[test]
    fn garbage_after_an_instant_changes_no_byte_up_to_it(
        table in markets(8..40),
        garbage in markets(1..4),
        overrides in choices(0..4),
        cut in any::<prop::sample::Index>(),
        factor in 0_u32..1_000_000,
    ) {
        let methodology = methodology(&overrides);
        let cut = cut.index(table.len());
        let at = table.snapshots[cut].0;
        let clean = run_folder(&methodology, &table.history());
        let poisoned = run_folder(&methodology, &poisoned(&table, cut, &garbage, factor).history());
        prop_assert!(clean.keys().eq(poisoned.keys()));
        let tables: Vec<&String> = clean.keys().filter(|name| name.ends_with(".csv")).collect();
        prop_assert_eq!(tables.len(), 13 + usize::from(clean.contains_key("supplies.csv")));
        for name in tables {
            let expected = rows_until(name, &clean[name], at);
            prop_assert!(clean[name].starts_with(&expected), "{} is not in order of time", name);
            prop_assert_eq!(&rows_until(name, &poisoned[name], at), &expected, "{}", name);
            prop_assert!(poisoned[name].starts_with(&expected), "{}", name);
        }
    }
}

fn jumps_until(table: &Table, at: AsOf) -> Vec<PriceJump> {
    let mut jumps = table.history().price_jumps(2);
    jumps.retain(|jump| jump.after.as_of <= at);
    jumps
}

/// The same on a market with everything that real data has, for each lag, at instants through the whole run.
#[test]
fn garbage_changes_nothing_in_a_synthetic_market() {
    let table = Table::synthetic(11, 40, 120, MarketKind::Realistic);
    let garbage = Table::synthetic(12, 20, 100, MarketKind::Realistic).first(8);
    for lag_snapshots in [0, 1, 3] {
        let methodology = methodology(&[
            format!("portfolio.lag_snapshots={lag_snapshots}"),
            "selection.count=15".to_owned(),
            "regime.window_snapshots=20".to_owned(),
        ]);
        let clean = records(&methodology, &table.history());
        for cut in [0, 31, 59, 90, table.len() - 1] {
            let poisoned = poisoned(&table, cut, &garbage, 1_000);
            assert_eq!(poisoned.snapshots[cut].0, clean[cut].as_of);
            assert_eq!(jumps_until(&poisoned, clean[cut].as_of), jumps_until(&table, clean[cut].as_of));
            let (poisoned, _) = records_until_error(&methodology, &poisoned.history());
            assert_same(&clean[..=cut], &poisoned[..=cut]);
        }
    }
    assert!(!jumps_until(&table, table.snapshots[table.len() - 1].0).is_empty(), "no suspects to compare");
}
