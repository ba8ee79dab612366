//! Screens by a threshold, which may be looser for incumbents.

use std::cmp::Ordering;

use regimen_types::{ArithmeticError, Exact, Figure, Row, Weight};

use crate::measure::Measure;
use crate::occasion::Occasion;
use crate::screen::{Exclusion, UniverseScreen};

/// A threshold for newcomers, and a usually looser one for incumbents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BufferedThreshold {
    /// What a newcomer must reach.
    pub enter: Figure,
    /// What an incumbent must keep.
    pub stay: Figure,
}

impl BufferedThreshold {
    /// Builds one threshold for all assets.
    #[must_use]
    pub fn same(threshold: Figure) -> Self {
        Self { enter: threshold, stay: threshold }
    }

    /// Returns the threshold that applies to a row.
    pub(super) fn of(self, row: &Row<'_>, occasion: &Occasion<'_>) -> Figure {
        if occasion.membership.includes(row.asset()) { self.stay } else { self.enter }
    }
}

/// Passes assets whose price is at least the threshold.
#[derive(Clone, Copy, Debug)]
pub struct MinimumPrice(pub BufferedThreshold);

impl UniverseScreen for MinimumPrice {
    fn screen(
        &self,
        passed: &[Row<'_>],
        occasion: &Occasion<'_>,
    ) -> Result<Vec<Option<Exclusion>>, ArithmeticError> {
        let verdict = |row: &Row<'_>| {
            let Some(price) = row.price() else { return Some(Exclusion::NoPrice) };
            let required = self.0.of(row, occasion);
            (price.decimal() < required.decimal()).then_some(Exclusion::PriceTooLow { price, required })
        };
        Ok(passed.iter().map(verdict).collect())
    }
}

/// Passes assets whose market cap, or another amount, is at least the threshold.
#[derive(Clone, Debug)]
pub struct MinimumAmount {
    /// What is measured.
    pub measure: Measure,
    /// The minimum amount.
    pub threshold: BufferedThreshold,
}

impl UniverseScreen for MinimumAmount {
    fn screen(
        &self,
        passed: &[Row<'_>],
        occasion: &Occasion<'_>,
    ) -> Result<Vec<Option<Exclusion>>, ArithmeticError> {
        let amounts = self.measure.amounts(&occasion.window, passed)?;
        let verdict = |(row, amount): (&Row<'_>, Option<Figure>)| {
            let measure = self.measure.name();
            let Some(amount) = amount else { return Some(Exclusion::NoAmount(measure)) };
            let required = self.threshold.of(row, occasion);
            (amount < required).then_some(Exclusion::AmountTooLow { measure, amount, required })
        };
        Ok(passed.iter().zip(amounts).map(verdict).collect())
    }
}

/// Passes assets whose share of the total amount is at least the threshold. The total covers the assets that
/// passed the screens before this one.
#[derive(Clone, Debug)]
pub struct MinimumShare {
    /// What is measured.
    pub measure: Measure,
    /// The minimum share of a newcomer.
    pub enter: Weight,
    /// The minimum share of an incumbent.
    pub stay: Weight,
}

impl UniverseScreen for MinimumShare {
    fn screen(
        &self,
        passed: &[Row<'_>],
        occasion: &Occasion<'_>,
    ) -> Result<Vec<Option<Exclusion>>, ArithmeticError> {
        let amounts = self.measure.amounts(&occasion.window, passed)?;
        let mut known = amounts.iter().flatten().map(|amount| Exact::from(amount.decimal()));
        let total = known.try_fold(Exact::ZERO, Exact::plus)?;
        let verdict = |(row, amount): (&Row<'_>, &Option<Figure>)| {
            let Some(amount) = amount else { return Ok(Some(Exclusion::NoAmount(self.measure.name()))) };
            let incumbent = occasion.membership.includes(row.asset());
            let required = if incumbent { self.stay } else { self.enter };
            let enough = Exact::from(amount.decimal()).compare(total.times(required.decimal())?)?;
            if enough != Ordering::Less {
                return Ok(None);
            }
            let share = Exact::from(amount.decimal()).ratio_to_fit(total, crate::measure::MEAN_SCALE)?;
            Ok(Some(Exclusion::ShareTooLow {
                share: Figure::from(share),
                required: Figure::from(required.decimal()),
            }))
        };
        passed.iter().zip(&amounts).map(verdict).collect()
    }
}

regimen_types::named! {
    /// Which side of a threshold passes.
    pub enum Bound {
        /// At least the threshold.
        AtLeast = "at_least",
        /// At most the threshold.
        AtMost = "at_most",
    }
}

regimen_types::named! {
    /// The verdict on an asset whose attribute is unknown.
    pub enum WhenUnknown {
        /// It passes.
        Pass = "pass",
        /// It is excluded.
        Exclude = "exclude",
        /// An incumbent passes, a newcomer is excluded.
        KeepIncumbents = "keep_incumbents",
    }
}

/// Passes assets by an attribute of the snapshot.
#[derive(Clone, Debug)]
pub struct AttributeThreshold {
    /// The attribute's name.
    pub attribute: String,
    /// Which side of the threshold passes.
    pub bound: Bound,
    /// The threshold.
    pub threshold: BufferedThreshold,
    /// The verdict without a value.
    pub when_unknown: WhenUnknown,
}

impl UniverseScreen for AttributeThreshold {
    fn screen(
        &self,
        passed: &[Row<'_>],
        occasion: &Occasion<'_>,
    ) -> Result<Vec<Option<Exclusion>>, ArithmeticError> {
        let verdict = |row: &Row<'_>| {
            let name = self.attribute.clone();
            let Some(value) = row.attribute(&self.attribute).map(Figure::from) else {
                let keep = match self.when_unknown {
                    WhenUnknown::Pass => true,
                    WhenUnknown::Exclude => false,
                    WhenUnknown::KeepIncumbents => occasion.membership.includes(row.asset()),
                };
                return (!keep).then_some(Exclusion::AttributeUnknown(name));
            };
            let threshold = self.threshold.of(row, occasion);
            match self.bound {
                Bound::AtLeast => (value < threshold).then_some(Exclusion::AttributeTooLow {
                    name,
                    value,
                    required: threshold,
                }),
                Bound::AtMost => (value > threshold).then_some(Exclusion::AttributeTooHigh {
                    name,
                    value,
                    allowed: threshold,
                }),
            }
        };
        Ok(passed.iter().map(verdict).collect())
    }
}
