//! Files in the shapes that other programs write: the same market in each is the same history.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use regimen_input::{SnapshotInput, read_snapshots};
use regimen_types::{
    AsOf, AsOfFormat, DecimalMark, Diagnostics, HistoryColumns, RowOrder, Separator, SnapshotFormat,
    SnapshotLayout, TableShape, ThousandsMark,
};
use rust_decimal::Decimal;
use tempfile::TempDir;

fn format(shape: TableShape) -> SnapshotFormat {
    let mut format = SnapshotFormat { shape, ..SnapshotFormat::default() };
    format.columns.market_cap = None;
    format.columns.volume = None;
    format
}

fn read(path: &Path, format: &SnapshotFormat) -> Result<SnapshotInput, Diagnostics> {
    read_snapshots(path, format, &|_, _| {})
}

fn columns(path: &Path, shape: TableShape) -> HistoryColumns {
    read(path, &format(shape)).unwrap().history.columns().clone()
}

fn file(folder: &TempDir, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    path
}

fn finding(outcome: Result<SnapshotInput, Diagnostics>) -> (&'static str, String) {
    let first = outcome.unwrap_err().items.swap_remove(0);
    (first.code, format!("{} | {}", first.message, first.help))
}

/// Prices by day and asset; a day without a price of an asset has no row of it.
type Market = Vec<Vec<Option<Decimal>>>;

const ASSETS: [&str; 3] = ["btc", "eth", "usd-coin"];

fn day(number: usize) -> AsOf {
    AsOf::from_unix_millis(1_577_836_800_000 + 86_400_000 * i64::try_from(number).unwrap()).unwrap()
}

fn market() -> impl Strategy<Value = Market> {
    let price = (1_u64..10_u64.pow(12), 0_u32..9)
        .prop_map(|(mantissa, scale)| Decimal::from_i128_with_scale(mantissa.into(), scale).normalize());
    let row = prop::collection::vec(prop::option::weighted(0.8, price), ASSETS.len());
    // The first day has all, so that each form of the market names its assets in the same order.
    (prop::collection::vec(row, 1..12)).prop_map(|mut rows| {
        rows[0].iter_mut().for_each(|price| *price = price.or(Some(Decimal::ONE)));
        rows
    })
}

/// Writes the market as long rows, each cell as the functions say.
fn long(
    market: &Market,
    separator: &str,
    as_of: impl Fn(AsOf) -> String,
    number: impl Fn(Decimal) -> String,
) -> Vec<String> {
    let mut lines = Vec::new();
    for (place, row) in market.iter().enumerate() {
        for (asset, price) in ASSETS.iter().zip(row) {
            let Some(price) = price else { continue };
            lines.push([as_of(day(place)), (*asset).to_owned(), number(*price)].join(separator));
        }
    }
    lines
}

