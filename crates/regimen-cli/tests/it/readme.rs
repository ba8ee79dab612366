//! The output that the README shows for its commands is what they print.

use crate::workspace::{regimen, repository};

const README: &str = include_str!("../../../../README.md");

/// Returns what the README shows below a command.
fn shown_below(command: &str) -> &'static str {
    let opening = format!("\n```console\n$ {command}\n");
    let (_, rest) =
        README.split_once(&opening).unwrap_or_else(|| panic!("the README does not show `{command}`"));
    rest.split("```").next().unwrap()
}

#[test]
fn the_readme_shows_what_is_printed() {
    let temporary = tempfile::tempdir().unwrap();
    let printed = |arguments: &[&str]| {
        let output = regimen().current_dir(temporary.path()).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let definition = repository("backtests/global-100/index.toml");
    let out = "out/global-100";
    assert_eq!(
        printed(&["backtest", definition.to_str().unwrap(), "--out", out]),
        shown_below("cargo run --release -- backtest backtests/global-100/index.toml")
    );
    let explain = ["explain", out, "--at", "2022-05-02"];
    assert_eq!(printed(&explain), shown_below(&format!("regimen {}", explain.join(" "))));
    let one_asset = ["explain", out, "--at", "2021-10-04", "--asset", "A0004"];
    assert!(README.contains(&format!("`{}`", one_asset[2..].join(" "))));
    let explanation = printed(&one_asset);
    for promised in ["selected, rank", "executed:"] {
        assert!(explanation.contains(promised), "{promised} is not in {explanation}");
    }
}
