//! The management fee: a part of NAV per year that accrues from snapshot to snapshot.

use regimen_types::{ArithmeticError, AsOf, Bps, Exact, MILLIS_PER_DAY, Money, Rounding};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The fee for managing the portfolio, per year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ManagementFee {
    /// The rate of NAV per year.
    pub bps_per_year: Bps,
    /// The days in a year: time is counted in days of 24 hours, so that a snapshot of any spacing is charged
    /// for its own.
    pub days_per_year: u32,
}

/// The most decimal places of what has accrued: more than any money scale that a ledger has.
const OWED_SCALE: u32 = 18;

impl ManagementFee {
    /// Returns what accrues on a NAV from one instant to another: `NAV × rate × days ÷ days per year`,
    /// rounded down at 18 decimal places, and nothing on a NAV below zero.
    ///
    /// # Errors
    /// [`ArithmeticError`] if the amount does not fit a decimal.
    pub fn accrued(&self, nav: Money, from: AsOf, to: AsOf) -> Result<Money, ArithmeticError> {
        let elapsed = Decimal::from(to.millis_since(from).max(0));
        let year = Exact::product(Decimal::from(MILLIS_PER_DAY), Decimal::from(self.days_per_year));
        let charged = self.bps_per_year.fraction().times(nav.decimal().max(Decimal::ZERO))?.times(elapsed)?;
        money(charged.ratio_to_fit(year, OWED_SCALE)?)
    }
}

/// The fee that has accrued and is not paid yet.
///
/// Accruing is exact to 18 places, paying to the money scale: what is less than its last place stays owed, so
/// that a small portfolio is charged no more than a large one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccruedFee(Money);

impl AccruedFee {
    /// Nothing is owed.
    pub const NONE: Self = Self(Money::ZERO);

    /// Adds what accrued.
    ///
    /// # Errors
    /// [`ArithmeticError`] if the sum does not fit a decimal.
    pub fn plus(self, accrued: Money) -> Result<Self, ArithmeticError> {
        let sum = Exact::from(self.0.decimal()).plus(Exact::from(accrued.decimal()))?;
        Ok(Self(money(sum.ratio_to_fit(Exact::from(Decimal::ONE), OWED_SCALE)?)?))
    }

    /// Returns the part that can be paid at a money scale.
    ///
    /// # Errors
    /// [`ArithmeticError`] if the amount does not fit a decimal.
    pub fn due(self, money_scale: u32) -> Result<Money, ArithmeticError> {
        Money::rounded(Exact::from(self.0.decimal()), money_scale, Rounding::Down)
    }

    /// Subtracts a payment.
    ///
    /// # Errors
    /// [`ArithmeticError`] if the rest does not fit a decimal.
    pub fn less(self, paid: Money) -> Result<Self, ArithmeticError> {
        Ok(Self(self.0.minus(paid)?))
    }
}

fn money(amount: Decimal) -> Result<Money, ArithmeticError> {
    Money::new(amount).map_err(|_| ArithmeticError::overflow("an accrued fee"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn amount(text: &str) -> Money {
        text.parse().unwrap()
    }

    fn day(day: u32) -> AsOf {
        AsOf::from_ymd(2021, 5, day).unwrap()
    }

    const NOTHING: ManagementFee = ManagementFee { bps_per_year: Bps::ZERO, days_per_year: 365 };

    fn fee(bps: &str) -> ManagementFee {
        ManagementFee { bps_per_year: bps.parse().unwrap(), ..NOTHING }
    }

    #[test]
    fn a_year_of_days_is_the_rate_and_a_weekend_counts_three_days() {
        // 1 % of 36,500 is 365 a year: 1 a day.
        assert_eq!(fee("100").accrued(amount("36500"), day(7), day(8)), Ok(amount("1")));
        assert_eq!(fee("100").accrued(amount("36500"), day(7), day(10)), Ok(amount("3")));
        let hour = "2021-05-07T01:00:00Z".parse().unwrap();
        assert_eq!(fee("240").accrued(amount("36500"), day(7), hour), Ok(amount("0.1")));
        let other = ManagementFee { days_per_year: 360, ..fee("100") };
        assert_eq!(other.accrued(amount("36000"), day(7), day(8)), Ok(amount("1")));
        assert_eq!(fee("100").accrued(amount("-5"), day(7), day(8)), Ok(Money::ZERO));
    }

    #[test]
    fn what_is_less_than_a_cent_stays_owed() {
        let daily = fee("100").accrued(amount("100"), day(1), day(2)).unwrap();
        let mut owed = AccruedFee::NONE;
        let mut paid = Money::ZERO;
        for _ in 0..365 {
            owed = owed.plus(daily).unwrap();
            let due = owed.due(2).unwrap();
            (owed, paid) = (owed.less(due).unwrap(), paid.plus(due).unwrap());
        }
        // 1 a year, less what 365 roundings down at 18 places leave.
        assert_eq!((paid, owed.due(12).unwrap()), (amount("0.99"), amount("0.009999999999")));
    }

    proptest! {
        #[test]
        fn time_cut_anywhere_accrues_the_same(
            nav in 0_i64..1_000_000_000_000,
            bps in 0_i64..100_000,
            start in 0_i64..2_000_000_000,
            parts in (0_i64..500_000_000, 0_i64..500_000_000),
        ) {
            let at = |millis| AsOf::from_unix_millis(1_600_000_000_000 + millis).unwrap();
            let fee = ManagementFee { bps_per_year: Bps::new(Decimal::new(bps, 1)).unwrap(), days_per_year: 365 };
            let nav = Money::new(Decimal::new(nav, 2)).unwrap();
            let (middle, end) = (start + parts.0, start + parts.0 + parts.1);
            let whole = fee.accrued(nav, at(start), at(end)).unwrap();
            let first = fee.accrued(nav, at(start), at(middle)).unwrap();
            let cut = first.plus(fee.accrued(nav, at(middle), at(end)).unwrap()).unwrap();
            let lost = whole.minus(cut).unwrap().decimal();
            prop_assert!(lost >= Decimal::ZERO && lost <= Decimal::new(2, 18), "{whole} {cut}");
        }
    }
}
