//! Series that are measured and stored at every snapshot, because a window alone does not give them.

use std::collections::BTreeMap;

use regimen_types::{AsOf, Observation};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::lookback::Lookback;

/// The stored series that signals read, by the signal's name: total market cap, breadth, the index's own
/// level.
///
/// Each is measured at every snapshot with the data known then, and kept for the lookback of its signal. It
/// serialises digit for digit, so that a resumed run reads the same numbers as an uninterrupted one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Measured {
    series: BTreeMap<String, Series>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Series(Vec<Observation<f64>>);

impl Measured {
    /// No series yet.
    pub const NONE: Self = Self { series: BTreeMap::new() };

    /// Returns the series of a signal, oldest first.
    #[must_use]
    pub fn of(&self, name: &str) -> &[Observation<f64>] {
        self.series.get(name).map_or(&[], |series| &series.0)
    }

    /// Adds the measurement of a signal at an instant, if there is one, and drops observations older than its
    /// lookback.
    pub fn record(&mut self, name: &str, as_of: AsOf, value: Option<f64>, lookback: Lookback) {
        let Some(value) = value else { return };
        if !self.series.contains_key(name) {
            self.series.insert(name.to_owned(), Series::default());
        }
        let Some(Series(series)) = self.series.get_mut(name) else { return };
        if series.last().is_none_or(|last| last.as_of < as_of) {
            series.push(Observation { as_of, value });
        }
        // Dropping in bulk, and not at each snapshot, keeps the cost of a snapshot constant.
        let needed = lookback.required().saturating_mul(2).saturating_add(SLACK);
        if series.len() > needed {
            let instants: Vec<AsOf> = series.iter().map(|each| each.as_of).collect();
            series.drain(..lookback.start(&instants, as_of));
        }
    }
}

/// The observations kept beyond twice the lookback before the oldest are dropped.
const SLACK: usize = 64;

impl Serialize for Series {
    /// Writes `[instant, number]` pairs, the number as text: JSON numbers may lose their last digit on the
    /// way back.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|each| (each.as_of, each.value.to_string())))
    }
}

impl<'de> Deserialize<'de> for Series {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pairs = Vec::<(AsOf, String)>::deserialize(deserializer)?;
        let observations = pairs.into_iter().map(|(as_of, text)| {
            let value = text.parse::<f64>().ok().filter(|value| value.is_finite());
            let value =
                value.ok_or_else(|| serde::de::Error::custom(format!("{text:?} is no finite number")))?;
            Ok(Observation { as_of, value })
        });
        let observations = observations.collect::<Result<Vec<_>, D::Error>>()?;
        if observations.windows(2).any(|pair| pair[0].as_of >= pair[1].as_of) {
            return Err(serde::de::Error::custom("the instants of a measured series do not ascend"));
        }
        Ok(Self(observations))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::day_of;

    proptest! {
        #[test]
        fn keeps_what_the_lookback_needs_through_json(
            values in prop::collection::vec(prop::num::f64::NORMAL, 1..400),
            required in 1_usize..50,
            months in 0_u32..3,
        ) {
            let lookback = Lookback::observations(required).and_months(months);
            let mut measured = Measured::NONE;
            let mut all = Vec::new();
            for (day, value) in (0..).zip(values) {
                let as_of = day_of(day);
                measured.record("level", as_of, Some(value), lookback);
                all.push(Observation { as_of, value });
                let needed = lookback.take(all.iter().rev().copied(), as_of);
                let kept = lookback.take(measured.of("level").iter().rev().copied(), as_of);
                prop_assert_eq!(kept, needed);
                if day % 50 == 0 {
                    let json = serde_json::to_string(&measured).unwrap();
                    prop_assert_eq!(&serde_json::from_str::<Measured>(&json).unwrap(), &measured);
                }
            }
        }
    }
}
