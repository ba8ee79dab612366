//! The same bytes with any number of threads, from the CSV to the run folder.

use std::collections::BTreeMap;
use std::path::Path;

use regimen_input::read_snapshots;
use regimen_replay::{Period, replay};
use regimen_run::{RunDescription, RunWriter};
use regimen_synth::MarketKind;
use regimen_types::{AttributeColumns, InputEntry, SnapshotFormat};

use crate::market::synthetic_csv;
use crate::methodology::methodology;
use crate::record::files_in;

/// Reads a CSV and writes the folder of a run.
fn run(csv: &Path, folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let methodology = methodology(&["selection.count=20", "regime.window_snapshots=30"]);
    let format =
        SnapshotFormat { attributes: AttributeColumns::Named(Vec::new()), ..SnapshotFormat::default() };
    let read = read_snapshots(csv, &format, &|_, _| ()).unwrap();
    let inputs = read.files.into_iter().map(|file| InputEntry {
        role: "snapshots".to_owned(),
        name: file.name,
        bytes: file.bytes,
        sha256: file.sha256,
    });
    let period = Period::default();
    let description = RunDescription { methodology: &methodology, period, inputs: inputs.collect() };
    let mut writer = RunWriter::create(folder, description).unwrap();
    replay(&methodology, &read.history, period, &mut writer).unwrap();
    writer.finish().unwrap();
    files_in(folder)
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let temporary = tempfile::tempdir().unwrap();
    let csv = temporary.path().join("market.csv");
    let text = synthetic_csv(41, 420, 330, MarketKind::Realistic);
    // Several of the reader's blocks, so that there is something to do at once.
    assert!(text.len() > 5 << 20, "{} bytes", text.len());
    std::fs::write(&csv, text).unwrap();
    let with_threads = |count: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap();
        pool.install(|| {
            assert_eq!(rayon::current_num_threads(), count);
            run(&csv, &temporary.path().join(format!("run-{count}")))
        })
    };
    let one = with_threads(1);
    assert_eq!(one.len(), 17, "{:?}", one.keys());
    for count in [2, 8] {
        for (name, bytes) in with_threads(count) {
            assert!(one[&name] == bytes, "{name} differs with {count} threads");
        }
    }
}
