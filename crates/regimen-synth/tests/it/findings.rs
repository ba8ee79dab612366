//! Finds what is odd about a market from its rows alone, without knowing what the generator meant.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::table::{Row, Table};

/// A price that changed more than tenfold from one row of an asset to the next.
pub(crate) struct Jump {
    pub(crate) asset: String,
    pub(crate) day: i64,
    pub(crate) before: Row,
    pub(crate) after: Row,
}

/// The deepest fall of `BTC` within six days, and that of the sum of all known market caps on the same days.
pub(crate) struct Fall {
    pub(crate) from_day: i64,
    pub(crate) btc: f64,
    pub(crate) total_cap: f64,
}

/// Snapshots without a row of an asset that has rows before and after.
pub(crate) struct Gap {
    pub(crate) asset: String,
    pub(crate) first_day: i64,
    pub(crate) snapshots: usize,
}

pub(crate) struct Findings {
    pub(crate) born_later: usize,
    pub(crate) ended_earlier: usize,
    pub(crate) collapsed: usize,
    pub(crate) missing_days: Vec<i64>,
    pub(crate) jumps: Vec<Jump>,
    /// Stablecoins' prices below 0.99.
    pub(crate) off_peg: Vec<(String, i64, f64)>,
    pub(crate) deepest_fall: Fall,
    pub(crate) gaps: Vec<Gap>,
    pub(crate) empty_caps: usize,
    pub(crate) empty_volumes: usize,
}

/// Days from the top to the bottom of a crash.
const FALL_DAYS: i64 = 6;

impl Findings {
    pub(crate) fn of(table: &Table) -> Self {
        let last_day = table.last_day();
        let lives = || table.assets.values().map(|rows| (rows, rows.keys().min(), rows.keys().max()));
        let all_rows = || table.assets.values().flat_map(BTreeMap::values);
        Self {
            born_later: lives().filter(|(_, first, _)| *first > Some(&0)).count(),
            ended_earlier: lives().filter(|(_, _, last)| *last < Some(&last_day)).count(),
            collapsed: lives().filter(|(rows, _, last)| *last < Some(&last_day) && collapses(rows)).count(),
            missing_days: (0..=last_day).filter(|day| !table.days.contains(day)).collect(),
            jumps: table.assets.iter().flat_map(|(asset, rows)| jumps(asset, rows)).collect(),
            off_peg: off_peg(table),
            deepest_fall: deepest_fall(table),
            gaps: table.assets.iter().flat_map(|(asset, rows)| gaps(table, asset, rows)).collect(),
            empty_caps: all_rows().filter(|row| row.market_cap.is_none()).count(),
            empty_volumes: all_rows().filter(|row| row.volume.is_none()).count(),
        }
    }

    /// Returns the jumps that a redenomination makes: the market cap stays about as it was.
    pub(crate) fn redenominations(&self) -> Vec<&Jump> {
        self.jumps.iter().filter(|jump| (0.5..2.0).contains(&jump.cap_factor())).collect()
    }

    /// Returns the upward jumps, with the market cap, that the next row takes back.
    pub(crate) fn bad_ticks(&self) -> Vec<&Jump> {
        let taken_back = |jump: &Jump| {
            self.jumps
                .iter()
                .any(|next| next.asset == jump.asset && next.day == jump.day + 1 && next.price_factor() < 1.0)
        };
        self.jumps.iter().filter(|jump| jump.cap_factor() > 10.0 && taken_back(jump)).collect()
    }

