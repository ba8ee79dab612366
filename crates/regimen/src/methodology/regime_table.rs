//! Regimes by date that replace the regime rule.

use regimen_types::{AsOf, Regime};

/// Regimes by the instant from which they hold; before the first it is undetermined.
///
/// [`Methodology::under_regimes`](crate::Methodology::under_regimes) follows a table instead of the rule, to
/// ask what a run would have been under other regimes.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct RegimeTable(Vec<(AsOf, Regime)>);

impl FromIterator<(AsOf, Regime)> for RegimeTable {
    /// Builds a table; of two regimes for one instant the later one counts.
    fn from_iter<Pairs: IntoIterator<Item = (AsOf, Regime)>>(regimes: Pairs) -> Self {
        let mut regimes: Vec<(AsOf, Regime)> = regimes.into_iter().collect();
        regimes.sort_by_key(|(from, _)| *from);
        Self(regimes)
    }
}

impl RegimeTable {
    /// Returns the regime at an instant.
    #[must_use]
    pub fn at(&self, as_of: AsOf) -> Regime {
        let later = self.0.partition_point(|(from, _)| *from <= as_of);
        let newest = later.checked_sub(1).and_then(|index| self.0.get(index));
        newest.map_or(Regime::Undetermined, |(_, regime)| *regime)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_regime_holds_from_its_instant_on() {
        let day = |text: &str| text.parse::<AsOf>().unwrap();
        let table: RegimeTable = [(day("2021-03-01"), Regime::Bearish), (day("2021-02-01"), Regime::Bullish)]
            .into_iter()
            .collect();
        assert_eq!(table.at(day("2021-01-31")), Regime::Undetermined);
        assert_eq!(table.at(day("2021-02-01")), Regime::Bullish);
        assert_eq!(table.at(day("2021-02-28")), Regime::Bullish);
        assert_eq!(table.at(day("2022-01-01")), Regime::Bearish);
        assert_eq!(RegimeTable::default().at(day("2022-01-01")), Regime::Undetermined);
    }
}
