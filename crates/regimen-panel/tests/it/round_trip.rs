use std::collections::HashMap;
use std::fs;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::subsequence;
use regimen_panel::{read_parquet, write_parquet};
use regimen_types::{AsOf, AssetId, Attribute, ExcessDigits, History, HistoryColumns, parse_decimal};
use rust_decimal::Decimal;

use crate::small_history;

const ASSETS: [&str; 5] = ["bitcoin", "ether", "usd-coin", "Ünïcode asset", "x"];

fn digits() -> impl Strategy<Value = i128> {
    prop_oneof![0..10_i128.pow(28), 0..1_000_000_i128, Just(10_i128.pow(28) - 1), Just(0)]
}

/// Decimals of one column: of any scale, or close enough in scale to fit a Decimal column.
fn column(rows: usize) -> impl Strategy<Value = Vec<Decimal>> {
    (0_u32..=28, any::<bool>()).prop_flat_map(move |(widest, mixed)| {
        let lowest = if mixed { 0 } else { widest };
        vec((digits(), lowest..=widest), rows).prop_map(|cells| {
            cells
                .into_iter()
                .map(|(mantissa, scale)| Decimal::from_i128_with_scale(mantissa, scale))
                .collect()
        })
    })
}

fn optional_column(rows: usize) -> impl Strategy<Value = Vec<Decimal>> {
    prop_oneof![Just(Vec::new()), column(rows)]
}

fn attribute(rows: usize) -> impl Strategy<Value = Vec<Option<Decimal>>> {
    (column(rows), vec((any::<bool>(), any::<bool>()), rows)).prop_map(|(values, flags)| {
        let cell = |(value, (known, negative)): (Decimal, (bool, bool))| {
            known.then_some(if negative { -value } else { value })
        };
        values.into_iter().zip(flags).map(cell).collect()
    })
}

fn millis() -> impl Strategy<Value = i64> {
    prop_oneof![
        (16_000_i64..20_000).prop_map(|day| day * 86_400_000),
        -60_000_000_000_000_i64..200_000_000_000_000
    ]
}

/// Columns of 1 to 6 snapshots with 1 to 5 assets each, in any order.
fn columns() -> impl Strategy<Value = HistoryColumns> {
    let members = subsequence((0..5_u32).collect::<Vec<_>>(), 1..=5).prop_shuffle();
    btree_map(millis(), members, 1..6).prop_flat_map(|snapshots| {
        let asset: Vec<u32> = snapshots.values().flatten().copied().collect();
        let rows = asset.len();
        let ends = snapshots.values().scan(0, |end, members| {
            *end += members.len();
            Some(*end)
        });
        let ends: Vec<usize> = ends.collect();
        let instants: Vec<AsOf> =
            snapshots.keys().map(|&millis| AsOf::from_unix_millis(millis).unwrap()).collect();
        let known_at = prop_oneof![
            Just(Vec::new()),
            vec(millis().prop_map(|m| AsOf::from_unix_millis(m).unwrap()), rows)
        ];
        let attributes = vec(attribute(rows), 0..3);
        (column(rows), column(rows), optional_column(rows), optional_column(rows), known_at, attributes)
            .prop_map(move |(price, market_cap, volume, circulating_supply, known_at, attributes)| {
                HistoryColumns {
                    instants: instants.clone(),
                    ends: ends.clone(),
                    assets: ASSETS.iter().map(|asset| asset.parse().unwrap()).collect(),
                    asset: asset.clone(),
                    price: price.into_iter().collect(),
                    market_cap: market_cap.into_iter().collect(),
                    volume: volume.into_iter().collect(),
                    circulating_supply: circulating_supply.into_iter().collect(),
                    known_at,
                    attributes: (0..)
                        .zip(attributes)
                        .map(|(number, values)| Attribute { name: format!("grade {number}"), values })
                        .collect(),
                }
            })
    })
}

/// Interns assets in the order of their first rows, as the reader does, which drops those without rows.
fn interned_by_row(columns: &HistoryColumns) -> HistoryColumns {
    let mut index_of: HashMap<AssetId, u32> = HashMap::new();
    let mut assets = Vec::new();
    let asset = columns.asset.iter().map(|&index| {
        let asset = &columns.assets[index as usize];
        *index_of.entry(asset.clone()).or_insert_with(|| {
            assets.push(asset.clone());
            u32::try_from(assets.len() - 1).unwrap()
        })
    });
    let asset: Vec<u32> = asset.collect();
    HistoryColumns { assets, asset, ..columns.clone() }
}

proptest! {
    #[test]
    fn a_history_survives(columns in columns()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("market.parquet");
        let expected = interned_by_row(&columns);
        write_parquet(&History::from_columns(columns).unwrap(), &path).unwrap();
        let read = read_parquet(&path).unwrap();
        prop_assert_eq!(read.columns(), &expected);
        for price in read.columns().price.iter() {
            prop_assert_eq!(price.to_string(), price.normalize().to_string(), "no trailing zeros");
        }
        prop_assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside the file");
    }

    /// The same numbers as text and as decimals of any scale read alike.
    #[test]
    fn padding_changes_nothing(mantissa in digits(), scale in 0_u32..=28, padding in 0_u32..=10) {
        let value = Decimal::from_i128_with_scale(mantissa, scale).normalize();
        let padded = value.mantissa().checked_mul(10_i128.pow(padding)).filter(|padded| *padded < 10_i128.pow(38));
        prop_assume!(padded.is_some() && value.scale() + padding <= 38);
        let read = read_price(padded.unwrap(), (value.scale() + padding) as usize);
        prop_assert_eq!(read.to_string(), value.to_string());
    }
}

