//! Decimals with a meaning: price, units, money, market cap, weight, basis points, index level.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::decimal::{DecimalError, ExcessDigits, parse_decimal};
use crate::decimal_text::write_decimal;
use crate::exact::{ArithmeticError, Exact, Rounding, exact_sum};
use crate::out_of_range::OutOfRange;

/// Why a text is not the quantity that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QuantityError {
    /// The text is no decimal.
    #[error(transparent)]
    Decimal(#[from] DecimalError),
    /// The value lies outside what the quantity allows.
    #[error("{quantity} must be {bound}")]
    OutOfRange {
        /// The quantity's name.
        quantity: &'static str,
        /// The allowed range in words.
        bound: &'static str,
    },
}

impl From<OutOfRange> for QuantityError {
    fn from(OutOfRange { quantity, bound }: OutOfRange) -> Self {
        Self::OutOfRange { quantity, bound }
    }
}

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident, $label:literal, $bound:literal, $allowed:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Decimal);

        impl $name {
            #[doc = concat!("Builds it from a decimal that is ", $bound, ".")]
            ///
            /// A computation hands the error on with `?`: it is an [`ArithmeticError`] there.
            ///
            /// # Errors
            #[doc = concat!("[`OutOfRange`] unless the decimal is ", $bound, ".")]
            pub fn new(decimal: Decimal) -> Result<Self, OutOfRange> {
                let allowed: fn(Decimal) -> bool = $allowed;
                if allowed(decimal) {
                    Ok(Self(decimal))
                } else {
                    Err(OutOfRange { quantity: $label, bound: $bound })
                }
            }

            /// Rounds an exact value to at most `scale` decimal places.
            ///
            /// # Errors
            #[doc = concat!("[`ArithmeticError`] if the value does not fit a decimal or is not ", $bound, ".")]
            pub fn rounded(value: Exact, scale: u32, rounding: Rounding) -> Result<Self, ArithmeticError> {
                Ok(Self::new(value.round(scale, rounding)?)?)
            }

            /// Returns the decimal.
            #[must_use]
            pub fn decimal(self) -> Decimal {
                self.0
            }

            /// Returns true if it is zero.
            #[must_use]
            pub fn is_zero(self) -> bool {
                self.0.is_zero()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_decimal(self.0, formatter)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!(stringify!($name), "({})"), self.0.normalize())
            }
        }

        impl FromStr for $name {
            type Err = QuantityError;

            fn from_str(text: &str) -> Result<Self, QuantityError> {
                Ok(Self::new(parse_decimal(text.as_bytes(), ExcessDigits::Error)?)?)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(|error| serde::de::Error::custom(format!("{text:?}: {error}")))
            }
        }
    };
}

quantity!(
    /// The price of one unit of an asset, in the methodology's currency. Always above zero.
    Price, "a price", "above zero", is_above_zero
);
quantity!(
    /// A number of units of an asset. Never negative: there are no short positions.
    Quantity, "a quantity", "zero or more", |decimal| decimal >= Decimal::ZERO
);
quantity!(
    /// An amount of the methodology's currency. Signed.
    Money, "an amount", "any decimal", |_| true
);
quantity!(
    /// A market capitalisation in the methodology's currency. Always above zero.
    MarketCap, "a market cap", "above zero", is_above_zero
);
quantity!(
    /// A weight in an index or portfolio, from 0 to 1.
    Weight, "a weight", "from 0 to 1", |decimal| decimal >= Decimal::ZERO && decimal <= Decimal::ONE
);
quantity!(
    /// A rate in basis points (hundredths of a percent), from 0 to below 10,000.
    Bps, "a rate in basis points", "zero or more and below 10000",
    |decimal| decimal >= Decimal::ZERO && decimal < Decimal::from_parts(10_000, 0, 0, false, 0)
);
quantity!(
    /// The level of an index: constituents times prices over the divisor. Never negative.
    IndexLevel, "an index level", "zero or more", |decimal| decimal >= Decimal::ZERO
);
quantity!(
    /// How far a price lies from a reference, as a fraction of the reference: 0.02 is two percent above it.
    RelativeDistance, "a relative distance", "above -1", |decimal| decimal > Decimal::NEGATIVE_ONE
);
quantity!(
    /// One amount over another, such as a return, a drawdown or a turnover. Signed.
    Ratio, "a ratio", "any decimal", |_| true
);
quantity!(
    /// A figure by which assets are compared: an attribute, a volume, a market cap smoothed or not. Signed.
    Figure, "a figure", "any decimal", |_| true
);
quantity!(
    /// The divisor of an index: what its value is divided by to give its level. Always above zero.
    Divisor, "a divisor", "above zero", is_above_zero
);

quantity!(
    /// How many units come for one: 0.001 if a thousand become one. Always above zero.
    UnitRatio, "a ratio of units", "above zero", is_above_zero
);

impl UnitRatio {
    /// One for one.
    pub const ONE: Self = Self(Decimal::ONE);
}

