//! Who the assets are: when they live, how they move, how large they are.

use core::ops::Range;

use crate::random::{Purpose, RandomStream};
use crate::settings::SynthSettings;

/// The assets that open the list, before the alternatives `A0001`, `A0002` and so on.
const LEADER: u32 = 0;
pub(crate) const STABLECOINS: [u32; 3] = [1, 2, 3];
const WRAPPED: u32 = 4;
const FIRST_ALTERNATIVE: u32 = 5;

/// The alternatives that live from the first day to the last without a gap, so that pathologies find them.
pub(crate) const FOUNDERS: Range<u32> = FIRST_ALTERNATIVE..FIRST_ALTERNATIVE + 4;

const LEADER_PRICE: f64 = 10_000.0;
const LEADER_SUPPLY: f64 = 18_000_000.0;
/// The cap of the largest alternative when the market's level is the first day's.
const LARGEST_CAP: f64 = 3.2e10;
/// The exponent of Zipf's law: the cap at rank r is the largest cap over r to this power.
const ZIPF_EXPONENT: f64 = 1.1;
const SECTORS: [&str; 5] = ["platform", "defi", "exchange", "payment", "game"];

/// All about an asset that does not change from day to day.
pub(crate) struct Profile {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) category: &'static str,
    pub(crate) life: Life,
    pub(crate) motion: Motion,
    pub(crate) supply: Supply,
    /// The logarithm of the median of volume over market cap.
    pub(crate) turnover_ln: f64,
    /// Cells may be empty in a market with pathologies.
    pub(crate) may_lack_cells: bool,
}

/// The days, counted from the market's first, on which an asset has rows.
pub(crate) struct Life {
    pub(crate) days: Range<u32>,
    /// The last days, on which it loses nearly everything; empty unless it dies of a collapse.
    pub(crate) collapse: Range<u32>,
    /// Days without a row in a market with pathologies; empty for most.
    pub(crate) gap: Range<u32>,
}

/// How the price moves: first price × e^(beta × (the market's level − that at birth) + deviation), where each
/// day deviation = memory × deviation + volatility × a standard normal.
pub(crate) struct Motion {
    pub(crate) first_price: f64,
    pub(crate) level_at_birth: f64,
    pub(crate) beta: f64,
    pub(crate) memory: f64,
    pub(crate) volatility: f64,
}

/// The circulating units: their number on the first day of life, and a fixed number more each day.
pub(crate) struct Supply {
    pub(crate) first: f64,
    pub(crate) growth_a_day: f64,
}

impl Life {
    fn whole(days: u32) -> Self {
        Self { days: 0..days, collapse: 0..0, gap: 0..0 }
    }

    fn draw(stream: &mut RandomStream, days: u32) -> Self {
        let born_later = stream.uniform() < 0.48;
        let birth = if born_later { stream.day_between(1, days).min(days - 1) } else { 0 };
        let dies = stream.uniform() < 0.25;
        let end = if dies { stream.day_between(birth + 30, days) } else { days }.min(days);
        let collapses = end < days && stream.uniform() < 0.4;
        let collapse_days = stream.day_between(5, 13);
        let has_gap = end > birth + 5 && stream.uniform() < 0.12;
        let gap_first = stream.day_between(birth + 1, end.saturating_sub(4));
        let gap_days = stream.day_between(1, 4);
        Self {
            days: birth..end,
            collapse: if collapses { end - collapse_days..end } else { 0..0 },
            gap: if has_gap { gap_first..gap_first + gap_days } else { 0..0 },
        }
    }
}

impl Profile {
    /// Draws the profile of an asset; `levels` are the market's, one for each day.
    pub(crate) fn draw(asset: u32, settings: &SynthSettings, levels: &[f64]) -> Self {
        match asset {
            LEADER => Self::leader(settings.days),
            WRAPPED => Self::wrapped(settings.days),
            _ if STABLECOINS.contains(&asset) => Self::stablecoin(asset, settings.days),
            _ => Self::alternative(asset, settings, levels),
        }
    }

