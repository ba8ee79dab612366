//! A run folder appears whole or not at all, and replaces nothing but a run.

use std::path::Path;

use regimen_replay::{Period, RunError, Step, StepSink, replay};
use regimen_run::{RunDescription, RunFolderError, RunWriter, verify};

use crate::sample_run::{history, methodology, write_run};

fn entries(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// A sink that fails at its tenth step.
struct Failing<'a> {
    writer: RunWriter<'a>,
    left: u32,
}

impl StepSink for Failing<'_> {
    type Error = String;

    fn take(&mut self, step: &Step<'_>) -> Result<(), String> {
        self.left = self.left.checked_sub(1).ok_or("it fails")?;
        self.writer.take(step).map_err(|error| error.to_string())
    }
}

fn fail(destination: &Path) {
    let methodology = methodology(1);
    let description =
        RunDescription { methodology: &methodology, period: Period::default(), inputs: Vec::new() };
    let writer = RunWriter::create(destination, description).unwrap();
    let mut sink = Failing { writer, left: 10 };
    let result = replay(&methodology, &history(), Period::default(), &mut sink);
    assert!(matches!(result, Err(RunError::Sink(_))));
}

#[test]
fn a_failed_run_leaves_nothing() {
    let parent = tempfile::tempdir().unwrap();
    fail(&parent.path().join("run"));
    assert!(entries(parent.path()).is_empty());
}

#[test]
fn a_failed_run_leaves_the_old_one() {
    let parent = tempfile::tempdir().unwrap();
    let run = parent.path().join("run");
    write_run(&run, 1);
    fail(&run);
    assert_eq!(entries(parent.path()), ["run"]);
    assert!(verify(&run).passed());
}

#[test]
fn a_run_without_a_step_leaves_nothing() {
    let parent = tempfile::tempdir().unwrap();
    let methodology = methodology(1);
    let description =
        RunDescription { methodology: &methodology, period: Period::default(), inputs: Vec::new() };
    let error = RunWriter::create(&parent.path().join("run"), description).unwrap().finish().unwrap_err();
    assert!(error.to_string().contains("RUN003"), "{error}");
    assert!(entries(parent.path()).is_empty());
}

#[test]
fn a_new_run_replaces_the_old_one_whole() {
    let parent = tempfile::tempdir().unwrap();
    let run = parent.path().join("run");
    write_run(&run, 0);
    let old = std::fs::read(run.join("manifest.json")).unwrap();
    write_run(&run, 1);
    assert_ne!(old, std::fs::read(run.join("manifest.json")).unwrap());
    assert_eq!(entries(parent.path()), ["run"]);
    assert!(verify(&run).passed());
}

#[test]
fn a_folder_of_something_else_is_left_alone() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("run");
    // A manifest alone makes no run: other programs write files of that name.
    for files in [&["thesis.txt"][..], &["manifest.json", "app.js"]] {
        std::fs::create_dir(&folder).unwrap();
        for file in files {
            std::fs::write(folder.join(file), "mine").unwrap();
        }
        let methodology = methodology(1);
        let description =
            RunDescription { methodology: &methodology, period: Period::default(), inputs: Vec::new() };
        let error = RunWriter::create(&folder, description).err().unwrap();
        assert!(matches!(error, RunFolderError::NotARun(_)) && error.to_string().contains("RUN001"));
        assert_eq!(entries(&folder).len(), files.len());
        assert_eq!(std::fs::read_to_string(folder.join(files[0])).unwrap(), "mine");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}

#[test]
fn the_same_run_has_the_same_bytes() {
    let parent = tempfile::tempdir().unwrap();
    let (first, second) = (parent.path().join("first"), parent.path().join("second"));
    write_run(&first, 1);
    write_run(&second, 1);
    for name in entries(&first) {
        assert_eq!(
            std::fs::read(first.join(&name)).unwrap(),
            std::fs::read(second.join(&name)).unwrap(),
            "{name}"
        );
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let parent = tempfile::tempdir().unwrap();
    std::fs::write(parent.path().join("file"), "").unwrap();
    let methodology = methodology(1);
    let description =
        RunDescription { methodology: &methodology, period: Period::default(), inputs: Vec::new() };
    let error = RunWriter::create(&parent.path().join("file/run"), description).err().unwrap();
    assert!(error.to_string().contains("RUN002"), "{error}");
}