fn read_price(mantissa: i128, scale: usize) -> Decimal {
    use polars::prelude::*;
    let price = Int128Chunked::from_slice("price".into(), &[mantissa]).into_decimal_unchecked(38, scale);
    let frame = df!("as_of" => ["2024-01-01"], "asset" => ["x"]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("price.parquet");
    let mut frame = frame.hstack(&[price.into_column()]).unwrap();
    ParquetWriter::new(fs::File::create(&path).unwrap()).finish(&mut frame).unwrap();
    read_parquet(&path).unwrap().columns().price.get(0).unwrap()
}

/// Writes prices and returns what type the column of the file has.
fn stored_type(prices: &[&str]) -> String {
    use polars::prelude::{ParquetReader, SerReader};
    let price: Vec<Decimal> =
        prices.iter().map(|text| parse_decimal(text.as_bytes(), ExcessDigits::Error).unwrap()).collect();
    let assets: Vec<AssetId> = (0..price.len()).map(|number| format!("a{number}").parse().unwrap()).collect();
    let columns = HistoryColumns {
        instants: vec!["2024-01-01".parse().unwrap()],
        ends: vec![price.len()],
        asset: (0..u32::try_from(price.len()).unwrap()).collect(),
        assets,
        market_cap: vec![Decimal::ZERO; price.len()].into_iter().collect(),
        price: price.iter().copied().collect(),
        ..HistoryColumns::default()
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("market.parquet");
    write_parquet(&History::from_columns(columns).unwrap(), &path).unwrap();
    assert_eq!(read_parquet(&path).unwrap().columns().price, price.into_iter().collect());
    let frame = ParquetReader::new(fs::File::open(&path).unwrap()).finish().unwrap();
    frame.column("price").unwrap().dtype().to_string()
}

#[test]
fn a_column_is_decimal_where_38_digits_suffice_and_text_elsewhere() {
    assert_eq!(stored_type(&["47345.250", "0.5", "12"]), "decimal[38,2]");
    let widest = "9999999999999999999999999999";
    assert_eq!(stored_type(&[widest, "0.0000000001"]), "decimal[38,10]");
    assert_eq!(stored_type(&[widest, "0.00000000001"]), "str");
    assert_eq!(stored_type(&["1", "0.0000000000000000000000000001"]), "decimal[38,28]");
}

#[test]
fn the_same_history_gives_the_same_bytes_and_replaces_the_earlier_file() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first.parquet"), folder.path().join("second.parquet"));
    fs::write(&second, "an earlier file").unwrap();
    write_parquet(&small_history(), &first).unwrap();
    write_parquet(&small_history(), &second).unwrap();
    assert_eq!(fs::read(first).unwrap(), fs::read(second).unwrap());
}

/// Column types written by other tools: without a zone, in other units, as categories or integers.
#[test]
fn reads_what_other_tools_write() {
    use polars::prelude::*;
    let days = [19_723_i32, 19_724];
    let date = Int32Chunked::from_slice("as_of".into(), &days).into_date().into_column();
    let count = |unit: TimeUnit, per_day: i64| {
        let counts = days.map(|day| i64::from(day) * per_day);
        Int64Chunked::from_slice("as_of".into(), &counts).into_datetime(unit, None).into_column()
    };
    let instants = [
        date,
        count(TimeUnit::Milliseconds, 86_400_000),
        count(TimeUnit::Microseconds, 86_400_000_000),
        count(TimeUnit::Nanoseconds, 86_400_000_000_000),
        Column::new("as_of".into(), ["2024-01-01", "2024-01-02T00:00:00Z"]),
    ];
    let text = Column::new("asset".into(), ["x", "x"]);
    let category = text.cast(&DataType::from_categories(Categories::global())).unwrap();
    let prices = [
        Column::new("price".into(), [7_i64, 8]),
        Column::new("price".into(), [7_u64, 8]),
        Column::new("price".into(), [7_i32, 8]),
        Column::new("price".into(), [7_u32, 8]),
        Column::new("price".into(), ["7.0", "8e0"]),
        Int128Chunked::from_slice("price".into(), &[700, 800]).into_decimal_unchecked(10, 2).into_column(),
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("market.parquet");
    for as_of in &instants {
        for asset in [&text, &category] {
            for price in &prices {
                let columns = vec![price.clone(), asset.clone(), as_of.clone()];
                let mut frame = DataFrame::new_infer_height(columns).unwrap();
                ParquetWriter::new(fs::File::create(&path).unwrap()).finish(&mut frame).unwrap();
                let read = read_parquet(&path).unwrap_or_else(|error| panic!("{frame}\n{error}"));
                assert_eq!(read.columns().price, [7, 8].map(Decimal::from).into_iter().collect());
                let printed: Vec<String> = read.instants().iter().map(ToString::to_string).collect();
                assert_eq!(printed, ["2024-01-01", "2024-01-02"]);
                assert!(read.newest().unwrap().row(&"x".parse().unwrap()).is_some());
            }
        }
    }
}
