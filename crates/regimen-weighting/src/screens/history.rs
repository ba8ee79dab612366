//! Screens by the known history of an asset.

use std::collections::BTreeSet;
use std::num::{NonZeroU32, NonZeroUsize};

use regimen_types::{ArithmeticError, HistoryWindow, Row};

use crate::lookback::{Lookback, rows_at};
use crate::occasion::Occasion;
use crate::screen::{EligibilityFilter, Exclusion, MarketColumn, UniverseScreen};

/// Passes assets whose price and market cap are known.
#[derive(Clone, Copy, Debug)]
pub struct KnownMarketCap;

impl EligibilityFilter for KnownMarketCap {
    fn exclusion(&self, row: &Row<'_>, _: &HistoryWindow<'_>) -> Option<Exclusion> {
        if row.price().is_none() {
            return Some(Exclusion::NoPrice);
        }
        row.market_cap().is_none().then_some(Exclusion::NoMarketCap)
    }
}

/// Passes assets with a known price in at least a number of snapshots, including the present one.
#[derive(Clone, Copy, Debug)]
pub struct MinimumHistory(NonZeroUsize);

impl MinimumHistory {
    /// Builds the screen from the number of snapshots required.
    #[must_use]
    pub fn new(snapshots: NonZeroUsize) -> Self {
        Self(snapshots)
    }
}

impl EligibilityFilter for MinimumHistory {
    fn exclusion(&self, row: &Row<'_>, window: &HistoryWindow<'_>) -> Option<Exclusion> {
        let required = self.0.get();
        // If the present row is enough, the history need not be read.
        if required == 1 && row.price().is_some() {
            return None;
        }
        let observations = window.prices(row.asset()).take(required).count();
        (observations < required).then_some(Exclusion::ShortHistory { observations, required })
    }
}

/// Passes assets whose first known price is at least a number of days of 24 hours old.
#[derive(Clone, Copy, Debug)]
pub struct MinimumAge {
    days: NonZeroU32,
}

impl MinimumAge {
    /// Builds the screen from the days required.
    #[must_use]
    pub fn new(days: NonZeroU32) -> Self {
        Self { days }
    }
}

impl EligibilityFilter for MinimumAge {
    fn exclusion(&self, row: &Row<'_>, window: &HistoryWindow<'_>) -> Option<Exclusion> {
        let Some(first) = window.prices(row.asset()).last() else { return Some(Exclusion::NoPrice) };
        let too_young = !window.as_of().is_days_after(first.as_of, self.days.get());
        too_young.then_some(Exclusion::TooYoung { since: first.as_of, required_days: self.days.get() })
    }
}

/// Passes assets whose price has changed within a number of days of 24 hours: a feed that has lost an asset
/// often repeats its last price.
///
/// If all known prices are equal, the time counts from the first of them.
#[derive(Clone, Copy, Debug)]
pub struct MaximumStaleness {
    days: u32,
}

impl MaximumStaleness {
    /// Builds the screen from the days that a price may stay the same.
    #[must_use]
    pub fn new(days: u32) -> Self {
        Self { days }
    }
}

impl EligibilityFilter for MaximumStaleness {
    fn exclusion(&self, row: &Row<'_>, window: &HistoryWindow<'_>) -> Option<Exclusion> {
        let mut prices = window.prices(row.asset());
        let Some(last) = prices.next() else { return Some(Exclusion::NoPrice) };
        let since = prices
            .take_while(|earlier| earlier.value == last.value)
            .last()
            .map_or(last.as_of, |unchanged| unchanged.as_of);
        let stale = window.as_of().is_more_than_days_after(since, self.days);
        stale.then_some(Exclusion::Stale { since, days_max: self.days })
    }
}

/// Passes assets whose columns are known, and not zero, at every snapshot of a lookback.
#[derive(Clone, Debug)]
pub struct CompleteColumns {
    columns: BTreeSet<MarketColumn>,
    lookback: Lookback,
}

impl CompleteColumns {
    /// Builds the screen.
    #[must_use]
    pub fn new(columns: impl IntoIterator<Item = MarketColumn>, lookback: Lookback) -> Self {
        Self { columns: columns.into_iter().collect(), lookback }
    }

    fn unknown_in(&self, row: &Row<'_>) -> Option<MarketColumn> {
        self.columns.iter().copied().find(|column| match column {
            MarketColumn::Price => row.price().is_none(),
            MarketColumn::MarketCap => row.market_cap().is_none(),
            MarketColumn::Volume => row.volume().is_none(),
        })
    }
}

impl UniverseScreen for CompleteColumns {
    fn screen(
        &self,
        passed: &[Row<'_>],
        occasion: &Occasion<'_>,
    ) -> Result<Vec<Option<Exclusion>>, ArithmeticError> {
        let window = &occasion.window;
        let instants = self.lookback.instants(window);
        let Some(first_column) = self.columns.first().copied() else { return Ok(Vec::new()) };
        let verdict = |row: &Row<'_>| {
            if instants.is_empty() {
                return Some(Exclusion::NoSnapshots);
            }
            let mut rows = rows_at(window, row.asset(), instants);
            for as_of in instants.iter().rev().copied() {
                let column = match rows.next() {
                    Some(observed) if observed.as_of == as_of => self.unknown_in(&observed.value),
                    // The newest remaining row is of an earlier snapshot, or no row is left.
                    _ => Some(first_column),
                };
                if let Some(column) = column {
                    return Some(Exclusion::Unknown { column, as_of });
                }
            }
            None
        };
        Ok(passed.iter().map(verdict).collect())
    }
}