fn with_thousands(number: Decimal, decimal: &str, thousands: &str) -> String {
    let text = number.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let groups: Vec<String> =
        whole.as_bytes().rchunks(3).rev().map(|group| String::from_utf8(group.to_vec()).unwrap()).collect();
    let fraction = if fraction.is_empty() { String::new() } else { format!("{decimal}{fraction}") };
    groups.join(thousands) + &fraction
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn one_market_in_every_shape_is_one_history(market in market()) {
        let folder = TempDir::new().unwrap();
        let iso = |as_of: AsOf| as_of.to_string();
        let plain = |number: Decimal| number.to_string();
        let rows = long(&market, ",", iso, plain);
        let expected = columns(&file(&folder, "long.csv", format!("date,asset,price\n{}\n", rows.join("\n"))), TableShape::default());

        let returns = file(&folder, "mac.csv", format!("date,asset,price\r{}\r", rows.join("\r")));
        prop_assert_eq!(&columns(&returns, TableShape::default()), &expected, "carriage returns");
        let spaced = long(&market, " , ", iso, plain).join(" \n ");
        let spaced = file(&folder, "spaces.csv", format!("date , asset , price\n {spaced}\n"));
        prop_assert_eq!(&columns(&spaced, TableShape::default()), &expected, "spaces");

        for (format, written) in [
            ("epoch_s", (|as_of| (as_of.unix_millis() / 1000).to_string()) as fn(AsOf) -> String),
            ("epoch_ms", |as_of| as_of.unix_millis().to_string()),
            ("epoch_us", |as_of| (as_of.unix_millis() * 1000).to_string()),
            ("epoch_ns", |as_of| (as_of.unix_millis() * 1_000_000).to_string()),
            ("excel", |as_of| (as_of.unix_millis() / 86_400_000 + 25_569).to_string()),
            ("%d/%m/%Y", |as_of| as_of.date().format("%d/%m/%Y").to_string()),
            ("%m/%d/%Y %I:%M %p", |as_of| as_of.date().format("%m/%d/%Y 12:00 AM").to_string()),
            ("%Y%m%d", |as_of| as_of.date().format("%Y%m%d").to_string()),
        ] {
            let rows = long(&market, ",", written, plain).join("\n");
            let path = file(&folder, "format.csv", format!("date,asset,price\n{rows}\n"));
            let as_of_format: AsOfFormat = format.parse().unwrap();
            let shape = TableShape { as_of_format: Some(as_of_format), ..TableShape::default() };
            prop_assert_eq!(&columns(&path, shape), &expected, "{}", format);
        }

        let marks = |number| with_thousands(number, ",", ".");
        let rows = long(&market, ";", iso, marks);
        let backwards: Vec<String> = rows.iter().rev().cloned().collect();
        let path = file(&folder, "semicolons.csv", format!("date;asset;price\n{}\n", rows.join("\n")));
        let shape = TableShape {
            separator: Separator::Semicolon, decimal_mark: DecimalMark::Comma, thousands_mark: Some(ThousandsMark::Point),
            ..TableShape::default()
        };
        prop_assert_eq!(&columns(&path, shape.clone()), &expected, "semicolons");

        let path = file(&folder, "backwards.csv", format!("date;asset;price\n{}\n", backwards.join("\n")));
        let backwards = read(&path, &format(TableShape { order: RowOrder::Sort, ..shape })).unwrap();
        prop_assert_eq!(&backwards.history.columns().instants, &expected.instants, "backwards");
        prop_assert_eq!(backwards.warnings.items.iter().any(|warning| warning.code == "SNAP032"), expected.instants.len() > 1);

        let wide: Vec<String> = market.iter().enumerate().map(|(place, row)| {
            let prices = row.iter().map(|price| price.map_or("null".to_owned(), plain));
            [iso(day(place))].into_iter().chain(prices).collect::<Vec<_>>().join("\t")
        }).collect();
        let path = file(&folder, "wide.csv", format!("\t{}\n{}\n", ASSETS.join("\t"), wide.join("\n")));
        let shape = TableShape {
            layout: SnapshotLayout::Wide, separator: Separator::Tab, unknown: vec!["null".to_owned()], ..TableShape::default()
        };
        prop_assert_eq!(&columns(&path, shape), &expected, "wide");

        for (place, asset) in ASSETS.iter().enumerate() {
            let rows = market.iter().enumerate().filter_map(|(number, row)| Some(format!("{},{}\n", day(number), row[place]?)));
            file(&folder, &format!("assets/coin_{asset}.csv"), format!("date,price\n{}", rows.collect::<String>()));
        }
        let shape = TableShape {
            layout: SnapshotLayout::OneFilePerAsset, asset_pattern: "coin_{asset}".parse().unwrap(), ..TableShape::default()
        };
        prop_assert_eq!(&columns(&folder.path().join("assets"), shape), &expected, "a file per asset");
    }
}

#[test]
fn wide_tables_may_hold_several_measures() {
    let folder = TempDir::new().unwrap();
    let text = "date,Close BTC,Volume BTC,High BTC,Close ETH,Volume ETH\n2024-01-01,40000,7,41000,,\n2024-01-02,40100,8,41000,2290,9\n";
    let mut format = format(TableShape {
        layout: SnapshotLayout::Wide,
        asset_pattern: "{measure} {asset}".parse().unwrap(),
        ..TableShape::default()
    });
    format.columns.price = "Close".to_owned();
    format.columns.volume = Some("Volume".to_owned());
    let input = read(&file(&folder, "wide.csv", text), &format).unwrap();
    let columns = input.history.columns();
    assert_eq!(columns.ends, [1, 3]);
    let decimals = |numbers: &[i64]| numbers.iter().map(|number| Decimal::from(*number)).collect();
    assert_eq!((&columns.price, &columns.volume), (&decimals(&[40000, 40100, 2290]), &decimals(&[7, 8, 9])));
}

