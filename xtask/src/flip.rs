//! One flipped byte in any file of a run makes verification fail and name the file.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::cargo::{Outcome, cargo, repository, run, target};

/// The folder that the README's backtest writes.
pub(crate) const RUN: &str = "out/global-100";

pub(crate) fn flip() -> Outcome {
    run(cargo("build --locked --release"))?;
    let copy = target().join("xtask").join("flip");
    let of_copy = |problem: std::io::Error| format!("{}: {problem}", copy.display());
    if copy.exists() {
        fs::remove_dir_all(&copy).map_err(of_copy)?;
    }
    fs::create_dir_all(&copy).map_err(of_copy)?;
    let mut names = Vec::new();
    for entry in fs::read_dir(repository().join(RUN)).map_err(|problem| format!("{RUN}: {problem}"))? {
        let entry = entry.map_err(|problem| format!("{RUN}: {problem}"))?;
        fs::copy(entry.path(), copy.join(entry.file_name())).map_err(of_copy)?;
        names.push(entry.file_name());
    }
    names.sort();
    for name in &names {
        let file = copy.join(name);
        let kept = fs::read(&file).map_err(of_copy)?;
        let mut flipped = kept.clone();
        let middle = flipped.len() / 2;
        let byte = flipped.get_mut(middle).ok_or_else(|| format!("{} is empty", file.display()))?;
        *byte ^= 0x07;
        fs::write(&file, flipped).map_err(of_copy)?;
        let verified = verify(&copy)?;
        let printed = [verified.stdout, verified.stderr].concat();
        let is_named = String::from_utf8_lossy(&printed).contains(&*name.to_string_lossy());
        if verified.status.code() != Some(1) || !is_named {
            return Err(format!("a flipped byte in {} was not found ({})", file.display(), verified.status));
        }
        fs::write(&file, kept).map_err(of_copy)?;
    }
    if !verify(&copy)?.status.success() {
        return Err("the restored copy of the run does not verify".to_owned());
    }
    fs::remove_dir_all(&copy).map_err(of_copy)?;
    println!("A flipped byte was found in each of {} files", names.len());
    Ok(())
}

fn verify(folder: &Path) -> Result<Output, String> {
    let program = target().join("release").join(format!("regimen{}", std::env::consts::EXE_SUFFIX));
    let output = Command::new(&program).arg("verify").arg(folder).output();
    output.map_err(|problem| format!("{}: {problem}", program.display()))
}
