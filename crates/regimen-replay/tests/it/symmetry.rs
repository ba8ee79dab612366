//! What is no information changes nothing: the order of a snapshot's rows, and what assets are called.

use std::collections::BTreeMap;

use proptest::prelude::*;
use regimen_types::Holdings;

use crate::market::Table;
use crate::methodology::methodology;
use crate::record::{Record, assert_same, records};
use crate::strategies::{choices, markets};

/// Orders rows by a hash of the key, the snapshot and the asset.
fn permuted(table: &Table, key: u64) -> Table {
    let mut table = table.clone();
    for (as_of, rows) in &mut table.snapshots {
        rows.sort_by_cached_key(|row| {
            let start = key ^ as_of.unix_millis().unsigned_abs();
            row.asset.bytes().fold(start, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29)
            })
        });
    }
    table
}

fn renamed(table: &Table, rename: impl Fn(&str) -> String) -> Table {
    let mut table = table.clone();
    for row in table.snapshots.iter_mut().flat_map(|(_, rows)| rows) {
        row.asset = rename(&row.asset);
    }
    table
}

/// Prints a record without the hashes, which cover the names.
fn text_without_hashes(record: &Record) -> String {
    let text = format!("{record:?}");
    let mut parts = text.split("RowHash(");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |text, part| text + &part[64..])
}

fn units_by_asset(holdings: &Holdings) -> BTreeMap<String, String> {
    holdings.positions().map(|(asset, units)| (asset.to_string(), units.to_string())).collect()
}

/// A name that sorts the other way: `A1` becomes `Z8`. Stablecoins and the leader keep theirs.
fn reversed(asset: &str) -> String {
    match asset.strip_prefix('A') {
        Some(number) => format!("Z{}", 9 - number.parse::<u32>().unwrap()),
        None => asset.to_owned(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn the_order_of_rows_does_not_matter(table in markets(4..40), overrides in choices(0..4), key in any::<u64>()) {
        let methodology = methodology(&overrides);
        let shuffled = permuted(&table, key);
        assert_same(&records(&methodology, &table.history()), &records(&methodology, &shuffled.history()));
    }

    /// The new names sort as the old ones did, so ties and the order of orders stay as they were.
    #[test]
    fn names_are_only_names(table in markets(4..40), overrides in choices(0..4)) {
        let methodology = methodology(&overrides);
        let longer = |asset: &str| asset.strip_prefix('A').map_or(asset.to_owned(), |rest| format!("A longer {rest}"));
        let renamed = records(&methodology, &renamed(&table, longer).history());
        for (left, right) in records(&methodology, &table.history()).iter().zip(&renamed) {
            let right = text_without_hashes(right).replace("A longer ", "A");
            prop_assert_eq!(text_without_hashes(left), right);
        }
    }

    /// Names that sort the other way change the order of transactions, and nothing that they amount to. Equal
    /// weights are left out: their last digits go to the assets whose names come first.
    #[test]
    fn the_order_of_names_does_not_matter(table in markets(4..40), overrides in choices(0..4)) {
        let mut overrides = overrides;
        overrides.push("weighting.rule=market_cap".to_owned());
        overrides.retain(|each| each != "weighting.rule=equal");
        let methodology = methodology(&overrides);
        let other = records(&methodology, &renamed(&table, reversed).history());
        for (left, right) in records(&methodology, &table.history()).iter().zip(&other) {
            prop_assert_eq!(left.nav, right.nav);
            prop_assert_eq!(left.decision.index.level, right.decision.index.level);
            let expected: BTreeMap<String, String> = units_by_asset(&left.holdings)
                .into_iter()
                .map(|(asset, units)| (reversed(&asset), units))
                .collect();
            prop_assert_eq!(units_by_asset(&right.holdings), expected);
        }
    }
}
