//! A table is read back as it is, in every form in which it may be written.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use regimen_types::{AsOf, Attribute, HistoryColumns};
use rust_decimal::Decimal;
use tempfile::TempDir;

use super::*;

/// A row of the table to write: price, market cap, volume and grade; `None` is an empty cell.
type Cells = [Option<Decimal>; 4];

/// Rows by asset by day, the days from 2020-01-01.
type Table = std::collections::BTreeMap<u16, Vec<(u8, Cells)>>;

/// How a table is written.
#[derive(Clone, Debug)]
struct Style {
    /// The order of the columns, as a permutation of the names.
    order: Vec<usize>,
    line_end: &'static str,
    quoted: bool,
    scientific: bool,
    gzipped: bool,
    with_mark: bool,
    ends_with_line_end: bool,
    /// A blank line comes before each row whose number is a multiple; 0 for none.
    blank_every: usize,
}

const NAMES: [&str; 7] = ["date", "asset", "price", "market_cap", "volume", "grade", "symbol"];

fn cells() -> impl Strategy<Value = Cells> {
    let decimal = (0_u64..10_u64.pow(18), 0_u32..=28)
        .prop_map(|(mantissa, scale)| Decimal::from_i128_with_scale(i128::from(mantissa), scale).normalize());
    let wide = (0_i128..10_i128.pow(28), 0_u32..=28)
        .prop_map(|(mantissa, scale)| Decimal::from_i128_with_scale(mantissa, scale).normalize());
    proptest::array::uniform4(proptest::option::weighted(0.9, prop_oneof![decimal, wide]))
}

fn table() -> impl Strategy<Value = Table> {
    let rows = btree_map(0_u8..12, cells(), 1..8).prop_map(|rows| rows.into_iter().collect::<Vec<_>>());
    btree_map(0_u16..2000, rows.prop_shuffle(), 1..6)
}

fn style() -> impl Strategy<Value = Style> {
    let order = Just((0..NAMES.len()).collect::<Vec<_>>()).prop_shuffle();
    let line_end = prop_oneof![Just("\n"), Just("\r\n")];
    (order, line_end, any::<[bool; 5]>(), 0_usize..4).prop_map(|(order, line_end, flags, blank_every)| {
        let [quoted, scientific, gzipped, with_mark, ends_with_line_end] = flags;
        Style { order, line_end, quoted, scientific, gzipped, with_mark, ends_with_line_end, blank_every }
    })
}

fn day(number: u16) -> AsOf {
    let midnight = AsOf::from_ymd(2020, 1, 1).unwrap().unix_millis();
    AsOf::from_unix_millis(midnight + i64::from(number) * 86_400_000).unwrap()
}

fn name(asset: u8) -> String {
    format!("asset-é{asset}")
}

/// Returns what reading a table must give; the symbols are passed over.
fn expected(table: &Table) -> HistoryColumns {
    let mut columns = HistoryColumns::default();
    let mut grades = Vec::new();
    for (number, rows) in table {
        for (asset, [price, market_cap, volume, grade]) in rows {
            let asset = name(*asset).parse().unwrap();
            let index = columns.assets.iter().position(|known| *known == asset).unwrap_or_else(|| {
                columns.assets.push(asset);
                columns.assets.len() - 1
            });
            columns.asset.push(u32::try_from(index).unwrap());
            columns.price.push(price.unwrap_or_default());
            columns.market_cap.push(market_cap.unwrap_or_default());
            columns.volume.push(volume.unwrap_or_default());
            grades.push(*grade);
        }
        columns.instants.push(day(*number));
        columns.ends.push(columns.asset.len());
    }
    columns.attributes.push(Attribute { name: "grade".to_owned(), values: grades });
    columns
}

impl Style {
    fn number(&self, number: Option<Decimal>) -> String {
        match number {
            None => String::new(),
            Some(number) if self.scientific => {
                format!("{}e{}", number.mantissa(), -i64::from(number.scale()))
            }
            Some(number) => number.to_string(),
        }
    }

