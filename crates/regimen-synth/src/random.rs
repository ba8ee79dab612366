//! Random numbers that are the same on every machine.

use core::f64::consts::TAU;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// The purpose of a stream of random numbers. Streams are independent, so that drawing more from one changes
/// no other.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    Level,
    Pathologies,
    EmptyCells,
    Profile { asset: u32 },
    Walk { asset: u32 },
}

impl Purpose {
    fn number(self) -> u64 {
        let (purpose, asset) = match self {
            Self::Level => (0, 0),
            Self::Pathologies => (1, 0),
            Self::EmptyCells => (2, 0),
            Self::Profile { asset } => (3, asset),
            Self::Walk { asset } => (4, asset),
        };
        purpose << 32 | u64::from(asset)
    }
}

/// A stream of random numbers.
pub(crate) struct RandomStream(ChaCha8Rng);

impl RandomStream {
    pub(crate) fn new(seed: u64, purpose: Purpose) -> Self {
        // The key is spelled out because how `seed_from_u64` expands a seed is the library's affair.
        let mut key = *b"........ regimen synthetic mkt 1";
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut generator = ChaCha8Rng::from_seed(key);
        generator.set_stream(purpose.number());
        Self(generator)
    }

    /// Draws from [0, 1), on a grid of 2^-53.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double")]
    pub(crate) fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Draws from [low, high).
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// Draws one of `count` numbers from 0; `count` must be above zero.
    pub(crate) fn below(&mut self, count: u32) -> u32 {
        (self.uniform() * f64::from(count)) as u32
    }

    /// Draws a whole number from `low` to below `high`; `low` if that range is empty.
    pub(crate) fn day_between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high.saturating_sub(low).max(1))
    }

    /// Draws two independent standard normals (Box and Muller 1958).
    pub(crate) fn normals(&mut self) -> (f64, f64) {
        let radius = (-2.0 * libm::log(1.0 - self.uniform())).sqrt();
        let (sine, cosine) = libm::sincos(TAU * self.uniform());
        (radius * cosine, radius * sine)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normals_have_their_moments() {
        let mut stream = RandomStream::new(1, Purpose::Level);
        let draws: Vec<f64> = (0..50_000).flat_map(|_| <[f64; 2]>::from(stream.normals())).collect();
        let moment = |power| draws.iter().map(|draw| libm::pow(*draw, power)).sum::<f64>() / 100_000.0;
        assert!(moment(1.0).abs() < 0.01, "mean {}", moment(1.0));
        assert!((moment(2.0) - 1.0).abs() < 0.02, "variance {}", moment(2.0));
        assert!((moment(4.0) - 3.0).abs() < 0.1, "fourth moment {}", moment(4.0));
    }

    #[test]
    fn streams_and_seeds_differ() {
        let first = |seed, purpose| RandomStream::new(seed, purpose).uniform();
        let draws = [
            first(1, Purpose::Level),
            first(2, Purpose::Level),
            first(1, Purpose::Profile { asset: 0 }),
            first(1, Purpose::Profile { asset: 1 }),
            first(1, Purpose::Walk { asset: 0 }),
        ];
        for (index, draw) in draws.iter().enumerate() {
            assert!(!draws[..index].contains(draw), "stream {index} repeats an earlier one");
        }
    }
}
