//! A series of numbers up to the reference instant, and the indicators that read one.

use regimen_types::{AsOf, AssetId, HistoryWindow, Observation, approximate};

use crate::lookback::Lookback;
use crate::reading::Reading;
use crate::signal::RegimeSignal;

/// The observations of one number up to the reference instant, oldest first.
///
/// The newest is of the reference instant, or is still current then. There are at least as many as the
/// indicator's lookback needs, as far as they exist.
#[derive(Clone, Copy, Debug)]
pub struct SeriesWindow<'a> {
    as_of: AsOf,
    observations: &'a [Observation<f64>],
}

impl<'a> SeriesWindow<'a> {
    /// Builds the series that ends at a reference instant. Instants ascend; later observations are cut off.
    #[must_use]
    pub fn new(as_of: AsOf, observations: &'a [Observation<f64>]) -> Self {
        let visible = observations.partition_point(|each| each.as_of <= as_of);
        Self { as_of, observations: observations.get(..visible).unwrap_or_default() }
    }

    /// Returns the reference instant.
    #[must_use]
    pub fn as_of(&self) -> AsOf {
        self.as_of
    }

    /// Returns the observations, oldest first.
    #[must_use]
    pub fn observations(&self) -> &'a [Observation<f64>] {
        self.observations
    }

    /// Returns the last `count` observations, or `None` if there are fewer.
    #[must_use]
    pub fn last(&self, count: usize) -> Option<&'a [Observation<f64>]> {
        self.observations.len().checked_sub(count).and_then(|start| self.observations.get(start..))
    }
}

/// An indicator: a series of numbers in, one reading out.
///
/// It obeys the laws of [`RegimeSignal`], with a series in place of the window. For a number that it cannot
/// use, such as a price of zero, the reading is [`Reading::Missing`].
pub trait Indicator: std::fmt::Debug + Send + Sync {
    /// Returns how far back a reading looks.
    fn lookback(&self) -> Lookback;

    /// Counts what the indicator needs [`Lookback::required`] of. The default counts the observations.
    fn count(&self, series: &SeriesWindow<'_>) -> usize {
        series.observations().len()
    }

    /// Reads the series at its reference instant.
    fn read(&self, series: &SeriesWindow<'_>) -> Reading;

    /// Claims that the value does not depend on the unit of the series.
    fn is_scale_invariant(&self) -> bool;
}

/// The signal of an indicator that reads an asset's known prices.
///
/// At a snapshot without a known price the reading is missing. A gap does not reset the indicator: it reads
/// the last known prices. It follows the asset through the identifiers that corporate actions give it.
#[derive(Debug)]
pub struct PriceSignal<I> {
    asset: AssetId,
    indicator: I,
}

impl<I: Indicator> PriceSignal<I> {
    /// Builds the signal of an asset.
    #[must_use]
    pub fn new(asset: AssetId, indicator: I) -> Self {
        Self { asset, indicator }
    }

    /// Returns the asset.
    #[must_use]
    pub fn asset(&self) -> &AssetId {
        &self.asset
    }

    fn observations(&self, window: &HistoryWindow<'_>) -> Vec<Observation<f64>> {
        let prices = window.prices(window.present_name(&self.asset));
        let doubles =
            prices.map(|price| Observation { as_of: price.as_of, value: approximate(price.value.decimal()) });
        self.indicator.lookback().take(doubles, window.as_of())
    }
}

impl<I: Indicator> RegimeSignal for PriceSignal<I> {
    fn lookback(&self) -> Lookback {
        self.indicator.lookback()
    }

    fn read(&self, window: &HistoryWindow<'_>) -> Reading {
        let observations = self.observations(window);
        read_current(&self.indicator, &SeriesWindow::new(window.as_of(), &observations))
    }

    fn read_if(&self, window: &HistoryWindow<'_>, newest: f64) -> Option<Reading> {
        let mut observations = self.observations(window);
        Some(read_with_newest(&self.indicator, window.as_of(), &mut observations, newest))
    }

    fn newest(&self, window: &HistoryWindow<'_>) -> Option<f64> {
        let row = window.row(window.present_name(&self.asset));
        row.and_then(|row| row.price()).map(|price| approximate(price.decimal()))
    }

    fn is_scale_invariant(&self) -> bool {
        self.indicator.is_scale_invariant()
    }
}

/// Reads a series; the reading is missing if the reference instant has no observation.
pub(crate) fn read_current<I: Indicator + ?Sized>(indicator: &I, series: &SeriesWindow<'_>) -> Reading {
    let present = series.observations().last().is_some_and(|newest| newest.as_of == series.as_of());
    let required = indicator.lookback().required();
    match indicator.count(series) {
        few if few < required => indicator.lookback().warming_up(few),
        _ if present => indicator.read(series),
        _ => Reading::Missing,
    }
}

/// Reads a series as if its observation at the reference instant were `newest`.
pub(crate) fn read_with_newest<I: Indicator + ?Sized>(
    indicator: &I,
    as_of: AsOf,
    observations: &mut Vec<Observation<f64>>,
    newest: f64,
) -> Reading {
    observations.pop_if(|last| last.as_of == as_of);
    observations.push(Observation { as_of, value: newest });
    read_current(indicator, &SeriesWindow::new(as_of, observations))
}

impl<I: Indicator + ?Sized> Indicator for std::sync::Arc<I> {
    fn lookback(&self) -> Lookback {
        self.as_ref().lookback()
    }

    fn count(&self, series: &SeriesWindow<'_>) -> usize {
        self.as_ref().count(series)
    }

    fn read(&self, series: &SeriesWindow<'_>) -> Reading {
        self.as_ref().read(series)
    }

    fn is_scale_invariant(&self) -> bool {
        self.as_ref().is_scale_invariant()
    }
}
