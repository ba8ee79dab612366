//! Price against its simple moving average.

use std::num::NonZeroUsize;

use regimen_types::{AssetId, HistoryWindow, approximate};

use crate::lookback::Lookback;
use crate::signal::{Reading, RegimeSignal, SignalReading};

/// The relative distance of an asset's price from its simple moving average: `price ÷ average − 1`.
///
/// The average covers the last `window_snapshots` known prices, the present one included (Brock, Lakonishok and
/// LeBaron 1992, "Simple Technical Trading Rules and the Stochastic Properties of Stock Returns"). A snapshot in
/// which the price is unknown has no reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceAboveAverage {
    asset: AssetId,
    window_snapshots: NonZeroUsize,
}

impl PriceAboveAverage {
    /// Builds the signal for an asset and a window.
    #[must_use]
    pub fn new(asset: AssetId, window_snapshots: NonZeroUsize) -> Self {
        Self { asset, window_snapshots }
    }
}

impl RegimeSignal for PriceAboveAverage {
    fn lookback(&self) -> Lookback {
        Lookback::observations(self.window_snapshots.get())
    }

    fn is_scale_invariant(&self) -> bool {
        true
    }

    fn read(&self, window: &HistoryWindow<'_>) -> Reading {
        let (needed, mut prices) = (self.window_snapshots.get(), window.prices(&self.asset));
        let present = window.row(&self.asset).and_then(|row| row.price());
        let (Some(_), Some(newest)) = (present, prices.next()) else {
            let observations = prices.take(needed).count();
            return if observations < needed {
                self.lookback().warming_up(observations)
            } else {
                Reading::Missing
            };
        };
        let price = approximate(newest.value.decimal());
        let mut gap = CompensatedSum::default();
        let mut total = CompensatedSum::default();
        total.add(price);
        let mut observations = 1;
        for earlier in prices.take(needed.saturating_sub(1)) {
            let earlier = approximate(earlier.value.decimal());
            gap.add(price - earlier);
            total.add(earlier);
            observations += 1;
        }
        if observations < needed {
            return self.lookback().warming_up(observations);
        }
        // Summing the distances, not the prices, makes the distance of a flat price exactly zero.
        let distance = gap.value() / total.value();
        let average = total.value() / as_double(observations);
        SignalReading::new(distance, price, average).map_or(Reading::Missing, Reading::Known)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a window has far fewer than 2^53 snapshots")]
fn as_double(count: usize) -> f64 {
    count as f64
}

/// A running sum with Neumaier's correction (ZAMM 54, 1974), so that the order of magnitude does not matter.
#[derive(Default)]
struct CompensatedSum {
    sum: f64,
    correction: f64,
}

impl CompensatedSum {
    fn add(&mut self, term: f64) {
        let sum = self.sum + term;
        self.correction +=
            if self.sum.abs() >= term.abs() { (self.sum - sum) + term } else { (term - sum) + self.sum };
        self.sum = sum;
    }

    fn value(&self) -> f64 {
        self.sum + self.correction
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use regimen_types::{AsOf, History, RowInput};

    fn history(prices: &[Option<&str>]) -> History {
        let mut builder = History::builder();
        for (day, price) in (0_i64..).zip(prices) {
            let as_of = AsOf::from_unix_millis(day * 86_400_000).unwrap();
            let row = price.map(|price| {
                RowInput::new("BTC".parse().unwrap(), price.parse().unwrap(), "1".parse().unwrap())
            });
            builder = builder.snapshot(as_of, row);
        }
        builder.build().unwrap()
    }

    fn signal(window: usize) -> PriceAboveAverage {
        PriceAboveAverage::new("BTC".parse().unwrap(), NonZeroUsize::new(window).unwrap())
    }

    fn read(window: usize, prices: &[Option<&str>]) -> Reading {
        signal(window).read(&history(prices).newest().unwrap())
    }

    #[test]
    fn by_hand() {
        // Average of 10, 20 and 60 is 30; 60 lies 100 % above it.
        let Reading::Known(reading) = read(3, &[Some("999"), Some("10"), Some("20"), Some("60")]) else {
            panic!()
        };
        assert_eq!((reading.value(), reading.observed(), reading.benchmark()), (1.0, 60.0, 30.0));
    }

    #[test]
    fn warms_up_and_skips_gaps() {
        assert_eq!(read(3, &[Some("1"), Some("2")]), Reading::WarmingUp { observations: 2, lookback: 3 });
        assert_eq!(
            read(2, &[Some("1"), None, Some("2"), None]),
            Reading::WarmingUp { observations: 1, lookback: 2 }
        );
        assert_eq!(read(2, &[Some("1"), Some("3"), Some("2"), None]), Reading::Missing);
        assert!(matches!(read(3, &[Some("1"), None, Some("2"), Some("3")]), Reading::Known(_)));
    }

    #[test]
    fn a_flat_price_is_at_its_average_exactly() {
        let prices = vec![Some("0.1"); 200];
        let Reading::Known(reading) = read(200, &prices) else { panic!() };
        assert_eq!(reading.value(), 0.0);
    }

    proptest! {
        #[test]
        fn equals_the_exact_distance(cents in prop::collection::vec(1_i64..100_000_000, 2..60)) {
            let texts: Vec<String> = cents.iter().map(|c| format!("{}.{:02}", c / 100, c % 100)).collect();
            let prices: Vec<Option<&str>> = texts.iter().map(|text| Some(text.as_str())).collect();
            let Reading::Known(reading) = read(cents.len(), &prices) else { panic!() };
            let (last, total) = (i128::from(*cents.last().unwrap()), cents.iter().map(|c| i128::from(*c)).sum::<i128>());
            let gap = last * i128::try_from(cents.len()).unwrap() - total;
            prop_assert_eq!(reading.value() > 0.0, gap > 0);
            prop_assert!((reading.value() - gap as f64 / total as f64).abs() < 1e-12);
        }
    }
}