#[test]
fn what_is_not_said_is_asked_for_by_its_key() {
    let folder = TempDir::new().unwrap();
    for (as_of, expected) in [
        ("1704067200000", "as_of_format = \"epoch_ms\""),
        ("05/06/2021", "as_of_format = \"%d/%m/%Y\" or \"%m/%d/%Y\""),
        ("20240101", "as_of_format = \"%Y%m%d\""),
        ("45292", "as_of_format = \"excel\""),
        ("17-05-21 23:59", "four digits"),
        ("+2021-05-17 00:00", "four digits"),
    ] {
        let path = file(&folder, "market.csv", format!("date,asset,price\n{as_of},a,1\n"));
        let (code, text) = finding(read(&path, &format(TableShape::default())));
        assert_eq!(code, "SNAP013", "{as_of}");
        assert!(text.contains(expected), "{as_of}: {text}");
    }
    for (text, code, expected) in [
        ("date,asset,price\n2024-01-01,a,null\n", "SNAP019", "`unknown`"),
        ("date,asset,price\n2024-01-01,a,\"1,234\"\n", "SNAP019", "thousands_mark"),
        ("date;asset;price\n2024-01-01;a;1\n", "SNAP008", "separator = \";\""),
        ("date,btc,eth\n2024-01-01,1,2\n", "SNAP008", "layout = \"wide\""),
        ("date,asset,price\n2024-01-02,a,1\n2024-01-01,a,1\n", "SNAP015", "order = \"sort\""),
    ] {
        let path = file(&folder, "market.csv", text);
        let (found, text) = finding(read(&path, &format(TableShape::default())));
        assert!(found == code && text.contains(expected), "{found} {text}");
    }
}

/// A folder of files that hold an asset each is asked for its layout, and then read.
#[test]
fn a_file_per_asset_is_asked_for() {
    let folder = TempDir::new().unwrap();
    for asset in ["btc", "eth"] {
        let rows: String = (1..5).map(|day| format!("2024-01-0{day},{asset},1{day}\n")).collect();
        file(&folder, &format!("snap/{asset}.csv"), format!("date,asset,price\n{rows}"));
    }
    let path = folder.path().join("snap");
    let (code, text) = finding(read(&path, &format(TableShape::default())));
    assert!(code == "SNAP015" || code == "SNAP016", "{code}");
    assert!(text.contains("one_file_per_asset"), "{text}");
    let shape = TableShape { layout: SnapshotLayout::OneFilePerAsset, ..TableShape::default() };
    assert_eq!(columns(&path, shape).ends, [2, 4, 6, 8]);
}

/// Compresses with programs of the system would make tests depend on it: these are made here, or kept.
#[test]
fn a_file_is_unpacked_by_its_first_bytes() {
    let folder = TempDir::new().unwrap();
    let text = "date,asset,price\n2024-01-01,a,1\n2024-01-02,a,2\n";
    let expected = columns(&file(&folder, "plain.csv", text), TableShape::default());
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    bzip2.write_all(text.as_bytes()).unwrap();
    let zstandard =
        ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest);
    let twice = [
        &zstandard[..],
        &ruzstd::encoding::compress_to_vec(
            &b"2024-01-03,a,3\n"[..],
            ruzstd::encoding::CompressionLevel::Fastest,
        ),
    ]
    .concat();
    let xz = fs::read("tests/packed/market.csv.xz").unwrap();
    for (name, bytes) in [
        ("bzip2", bzip2.finish().unwrap()),
        ("zstandard", zstandard),
        ("xz", xz),
        ("zip", zip(&[("m.csv", text)])),
    ] {
        let path = file(&folder, "market.csv", &bytes);
        assert_eq!(columns(&path, TableShape::default()), expected, "{name}");
        for cut in [bytes.len() / 2, bytes.len() - 1] {
            let path = file(&folder, "cut.csv", &bytes[..cut]);
            let (code, message) = finding(read(&path, &format(TableShape::default())));
            assert!(code == "SNAP006" || code == "SNAP007", "{name} cut at {cut}: {code} {message}");
        }
    }
    assert_eq!(columns(&file(&folder, "twice.csv", twice), TableShape::default()).ends, [1, 2, 3]);
}

