//! The market: planned once, then written day by day.

use std::io::{self, Write};

use crate::level::market_levels;
use crate::number::Amount;
use crate::pathologies::{Adjustment, EmptyCell, Pathologies, draw_empty_cell};
use crate::profile::Profile;
use crate::random::{Purpose, RandomStream};
use crate::settings::{MarketKind, SynthError, SynthSettings};
use crate::walk::{Quote, Walk};

/// A synthetic market: its assets' lives and its pathologies are decided, its snapshots are drawn as they are
/// written.
pub struct Market {
    settings: SynthSettings,
    levels: Vec<f64>,
    profiles: Vec<Profile>,
    pathologies: Option<Pathologies>,
}

/// A row of a snapshot.
struct SnapshotRow<'market> {
    asset: &'market str,
    quote: Quote,
    empty: Option<EmptyCell>,
}

impl Market {
    /// Plans the market that the settings determine.
    ///
    /// # Errors
    /// [`SynthError`] if the assets or days are too few or too many, or the last day is after the year 9999.
    pub fn new(settings: SynthSettings) -> Result<Self, SynthError> {
        settings.check()?;
        let pathologies = match settings.kind {
            MarketKind::Realistic => Some(Pathologies::plan(&settings)),
            MarketKind::Clean => None,
        };
        let crash_first_day = pathologies.as_ref().map(|plan| plan.crash_first_day);
        let levels = market_levels(settings.seed, settings.days, crash_first_day);
        let profiles = (0..settings.assets).map(|asset| Profile::draw(asset, &settings, &levels)).collect();
        Ok(Self { settings, levels, profiles, pathologies })
    }

    /// Writes the snapshots as one long CSV, `date,asset,price,market_cap,volume`, and returns the number of
    /// rows.
    ///
    /// Rows are sorted by date, then by market cap from the largest (unknown caps last), then by asset.
    /// Prices have up to eight significant digits, market caps and volumes up to four decimal places, all in
    /// one currency; an empty cell is unknown.
    ///
    /// # Errors
    /// The error of `out`.
    pub fn write_snapshots(&self, out: &mut dyn Write) -> io::Result<u64> {
        out.write_all(b"date,asset,price,market_cap,volume\n")?;
        let mut walks: Vec<Walk<'_>> = (0..)
            .zip(&self.profiles)
            .map(|(asset, profile)| Walk::new(self.settings.seed, asset, profile))
            .collect();
        let mut empty_cells = RandomStream::new(self.settings.seed, Purpose::EmptyCells);
        let mut rows_written = 0;
        let mut rows = Vec::new();
        let mut text = Vec::new();
        for (day, level) in (0..).zip(&self.levels) {
            rows.clear();
            self.draw_rows(day, *level, &mut walks, &mut empty_cells, &mut rows);
            rows.sort_unstable_by(|left, right| {
                right.rank().cmp(&left.rank()).then(left.asset.cmp(right.asset))
            });
            let Some(as_of) = self.settings.as_of(day) else { break };
            let date = as_of.to_string();
            text.clear();
            for row in &rows {
                row.write(date.as_bytes(), &mut text);
            }
            out.write_all(&text)?;
            rows_written += rows.len() as u64;
        }
        Ok(rows_written)
    }

    /// Writes the asset list as CSV, `asset,symbol,name,category`.
    ///
    /// # Errors
    /// The error of `out`.
    pub fn write_asset_list(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "asset,symbol,name,category")?;
        for Profile { id, name, category, .. } in &self.profiles {
            writeln!(out, "{id},{id},{name},{category}")?;
        }
        Ok(())
    }

    /// Draws a day's rows; walks go on through days and rows that are missing.
    fn draw_rows<'market>(
        &self,
        day: u32,
        level: f64,
        walks: &mut [Walk<'market>],
        empty_cells: &mut RandomStream,
        rows: &mut Vec<SnapshotRow<'market>>,
    ) {
        for (asset, walk) in (0..).zip(walks) {
            let profile = walk.profile;
            if !profile.life.days.contains(&day) {
                continue;
            }
            let Some(pathologies) = &self.pathologies else {
                let quote = walk.step(day, level, &Adjustment::NONE);
                rows.push(SnapshotRow { asset: &profile.id, quote, empty: None });
                continue;
            };
            let quote = walk.step(day, level, &pathologies.adjustment(asset, day));
            let empty = if profile.may_lack_cells { draw_empty_cell(empty_cells) } else { None };
            if !profile.life.gap.contains(&day) && !pathologies.missing_days.contains(&day) {
                rows.push(SnapshotRow { asset: &profile.id, quote, empty });
            }
        }
    }
}

impl SnapshotRow<'_> {
    /// Returns what rows are sorted by, the largest first: the market cap if it is known.
    fn rank(&self) -> Option<Amount> {
        (self.empty != Some(EmptyCell::MarketCap)).then_some(self.quote.market_cap)
    }

    fn write(&self, date: &[u8], text: &mut Vec<u8>) {
        text.extend_from_slice(date);
        text.push(b',');
        text.extend_from_slice(self.asset.as_bytes());
        text.push(b',');
        self.quote.price.write(text);
        text.push(b',');
        if self.empty != Some(EmptyCell::MarketCap) {
            self.quote.market_cap.write(text);
        }
        text.push(b',');
        if self.empty != Some(EmptyCell::Volume) {
            self.quote.volume.write(text);
        }
        text.push(b'\n');
    }
}
