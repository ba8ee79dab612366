//! The golden outputs of the sample backtest. `BLESS=1 cargo test -p regimen-cli golden` writes them anew.

use std::fs;

use crate::workspace::{regimen, repository};

/// The files that are kept; the manifest pins the others by their hashes.
const KEPT: [&str; 4] = ["manifest.json", "summary.json", "nav.csv", "transactions.csv"];

#[test]
fn global_100_is_what_it_was() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().join("run");
    regimen().args(["backtest", "backtests/global-100/index.toml", "--out"]).arg(&folder).assert().success();
    let expected = repository("backtests/global-100/expected");
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(&expected).unwrap();
        for name in KEPT {
            fs::copy(folder.join(name), expected.join(name)).unwrap();
        }
    }
    for name in KEPT.iter().rev() {
        let (new, old) = (fs::read(folder.join(name)).unwrap(), fs::read(expected.join(name)).unwrap());
        let same = new.iter().zip(&old).take_while(|(new, old)| new == old).count();
        let line = 1 + new[..same].iter().filter(|byte| **byte == b'\n').count();
        assert!(
            new == old,
            "{name} is not what it was, from line {line}; if that is meant, BLESS=1 and say why"
        );
    }
    let manifest = fs::read_to_string(folder.join("manifest.json")).unwrap();
    for foreign in [repository(""), temporary.path().to_owned()] {
        assert!(
            !manifest.contains(&*foreign.to_string_lossy()),
            "the manifest names a place on this machine"
        );
    }
    regimen().arg("verify").arg(&folder).assert().success();
}

#[test]
fn a_second_run_is_the_same_to_the_last_byte() {
    let temporary = tempfile::tempdir().unwrap();
    let run = |name: &str, threads: &str| {
        let folder = temporary.path().join(name);
        let mut command = regimen();
        command.env("RAYON_NUM_THREADS", threads).args(["backtest", "backtests/global-100/index.toml"]);
        command.args(["--from", "2021-06-01", "--to", "2022-03-31", "--out"]).arg(&folder).assert().success();
        let files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        let mut contents: Vec<_> =
            files.map(|file| (file.file_name().unwrap().to_owned(), fs::read(&file).unwrap())).collect();
        contents.sort();
        contents
    };
    let first = run("first", "1");
    assert_eq!(first.len(), 12);
    assert!(first == run("second", "8"));
}
