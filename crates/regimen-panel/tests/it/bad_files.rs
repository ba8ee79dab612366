use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use polars::prelude::*;
use regimen_panel::{CODES, PanelError, read_parquet, write_parquet};
use regimen_types::{Attribute, History, HistoryColumns};

use crate::small_history;

/// Writes a good table with a column replaced or added, and reads it.
fn read_with(replaced: Option<Column>) -> Result<History, PanelError> {
    let mut frame = df!(
        "as_of" => ["2024-01-01", "2024-01-01", "2024-01-02"],
        "asset" => ["bitcoin", "ether", "bitcoin"],
        "price" => ["47345.25", "2300.1", "47000"],
        "market_cap" => [Some(100_i64), None, Some(200)],
    )
    .unwrap();
    if let Some(column) = replaced {
        frame.with_column(column).unwrap();
    }
    read_frame(&mut frame)
}

fn read_frame(frame: &mut DataFrame) -> Result<History, PanelError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("market.parquet");
    ParquetWriter::new(fs::File::create(&path).unwrap()).finish(frame).unwrap();
    read_parquet(&path)
}

fn column<T, P: AsRef<T>>(name: &str, values: P) -> Column
where
    T: ?Sized,
    Series: NamedFrom<P, T>,
{
    Column::new(name.into(), values)
}

/// The code, the row (from 1), the column and the quoted value of the error, and the column that causes it.
type Fault = (&'static str, Option<u64>, &'static str, Option<&'static str>, Column);

/// Every fault that a column can have.
fn faults() -> Vec<Fault> {
    let micros =
        Int64Chunked::from_slice("as_of".into(), &[0, 1, 2]).into_datetime(TimeUnit::Microseconds, None);
    let wide =
        Int128Chunked::from_slice("price".into(), &[1, 10_i128.pow(37) + 1, 1]).into_decimal_unchecked(38, 4);
    let tiny = Int128Chunked::from_slice("price".into(), &[0, 1, 1]).into_decimal_unchecked(38, 30);
    let far = Int64Chunked::from_slice("as_of".into(), &[0, 0, i64::MAX])
        .into_datetime(TimeUnit::Milliseconds, None);
    vec![
        ("PANEL005", None, "price", None, column("price", [1.0, 2.0, 3.0])),
        ("PANEL005", None, "grade", None, column("grade", [1.0_f32, 2.0, 3.0])),
        ("PANEL006", None, "price", None, column("price", [true, true, true])),
        ("PANEL006", None, "as_of", None, column("as_of", [1_i64, 2, 3])),
        ("PANEL006", None, "asset", None, column("asset", [1_i64, 2, 3])),
        ("PANEL007", Some(2), "as_of", Some("null"), column("as_of", [Some("2024-01-01"), None, None])),
        ("PANEL007", Some(3), "asset", Some("null"), column("asset", [Some("a"), Some("b"), None])),
        ("PANEL007", Some(1), "known_at", Some("null"), column("known_at", [None, Some("2024-01-01"), None])),
        ("PANEL008", Some(2), "price", Some("1,5"), column("price", ["1", "1,5", "2"])),
        ("PANEL008", Some(3), "price", Some("NaN"), column("price", ["1", "1.5", "NaN"])),
        ("PANEL008", Some(1), "symbol", Some("BTC"), column("symbol", ["BTC", "ETH", "BTC"])),
        ("PANEL008", Some(2), "price", Some("1000000000000000000000000000000000.0001"), wide.into_column()),
        ("PANEL008", Some(2), "price", Some("0.000000000000000000000000000001"), tiny.into_column()),
        (
            "PANEL009",
            Some(3),
            "as_of",
            Some("2024-02-30"),
            column("as_of", ["2024-01-01", "2024-01-01", "2024-02-30"]),
        ),
        ("PANEL009", Some(2), "as_of", Some("1 us since 1970-01-01"), micros.into_column()),
        ("PANEL009", Some(3), "as_of", Some("9223372036854775807 ms since 1970-01-01"), far.into_column()),
        ("PANEL010", Some(2), "asset", Some("a,b"), column("asset", ["a", "a,b", "c"])),
        (
            "PANEL011",
            Some(3),
            "as_of",
            Some("2023-12-31"),
            column("as_of", ["2024-01-01", "2024-01-01", "2023-12-31"]),
        ),
        ("PANEL012", Some(2), "asset", Some("bitcoin"), column("asset", ["bitcoin", "bitcoin", "bitcoin"])),
        ("PANEL013", Some(2), "volume", Some("-1"), column("volume", [1_i64, -1, 1])),
    ]
}

#[test]
fn every_fault_of_a_table_names_its_place_and_remedy() {
    assert!(read_with(None).is_ok(), "the unchanged table is good");
    for (code, row, column, text, replaced) in faults() {
        let error = read_with(Some(replaced)).expect_err(code);
        let found = error.diagnostic();
        assert_eq!((found.code, found.line, found.column.as_deref()), (code, row, Some(column)), "{error}");
        assert_eq!(found.text.as_deref(), text, "{error}");
        assert!(found.file.ends_with("market.parquet") && !found.help.is_empty(), "{error}");
    }
}

#[test]
fn a_table_without_a_required_column_or_without_rows_is_refused() {
    let mut without_price = df!("as_of" => ["2024-01-01"], "asset" => ["bitcoin"]).unwrap();
    let error = read_frame(&mut without_price).unwrap_err();
    assert_eq!(error.diagnostic().code, "PANEL004");
    assert!(error.to_string().contains("no column `price` among as_of, asset"), "{error}");
    let nothing: [&str; 0] = [];
    let mut empty = df!("as_of" => nothing, "asset" => nothing, "price" => nothing).unwrap();
    assert_eq!(read_frame(&mut empty).unwrap_err().diagnostic().code, "PANEL014");
}

#[test]
fn an_error_reads_like_this() {
    let error = read_with(Some(column("price", ["1", "1,5", "2"]))).unwrap_err();
    let text = error.to_string();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("error[PANEL008]: row 2: not a number"));
    assert!(lines.next().unwrap().ends_with("market.parquet:2, column price, text \"1,5\""), "{text}");
    assert!(lines.next().unwrap().starts_with("  help: Write a finite number"), "{text}");
}

