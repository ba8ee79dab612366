//! Real market data, where it lies beside the repository: every cell equals that of a plain reading with the
//! `csv` crate.

use std::collections::HashMap;
use std::fs::File;
use std::path::PathBuf;

use flate2::read::GzDecoder;
use regimen_input::{read_asset_list, read_snapshots};
use regimen_types::{
    ColumnMapping, ExcessDigits, HistoryColumns, NamelessRows, SnapshotFormat, parse_decimal,
};

/// Returns a file of the data. Tests that call it are ignored unless the data is there.
fn market_data(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/market-data").join(name);
    assert!(path.exists(), "{} is not there", path.display());
    path
}

fn check(name: &str, format: &SnapshotFormat, row_count: usize, expected_warnings: &[&str]) {
    let path = market_data(name);
    let input = read_snapshots(&path, format, &|_, _| {}).unwrap();
    assert_eq!(input.history.row_count(), row_count);
    let warnings: Vec<&str> = input
        .warnings
        .items
        .iter()
        .map(|warning| warning.column.as_deref().unwrap_or(&warning.message))
        .collect();
    assert_eq!(warnings, expected_warnings);
    assert_eq!(input.files[0].bytes, path.metadata().unwrap().len());
    assert!(
        *input.history.columns() == read_plainly(path, format),
        "{name} is read otherwise by the csv crate"
    );
}

fn read_plainly(path: PathBuf, format: &SnapshotFormat) -> HistoryColumns {
    let mut reader = csv::Reader::from_reader(GzDecoder::new(File::open(path).unwrap()));
    let names = reader.headers().unwrap().clone();
    let place = |name: &str| names.iter().position(|found| found == name).unwrap();
    let mut columns = HistoryColumns::default();
    let mut index_of_asset = HashMap::new();
    for record in reader.records() {
        let record = record.unwrap();
        let number = |name: &Option<String>| {
            let text = name.as_ref().map_or("", |name| &record[place(name)]);
            let text = if text.is_empty() { "0" } else { text };
            parse_decimal(text.as_bytes(), ExcessDigits::Error).unwrap()
        };
        let asset = &record[place(&format.columns.asset)];
        if asset.is_empty() {
            continue;
        }
        let as_of = record[place(&format.columns.as_of)].parse().unwrap();
        if columns.instants.last() != Some(&as_of) {
            columns.instants.push(as_of);
            columns.ends.push(0);
        }
        let index = *index_of_asset.entry(asset.to_owned()).or_insert_with(|| {
            columns.assets.push(asset.parse().unwrap());
            u32::try_from(columns.assets.len() - 1).unwrap()
        });
        columns.asset.push(index);
        columns.price.push(number(&Some(format.columns.price.clone())));
        columns.market_cap.push(number(&format.columns.market_cap));
        columns.volume.push(number(&format.columns.volume));
        if format.columns.circulating_supply.is_some() {
            columns.circulating_supply.push(number(&format.columns.circulating_supply));
        }
        *columns.ends.last_mut().unwrap() = columns.asset.len();
    }
    columns
}

#[test]
#[ignore = "needs ../shared"]
fn the_year_2021() {
    check("crypto-2021-daily-top250.csv.gz", &SnapshotFormat::default(), 91_250, &["symbol"]);
}

/// The file has 563,702 rows; 589 of them name no asset.
#[test]
#[ignore = "needs ../shared"]
fn eight_years() {
    let format = SnapshotFormat { nameless_rows: NamelessRows::PassOver, ..SnapshotFormat::default() };
    let nameless = "rows that name no asset are passed over: 589; this is the first";
    check("crypto-2014-2021-daily-top200.csv.gz", &format, 563_702 - 589, &[nameless, "source"]);
}

/// The file has 80,491 rows; 84 of them name no asset.
#[test]
#[ignore = "needs ../shared"]
fn eight_years_of_sundays() {
    let default = SnapshotFormat { nameless_rows: NamelessRows::PassOver, ..SnapshotFormat::default() };
    let columns = ColumnMapping { circulating_supply: Some("supply".to_owned()), ..default.columns };
    let format = SnapshotFormat { columns, ..default };
    let nameless = "rows that name no asset are passed over: 84; this is the first";
    check("crypto-2014-2021-weekly-top200.csv.gz", &format, 80_491 - 84, &[nameless, "source"]);
}

#[test]
#[ignore = "needs ../shared"]
fn lists_of_exclusions() {
    let path = market_data("assets/exclusions-2021-coingecko-ids.csv");
    let (list, file) = read_asset_list(&path).unwrap();
    assert_eq!(list.len(), 55);
    let tether = list.get("tether").unwrap();
    assert_eq!(tether.category.as_ref().unwrap().as_str(), "stablecoin");
    assert_eq!(file.name, "exclusions-2021-coingecko-ids.csv");
}
