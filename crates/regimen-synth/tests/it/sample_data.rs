//! The committed sample data is what the generator makes, and its description is true.

use std::fs;
use std::path::PathBuf;

use regimen_synth::{ASSETS_FILE_NAME, Market, MarketKind, SNAPSHOTS_FILE_NAME, SynthSettings, write_files};
use regimen_types::AsOf;

use crate::findings::Findings;
use crate::table::{Table, asset_list_text, snapshots_text};

const BEGIN: &str = "<!-- findings: begin -->\n";
const END: &str = "<!-- findings: end -->\n";
const UPDATE: &str = "REGIMEN_UPDATE_DATA";
const ADVICE: &str = "differs from what the generator makes; if that is meant, run the tests once with \
                      REGIMEN_UPDATE_DATA=1, then the golden runs on this data";

fn settings() -> SynthSettings {
    let first_day = AsOf::from_ymd(2021, 1, 1).unwrap();
    SynthSettings { seed: 7, first_day, days: 1100, assets: 220, kind: MarketKind::Realistic }
}

fn data_folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "..", "data"].iter().collect()
}

fn updating() -> bool {
    std::env::var_os(UPDATE).is_some()
}

#[test]
fn is_byte_identical_to_what_the_generator_makes() {
    let made = tempfile::tempdir().unwrap();
    write_files(&Market::new(settings()).unwrap(), made.path()).unwrap();
    for name in [SNAPSHOTS_FILE_NAME, ASSETS_FILE_NAME] {
        let bytes = fs::read(made.path().join(name)).unwrap();
        let committed = data_folder().join(name);
        if updating() {
            fs::write(&committed, &bytes).unwrap();
        }
        assert!(fs::read(&committed).unwrap() == bytes, "data/{name} {ADVICE}");
    }
    let size: u64 =
        fs::read_dir(data_folder()).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
    assert!(size < 6_000_000, "data/ has grown to {size} bytes");
}

#[test]
fn is_described_truly() {
    let table = Table::read(&snapshots_text(settings()), &asset_list_text(settings()));
    let findings = Findings::of(&table);
    assert!(findings.gaps.len() >= 5 && findings.empty_caps > 10 && findings.empty_volumes > 10);
    assert!(findings.born_later > 20 && findings.ended_earlier > 20 && findings.collapsed > 5);
    let path = data_folder().join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).unwrap();
    let (told, after) = rest.split_once(END).unwrap();
    let found = findings.to_markdown(&table);
    if updating() {
        fs::write(&path, format!("{before}{BEGIN}{found}{END}{after}")).unwrap();
    } else {
        assert_eq!(told, found, "data/README.md {ADVICE}");
    }
}
