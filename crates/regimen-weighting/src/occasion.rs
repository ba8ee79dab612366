//! The occasion of a reconstitution: the market, the memory of earlier ones, and the supplies in force.

use regimen_types::{ArithmeticError, Figure, HistoryWindow, Row};

use crate::exclusion::Exclusion;
use crate::measure::Measure;
use crate::membership::Membership;
use crate::supply::{Purpose, SupplySnapshot};

/// The market and the memory with which assets are screened, ranked and weighed.
#[derive(Clone, Copy, Debug)]
pub struct Occasion<'a> {
    /// The market up to the reference instant.
    pub window: HistoryWindow<'a>,
    /// The memory of earlier reconstitutions.
    pub membership: &'a Membership,
    /// The supplies in force for ranking and weighing; `None` if each snapshot has its own.
    pub supply: Option<&'a SupplySnapshot>,
}

impl Occasion<'_> {
    /// Measures rows of the newest snapshot to rank or weigh them: as [`Measure::amounts`], except that a
    /// price is multiplied by the supply in force, if there is one.
    ///
    /// # Errors
    /// [`ArithmeticError`] if an amount needs more than 28 digits.
    pub fn amounts(
        &self,
        measure: &Measure,
        purpose: Purpose,
        rows: &[Row<'_>],
    ) -> Result<Vec<Option<Figure>>, ArithmeticError> {
        let Some(supplies) = self.supply.filter(|_| measure.reads_supply()) else {
            return measure.amounts(&self.window, rows);
        };
        let held_cap = |row: &Row<'_>| {
            let (Some(price), Some(supply)) = (row.price(), supplies.of(purpose, row.asset())) else {
                return Ok(None);
            };
            supply.market_cap(price.decimal())
        };
        rows.iter().map(held_cap).collect()
    }

    /// Returns why an asset with a known price has no amount.
    #[must_use]
    pub fn reason_of_unknown(&self, measure: &Measure) -> Exclusion {
        match (measure, self.supply.filter(|_| measure.reads_supply())) {
            (_, Some(supplies)) => Exclusion::NoSupply { as_of: supplies.as_of },
            (Measure::MarketCap, None) => Exclusion::NoMarketCap,
            (Measure::One, None) => Exclusion::NoPrice,
            (_, None) => Exclusion::NoAmount(measure.name()),
        }
    }
}
