//! The two files: reproducible, whole or not there.

use std::fs;
use std::io::Read;

use flate2::read::GzDecoder;
use regimen_synth::{ASSETS_FILE_NAME, Market, MarketKind, SNAPSHOTS_FILE_NAME, SynthSettings, write_files};
use regimen_types::AsOf;

use crate::table::{asset_list_text, snapshots_text};

fn settings() -> SynthSettings {
    let first_day = AsOf::from_ymd(2024, 2, 28).unwrap();
    SynthSettings { seed: 11, first_day, days: 120, assets: 30, kind: MarketKind::Realistic }
}

fn names_in(folder: &std::path::Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn hold_what_the_market_writes() {
    let folder = tempfile::tempdir().unwrap();
    let nested = folder.path().join("new").join("folder");
    let paths = write_files(&Market::new(settings()).unwrap(), &nested).unwrap();
    assert_eq!(paths, [nested.join(SNAPSHOTS_FILE_NAME), nested.join(ASSETS_FILE_NAME)]);
    assert_eq!(names_in(&nested), [ASSETS_FILE_NAME, SNAPSHOTS_FILE_NAME]);
    let gzip = fs::read(&paths[0]).unwrap();
    // RFC 1952: magic, deflate, no flags (no file name), time 0.
    assert_eq!(gzip[..8], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);
    let mut snapshots = String::new();
    GzDecoder::new(gzip.as_slice()).read_to_string(&mut snapshots).unwrap();
    assert_eq!(snapshots, snapshots_text(settings()));
    assert_eq!(fs::read_to_string(&paths[1]).unwrap(), asset_list_text(settings()));
}

#[test]
fn replace_older_ones() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(ASSETS_FILE_NAME), "old").unwrap();
    let paths = write_files(&Market::new(settings()).unwrap(), folder.path()).unwrap();
    assert!(fs::read_to_string(&paths[1]).unwrap().starts_with("asset,"));
}

#[test]
fn a_failure_names_the_path_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let blocked = folder.path().join(SNAPSHOTS_FILE_NAME);
    fs::create_dir(&blocked).unwrap();
    let error = write_files(&Market::new(settings()).unwrap(), folder.path()).unwrap_err();
    assert_eq!(error.code(), "SYNTH004");
    assert!(error.to_string().contains(SNAPSHOTS_FILE_NAME), "{error}");
    assert_eq!(names_in(folder.path()), [SNAPSHOTS_FILE_NAME]);

    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert_eq!(write_files(&Market::new(settings()).unwrap(), &file).unwrap_err().code(), "SYNTH004");
}
