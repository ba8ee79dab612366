//! The examples: each is run, and its output is compared with what its documentation shows.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cargo::{Outcome, cargo, output, repository, run, target};

/// Runs every example of every crate. If its first comment has a `text` block, it must print just that.
pub(crate) fn examples() -> Outcome {
    let mut names = Vec::new();
    for folder in entries(&repository().join("crates"))? {
        if folder.join("examples").is_dir() {
            let of_folder = entries(&folder.join("examples"))?;
            let programs = of_folder.into_iter().filter(|file| file.extension().is_some_and(|it| it == "rs"));
            names.extend(programs.map(|file| (stem(&folder), stem(&file), file)));
        }
    }
    // One build of all, with the features that the tests were built with.
    run(cargo("build --locked --examples"))?;
    for (package, example, file) in &names {
        let program =
            target().join("debug/examples").join(format!("{example}{}", std::env::consts::EXE_SUFFIX));
        let mut command = Command::new(program);
        command.current_dir(repository());
        let printed = output(command)?;
        let source = fs::read_to_string(file).map_err(|problem| format!("{}: {problem}", file.display()))?;
        match shown(&source) {
            Some(shown) if printed.trim_end() != shown.trim_end() => {
                return Err(format!("{example} prints\n{printed}\nand its documentation shows\n{shown}"));
            }
            Some(_) => println!("{package}: {example} prints what its documentation shows"),
            None => println!("{package}: {example} succeeds"),
        }
    }
    Ok(())
}

/// Returns what the first `text` block of the comment at the head of a program holds.
fn shown(source: &str) -> Option<String> {
    let comment = source.lines().map_while(|line| line.strip_prefix("//!"));
    let comment: Vec<&str> = comment.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    let block = comment.iter().skip_while(|line| **line != "```text").skip(1);
    let lines: Vec<&str> = block.take_while(|line| **line != "```").copied().collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// Returns what is in a folder, by name.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let of_folder = |problem: std::io::Error| format!("{}: {problem}", folder.display());
    let entries = fs::read_dir(folder).map_err(of_folder)?;
    let paths: Result<Vec<PathBuf>, _> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut paths = paths.map_err(of_folder)?;
    paths.sort();
    Ok(paths)
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn a_program_shows_the_first_text_block_of_its_head() {
        let source = "//! Adds.\n//!\n//! ```text\n//! 1\n//!\n//!  2\n//! ```\n\nfn main() {}\n//! ```text\n//! 3\n//! ```\n";
        assert_eq!(shown(source).unwrap(), "1\n\n 2");
        assert_eq!(shown("//! Adds.\nfn main() {}"), None);
    }
}
