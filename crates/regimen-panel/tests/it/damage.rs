use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use regimen_panel::{read_parquet, write_parquet};
use regimen_types::{Attribute, History, HistoryColumns};
use rust_decimal::Decimal;

use crate::small_history;

fn good_bytes(folder: &Path) -> (PathBuf, Vec<u8>) {
    let path = folder.join("market.parquet");
    write_parquet(&small_history(), &path).unwrap();
    let bytes = fs::read(&path).unwrap();
    (path, bytes)
}

/// Reads damaged bytes: any result will do, as long as there is one.
fn read_bytes(path: &Path, bytes: &[u8]) -> Option<&'static str> {
    fs::write(path, bytes).unwrap();
    read_parquet(path).err().map(|error| error.diagnostic().code)
}

#[test]
fn a_file_cut_short_anywhere_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (path, bytes) = good_bytes(folder.path());
    for length in 0..bytes.len() {
        assert_eq!(read_bytes(&path, &bytes[..length]), Some("PANEL002"), "cut after {length} bytes");
    }
}

#[test]
fn no_single_wrong_byte_makes_the_reader_panic() {
    let folder = tempfile::tempdir().unwrap();
    let (path, bytes) = good_bytes(folder.path());
    for at in 0..bytes.len() {
        for flip in [0xff, 0x01, 0x80] {
            let mut damaged = bytes.clone();
            damaged[at] ^= flip;
            read_bytes(&path, &damaged);
        }
    }
}

/// A history whose columns need dictionaries, decimals of 16 bytes and text.
fn rich_history() -> History {
    let rows = 400_u32;
    let number = |row: u32| Decimal::from_i128_with_scale(10_i128.pow(27) + i128::from(row), row % 29);
    let columns = HistoryColumns {
        instants: vec!["2024-01-01".parse().unwrap(), "2024-01-02".parse().unwrap()],
        ends: vec![rows as usize / 2, rows as usize],
        assets: (0..rows / 2).map(|asset| format!("asset {asset}").parse().unwrap()).collect(),
        asset: (0..rows).map(|row| row % (rows / 2)).collect(),
        price: (0..rows).map(number).collect(),
        market_cap: (0..rows).map(|row| Decimal::from(row % 7)).collect(),
        attributes: vec![Attribute {
            name: "grade".to_owned(),
            values: (0..rows).map(|row| (row % 3 > 0).then(|| Decimal::from(row))).collect(),
        }],
        ..HistoryColumns::default()
    };
    History::from_columns(columns).unwrap()
}

proptest! {
    #[test]
    fn several_wrong_bytes_do_not_make_it_panic_either(
        damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4)
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("market.parquet");
        write_parquet(&rich_history(), &path).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        read_bytes(&path, &bytes);
    }

    #[test]
    fn noise_is_refused(noise in proptest::collection::vec(any::<u8>(), 0..300)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("noise.parquet");
        prop_assert_eq!(read_bytes(&path, &noise), Some("PANEL002"));
        let framed = [b"PAR1", noise.as_slice(), b"PAR1"].concat();
        prop_assert_eq!(read_bytes(&path, &framed), Some("PANEL002"));
    }
}
