//! The tables that decide what is held and when: regime, sleeve, universe, selection, weighting, schedule.

use std::collections::BTreeSet;

use regimen_types::{AsOf, AssetId, Category, RelativeDistance, Weight};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::leaf;

/// How the market's state is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub enum RegimeDefinition {
    /// The regime is always bullish; the defensive sleeve is never held.
    AlwaysBullish,
    /// The regime follows an asset's price against its simple moving average.
    PriceAboveAverage(PriceAboveAverage),
}

/// The regime by an asset's price against its simple moving average, with an enter and exit band and confirmation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceAboveAverage {
    /// The asset whose price is compared with its average.
    #[schemars(schema_with = "leaf::asset_id")]
    pub asset: AssetId,
    /// The snapshots in the average, the newest included; until there are as many the regime is undetermined.
    #[schemars(range(min = 1))]
    pub window_snapshots: u32,
    /// The relative distance of the price from its average above which a bullish regime begins: 0.02 is two percent
    /// above the average.
    #[schemars(schema_with = "leaf::relative_distance")]
    pub enter_above: RelativeDistance,
    /// The relative distance at or below which a bullish regime ends; at most `enter_above`.
    #[schemars(schema_with = "leaf::relative_distance")]
    pub exit_below: RelativeDistance,
    /// How many evaluations in a row must agree before the regime changes; 1 changes at once.
    #[schemars(range(min = 1))]
    pub confirm_snapshots: u32,
    /// When the rule is evaluated.
    pub evaluate: Evaluation,
}

/// When the regime is evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Evaluation {
    /// At every snapshot.
    EverySnapshot,
    /// At the snapshots of the schedule only.
    OnSchedule,
}

/// What is held while the regime is bearish or undetermined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Defensive {
    /// The assets and their weights, which sum to at most 1; the rest is cash. An empty list is all cash.
    pub sleeve: Vec<SleeveAsset>,
    /// An asset of the sleeve whose price is further than this from 1 is not bought. From 0 to 1; required if the sleeve
    /// has assets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "leaf::fraction")]
    pub peg_tolerance: Option<Weight>,
}

impl Defensive {
    /// Builds a sleeve of cash alone.
    #[must_use]
    pub fn cash() -> Self {
        Self { sleeve: Vec::new(), peg_tolerance: None }
    }
}

/// An asset of the defensive sleeve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SleeveAsset {
    /// The asset, usually a stablecoin.
    #[schemars(schema_with = "leaf::asset_id")]
    pub asset: AssetId,
    /// Its weight in the whole portfolio, above 0 and at most 1.
    #[schemars(schema_with = "leaf::positive_fraction")]
    pub weight: Weight,
}

/// Which assets may be selected: each asset of a snapshot passes these screens or is excluded with a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Universe {
    /// The categories of the asset list that are never selected, such as `stablecoin`. An empty list excludes none;
    /// otherwise `snapshots.asset_list` is needed.
    #[schemars(schema_with = "leaf::categories")]
    pub exclude_categories: BTreeSet<Category>,
    /// The snapshots with a known price that an asset needs up to the decision, the newest included.
    #[schemars(range(min = 1))]
    pub history_snapshots_min: u32,
}

/// How many assets are selected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Selection {
    /// The largest eligible assets by market cap that are selected; fewer if fewer are eligible.
    #[schemars(range(min = 1))]
    pub count: u32,
}

/// How the constituents are weighted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub enum Weighting {
    /// In proportion to market cap.
    MarketCap,
    /// All alike.
    Equal,
    /// As a file says, instant by instant: nothing is screened or selected.
    File {
        /// The CSV of target weights; relative to the definition's folder.
        #[schemars(length(min = 1))]
        path: String,
    },
}

/// When constituents and weights are set anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "every", rename_all = "snake_case", deny_unknown_fields)]
pub enum Schedule {
    /// Once a week.
    Week {
        /// The day of the week, in UTC.
        weekday: Weekday,
        /// What to do when that day has no snapshot.
        if_missing: MissingDay,
    },
    /// At the instants of the file of weights; only with weights from a file.
    WeightsFile,
}

/// What to do when a scheduled day has no snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissingDay {
    /// Rebalance at the next snapshot.
    NextSnapshot,
    /// Wait for the next scheduled day.
    Skip,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

impl Weekday {
    /// Returns the days since Monday, from 0 to 6.
    #[must_use]
    pub fn days_from_monday(self) -> u32 {
        self as u32
    }

    /// Says whether an instant lies on this day, in UTC.
    #[must_use]
    pub fn includes(self, as_of: AsOf) -> bool {
        as_of.weekday().num_days_from_monday() == self.days_from_monday()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekdays_are_the_calendars() {
        let wednesday: AsOf = "2021-05-19".parse().unwrap();
        assert!(Weekday::Wednesday.includes(wednesday));
        assert!(!Weekday::Tuesday.includes(wednesday));
        let sunday: AsOf = "2021-05-23T23:59:59Z".parse().unwrap();
        assert!(Weekday::Sunday.includes(sunday));
    }
}
