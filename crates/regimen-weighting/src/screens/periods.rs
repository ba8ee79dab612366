//! The screen that asks for eligibility in several reconstitutions in a row.

use std::num::NonZeroU32;

use regimen_types::{ArithmeticError, Row};

use crate::screen::{Exclusion, Occasion, UniverseScreen};

regimen_types::named! {
    /// What is asked for while there were fewer reconstitutions than the periods required.
    pub enum BeforeEnoughPeriods {
        /// Eligibility in as many as there were.
        AllSoFar = "all_so_far",
        /// The full number, which no asset has.
        Nothing = "nothing",
    }
}

/// Passes assets that came as far as this screen in at least so many reconstitutions in a row, the present one included.
/// What is counted are the screens before this one.
#[derive(Clone, Copy, Debug)]
pub struct ConsecutivePeriods {
    /// The reconstitutions required.
    pub periods: NonZeroU32,
    /// What is asked for at the beginning.
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
