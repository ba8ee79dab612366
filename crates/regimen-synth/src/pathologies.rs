//! The flaws of real data, planned before the market moves.

use std::collections::BTreeSet;

use crate::level::CRASH_STEPS;
use crate::profile::{FOUNDERS, STABLECOINS};
use crate::random::{Purpose, RandomStream};
use crate::settings::SynthSettings;

/// The price of a stablecoin on the days of its depeg.
const DEPEG: [f64; 7] = [0.972, 0.915, 0.88, 0.884, 0.906, 0.947, 0.981];
const REDENOMINATION: f64 = 1000.0;
const BAD_TICK: f64 = 25.0;
/// The probabilities that a row has no market cap, and no volume.
const EMPTY_CAP: f64 = 0.0003;
const EMPTY_VOLUME: f64 = 0.0006;

/// The dated pathologies of one market. Days count from the market's first.
pub(crate) struct Pathologies {
    pub(crate) crash_first_day: u32,
    pub(crate) missing_days: BTreeSet<u32>,
    depeg: Incident,
    redenomination: Incident,
    bad_tick: Incident,
}

/// Something that befalls one asset.
struct Incident {
    asset: u32,
    first_day: u32,
}

/// The factors by which an incident changes an asset's price and supply on a day.
pub(crate) struct Adjustment {
    pub(crate) price: f64,
    pub(crate) supply: f64,
}

impl Pathologies {
    pub(crate) fn plan(settings: &SynthSettings) -> Self {
        let mut stream = RandomStream::new(settings.seed, Purpose::Pathologies);
        let days = settings.days;
        let mut within = |from_percent, to_percent| {
            let day = |percent| (u64::from(days) * percent / 100) as u32;
            stream.day_between(day(from_percent), day(to_percent))
        };
        let bad_tick_day = within(22, 35);
        let crash_first_day = within(42, 50);
        // Soon after the crash, when money that fled into stablecoins is hit.
        let depeg_first_day = crash_first_day + (days / 10).min(25);
        let redenomination_day = within(70, 80);
        let founder = stream.below(4);
        let mut pathologies = Self {
            crash_first_day,
            missing_days: BTreeSet::new(),
            depeg: Incident { asset: STABLECOINS[1], first_day: depeg_first_day },
            redenomination: Incident { asset: FOUNDERS.start + founder, first_day: redenomination_day },
            bad_tick: Incident { asset: FOUNDERS.start + (founder + 1) % 4, first_day: bad_tick_day },
        };
        let missing_count = (days / 300).max(2) as usize;
        while pathologies.missing_days.len() < missing_count {
            let day = stream.day_between(1, days - 1);
            if !pathologies.is_eventful(day) {
                pathologies.missing_days.insert(day);
            }
        }
        pathologies
    }

    /// Returns true if a day shows one of the dated pathologies or is next to one: such days are never
    /// missing.
    fn is_eventful(&self, day: u32) -> bool {
        let spans = [
            (self.crash_first_day, CRASH_STEPS.len()),
            (self.depeg.first_day, DEPEG.len()),
            (self.redenomination.first_day, 1),
            (self.bad_tick.first_day, 1),
        ];
        spans.iter().any(|(first, length)| (first - 1..=first + *length as u32).contains(&day))
    }

    pub(crate) fn adjustment(&self, asset: u32, day: u32) -> Adjustment {
        if asset == self.redenomination.asset && day >= self.redenomination.first_day {
            return Adjustment { price: REDENOMINATION, supply: 1.0 / REDENOMINATION };
        }
        if asset == self.bad_tick.asset && day == self.bad_tick.first_day {
            return Adjustment { price: BAD_TICK, ..Adjustment::NONE };
        }
        if asset == self.depeg.asset
            && let Some(since) = day.checked_sub(self.depeg.first_day)
            && let Some(price) = DEPEG.get(since as usize)
        {
            return Adjustment { price: *price, ..Adjustment::NONE };
        }
        Adjustment::NONE
    }
}

impl Adjustment {
    pub(crate) const NONE: Self = Self { price: 1.0, supply: 1.0 };
}

/// Which cell of a row is empty.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum EmptyCell {
    MarketCap,
    Volume,
}

/// Draws whether a row has an empty cell.
pub(crate) fn draw_empty_cell(stream: &mut RandomStream) -> Option<EmptyCell> {
    match stream.uniform() {
        draw if draw < EMPTY_CAP => Some(EmptyCell::MarketCap),
        draw if draw < EMPTY_CAP + EMPTY_VOLUME => Some(EmptyCell::Volume),
        _ => None,
    }
}