    fn line(&self, cells: &[String]) -> String {
        let cell = |place: &usize| match &cells[*place] {
            text if self.quoted || text.contains('"') => format!("\"{}\"", text.replace('"', "\"\"")),
            text => text.clone(),
        };
        self.order.iter().map(cell).collect::<Vec<_>>().join(",")
    }

    /// Writes the days as a CSV.
    fn write<'a>(&self, path: &Path, days: impl Iterator<Item = (&'a u16, &'a Vec<(u8, Cells)>)>) {
        let mut lines = vec![self.line(&NAMES.map(|name| format!(" {name} ")))];
        for (number, rows) in days {
            for (asset, numbers) in rows {
                if self.blank_every > 0 && lines.len().is_multiple_of(self.blank_every) {
                    lines.push(String::new());
                }
                let symbol = format!("say \"{asset}\", or not");
                let [price, market_cap, volume, grade] = numbers.map(|number| self.number(number));
                let date = day(*number).to_string();
                lines.push(self.line(&[date, name(*asset), price, market_cap, volume, grade, symbol]));
            }
        }
        let mut text = if self.with_mark { "\u{feff}".to_owned() } else { String::new() };
        text.push_str(&lines.join(self.line_end));
        text.push_str(if self.ends_with_line_end { self.line_end } else { "" });
        if self.gzipped {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(text.as_bytes()).unwrap();
            fs::write(path, encoder.finish().unwrap()).unwrap();
        } else {
            fs::write(path, text).unwrap();
        }
    }
}

fn read_with(path: &Path, block_bytes: usize, thread_count: usize) -> Result<SnapshotInput, Diagnostics> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(thread_count).build().unwrap();
    pool.install(|| read_in_blocks(path, &SnapshotFormat::default(), &|_, _| {}, block_bytes))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_read(table in table(), style in style(), block_bytes in 1_usize..400) {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("long");
        style.write(&path, table.iter());
        let expected = expected(&table);
        for (block_bytes, thread_count) in [(block_bytes, 1), (block_bytes, 2), (1, 8), (BLOCK_BYTES, 8)] {
            let input = read_with(&path, block_bytes, thread_count).unwrap();
            prop_assert_eq!(input.history.columns(), &expected);
            let passed_over: Vec<_> = input.warnings.items.iter().map(|item| item.column.as_deref()).collect();
            prop_assert_eq!(passed_over, [Some("symbol")]);
        }
    }

    #[test]
    fn one_date_files_are_one_history(
        table in table(),
        styles in vec((style(), any::<bool>()), 6),
        block_bytes in 1_usize..400,
    ) {
        let folder = TempDir::new().unwrap();
        for ((number, rows), (style, is_dated)) in table.iter().zip(&styles) {
            // Names without a date sort the other way round than the dates in their rows.
            let stem = if *is_dated { day(*number).to_string() } else { format!("rows-{}", 9999 - number) };
            let style = if *is_dated { style.without_date() } else { style.clone() };
            let extension = if style.gzipped { "csv.gz" } else { "csv" };
            let path = folder.path().join(format!("{stem}.{extension}"));
            style.write(&path, std::iter::once((number, rows)));
        }
        fs::write(folder.path().join("notes.txt"), "not a snapshot").unwrap();
        let input = read_with(folder.path(), block_bytes, 2).unwrap();
        prop_assert_eq!(input.history.columns(), &expected(&table));
        prop_assert_eq!(input.files.len(), table.len());
    }

    /// What is wrong is the same wherever blocks end.
    #[test]
    fn findings_do_not_depend_on_blocks(
        lines in vec("2021-01-0[1-4],[ab]?,[1x-]?,1(,2|,\"3\"|,\"4)?", 1..60),
        block_bytes in 1_usize..400,
    ) {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("long.csv");
        fs::write(&path, format!("date,asset,price,market_cap,volume\n{}", lines.join("\n"))).unwrap();
        let outcome = |block_bytes, thread_count| {
            let input = read_with(&path, block_bytes, thread_count);
            input.map(|input| (input.history.columns().clone(), input.warnings, input.files))
        };
        prop_assert_eq!(outcome(block_bytes, 2), outcome(BLOCK_BYTES, 1));
    }
}

