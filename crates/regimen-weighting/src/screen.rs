//! Screens: which assets of a snapshot may become constituents, and why the others may not.

use std::collections::BTreeSet;
use std::fmt;
use std::num::NonZeroUsize;

use regimen_types::{Category, HistoryWindow, Row};
use serde::{Deserialize, Serialize};

/// A named screen.
///
/// Law: the verdict depends on the row, on what the asset list says of its asset, and on the window alone.
pub trait EligibilityFilter: fmt::Debug + Send + Sync {
    /// Returns the reason that keeps the row's asset out, or `None` if it passes.
    fn exclusion(&self, row: &Row<'_>, window: &HistoryWindow<'_>) -> Option<Exclusion>;
}

/// Why an asset is not eligible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Exclusion {
    /// The snapshot gives no price.
    NoPrice,
    /// The snapshot gives no market cap.
    NoMarketCap,
    /// The asset list puts the asset into an excluded category.
    Category(String),
    /// The asset has had a known price in too few snapshots.
    ShortHistory {
        /// The snapshots with a known price.
        observations: usize,
        /// The snapshots that are required.
        required: usize,
    },
    /// A user's own screen keeps it out, for the reason given.
    Other(String),
}

impl fmt::Display for Exclusion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPrice => formatter.write_str("no known price"),
            Self::NoMarketCap => formatter.write_str("no known market cap"),
            Self::Category(category) => write!(formatter, "category {category} is excluded"),
            Self::ShortHistory { observations, required } => {
                write!(formatter, "history of {observations} snapshots is shorter than {required}")
            }
            Self::Other(reason) => formatter.write_str(reason),
        }
    }
}

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

/// Passes assets whose category is not excluded; an asset without a category passes.
#[derive(Clone, Debug)]
pub struct ExcludedCategories(BTreeSet<Category>);

impl ExcludedCategories {
    /// Builds the screen from the categories to keep out.
    #[must_use]
    pub fn new(categories: impl IntoIterator<Item = Category>) -> Self {
        Self(categories.into_iter().collect())
    }
}

impl EligibilityFilter for ExcludedCategories {
    fn exclusion(&self, row: &Row<'_>, _: &HistoryWindow<'_>) -> Option<Exclusion> {
        let category = row.info().category.as_ref()?;
        self.0.contains(category).then(|| Exclusion::Category(category.to_string()))
    }
}

/// Passes assets with a known price in at least so many snapshots, the present one included.
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
        // The present row alone may be enough; then the history needs no look.
        if required == 1 && row.price().is_some() {
            return None;
        }
        let observations = window.prices(row.asset()).take(required).count();
        (observations < required).then_some(Exclusion::ShortHistory { observations, required })
    }
}