fn code_of_writing(columns: HistoryColumns, path: &Path) -> &'static str {
    write_parquet(&History::from_columns(columns).unwrap(), path).unwrap_err().diagnostic().code
}

#[test]
fn a_history_that_would_not_come_back_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("market.parquet");
    let good = small_history().columns().clone();
    let attribute = |name: &str| Attribute { name: name.to_owned(), values: vec![None; good.asset.len()] };
    let hollow_instants =
        ["2023-12-31", "2024-01-01", "2024-01-02", "2024-01-03"].map(|day| day.parse().unwrap()).to_vec();
    assert_eq!(code_of_writing(HistoryColumns::default(), &path), "PANEL014");
    let hollow = HistoryColumns { ends: vec![0, 2, 4, 6], instants: hollow_instants, ..good.clone() };
    assert_eq!(code_of_writing(hollow, &path), "PANEL014");
    let mut long = good.clone();
    long.price.truncate(4);
    long.price.push(rust_decimal::Decimal::MAX);
    long.price.extend(good.price.iter().skip(5));
    assert_eq!(code_of_writing(long, &path), "PANEL015");
    let twice = HistoryColumns { attributes: vec![attribute("grade"), attribute("grade")], ..good.clone() };
    assert_eq!(code_of_writing(twice, &path), "PANEL016");
    let shadow = HistoryColumns { attributes: vec![attribute("volume")], ..good.clone() };
    assert_eq!(code_of_writing(shadow, &path), "PANEL016");
    assert!(!path.exists());
}

#[test]
fn a_place_that_cannot_be_read_or_written_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("none/market.parquet");
    assert_eq!(read_parquet(&missing).unwrap_err().diagnostic().code, "PANEL001");
    assert_eq!(write_parquet(&small_history(), &missing).unwrap_err().diagnostic().code, "PANEL003");
    // A folder stands where the file should go: the rename fails, and no partial file is left.
    let taken = folder.path().join("taken");
    fs::create_dir_all(taken.join("inside")).unwrap();
    assert_eq!(write_parquet(&small_history(), &taken).unwrap_err().diagnostic().code, "PANEL003");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn codes_are_unique_and_explained() {
    let codes: BTreeSet<&str> = CODES.iter().map(|entry| entry.code).collect();
    assert_eq!(codes.len(), CODES.len());
    assert!(CODES.iter().all(|entry| !entry.meaning.is_empty() && entry.remedy.ends_with('.')));
}