impl Style {
    /// Leaves the date to the file's name.
    fn without_date(&self) -> Self {
        let order = self.order.iter().copied().filter(|place| NAMES[*place] != "date").collect();
        Self { order, ..self.clone() }
    }
}

#[test]
fn progress_grows_to_all_bytes_and_files_are_hashed_as_stored() {
    let folder = TempDir::new().unwrap();
    let row = "asset,price,market_cap,volume\nbitcoin,1,2,3\n";
    fs::write(folder.path().join("2021-01-02.csv"), row).unwrap();
    fs::write(folder.path().join("2021-01-01.csv"), row).unwrap();
    let told = Mutex::new(Vec::new());
    let progress = |read: u64, total: u64| told.lock().unwrap().push((read, total));
    let input = read_in_blocks(folder.path(), &SnapshotFormat::default(), &progress, 1).unwrap();
    let told = told.into_inner().unwrap();
    assert!(told.is_sorted());
    assert_eq!(told.last(), Some(&(88, 88)));
    // printf 'asset,price,market_cap,volume\nbitcoin,1,2,3\n' | sha256sum
    let sha256 = "5c6652eeedb2869ea18a6810f4c3acc2b5197f499694dcb08768dfc16ae4d7c1".to_owned();
    let file = |name: &str| InputFile { name: name.to_owned(), bytes: 44, sha256: sha256.clone() };
    assert_eq!(input.files, [file("2021-01-01.csv"), file("2021-01-02.csv")]);
}

#[test]
fn digits_in_excess_are_rounded_where_the_format_says_so() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("long.csv");
    let number = "0.12345678901234567890123456785";
    fs::write(&path, format!("date,asset,price,market_cap,volume\n2021-01-01,a,{number},1,1\n")).unwrap();
    let excess_digits = regimen_types::ExcessDigits::RoundHalfEven;
    let format = SnapshotFormat { excess_digits, ..SnapshotFormat::default() };
    let input = read_snapshots(&path, &format, &|_, _| {}).unwrap();
    assert_eq!(input.history.columns().price.get(0).unwrap().to_string(), "0.1234567890123456789012345678");
}

#[test]
fn columns_that_the_format_leaves_out_are_empty_or_unknown() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("long.csv");
    fs::write(&path, "t,id,close,known\n2021-01-01,a,5,\n2021-01-01,b,6,2021-01-02\n").unwrap();
    let columns = regimen_types::ColumnMapping {
        as_of: "t".to_owned(),
        asset: "id".to_owned(),
        price: "close".to_owned(),
        market_cap: None,
        volume: None,
        circulating_supply: None,
        known_at: Some("known".to_owned()),
    };
    let format = SnapshotFormat { columns, ..SnapshotFormat::default() };
    let input = read_snapshots(&path, &format, &|_, _| {}).unwrap();
    let columns = input.history.columns();
    assert_eq!(columns.market_cap, [Decimal::ZERO; 2].into_iter().collect());
    assert_eq!(columns.known_at, [day(366), day(367)]);
    assert!(columns.volume.is_empty() && columns.attributes.is_empty());
}

#[test]
fn files_of_a_folder_may_have_different_further_columns() {
    let folder = TempDir::new().unwrap();
    let write = |date: &str, grade: &str, row: &str| {
        let header = format!("asset,price,market_cap,volume{grade}");
        fs::write(folder.path().join(format!("{date}.csv")), format!("{header}\n{row}\n")).unwrap();
    };
    write("2021-01-01", "", "a,1,1,1");
    write("2021-01-02", ",grade", "a,1,1,1,7");
    write("2021-01-03", "", "a,1,1,1");
    let input = read_snapshots(folder.path(), &SnapshotFormat::default(), &|_, _| {}).unwrap();
    let values = vec![None, Some(Decimal::from(7)), None];
    assert_eq!(input.history.columns().attributes, [Attribute { name: "grade".to_owned(), values }]);
}
