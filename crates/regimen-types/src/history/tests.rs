use super::*;
use crate::{AsOf, Price};

fn day(number: u32) -> AsOf {
    AsOf::from_ymd(2024, 1, number).unwrap()
}

fn row(asset: &str, price: &str) -> RowInput {
    RowInput {
        asset: asset.parse().unwrap(),
        price: price.parse::<Price>().ok(),
        market_cap: "1000".parse().ok(),
        volume: None,
        circulating_supply: None,
        attributes: std::collections::BTreeMap::new(),
    }
}

fn history() -> History {
    History::builder()
        .snapshot(day(1), [row("a", "1"), row("b", "10")])
        .snapshot(day(2), [row("b", "11")])
        .snapshot(day(4), [row("b", "0"), row("a", "3")])
        .build()
        .unwrap()
}

#[test]
fn a_window_ends_at_its_instant() {
    let history = history();
    let window = history.window(1).unwrap();
    let a = "a".parse().unwrap();
    assert_eq!(window.as_of(), day(2));
    assert_eq!(window.instants(), [day(1), day(2)]);
    assert!(window.row(&a).is_none(), "a has no row on the second day");
    assert_eq!(window.last_price(&a).unwrap().as_of, day(1));
    assert_eq!(window.snapshot().rows().count(), 1);
    assert!(history.window(3).is_none());
}

#[test]
fn zero_means_unknown() {
    let history = history();
    let window = history.newest().unwrap();
    let b = "b".parse().unwrap();
    assert_eq!(window.row(&b).unwrap().price(), None);
    let known: Vec<String> = window.prices(&b).map(|price| price.value.to_string()).collect();
    assert_eq!(known, ["11", "10"], "newest first, the unknown price left out");
}

#[test]
fn an_asset_of_the_future_has_no_info() {
    let history = History::builder()
        .snapshot(day(1), [row("a", "1")])
        .snapshot(day(2), [row("b", "1")])
        .build()
        .unwrap();
    let (a, b) = ("a".parse().unwrap(), "b".parse().unwrap());
    let first = history.window(0).unwrap();
    assert_eq!((first.info(&a).is_some(), first.info(&b).is_some()), (true, false));
    assert!(history.newest().unwrap().info(&b).is_some());
}

#[test]
fn a_row_known_later_is_hidden_until_then() {
    let columns = history().columns().clone();
    let known_at = vec![day(1), day(4), day(2), day(4), day(4)];
    let history = History::from_columns(HistoryColumns { known_at, ..columns }).unwrap();
    let b = "b".parse().unwrap();
    assert!(history.window(0).unwrap().row(&b).is_none());
    assert_eq!(history.window(1).unwrap().prices(&b).count(), 1);
    assert_eq!(history.window(2).unwrap().prices(&b).count(), 2);
}

#[test]
fn bad_columns_are_refused() {
    let good = history().columns().clone();
    let unsorted = HistoryColumns { instants: vec![day(2), day(1), day(4)], ..good.clone() };
    assert!(matches!(History::from_columns(unsorted), Err(HistoryError::Unsorted { .. })));
    let duplicate = HistoryColumns { asset: vec![0, 0, 1, 1, 0], ..good.clone() };
    assert!(matches!(
        History::from_columns(duplicate),
        Err(HistoryError::Duplicate { first_row: 0, row: 1, .. })
    ));
    let unknown = HistoryColumns { asset: vec![0, 1, 1, 1, 9], ..good.clone() };
    assert!(matches!(History::from_columns(unknown), Err(HistoryError::UnknownAsset { row: 4 })));
    let ragged = HistoryColumns { price: DecimalColumn::default(), ..good.clone() };
    assert!(matches!(History::from_columns(ragged), Err(HistoryError::RaggedColumns { .. })));
    let mut negative = good.clone();
    let caps: Vec<_> = negative.market_cap.iter().collect();
    negative.market_cap =
        caps.iter().enumerate().map(|(row, cap)| if row == 2 { -cap } else { *cap }).collect();
    assert!(matches!(
        History::from_columns(negative),
        Err(HistoryError::Negative { row: 2, column: "market_cap" })
    ));
    let mut repeated = good;
    repeated.assets[1] = repeated.assets[0].clone();
    assert!(matches!(History::from_columns(repeated), Err(HistoryError::RepeatedAsset { .. })));
}

#[test]
fn a_jump_is_measured_from_the_last_known_price() {
    let history = History::builder()
        .snapshot(day(1), [row("b", "1"), row("a", "1")])
        .snapshot(day(2), [row("b", "0"), row("a", "10")])
        .snapshot(day(3), [row("b", "11"), row("a", "0.9")])
        .build()
        .unwrap();
    let jumps = history.price_jumps(10);
    let found: Vec<String> = jumps
        .iter()
        .map(|jump| format!("{} {} {}", jump.after.as_of, jump.asset, jump.before.as_of))
        .collect();
    assert_eq!(found, ["2024-01-03 a 2024-01-02", "2024-01-03 b 2024-01-01"], "exactly tenfold is no jump");
}

#[test]
fn a_window_prints_nothing_that_comes_after_it() {
    let history = history();
    let window = history.window(0).unwrap();
    let printed = format!("{window:?} {:?}", window.snapshot());
    assert!(printed.contains("snapshot_count: 1"), "{printed}");
    assert!(!printed.contains("11"), "the price of the second day is not in {printed}");
}