#[test]
fn an_archive_of_one_date_files_is_a_folder_of_them() {
    let folder = TempDir::new().unwrap();
    let bytes = zip(&[
        ("market/2024-01-02.csv", "asset,price\na,2\n"),
        ("market/2024-01-01.csv", "asset,price\na,1\n"),
        ("__MACOSX/market/._2024-01-01.csv", "x"),
        ("market/notes.txt", "x"),
    ]);
    let path = file(&folder, "market.zip", bytes);
    let input = read(&path, &format(TableShape::default())).unwrap();
    assert_eq!(input.history.columns().price, [Decimal::ONE, Decimal::TWO].into_iter().collect());
    assert_eq!(input.files.len(), 1, "the archive is hashed as a whole");
    assert_eq!(input.files[0].bytes, fs::metadata(&path).unwrap().len());
}

#[test]
fn formats_that_hold_no_csv_are_named() {
    let folder = TempDir::new().unwrap();
    for (bytes, name) in [
        (&b"PAR1\x15\x04"[..], "Parquet"),
        (b"ARROW1\0\0", "Feather"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "XLS"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"<!DOCTYPE html><html>", "HTML"),
    ] {
        let (code, message) =
            finding(read(&file(&folder, "market.csv", bytes), &format(TableShape::default())));
        assert_eq!(code, "SNAP031");
        assert!(message.contains(name), "{message}");
    }
    let workbook = zip(&[("[Content_Types].xml", "<x/>"), ("xl/workbook.xml", "<x/>")]);
    let (code, message) =
        finding(read(&file(&folder, "market.csv", workbook), &format(TableShape::default())));
    assert!(code == "SNAP031" && message.contains("XLSX"), "{message}");
}

/// A gigabyte that a few kilobytes unpack to is not read for a fault in its second row.
#[test]
fn a_fault_ends_reading_before_a_bomb_is_unpacked() {
    let folder = TempDir::new().unwrap();
    let row = b"2024-01-01,b,1\n".repeat(1 << 16);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(b"date,asset,price\n2024-01-01,a,x\n").unwrap();
    for _ in 0..160 {
        packed.write_all(&row).unwrap();
    }
    let path = file(&folder, "market.csv", packed.finish().unwrap());
    let outcome = read(&path, &format(TableShape::default())).unwrap_err();
    // All rows would be 10 million second rows of b.
    let count = outcome.items.len() as u64 + outcome.suppressed;
    assert!(count < 7_000_000, "{count}");
}

/// Builds an archive whose members are stored as they are.
fn zip(members: &[(&str, &str)]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in members {
        let mut sum = flate2::Crc::new();
        sum.update(text.as_bytes());
        let size = u32::try_from(text.len()).unwrap().to_le_bytes();
        let name_length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let about = [
            &[20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0x58][..],
            &sum.sum().to_le_bytes(),
            &size,
            &size,
            &name_length,
            &[0, 0],
        ]
        .concat();
        let start = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        directory.extend([&b"PK\x01\x02\x14\x00"[..], &about, &[0; 10], &start, name.as_bytes()].concat());
        bytes.extend([&b"PK\x03\x04"[..], &about, name.as_bytes(), text.as_bytes()].concat());
    }
    let count = u16::try_from(members.len()).unwrap().to_le_bytes();
    let size = u32::try_from(directory.len()).unwrap().to_le_bytes();
    let start = u32::try_from(bytes.len()).unwrap().to_le_bytes();
    let end = [&b"PK\x05\x06\0\0\0\0"[..], &count, &count, &size, &start, &[0, 0]].concat();
    [bytes, directory, end].concat()
}
