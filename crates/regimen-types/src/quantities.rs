//! Decimals with a meaning: price, units, money, market cap, weight, basis points, index level.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::decimal::{DecimalError, ExcessDigits, parse_decimal};
use crate::decimal_text::write_decimal;
use crate::exact::{ArithmeticError, Exact, Rounding};

/// Says why a decimal is not the quantity that was asked for.
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

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident, $label:literal, $bound:literal, $allowed:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Decimal);

        impl $name {
            #[doc = concat!("Builds it from a decimal that is ", $bound, ".")]
            ///
            /// # Errors
            #[doc = concat!("[`QuantityError::OutOfRange`] unless the decimal is ", $bound, ".")]
            pub fn new(decimal: Decimal) -> Result<Self, QuantityError> {
                let allowed: fn(Decimal) -> bool = $allowed;
                if allowed(decimal) {
                    Ok(Self(decimal))
                } else {
                    Err(QuantityError::OutOfRange { quantity: $label, bound: $bound })
                }
            }

            /// Returns the decimal.
            #[must_use]
            pub fn decimal(self) -> Decimal {
                self.0
            }

            /// Says whether it is zero.
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
                Self::new(parse_decimal(text.as_bytes(), ExcessDigits::Error)?)
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
    Divisor, "a divisor", "above zero", |decimal| decimal > Decimal::ZERO
);

quantity!(
    /// How many units come for one: 0.001 if a thousand become one. Always above zero.
    UnitRatio, "a ratio of units", "above zero", |decimal| decimal > Decimal::ZERO
);

/// Says whether a decimal is above zero: without a comparison, because each look at a snapshot asks.
fn is_above_zero(decimal: Decimal) -> bool {
    decimal.is_sign_positive() && !decimal.is_zero()
}

impl UnitRatio {
    /// One for one.
    pub const ONE: Self = Self(Decimal::ONE);
}

quantity!(
    /// What a position earns in a year of 365 days, as a fraction of itself: 0.04 is four percent. Never negative.
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

    /// Subtracts units exactly, or returns `None` if fewer than `other` are there.
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        let rest = exact_difference(self.0, other.0).ok()?;
        Self::new(rest).ok()
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

    /// Rounds an exact value to `scale` decimal places.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] if the value does not fit a decimal.
    pub fn rounded(value: Exact, scale: u32, rounding: Rounding) -> Result<Self, ArithmeticError> {
        value.round(scale, rounding).map(Self)
    }

    /// Says whether the amount is below zero.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.0 < Decimal::ZERO
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
        Exact::from(amount.0).ratio(Exact::from(divisor.0), Self::SCALE, Rounding::HalfEven).map(Self)
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

fn exact_difference(left: Decimal, right: Decimal) -> Result<Decimal, ArithmeticError> {
    let scale = left.scale().max(right.scale());
    Exact::from(left).minus(Exact::from(right))?.round(scale, Rounding::Down)
}

/// Adds two decimals, or fails where `Decimal` would drop digits.
fn exact_sum(left: Decimal, right: Decimal) -> Result<Decimal, ArithmeticError> {
    let scale = left.scale().max(right.scale());
    Exact::from(left).plus(Exact::from(right))?.round(scale, Rounding::Down)
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
    }

    #[test]
    fn a_sum_that_would_lose_digits_is_an_error() {
        let large = Money::new(Decimal::MAX).unwrap();
        assert!(large.plus(Money::new(dec!(0.4)).unwrap()).is_err());
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
