//! What determines a synthetic market, and what is wrong with a request for one.

use std::io;
use std::path::PathBuf;

use regimen_types::{AsOf, CodeEntry, MILLIS_PER_DAY};

/// Everything that a synthetic market follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SynthSettings {
    /// The seed: another seed, another market.
    pub seed: u64,
    /// The instant of the first snapshot.
    pub first_day: AsOf,
    /// The days from the first snapshot to the last, both counted.
    pub days: u32,
    /// The assets that live at any time, `BTC`, three stablecoins and `WBTC` among them.
    pub assets: u32,
    /// With or without pathologies.
    pub kind: MarketKind,
}

/// With or without the flaws of real data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum MarketKind {
    /// With a crash, a depeg, a redenomination, a bad tick, missing days, missing rows and empty cells.
    #[default]
    Realistic,
    /// Without any of them; assets are still born and still die.
    Clean,
}

/// Why a synthetic market cannot be made or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SynthError {
    /// Too few or too many assets.
    #[error("a synthetic market cannot have {assets} assets, only {min} to {max}")]
    AssetsOutOfRange {
        /// The assets asked for.
        assets: u32,
        /// The fewest possible.
        min: u32,
        /// The most possible.
        max: u32,
    },
    /// Too few or too many days.
    #[error("a synthetic market of this kind cannot have {days} days, only {min} to {max}")]
    DaysOutOfRange {
        /// The days asked for.
        days: u32,
        /// The fewest possible.
        min: u32,
        /// The most possible.
        max: u32,
    },
    /// The last day would be after the year 9999.
    #[error("{days} days from {first_day} end after the year 9999")]
    BeyondCalendar {
        /// The first day asked for.
        first_day: AsOf,
        /// The days asked for.
        days: u32,
    },
    /// A file could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
}

regimen_types::codes! {
    /// Every code of this crate, in order.
    pub const CODES;
    ASSETS_OUT_OF_RANGE = "SYNTH001",
        "The number of assets of a synthetic market is out of range.",
        "Choose a number in the range named.";
    DAYS_OUT_OF_RANGE = "SYNTH002",
        "The number of days of a synthetic market of this kind is out of range.",
        "Choose a number in the range named; a clean market may be short.";
    BEYOND_CALENDAR = "SYNTH003",
        "The last day would be after the year 9999.",
        "Choose an earlier first day or fewer days.";
    WRITE = "SYNTH004",
        "A file or folder cannot be written.",
        "Check that the folder exists, is writable and has room.";
}

impl SynthError {
    /// Returns the code, its meaning and its remedy, which `docs/errors.md` lists.
    #[must_use]
    pub fn entry(&self) -> CodeEntry {
        match self {
            Self::AssetsOutOfRange { .. } => ASSETS_OUT_OF_RANGE,
            Self::DaysOutOfRange { .. } => DAYS_OUT_OF_RANGE,
            Self::BeyondCalendar { .. } => BEYOND_CALENDAR,
            Self::Write { .. } => WRITE,
        }
    }

    /// Returns the stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.entry().code
    }

    /// Returns what to do about it, as [`CODES`] states it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        self.entry().remedy
    }
}

const ASSETS_MIN: u32 = 20;
const ASSETS_MAX: u32 = 100_000;
const DAYS_MAX: u32 = 36_500;

impl SynthSettings {
    pub(crate) fn check(&self) -> Result<(), SynthError> {
        if !(ASSETS_MIN..=ASSETS_MAX).contains(&self.assets) {
            return Err(SynthError::AssetsOutOfRange {
                assets: self.assets,
                min: ASSETS_MIN,
                max: ASSETS_MAX,
            });
        }
        let days_min = match self.kind {
            // Fewer days have no room for all pathologies.
            MarketKind::Realistic => 100,
            MarketKind::Clean => 1,
        };
        if !(days_min..=DAYS_MAX).contains(&self.days) {
            return Err(SynthError::DaysOutOfRange { days: self.days, min: days_min, max: DAYS_MAX });
        }
        match self.as_of(self.days - 1) {
            Some(_) => Ok(()),
            None => Err(SynthError::BeyondCalendar { first_day: self.first_day, days: self.days }),
        }
    }

    /// Returns the instant of a day counted from 0, or `None` after the year 9999.
    pub(crate) fn as_of(&self, day: u32) -> Option<AsOf> {
        AsOf::from_unix_millis(self.first_day.unix_millis() + i64::from(day) * MILLIS_PER_DAY)
    }
}