    /// Writes the findings as their section of `data/README.md`.
    pub(crate) fn to_markdown(&self, table: &Table) -> String {
        let mut text = String::new();
        let date = |day| table.date(day);
        let dates: Vec<String> = self.missing_days.iter().map(|day| date(*day)).collect();
        let mut say = |line: String| writeln!(text, "{line}").unwrap();
        say(format!(
            "- **Extent**: {} rows, {} assets, {} snapshots from {} to {}.",
            table.row_count,
            table.assets.len(),
            table.days.len(),
            date(0),
            date(table.last_day())
        ));
        say(format!(
            "- **Births and deaths**: {} assets have their first row after the first day; {} have their last row before \
             the last day (rows just end), {} of these after losing more than three quarters in their last two weeks.",
            self.born_later, self.ended_earlier, self.collapsed
        ));
        let fall = &self.deepest_fall;
        say(format!(
            "- **Crash**: from {} to {} `BTC` loses {:.1} % and the sum of market caps {:.1} %.",
            date(fall.from_day),
            date(fall.from_day + FALL_DAYS),
            -100.0 * fall.btc,
            -100.0 * fall.total_cap
        ));
        let depeg: Vec<String> = self
            .off_peg
            .iter()
            .map(|(asset, day, price)| format!("`{asset}` {} {price:.3}", date(*day)))
            .collect();
        say(format!("- **Depeg** (a stablecoin below 0.99): {}.", depeg.join(", ")));
        for Jump { asset, day, before, after } in self.redenominations() {
            say(format!(
                "- **Redenomination**: `{asset}` goes from {} to {} on {}, while its market cap goes from {:.0} to {:.0}.",
                before.price,
                after.price,
                date(*day),
                before.market_cap.unwrap(),
                after.market_cap.unwrap()
            ));
        }
        for Jump { asset, day, before, after } in self.bad_ticks() {
            say(format!(
                "- **Bad tick**: `{asset}` is quoted at {} on {} after {} the day before, its market cap alike, and is back \
                 the day after.",
                after.price,
                date(*day),
                before.price
            ));
        }
        say(format!("- **Missing snapshots**: {}.", dates.join(", ")));
        let gaps: Vec<String> = self
            .gaps
            .iter()
            .map(|gap| format!("`{}` {} ({})", gap.asset, date(gap.first_day), gap.snapshots))
            .collect();
        say(format!("- **Missing rows** (first snapshot without a row, and how many): {}.", gaps.join(", ")));
        say(format!(
            "- **Empty cells**: {} rows without a market cap, {} without a volume.",
            self.empty_caps, self.empty_volumes
        ));
        text
    }
}

impl Jump {
    pub(crate) fn price_factor(&self) -> f64 {
        self.after.price / self.before.price
    }

    pub(crate) fn cap_factor(&self) -> f64 {
        self.after.market_cap.unwrap() / self.before.market_cap.unwrap()
    }
}

fn collapses(rows: &BTreeMap<i64, Row>) -> bool {
    let mut last_rows = rows.values().rev();
    let last = last_rows.next().unwrap();
    last_rows.nth(13).is_some_and(|earlier| last.price < earlier.price / 4.0)
}

fn jumps(asset: &str, rows: &BTreeMap<i64, Row>) -> Vec<Jump> {
    let pairs = rows.iter().zip(rows.iter().skip(1));
    pairs
        .map(|((_, before), (day, after))| Jump {
            asset: asset.to_owned(),
            day: *day,
            before: *before,
            after: *after,
        })
        .filter(|jump| jump.price_factor() > 10.0 || jump.price_factor() < 0.1)
        .collect()
}

fn off_peg(table: &Table) -> Vec<(String, i64, f64)> {
    let stablecoins = table.assets.iter().filter(|(asset, _)| table.categories[*asset] == "stablecoin");
    stablecoins
        .flat_map(|(asset, rows)| rows.iter().map(|(day, row)| (asset.clone(), *day, row.price)))
        .filter(|(_, _, price)| *price < 0.99)
        .collect()
}

fn deepest_fall(table: &Table) -> Fall {
    let btc = &table.assets["BTC"];
    let total_cap =
        |day| -> f64 { table.assets.values().filter_map(|rows| rows.get(&day)?.market_cap).sum() };
    let falls = btc
        .iter()
        .filter_map(|(day, row)| Some((*day, btc.get(&(day + FALL_DAYS))?.price / row.price - 1.0)));
    let (from_day, btc) = falls.min_by(|left, right| left.1.total_cmp(&right.1)).unwrap();
    Fall { from_day, btc, total_cap: total_cap(from_day + FALL_DAYS) / total_cap(from_day) - 1.0 }
}

fn gaps(table: &Table, asset: &str, rows: &BTreeMap<i64, Row>) -> Vec<Gap> {
    let pairs = rows.keys().zip(rows.keys().skip(1));
    pairs
        .filter_map(|(before, after)| {
            let absent: Vec<i64> = table.days.range(before + 1..*after).copied().collect();
            let first_day = *absent.first()?;
            Some(Gap { asset: asset.to_owned(), first_day, snapshots: absent.len() })
        })
        .collect()
}
