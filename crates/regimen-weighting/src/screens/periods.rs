//! The screen that requires eligibility in several consecutive reconstitutions.

use std::num::NonZeroU32;

use regimen_types::{ArithmeticError, Row};

use crate::occasion::Occasion;
use crate::screen::{Exclusion, UniverseScreen};

regimen_types::named! {
    /// The requirement while there have been fewer reconstitutions than required periods.
    pub enum BeforeEnoughPeriods {
        /// Eligibility in all reconstitutions so far.
        AllSoFar = "all_so_far",
        /// The full number, which no asset can have.
        Nothing = "nothing",
    }
}

/// Passes assets that reached this screen in at least a number of consecutive reconstitutions, including the
/// present one. An asset reaches this screen if it passes those before it.
#[derive(Clone, Copy, Debug)]
pub struct ConsecutivePeriods {
    /// The required number of reconstitutions.
    pub periods: NonZeroU32,
    /// The requirement at the beginning.
    pub before_enough: BeforeEnoughPeriods,
}

impl UniverseScreen for ConsecutivePeriods {
    fn screen(
        &self,
        passed: &[Row<'_>],
        occasion: &Occasion<'_>,
    ) -> Result<Vec<Option<Exclusion>>, ArithmeticError> {
        let membership = occasion.membership;
        let so_far = membership.reconstitutions.saturating_add(1);
        let required = match self.before_enough {
            BeforeEnoughPeriods::AllSoFar => self.periods.get().min(so_far),
            BeforeEnoughPeriods::Nothing => self.periods.get(),
        };
        let verdict = |row: &Row<'_>| {
            let earlier = membership.periods.get(row.asset()).copied().unwrap_or(0);
            let periods = earlier.saturating_add(1);
            (periods < required).then_some(Exclusion::FewPeriods { periods, required })
        };
        Ok(passed.iter().map(verdict).collect())
    }

    fn counts_periods(&self) -> bool {
        true
    }
}