    fn leader(days: u32) -> Self {
        Self {
            id: "BTC".to_owned(),
            name: "Synthetic Bitcoin".to_owned(),
            category: "payment",
            life: Life::whole(days),
            motion: Motion {
                first_price: LEADER_PRICE,
                level_at_birth: 0.0,
                beta: 1.0,
                memory: 0.0,
                volatility: 0.0,
            },
            supply: Supply { first: LEADER_SUPPLY, growth_a_day: 900.0 },
            turnover_ln: -3.0,
            may_lack_cells: false,
        }
    }

    fn wrapped(days: u32) -> Self {
        Self {
            id: "WBTC".to_owned(),
            name: "Synthetic Wrapped Bitcoin".to_owned(),
            category: "wrapped",
            life: Life::whole(days),
            motion: Motion {
                first_price: LEADER_PRICE,
                level_at_birth: 0.0,
                beta: 1.0,
                memory: 0.5,
                volatility: 0.0006,
            },
            supply: Supply { first: 150_000.0, growth_a_day: 0.0 },
            turnover_ln: -4.0,
            may_lack_cells: false,
        }
    }

    fn stablecoin(asset: u32, days: u32) -> Self {
        let (letter, first_supply) = match asset {
            1 => ("A", 3e10),
            2 => ("B", 1.5e10),
            _ => ("C", 4e9),
        };
        Self {
            id: format!("USD-{letter}"),
            name: format!("Synthetic Dollar {letter}"),
            category: "stablecoin",
            life: Life::whole(days),
            motion: Motion {
                first_price: 1.0,
                level_at_birth: 0.0,
                beta: 0.0,
                memory: 0.6,
                volatility: 0.0007,
            },
            supply: Supply { first: first_supply, growth_a_day: first_supply / 2500.0 },
            turnover_ln: -1.2,
            may_lack_cells: false,
        }
    }

    fn alternative(asset: u32, settings: &SynthSettings, levels: &[f64]) -> Self {
        let mut stream = RandomStream::new(settings.seed, Purpose::Profile { asset });
        let founder = FOUNDERS.contains(&asset);
        let life = if founder { Life::whole(settings.days) } else { Life::draw(&mut stream, settings.days) };
        let rank = draw_rank(&mut stream, founder, life.days.start, settings.assets);
        let level_at_birth = levels.get(life.days.start as usize).copied().unwrap_or(0.0);
        let first_cap = LARGEST_CAP * libm::exp(level_at_birth - ZIPF_EXPONENT * libm::log(rank));
        let first_price = libm::exp(stream.between(libm::log(1e-5), libm::log(100.0)));
        let first_supply = (first_cap / first_price).floor().max(1.0);
        let inflation_a_day = if stream.uniform() < 0.5 { 0.0 } else { stream.between(0.0, 0.0003) };
        let number = asset - FIRST_ALTERNATIVE + 1;
        Self {
            id: format!("A{number:04}"),
            name: format!("Synthetic Asset {number:04}"),
            category: SECTORS[stream.below(5) as usize],
            life,
            motion: Motion {
                first_price,
                level_at_birth,
                beta: stream.between(0.7, 1.4),
                memory: 0.999,
                volatility: stream.between(0.02, 0.06),
            },
            supply: Supply { first: first_supply, growth_a_day: (first_supply * inflation_a_day).floor() },
            turnover_ln: stream.between(-4.5, -2.0),
            may_lack_cells: !founder,
        }
    }
}

/// Draws a rank by size, whole ones and all between: founders are large, newcomers are not among the largest.
fn draw_rank(stream: &mut RandomStream, founder: bool, birth: u32, assets: u32) -> f64 {
    let assets = f64::from(assets);
    match (founder, birth) {
        (true, _) => stream.between(2.0, 12.0),
        (false, 0) => stream.between(1.0, assets),
        (false, _) => stream.between(assets / 6.0, assets),
    }
}
