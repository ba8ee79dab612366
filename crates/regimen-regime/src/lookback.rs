//! The observations that a reading may depend on.

use chrono::Datelike;
use regimen_types::{AsOf, Observation};

/// The observations that a signal's reading may depend on.
///
/// A reading needs `observations` observations and depends only on the last `observations`. For a signal that
/// reads calendar months, it depends only on those since the first day of the month that lies `months - 1`
/// months before the present one, and on the `observations` before that day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lookback {
    observations: usize,
    months: u32,
}

impl Lookback {
    /// Builds the lookback of a signal that reads its last `observations`, including the newest.
    #[must_use]
    pub const fn observations(observations: usize) -> Self {
        Self { observations, months: 0 }
    }

    /// Adds all observations of the last `months` calendar months in UTC, including the present one.
    #[must_use]
    pub const fn and_months(self, months: u32) -> Self {
        Self { months, ..self }
    }

    /// Returns the least number of observations that a reading needs; with fewer it is warming up.
    #[must_use]
    pub const fn required(self) -> usize {
        self.observations
    }

    /// Returns the index of the oldest observation that a reading may depend on, given the instants of all
    /// observations in ascending order and the reference instant.
    #[must_use]
    pub fn start(self, instants: &[AsOf], as_of: AsOf) -> usize {
        let in_months = self.in_months(as_of);
        instants.partition_point(|instant| !in_months(*instant)).saturating_sub(self.observations)
    }

    /// Takes the observations that a reading may depend on, given newest first, and returns them oldest
    /// first.
    #[must_use]
    pub fn take<T>(
        self,
        newest_first: impl Iterator<Item = Observation<T>>,
        as_of: AsOf,
    ) -> Vec<Observation<T>> {
        let in_months = self.in_months(as_of);
        let mut earlier = 0;
        let needed = newest_first.take_while(|each| {
            earlier += usize::from(!in_months(each.as_of));
            earlier <= self.observations
        });
        let mut taken = Vec::with_capacity(self.observations);
        taken.extend(needed);
        taken.reverse();
        taken
    }

    /// Returns a test for instants: true within the months that are read as a whole.
    fn in_months(self, as_of: AsOf) -> impl Fn(AsOf) -> bool {
        let first =
            self.months.checked_sub(1).map(|earlier| month_of(as_of).saturating_sub(i64::from(earlier)));
        move |instant| first.is_some_and(|first| month_of(instant) >= first)
    }
}

/// Numbers the calendar months in UTC without a gap.
pub(crate) fn month_of(as_of: AsOf) -> i64 {
    let date = as_of.date();
    i64::from(date.year()).saturating_mul(12).saturating_add(i64::from(date.month0()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn instants(texts: &[&str]) -> Vec<AsOf> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn counts_back_from_the_newest_or_from_a_month() {
        let all = instants(&["2021-01-30", "2021-01-31", "2021-02-01", "2021-03-01", "2021-03-02"]);
        let at = all[4];
        assert_eq!(Lookback::observations(2).start(&all, at), 3);
        assert_eq!(Lookback::observations(9).start(&all, at), 0);
        assert_eq!(Lookback::observations(0).and_months(1).start(&all, at), 3);
        assert_eq!(Lookback::observations(1).and_months(2).start(&all, at), 1);
        assert_eq!(Lookback::observations(0).and_months(1).start(&all, instants(&["2021-04-01"])[0]), 5);
    }

    proptest! {
        #[test]
        fn takes_what_may_matter(
            days in prop::collection::btree_set(0_i64..200, 0..40),
            required in 0_usize..12,
            months in 0_u32..4,
        ) {
            let instants: Vec<AsOf> =
                days.iter().map(|day| AsOf::from_unix_millis(day * 86_400_000).unwrap()).collect();
            let as_of = AsOf::from_unix_millis(200 * 86_400_000).unwrap();
            let lookback = Lookback::observations(required).and_months(months);
            let all = instants.iter().map(|as_of| Observation { as_of: *as_of, value: () });
            let taken: Vec<AsOf> = lookback.take(all.rev(), as_of).into_iter().map(|each| each.as_of).collect();
            prop_assert_eq!(&taken[..], &instants[lookback.start(&instants, as_of)..]);
        }
    }
}
