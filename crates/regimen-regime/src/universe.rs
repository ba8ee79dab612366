//! Measures of the eligible universe: breadth, and total market cap.

use regimen_types::{AssetId, Exact, HistoryWindow, MarketCap, Observation, Rounding, approximate};

use crate::arithmetic::as_double;
use crate::average::{AgainstAverage, Average};
use crate::series::{Indicator, SeriesWindow};

/// Measures breadth: the share of assets whose price is above its own average, from 0 to 1.
///
/// The percentage of issues above their moving average, as Zweig ("Winning on Wall Street", 1986) and
/// exchanges publish it. Assets with fewer known prices than the average needs do not count; returns `None`
/// if no asset counts.
#[must_use]
pub fn breadth<'a>(
    window: &HistoryWindow<'_>,
    eligible: impl IntoIterator<Item = &'a AssetId>,
    average: Average,
) -> Option<f64> {
    let signal = AgainstAverage(average);
    let (mut above, mut counted) = (0, 0);
    for asset in eligible {
        let prices = window
            .prices(asset)
            .map(|price| Observation { as_of: price.as_of, value: approximate(price.value.decimal()) });
        let observations = signal.lookback().take(prices, window.as_of());
        let reading = signal.read(&SeriesWindow::new(window.as_of(), &observations));
        let Some(known) = reading.known() else { continue };
        counted += 1;
        above += usize::from(known.value() > 0.0);
    }
    (counted > 0).then(|| as_double(above) / as_double(counted))
}

/// Sums market caps exactly and rounds once; `None` without caps, or if the sum does not fit a decimal.
#[must_use]
pub fn total_market_cap(caps: impl IntoIterator<Item = MarketCap>) -> Option<f64> {
    let mut caps = caps.into_iter().peekable();
    caps.peek()?;
    let sum = caps.try_fold(Exact::ZERO, |sum, cap| sum.plus(Exact::from(cap.decimal()))).ok()?;
    // To whole units of currency where the sum is too long for eight decimal places.
    let rounded = sum.round(8, Rounding::HalfEven).or_else(|_| sum.round(0, Rounding::HalfEven));
    rounded.ok().map(approximate)
}

#[cfg(test)]
mod tests {
    use regimen_types::{AsOf, History, RowInput};

    use super::*;

    #[test]
    fn breadth_by_hand() {
        let row = |asset: &str, price: &str| {
            RowInput::new(asset.parse().unwrap(), price.parse().unwrap(), "1".parse().unwrap())
        };
        let history = History::builder()
            .snapshot(
                AsOf::from_unix_millis(0).unwrap(),
                [row("up", "1"), row("down", "2"), row("flat", "3")],
            )
            .snapshot(
                AsOf::from_unix_millis(1).unwrap(),
                [row("up", "2"), row("down", "1"), row("flat", "3"), row("new", "1")],
            )
            .build()
            .unwrap();
        let window = history.newest().unwrap();
        let assets: Vec<AssetId> =
            ["up", "down", "flat", "new"].iter().map(|name| name.parse().unwrap()).collect();
        let average = Average::simple(std::num::NonZeroUsize::new(2).unwrap());
        // One of three is above its average; the new one has none.
        assert_eq!(breadth(&window, &assets, average), Some(1.0 / 3.0));
        assert_eq!(breadth(&window, &assets[3..], average), None);
    }

    #[test]
    fn total_market_cap_by_hand() {
        let caps = ["1e12", "0.25", "3"].map(|text| text.parse().unwrap());
        assert_eq!(total_market_cap(caps), Some(1_000_000_000_003.25));
        assert_eq!(total_market_cap([]), None);
    }
}
