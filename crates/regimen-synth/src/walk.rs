//! One asset's way through the days.

use crate::number::{Amount, EightDigits};
use crate::pathologies::Adjustment;
use crate::profile::Profile;
use crate::random::{Purpose, RandomStream};

/// The daily step of a collapse in logarithms: about a third is lost each day.
const COLLAPSE_STEP: f64 = -0.4;
/// The volatility of the logarithm of volume over market cap.
const TURNOVER_VOLATILITY: f64 = 0.6;

/// An asset on its way, day after day of its life.
pub(crate) struct Walk<'market> {
    pub(crate) profile: &'market Profile,
    stream: RandomStream,
    deviation: f64,
}

/// The quote of an asset on one day.
pub(crate) struct Quote {
    pub(crate) price: EightDigits,
    pub(crate) market_cap: Amount,
    pub(crate) volume: Amount,
}

impl<'market> Walk<'market> {
    pub(crate) fn new(seed: u64, asset: u32, profile: &'market Profile) -> Self {
        Self { profile, stream: RandomStream::new(seed, Purpose::Walk { asset }), deviation: 0.0 }
    }

    /// Moves through a day of the asset's life; each of them is to be walked once, in order.
    pub(crate) fn step(&mut self, day: u32, level: f64, adjustment: &Adjustment) -> Quote {
        let Profile { life, motion, supply, turnover_ln, .. } = self.profile;
        let (price_normal, turnover_normal) = self.stream.normals();
        let age = day - life.days.start;
        if age > 0 {
            self.deviation = motion.memory * self.deviation + motion.volatility * price_normal;
        }
        if life.collapse.contains(&day) {
            self.deviation += COLLAPSE_STEP;
        }
        let growth = libm::exp(motion.beta * (level - motion.level_at_birth) + self.deviation);
        let price = EightDigits::rounded(motion.first_price * growth * adjustment.price);
        let units = (supply.first + supply.growth_a_day * f64::from(age)) * adjustment.supply;
        let market_cap = price.value() * units;
        let turnover = libm::exp(turnover_ln + TURNOVER_VOLATILITY * turnover_normal);
        Quote {
            price,
            market_cap: Amount::rounded(market_cap),
            volume: Amount::rounded(market_cap * turnover),
        }
    }
}
