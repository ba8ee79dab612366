//! The files of a run: all there, none added, each with the bytes that the manifest lists.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use rayon::prelude::*;
use regimen_types::Diagnostic;
use serde_json::Value;

use super::faults::Faults;
use super::place::{changed_file, first_difference};
use super::verification::Checked;
use crate::codes::{
    CHECKSUM, MANIFEST_FORM, METHODOLOGY_HASH, MISSING_FILE, NOT_A_RUN, UNKNOWN_FILE, UNKNOWN_FORMAT, fault,
};
use crate::manifest::{FORMAT, MANIFEST, MANIFEST_CHECKSUM, Manifest, OutputEntry, is_run_file, outputs_of};
use crate::output::FileDigest;
use crate::writer::{checksum_line, json, methodology_hash};

/// The manifest and the bytes of the files that it lists.
pub(super) struct RunFiles {
    pub(super) manifest: Manifest,
    contents: BTreeMap<&'static str, Vec<u8>>,
}

impl RunFiles {
    /// Reads and hashes a folder, or returns `None` if its manifest cannot be read.
    pub(super) fn read(folder: &Path, checked: &mut Checked, faults: &mut Faults) -> Option<Self> {
        let text = match fs::read(folder.join(MANIFEST)) {
            Ok(text) => text,
            Err(error) => {
                faults.add(fault(
                    NOT_A_RUN,
                    MANIFEST,
                    format_args!("the folder has no readable manifest: {error}"),
                ));
                return None;
            }
        };
        check_checksum(folder, &text, faults);
        find_unknown_files(folder, faults);
        let manifest = read_manifest(&text, faults)?;
        checked.files = 2;
        checked.bytes = text.len() as u64;
        let mut contents = BTreeMap::new();
        let outputs = outputs_of(&manifest.methodology);
        let hashed = outputs.par_iter().map(|name| hash(folder, name)).collect::<Vec<_>>();
        for (listed, hashed) in manifest.outputs.iter().zip(hashed) {
            match hashed {
                Ok((name, bytes, found)) => {
                    if found != *listed {
                        faults.add(changed_file(&bytes, &found, listed));
                    }
                    checked.files += 1;
                    checked.bytes += found.bytes;
                    contents.insert(name, bytes);
                }
                Err(error) => {
                    faults.add(fault(
                        MISSING_FILE,
                        &listed.name,
                        format_args!("the file cannot be read: {error}"),
                    ));
                }
            }
        }
        Some(Self { manifest, contents })
    }

    /// Returns the bytes of a file, or `None` if it could not be read.
    pub(super) fn content(&self, name: &str) -> Option<&[u8]> {
        self.contents.get(name).map(Vec::as_slice)
    }
}

fn hash(folder: &Path, name: &'static str) -> io::Result<(&'static str, Vec<u8>, OutputEntry)> {
    let bytes = fs::read(folder.join(name))?;
    let entry = FileDigest::of(&bytes).entry(name);
    Ok((name, bytes, entry))
}

fn find_unknown_files(folder: &Path, faults: &mut Faults) {
    let mut names: Vec<String> = match fs::read_dir(folder) {
        Ok(entries) => {
            entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
        }
        Err(error) => {
            return faults.add(fault(NOT_A_RUN, "", format_args!("the folder cannot be listed: {error}")));
        }
    };
    names.sort_unstable();
    for name in names.iter().filter(|name| !is_run_file(name)) {
        faults.add(fault(UNKNOWN_FILE, name, "the run did not write this"));
    }
}

/// Checks the manifest against its checksum, and reports which of the two was changed.
fn check_checksum(folder: &Path, manifest: &[u8], faults: &mut Faults) {
    let expected = checksum_line(manifest);
    let found = match fs::read(folder.join(MANIFEST_CHECKSUM)) {
        Ok(found) if found == expected.as_bytes() => return,
        Ok(found) => found,
        Err(error) => {
            return faults.add(fault(
                MISSING_FILE,
                MANIFEST_CHECKSUM,
                format_args!("the file cannot be read: {error}"),
            ));
        }
    };
    let same = found.iter().zip(expected.as_bytes()).filter(|(found, expected)| found == expected).count();
    // Another manifest has another hash in nearly every digit; so where most digits are the same, it is these
    // that changed.
    let is_checksum_changed = found.len() != expected.len() || same > expected.len() / 2;
    let fault = if is_checksum_changed {
        let character =
            found.iter().zip(expected.as_bytes()).take_while(|(found, expected)| found == expected).count();
        fault(CHECKSUM, MANIFEST_CHECKSUM, format_args!("the line should be `{}`", expected.trim_end()))
            .at_line(1)
            .at_character(character as u64 + 1)
            .quoting(&String::from_utf8_lossy(&found))
    } else {
        fault(CHECKSUM, MANIFEST, "the manifest is not the one that manifest.sha256 was made of")
    };
    faults.add(fault);
}

fn read_manifest(text: &[u8], faults: &mut Faults) -> Option<Manifest> {
    let value: Value = match serde_json::from_slice(text) {
        Ok(value) => value,
        Err(error) => {
            faults.add(not_a_manifest(&error));
            return None;
        }
    };
    let format = value.get("format").and_then(Value::as_u64);
    if let Some(format) = format.filter(|format| *format != u64::from(FORMAT)) {
        let writer = value.get("regimen").and_then(Value::as_str).unwrap_or("unknown");
        let message = format!(
            "the folder has format {format}, written by version {writer}; this version reads format {FORMAT}"
        );
        faults.add(fault(UNKNOWN_FORMAT, MANIFEST, message));
        return None;
    }
    let mut manifest: Manifest = match serde_json::from_slice(text) {
        Ok(manifest) => manifest,
        Err(error) => {
            faults.add(not_a_manifest(&error));
            return None;
        }
    };
    manifest.methodology.sort_all_objects();
    check_form(text, &manifest, faults);
    let outputs = outputs_of(&manifest.methodology);
    if !manifest.outputs.iter().map(|output| output.name.as_str()).eq(outputs.iter().copied()) {
        let message = format!("the outputs are not {}", outputs.join(", "));
        faults.add(fault(MANIFEST_FORM, MANIFEST, message).in_column("outputs"));
        return None;
    }
    Some(manifest)
}

fn not_a_manifest(error: &serde_json::Error) -> Diagnostic {
    fault(MANIFEST_FORM, MANIFEST, format_args!("the manifest does not read: {error}"))
        .at_line(error.line() as u64)
        .at_character(error.column() as u64)
}

fn check_form(text: &[u8], manifest: &Manifest, faults: &mut Faults) {
    match json(manifest) {
        Ok(canonical) if canonical.as_bytes() == text => {}
        Ok(canonical) => {
            let line = first_difference(text, canonical.as_bytes());
            let message = "the manifest is not written in its canonical form";
            faults.add(fault(MANIFEST_FORM, MANIFEST, message).at_line(line));
        }
        Err(error) => faults.add(fault(MANIFEST_FORM, MANIFEST, error)),
    }
    match methodology_hash(&manifest.methodology) {
        Ok(hash) if hash == manifest.methodology_sha256 => {}
        Ok(hash) => {
            let message = format!("the methodology has the SHA-256 {hash}");
            let fault = fault(METHODOLOGY_HASH, MANIFEST, message).in_column("methodology_sha256");
            faults.add(fault.quoting(&manifest.methodology_sha256));
        }
        Err(error) => faults.add(fault(METHODOLOGY_HASH, MANIFEST, error)),
    }
}
