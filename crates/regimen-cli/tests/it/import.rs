//! Files in the shapes of vendors: imported, and run on; and what `inspect` says about them.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::workspace::{regimen, repository, shared};

struct Vendor {
    kind: &'static str,
    files: &'static [&'static str],
    /// The rows of the CSV.
    rows: usize,
    /// One of them.
    row: &'static str,
}

const VENDORS: [Vendor; 7] = [
    Vendor {
        kind: "binance",
        files: &["BTCUSDT-1d-2024-12.csv", "BTCUSDT-1d-2025-01.csv", "ETHUSDT-1d-2025-01.csv"],
        rows: 8,
        row: "2025-01-02,BTCUSDT,94501.5,,11300000.25",
    },
    Vendor {
        kind: "cryptodatadownload",
        files: &["Binance_BTCUSDT_d.csv"],
        rows: 3,
        row: "2025-01-03,BTCUSDT,94502.5,,11300000.25",
    },
    Vendor {
        kind: "coingecko",
        files: &["btc-usd-max.csv", "eth-usd-max.csv"],
        rows: 6,
        row: "2025-01-02,eth,3301.123456789,330000001.5,",
    },
    Vendor {
        kind: "coinmarketcap",
        files: &[
            "Bitcoin_1_1_2025-1_3_2025_historical_data_coinmarketcap.csv",
            "Ethereum_1_1_2025-1_3_2025_historical_data_coinmarketcap.csv",
        ],
        rows: 6,
        row: "2025-01-01,Bitcoin,94000.25,1786000000000.5,24519888919.5,19800000",
    },
    Vendor {
        kind: "kaggle",
        files: &["coin_Bitcoin.csv", "coin_Litecoin.csv"],
        rows: 6,
        row: "2013-05-02T23:59:59Z,Litecoin,5.3,47300000,",
    },
    Vendor { kind: "yahoo", files: &["yahoo.csv"], rows: 6, row: "2025-01-03,ETH-USD,3302.25,,1451988891" },
    Vendor { kind: "wide", files: &["prices.csv"], rows: 6, row: "1989-12-28,AAPL,5.117203,," },
];

fn vendor_files(vendor: &Vendor) -> Vec<PathBuf> {
    let folder = repository("crates/regimen-input/tests/vendors");
    vendor.files.iter().map(|file| folder.join(file)).collect()
}

fn output(command: &mut assert_cmd::Command) -> (Option<i32>, String, String) {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_files_of_each_vendor_are_imported_and_run_on() {
    for vendor in VENDORS {
        let folder = TempDir::new().unwrap();
        let market = folder.path().join("market.csv");
        let import = || {
            let mut command = regimen();
            command
                .arg("import")
                .args(vendor_files(&vendor))
                .args(["--as", vendor.kind])
                .arg("--out")
                .arg(&market);
            output(&mut command)
        };
        let (code, _, errors) = import();
        assert_eq!(code, Some(0), "{}: {errors}", vendor.kind);
        let written = fs::read_to_string(&market).unwrap();
        assert_eq!(written.lines().count(), vendor.rows + 1, "{}: {written}", vendor.kind);
        assert!(written.lines().any(|line| line == vendor.row), "{}: {written}", vendor.kind);

        let mut command = regimen();
        command
            .arg("backtest")
            .arg(folder.path().join("index.toml"))
            .arg("--out")
            .arg(folder.path().join("run"));
        let (code, said, errors) = output(&mut command);
        assert_eq!(code, Some(0), "{}: {errors}", vendor.kind);
        assert!(said.contains("Imported market"), "{said}");
        let transactions = fs::read_to_string(folder.path().join("run/transactions.csv")).unwrap();
        assert!(transactions.contains(",buy,"), "{}: {transactions}", vendor.kind);

        let (code, _, errors) = import();
        assert!(code == Some(2) && errors.contains("CLI060"), "{}: {errors}", vendor.kind);
        assert_eq!(fs::read_to_string(&market).unwrap(), written, "{}: a file was replaced", vendor.kind);
    }
}

#[test]
fn each_vendor_is_recognised() {
    for vendor in VENDORS {
        let (code, said, errors) = output(regimen().arg("inspect").args(vendor_files(&vendor)));
        assert_eq!(code, Some(0), "{}: {errors}", vendor.kind);
        let said_kind = said.lines().next().unwrap().split_whitespace().nth(1).unwrap();
        assert_eq!(said_kind, vendor.kind, "{said}");
    }
}

#[test]
fn a_definition_beside_is_not_replaced_and_the_csv_is_taken_back() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("index.toml"), "mine").unwrap();
    let market = folder.path().join("market.csv");
    let mut command = regimen();
    command.arg("import").args(vendor_files(&VENDORS[5])).args(["--as", "yahoo"]).arg("--out").arg(&market);
    let (code, _, errors) = output(&mut command);
    assert!(code == Some(2) && errors.contains("CLI060"), "{errors}");
    assert_eq!(fs::read_to_string(folder.path().join("index.toml")).unwrap(), "mine");
    assert!(!market.exists());
}