quantity!(
    /// What a position earns in a year of 365 days, as a fraction of itself: 0.04 is four percent. Never
    /// negative.
    AnnualRate, "an annual rate", "zero or more", |decimal| decimal >= Decimal::ZERO
);

impl AnnualRate {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);
}

impl Quantity {
    /// No units.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// Returns how many units these become: exactly, or rounded down where 28 digits end.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] if the whole units alone do not fit a decimal.
    pub fn at_ratio(self, ratio: UnitRatio) -> Result<Self, ArithmeticError> {
        Exact::product(self.0, ratio.0).ratio_to_fit(Exact::from(Decimal::ONE), 28).map(Self)
    }

    /// Returns the exact value of the units at a price.
    #[must_use]
    pub fn value_at(self, price: Price) -> Exact {
        Exact::product(self.0, price.0)
    }

    /// Returns the value of the units at a price, rounded to `scale` decimal places.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] if the value does not fit a decimal.
    pub fn notional(self, price: Price, scale: u32, rounding: Rounding) -> Result<Money, ArithmeticError> {
        self.value_at(price).round(scale, rounding).map(Money)
    }

    /// Adds units exactly.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] if the sum needs more than 28 digits.
    pub fn plus(self, other: Self) -> Result<Self, ArithmeticError> {
        exact_sum(self.0, other.0).map(Self)
    }

    /// Subtracts units exactly.
    ///
    /// # Errors
    /// [`ArithmeticError::OutOfRange`] if fewer than `other` are there, and [`ArithmeticError::Overflow`] if
    /// the difference needs more than 28 digits.
    pub fn minus(self, other: Self) -> Result<Self, ArithmeticError> {
        Ok(Self::new(exact_difference(self.0, other.0)?)?)
    }

    /// Returns the units that are left once `taken` are gone, zero if those are all or more. An exact rest
    /// that needs more than 28 digits is rounded to them.
    #[must_use]
    pub fn left_after(self, taken: Self) -> Self {
        if taken >= self {
            return Self::ZERO;
        }
        Self(exact_difference(self.0, taken.0).unwrap_or_else(|_| self.0.saturating_sub(taken.0)))
    }
}

impl Money {
    /// No money.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// Adds exactly.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] if the sum needs more than 28 digits.
    pub fn plus(self, other: Self) -> Result<Self, ArithmeticError> {
        exact_sum(self.0, other.0).map(Self)
    }

    /// Subtracts exactly.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] if the difference needs more than 28 digits.
    pub fn minus(self, other: Self) -> Result<Self, ArithmeticError> {
        exact_difference(self.0, other.0).map(Self)
    }

    /// Returns true if the amount is below zero.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.0 < Decimal::ZERO
    }
}

macro_rules! any_decimal {
    ($($name:ident),+) => {
        $(impl From<Decimal> for $name {
            fn from(decimal: Decimal) -> Self {
                Self(decimal)
            }
        })+
    };
}

any_decimal!(Money, Ratio, Figure);

impl From<Weight> for Ratio {
    fn from(weight: Weight) -> Self {
        Self(weight.0)
    }
}

impl From<Weight> for Figure {
    fn from(weight: Weight) -> Self {
        Self(weight.0)
    }
}

impl From<Quantity> for Money {
    /// Takes units of the currency itself as the amount that they are.
    fn from(units: Quantity) -> Self {
        Self(units.0)
    }
}

macro_rules! default_is_zero {
    ($($name:ident),+) => {
        $(impl Default for $name {
            fn default() -> Self {
                Self::ZERO
            }
        })+
    };
}

default_is_zero!(Money, Bps, Weight);

impl Ratio {
    /// The decimal places of a ratio.
    pub const SCALE: u32 = 12;
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// Divides one amount by another, rounded half to even at [`Ratio::SCALE`].
    ///
    /// # Errors
    /// [`ArithmeticError`] if the divisor is zero or the ratio does not fit a decimal.
    pub fn of(amount: Money, divisor: Money) -> Result<Self, ArithmeticError> {
        Self::quotient(Exact::from(amount.0), Exact::from(divisor.0))
    }

    /// Divides as [`Ratio::of`] does, and returns zero if the divisor is zero: a portfolio that is worth
    /// nothing neither returns nor turns over anything.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] if the ratio does not fit a decimal.
    pub fn of_or_zero(amount: Money, divisor: Money) -> Result<Self, ArithmeticError> {
        if divisor.is_zero() { Ok(Self::ZERO) } else { Self::of(amount, divisor) }
    }

    /// Divides one exact value by another, rounded half to even at [`Ratio::SCALE`].
    ///
    /// # Errors
    /// [`ArithmeticError`] if the divisor is zero or the ratio does not fit a decimal.
    pub fn quotient(amount: Exact, divisor: Exact) -> Result<Self, ArithmeticError> {
        amount.ratio(divisor, Self::SCALE, Rounding::HalfEven).map(Self)
    }

