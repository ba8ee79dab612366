//! Screens: which assets of a snapshot may become constituents, and why the others may not.

use std::fmt;

use regimen_types::{ArithmeticError, HistoryWindow, Row};

pub use crate::exclusion::{Exclusion, MarketColumn};
use crate::occasion::Occasion;

/// A screen that looks at each asset on its own: the simple form, in which most screens are written.
///
/// Law: the verdict depends on the row, on what the asset list says of its asset, and on the window alone.
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
    /// Returns the reason that keeps the row's asset out, or `None` if it passes.
    fn exclusion(&self, row: &Row<'_>, window: &HistoryWindow<'_>) -> Option<Exclusion>;
}

/// A screen that looks at all assets that passed the screens before it, and at who is in already.
///
/// Every [`EligibilityFilter`] is one.
///
/// Laws: the verdict on an asset does not depend on the order of the rows, nor on the assets' names; it depends on the
/// rows, what the asset list says of them, the window and the membership alone.
pub trait UniverseScreen: fmt::Debug + Send + Sync {
    /// Returns one verdict per row, in their order: the reason that keeps the row's asset out, or `None` if it passes.
    /// A missing verdict is a pass.
    ///
    /// # Errors
    /// [`ArithmeticError`] if a figure needs more digits than there are.
    fn screen(
        &self,
        passed: &[Row<'_>],
        occasion: &Occasion<'_>,
    ) -> Result<Vec<Option<Exclusion>>, ArithmeticError>;

    /// Says whether the screen asks in how many periods in a row an asset came as far as this screen. Only then
    /// are these counts kept, and only for one screen of a universe.
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