#[test]
fn instants_that_can_be_read_in_two_ways_are_asked_for() {
    let folder = TempDir::new().unwrap();
    let prices = folder.path().join("prices.csv");
    let import = |format: &[&str]| {
        let mut command = regimen();
        command.arg("import").arg(&prices).args(["--as", "long"]).args(format);
        output(command.arg("--out").arg(folder.path().join("market.csv")))
    };
    fs::write(&prices, "date;asset;price\n05/06/2021;a;1,5\n06/06/2021;a;2,5\n").unwrap();
    let (code, _, errors) = import(&[]);
    assert!(code == Some(2) && errors.contains("SNAP035") && errors.contains("%d/%m/%Y"), "{errors}");
    let (code, _, errors) = import(&["--as-of-format", "%d/%m/%Y"]);
    assert_eq!(code, Some(0), "{errors}");
    let written = fs::read_to_string(folder.path().join("market.csv")).unwrap();
    assert_eq!(written, "date,asset,price,market_cap,volume\n2021-06-05,a,1.5,,\n2021-06-06,a,2.5,,\n");

    // A day after the twelfth decides.
    fs::write(&prices, "date,asset,price\n05/13/2021,a,1\n06/01/2021,a,null\n").unwrap();
    let (_, said, _) = output(regimen().arg("inspect").arg(&prices));
    assert!(said.contains("as_of_format = \"%m/%d/%Y\"") && said.contains("unknown = [\"null\"]"), "{said}");
}

/// What `inspect` prints reads the files, as a definition.
#[test]
#[ignore = "needs ../shared"]
fn the_cases_of_users_are_read_with_the_table_that_inspect_prints() {
    for (case, market, rows) in [
        ("F18-coingecko-utc-suffix", "market.csv", 30),
        ("F22-epoch", "market.csv", 30),
        ("F23-zip", "market.csv", 30),
        ("F24-one-file-per-asset", "snap", 14),
        ("F24b-wide", "market.csv", 30),
        ("F25-semicolons", "market.csv", 30),
        ("F26-null-tokens", "market.csv", 30),
        ("F28-spaces-in-cells", "market.csv", 30),
    ] {
        let folder = shared("cases").join(case);
        let (code, said, errors) = output(regimen().arg("inspect").arg(folder.join(market)));
        assert_eq!(code, Some(0), "{case}: {errors}");
        assert!(said.contains(&format!("in {rows} rows")), "{case}: {said}");
        let table = &said[said.find("[snapshots]").unwrap()..];
        let definition = fs::read_to_string(folder.join("index.toml")).unwrap();
        let rest: Vec<&str> = definition.lines().filter(|line| !line.starts_with("snapshots")).collect();
        let out = TempDir::new().unwrap();
        let path = out.path().join("index.toml");
        fs::write(&path, format!("{}\n{table}", rest.join("\n"))).unwrap();
        let (code, _, errors) =
            output(regimen().arg("backtest").arg(&path).arg("--out").arg(out.path().join("run")));
        assert_eq!(code, Some(0), "{case}: {errors}");
    }
    let folder = shared("cases/F17-two-digit-years");
    let (code, _, errors) =
        output(regimen().arg("backtest").arg(folder.join("index.toml")).arg("--out").arg("/dev/null/x"));
    assert!(code == Some(2) && errors.contains("four digits"), "{errors}");
}

/// Kaggle's rows are of the last second of their day.
#[test]
fn a_day_as_the_end_of_a_period_is_included_as_a_whole() {
    let folder = TempDir::new().unwrap();
    let mut command = regimen();
    command.arg("import").args(vendor_files(&VENDORS[4])).args(["--as", "kaggle", "--out"]);
    assert_eq!(output(command.arg(folder.path().join("market.csv"))).0, Some(0));
    let level = folder.path().join("level.csv");
    let mut command = regimen();
    command
        .arg("level")
        .arg(folder.path().join("index.toml"))
        .args(["--to", "2013-05-02", "--out"])
        .arg(&level);
    let (code, _, errors) = output(&mut command);
    assert_eq!(code, Some(0), "{errors}");
    let written = fs::read_to_string(&level).unwrap();
    assert!(written.lines().last().unwrap().starts_with("2013-05-02T23:59:59Z,"), "{written}");
}
