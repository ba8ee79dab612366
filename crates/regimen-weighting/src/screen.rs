//! Screens: which assets of a snapshot may become constituents, and the reason for each exclusion.

use std::fmt;

use regimen_types::{ArithmeticError, HistoryWindow, Row};

pub use crate::exclusion::{Exclusion, MarketColumn};
use crate::occasion::Occasion;

/// A screen that judges each asset on its own: the simple form of most screens.
///
/// Law: the verdict depends only on the row, its asset's entry in the asset list, and the window.
///
/// ```
/// use regimen_types::{HistoryWindow, Row};
/// use regimen_weighting::{EligibilityFilter, Exclusion};
///
/// #[derive(Debug)]
/// struct WholeNames;
///
/// impl EligibilityFilter for WholeNames {
///     fn exclusion(&self, row: &Row<'_>, _: &HistoryWindow<'_>) -> Option<Exclusion> {
///         row.asset().as_str().contains('-').then(|| Exclusion::Other("a name in parts".to_owned()))
///     }
/// }
/// ```
pub trait EligibilityFilter: fmt::Debug + Send + Sync {
    /// Returns the reason for excluding the row's asset, or `None` if it passes.
    fn exclusion(&self, row: &Row<'_>, window: &HistoryWindow<'_>) -> Option<Exclusion>;
}

/// A screen that sees all assets that passed the earlier screens, and the incumbents.
///
/// Every [`EligibilityFilter`] is a `UniverseScreen`.
///
/// Laws: the verdict on an asset does not depend on the order of the rows or on the assets' names; it depends
/// only on the rows, their assets' entries in the asset list, the window and the membership.
pub trait UniverseScreen: fmt::Debug + Send + Sync {
    /// Returns one verdict per row, in their order: the reason for excluding the row's asset, or `None` if it
    /// passes. A missing verdict is a pass.
    ///
    /// # Errors
    /// [`ArithmeticError`] if a figure needs more digits than there are.
    fn screen(
        &self,
        passed: &[Row<'_>],
        occasion: &Occasion<'_>,
    ) -> Result<Vec<Option<Exclusion>>, ArithmeticError>;

    /// Returns true if the screen needs the number of consecutive periods in which an asset reached this
    /// screen. These counts are kept only then, and only for one screen of a universe.
    fn counts_periods(&self) -> bool {
        false
    }
}

impl<Filter: EligibilityFilter> UniverseScreen for Filter {
    fn screen(
        &self,
        passed: &[Row<'_>],
        occasion: &Occasion<'_>,
    ) -> Result<Vec<Option<Exclusion>>, ArithmeticError> {
        Ok(passed.iter().map(|row| self.exclusion(row, &occasion.window)).collect())
    }
}