    /// Adds exactly.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] if the sum needs more than 28 digits.
    pub fn plus(self, other: Self) -> Result<Self, ArithmeticError> {
        exact_sum(self.0, other.0).map(Self)
    }
}

impl Weight {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);
    /// The whole.
    pub const ONE: Self = Self(Decimal::ONE);

    /// Adds weights of one whole: more than 1 is the whole.
    #[must_use]
    pub fn joined(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0).min(Decimal::ONE))
    }
}

impl Figure {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);
}

impl Bps {
    /// No rate.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// Returns the rate as a fraction of one: 15 bps are 0.0015.
    #[must_use]
    pub fn fraction(self) -> Exact {
        Exact::product(self.0, Decimal::from_parts(1, 0, 0, false, 4))
    }

    /// Returns the rate's share of an amount, rounded up to `scale` decimal places.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] if the share does not fit a decimal.
    pub fn of(self, amount: Money, scale: u32) -> Result<Money, ArithmeticError> {
        let share = self.fraction().times(amount.0)?;
        Money::rounded(share, scale, Rounding::Up)
    }
}

/// Returns true if a decimal is above zero, by its parts, without a comparison: prices are checked by the
/// million.
fn is_above_zero(decimal: Decimal) -> bool {
    decimal.is_sign_positive() && !decimal.is_zero()
}

#[expect(clippy::arithmetic_side_effects, reason = "every decimal has its negative")]
fn exact_difference(left: Decimal, right: Decimal) -> Result<Decimal, ArithmeticError> {
    exact_sum(left, -right)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal_macros::dec;

    #[test]
    fn out_of_range_says_the_range() {
        assert_eq!(Price::new(dec!(0)).unwrap_err().to_string(), "a price must be above zero");
        assert_eq!(Weight::new(dec!(1.01)).unwrap_err().to_string(), "a weight must be from 0 to 1");
        assert_eq!(
            Bps::new(dec!(10000)).unwrap_err().to_string(),
            "a rate in basis points must be zero or more and below 10000"
        );
        assert!(Quantity::new(dec!(-1)).is_err());
        for refused in [-Decimal::ZERO, dec!(0.00), dec!(-0.01)] {
            assert!(Price::new(refused).is_err());
        }
    }

    #[test]
    fn a_sum_that_would_lose_digits_is_an_error() {
        let large = Money::new(Decimal::MAX).unwrap();
        assert!(large.plus(Money::new(dec!(0.4)).unwrap()).is_err());
    }

    #[test]
    fn a_difference_is_exact_or_an_error() {
        let units = |text: &str| text.parse::<Quantity>().unwrap();
        assert_eq!(units("1.5").minus(units("0.5")).unwrap(), units("1"));
        let fewer = units("1").minus(units("1.1")).unwrap_err();
        assert_eq!(fewer.to_string(), "a quantity must be zero or more");
        let fine = units("10000000000000").minus(units("0.00000000000000000001"));
        assert!(matches!(fine, Err(ArithmeticError::Overflow { .. })), "{fine:?}");
    }

    #[test]
    fn what_is_left_is_never_less_than_nothing() {
        let units = |text: &str| text.parse::<Quantity>().unwrap();
        assert_eq!(units("1.5").left_after(units("0.5")), units("1"));
        assert_eq!(units("1").left_after(units("1.1")), Quantity::ZERO);
        let fine = units("10000000000000").left_after(units("0.00000000000000000001"));
        assert_eq!(fine, units("10000000000000"), "28 digits do not show the difference");
        let coarse = units("10000000000000").left_after(units("1.00000000000000000001"));
        assert_eq!(coarse, units("9999999999999"));
    }

    #[test]
    fn a_rounded_value_keeps_to_its_range() {
        let half = Exact::from(dec!(1.5));
        assert_eq!(Quantity::rounded(half, 0, Rounding::HalfEven).unwrap(), Quantity::new(dec!(2)).unwrap());
        let above = Weight::rounded(half, 18, Rounding::HalfEven).unwrap_err();
        assert_eq!(above.to_string(), "a weight must be from 0 to 1");
    }

    #[test]
    fn nothing_over_nothing_is_zero() {
        let one = Money::from(dec!(1));
        assert_eq!(Ratio::of_or_zero(one, Money::ZERO), Ok(Ratio::ZERO));
        assert_eq!(Ratio::of_or_zero(one, Money::from(dec!(3))), Ratio::of(one, Money::from(dec!(3))));
        assert!(Ratio::of(one, Money::ZERO).is_err());
    }

    #[test]
    fn rates_round_up() {
        let fee = "15".parse::<Bps>().unwrap().of("0.01".parse().unwrap(), 4).unwrap();
        assert_eq!(fee.to_string(), "0.0001");
    }

    #[test]
    fn json_carries_text() {
        let json = serde_json::to_string(&"0.10".parse::<Price>().unwrap()).unwrap();
        assert_eq!(json, "\"0.1\"");
        assert!(serde_json::from_str::<Price>("\"-1\"").is_err());
    }
}
