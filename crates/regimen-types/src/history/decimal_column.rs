//! A column of decimals in nine bytes each, for values that are mostly nonnegative and have at most 19
//! digits.

use std::fmt;

use rust_decimal::Decimal;

use crate::leading_decimal::LeadingDecimal;

/// Marks a value that is stored apart, in place of its decimal places.
const APART: u8 = u8::MAX;

/// One decimal per row. Values come back exactly, including their scale.
///
/// ```
/// use regimen_types::DecimalColumn;
/// use rust_decimal::Decimal;
/// let prices: DecimalColumn = [Decimal::new(125, 1), Decimal::MAX].into_iter().collect();
/// assert_eq!(prices.get(1), Some(Decimal::MAX));
/// assert_eq!(prices.iter().next().map(|price| price.to_string()).as_deref(), Some("12.5"));
/// ```
#[derive(Clone, Default)]
pub struct DecimalColumn {
    /// Per row: the mantissa, or the place in `apart`.
    mantissas: Vec<u64>,
    /// Per row: the decimal places, or [`APART`].
    scales: Vec<u8>,
    /// The values that are negative or have a mantissa of more than 64 bits, in the order of their rows.
    apart: Vec<Decimal>,
}

impl DecimalColumn {
    /// Builds an empty column with room for a number of rows.
    #[must_use]
    pub fn with_capacity(rows: usize) -> Self {
        Self { mantissas: Vec::with_capacity(rows), scales: Vec::with_capacity(rows), apart: Vec::new() }
    }

    /// Returns the number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.scales.len()
    }

    /// Returns true if there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.scales.is_empty()
    }

    /// Returns the value of a row, or `None` beyond the last.
    #[must_use]
    #[inline]
    pub fn get(&self, row: usize) -> Option<Decimal> {
        let (mantissa, scale) = (*self.mantissas.get(row)?, *self.scales.get(row)?);
        if scale == APART {
            self.apart.get(usize::try_from(mantissa).ok()?).copied()
        } else {
            Some(decimal(mantissa, scale))
        }
    }

    /// Iterates over the values.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Decimal> + '_ {
        (0..self.len()).map(|row| self.get(row).unwrap_or_default())
    }

    /// Adds a row.
    #[inline]
    pub fn push(&mut self, value: Decimal) {
        let parts = value.unpack();
        match u8::try_from(parts.scale) {
            Ok(scale) if parts.hi == 0 && !parts.negative => {
                self.mantissas.push(u64::from(parts.mid) << 32 | u64::from(parts.lo));
                self.scales.push(scale);
            }
            _ => {
                self.mantissas.push(self.apart.len() as u64);
                self.scales.push(APART);
                self.apart.push(value);
            }
        }
    }

    /// Adds a row with a parsed decimal.
    #[inline]
    pub fn push_leading(&mut self, value: LeadingDecimal) {
        self.mantissas.push(value.mantissa);
        self.scales.push(value.scale);
    }

    /// Moves all rows of another column to the end of this one.
    pub fn append(&mut self, other: &mut Self) {
        let rows = self.len();
        self.mantissas.append(&mut other.mantissas);
        self.scales.append(&mut other.scales);
        if !other.apart.is_empty() {
            let moved =
                self.mantissas.iter_mut().zip(&self.scales).skip(rows).filter(|(_, scale)| **scale == APART);
            for (place, (mantissa, _)) in (self.apart.len() as u64..).zip(moved) {
                *mantissa = place;
            }
            self.apart.append(&mut other.apart);
        }
    }

    /// Drops the rows from `rows` on.
    pub fn truncate(&mut self, rows: usize) {
        let apart = self.scales.iter().skip(rows).filter(|scale| **scale == APART).count();
        self.apart.truncate(self.apart.len().saturating_sub(apart));
        self.mantissas.truncate(rows);
        self.scales.truncate(rows);
    }

    /// Adds rows with zero until there are `rows`.
    pub fn fill(&mut self, rows: usize) {
        self.mantissas.resize(rows.max(self.len()), 0);
        self.scales.resize(self.mantissas.len(), 0);
    }

    /// Returns the first row whose value is below zero.
    pub(super) fn first_negative(&self) -> Option<usize> {
        let negative = |value: &Decimal| value.is_sign_negative() && !value.is_zero();
        self.apart.iter().any(negative).then(|| self.iter().position(|value| negative(&value)))?
    }
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the mantissa is cut in two")]
fn decimal(mantissa: u64, scale: u8) -> Decimal {
    Decimal::from_parts(mantissa as u32, (mantissa >> 32) as u32, 0, false, u32::from(scale))
}

impl Extend<Decimal> for DecimalColumn {
    fn extend<T: IntoIterator<Item = Decimal>>(&mut self, values: T) {
        values.into_iter().for_each(|value| self.push(value));
    }
}

impl FromIterator<Decimal> for DecimalColumn {
    fn from_iter<T: IntoIterator<Item = Decimal>>(values: T) -> Self {
        let mut column = Self::default();
        column.extend(values);
        column
    }
}

/// Columns are equal if their values are equal.
impl PartialEq for DecimalColumn {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl Eq for DecimalColumn {}

impl fmt::Debug for DecimalColumn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leading_decimal::parse_leading_decimal;
    use proptest::prelude::*;

    fn values() -> impl Strategy<Value = Vec<Decimal>> {
        let wide =
            (-(1_i128 << 96) + 1..1 << 96, 0_u32..=28).prop_map(|(m, s)| Decimal::from_i128_with_scale(m, s));
        let short =
            (any::<u64>(), 0_u32..=28).prop_map(|(m, s)| Decimal::from_i128_with_scale(i128::from(m), s));
        prop::collection::vec(prop_oneof![short, wide, Just(-Decimal::ZERO)], 0..20)
    }

    fn texts(values: impl IntoIterator<Item = Decimal>) -> Vec<String> {
        values.into_iter().map(|value| format!("{value} {}", value.is_sign_negative())).collect()
    }

    proptest! {
        #[test]
        fn is_a_list_of_decimals(first in values(), second in values(), rows in 0_usize..50) {
            let mut column: DecimalColumn = first.iter().copied().collect();
            let mut other: DecimalColumn = second.iter().copied().collect();
            column.append(&mut other);
            prop_assert!(other.is_empty() && other == DecimalColumn::default());
            let mut list = [first, second].concat();
            prop_assert_eq!(texts(column.iter()), texts(list.clone()));
            prop_assert_eq!(column.first_negative(), list.iter().position(|value| *value < Decimal::ZERO));
            column.truncate(rows);
            list.truncate(rows);
            column.push(Decimal::MAX);
            list.push(Decimal::MAX);
            column.fill(rows);
            list.resize(rows.max(list.len()), Decimal::ZERO);
            prop_assert_eq!(texts(column.iter()), texts(list.clone()));
            prop_assert_eq!(column.get(list.len()), None);
        }

        #[test]
        fn takes_what_was_parsed(mantissa in 0_u64..10_u64.pow(18), scale in 0_u32..=18) {
            let value = Decimal::from_i128_with_scale(i128::from(mantissa), scale).normalize();
            let mut column = DecimalColumn::with_capacity(1);
            column.push_leading(parse_leading_decimal(value.to_string().as_bytes()).unwrap());
            prop_assert_eq!(texts(column.iter()), texts([value]));
        }
    }
}
