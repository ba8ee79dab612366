//! The published indices: all are sound, and CRIX agrees with an independent calculation in floats.

use std::fmt::Write;
use std::fs;

use regimen_types::hex;
use sha2::{Digest, Sha256};

use crate::table::Table;
use crate::workspace::{regimen, repository};

/// Knuth's linear congruential generator of 64 bits; the high 32 bits of each state count.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u128) -> u128 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u128::from(self.0 >> 32) % limit
    }
}

/// A number of 17 digits and an exponent: digit, point, sixteen digits.
#[derive(Clone, Copy)]
struct Scientific(u128, i32);

impl Scientific {
    fn new(mut mantissa: u128, mut exponent: i32) -> Self {
        while mantissa >= 10_u128.pow(17) {
            (mantissa, exponent) = (mantissa / 10, exponent + 1);
        }
        while mantissa < 10_u128.pow(16) {
            (mantissa, exponent) = (mantissa * 10, exponent - 1);
        }
        Self(mantissa, exponent)
    }

    /// Writes the number as C's `%.16e` does.
    fn text(self) -> String {
        let unit = 10_u128.pow(16);
        format!("{}.{:016}e{:+03}", self.0 / unit, self.0 % unit, self.1)
    }
}

/// The life of one asset, as `crix.py` makes it.
struct Coin {
    number: u128,
    numbers: Numbers,
    price: Scientific,
    supply: u128,
    busy: i32,
    born: u128,
    dies: u128,
}

impl Coin {
    fn new(number: u128) -> Self {
        let tiny = number % 16 == 7;
        let mut numbers = Numbers(u64::try_from(number + 1).unwrap());
        let mantissa = 10_u128.pow(16) + numbers.below(1 << 31) * 40_000_000;
        let exponent = if tiny {
            -11 - i32::try_from(number / 16 % 3).unwrap()
        } else {
            i32::try_from(numbers.below(6)).unwrap() - 4
        };
        let power = if tiny { u32::try_from(8 - exponent).unwrap() } else { 5 };
        let supply = 10_u128.pow(power) + numbers.below(1 << 31);
        let busy = i32::try_from(numbers.below(8)).unwrap();
        let born = if number.is_multiple_of(3) { numbers.below(500) } else { 0 };
        let dies = if number % 7 == 2 { born + 150 + numbers.below(400) } else { 1_000_000 };
        Self { number, numbers, price: Scientific(mantissa, exponent), supply, busy, born, dies }
    }

    /// Returns the day's cells, or `None` without a row.
    fn next(&mut self, day: u128) -> Option<String> {
        let Scientific(mantissa, exponent) = self.price;
        self.price = Scientific::new(mantissa * (9_200 + self.numbers.below(1_641)) / 10_000, exponent);
        let fate = self.numbers.below(3_000);
        let traded = Scientific(10_u128.pow(16) + self.numbers.below(1 << 31) * 40_000_000, self.busy);
        let cap = wide_product(self.price.0, self.supply);
        let cap = Scientific::new(cap, self.price.1 + 7);
        let mut cells = [self.price.text(), cap.text(), traded.text()];
        if fate < 12 {
            cells[usize::try_from(fate % 3).unwrap()] = if fate < 9 { String::new() } else { "0".to_owned() };
        }
        let there = (self.born..self.dies).contains(&day) && !(12..18).contains(&fate);
        there.then(|| format!("coin-{:02},{}", self.number, cells.join(",")))
    }
}

/// Returns mantissa × supply ÷ 10^7, rounded down; the whole product would not fit 128 bits.
fn wide_product(mantissa: u128, supply: u128) -> u128 {
    let unit = 10_u128.pow(7);
    mantissa * (supply / unit) + mantissa * (supply % unit) / unit
}

fn market() -> String {
    let mut coins: Vec<Coin> = (0..96).map(Coin::new).collect();
    let mut text = "date,asset,price,market_cap,volume\n".to_owned();
    let first: chrono::NaiveDate = "2014-03-29".parse().unwrap();
    for day in 0..740_u32 {
        let date = first + chrono::Days::new(u64::from(day));
        let no_snapshot = ["2014-12-31", "2015-06-10"].contains(&date.to_string().as_str());
        for coin in &mut coins {
            if let Some(row) = coin.next(u128::from(day)).filter(|_| !no_snapshot) {
                writeln!(text, "{date},{row}").unwrap();
            }
        }
    }
    text
}

fn expected() -> (String, Vec<[String; 4]>) {
    let path = repository("crates/regimen-cli/tests/published/levels.csv");
    let text = fs::read_to_string(path).unwrap();
    let (comment, table) = text.split_once('\n').unwrap();
    let rows = table.lines().skip(1).map(|line| {
        let cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        cells.try_into().unwrap()
    });
    (comment.rsplit(' ').next().unwrap().to_owned(), rows.collect())
}

#[test]
fn crix_is_what_plain_floats_make_of_its_rules() {
    let folder = tempfile::tempdir().unwrap();
    let market = market();
    let digest = hex(&Sha256::digest(market.as_bytes()));
    let (sha256, rows) = expected();
    assert_eq!(digest, sha256, "this market is not the one that crix.py makes");
    fs::write(folder.path().join("market.csv"), &market).unwrap();
    for (column, name) in [(1, "crix"), (2, "crix-total-market"), (3, "crix-equal-weight")] {
        let mut level = regimen();
        level.arg("level").arg(repository(&format!("backtests/published/{name}/index.toml")));
        level.arg("--snapshots").arg(folder.path().join("market.csv"));
        level.arg("--out").arg(folder.path().join("level.csv")).assert().success();
        let table = Table::read(&folder.path().join("level.csv"));
        let found: Vec<[&str; 2]> = table.columns(["as_of", "level"]).collect();
        assert_eq!(found.len(), rows.len(), "{name}");
        for (found, expected) in found.iter().zip(&rows) {
            assert_eq!(found[0], expected[0], "{name}");
            let (found_level, level): (f64, f64) =
                (found[1].parse().unwrap(), expected[column].parse().unwrap());
            let distance = (found_level / level - 1.0).abs();
            assert!(
                distance < 1e-11,
                "{name} at {}: {found_level} is not {level}, by {distance:e}",
                found[0]
            );
        }
    }
}

#[test]
fn every_published_definition_is_sound_and_says_what_is_known_and_assumed() {
    let mut names = Vec::new();
    for entry in fs::read_dir(repository("backtests/published")).unwrap() {
        let path = entry.unwrap().path().join("index.toml");
        regimen().arg("check").arg(&path).assert().success();
        let text = fs::read_to_string(&path).unwrap();
        for word in ["# Known: ", "# Assumed: "] {
            assert!(text.contains(word), "{}: {word}", path.display());
        }
        names.push(path);
    }
    assert_eq!(names.len(), 12);
}
