//! What a signal reads: a series, and what is computed of it.

use regimen_regime::{BullishState, RefitPeriod, WhenStale};
use regimen_types::{AssetId, Weight};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::leaf;

/// What a signal reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "signal", rename_all = "snake_case", deny_unknown_fields)]
pub enum SignalReads {
    /// The relative distance of a series from its moving average: 0.02 is two percent above it (Brock,
    /// Lakonishok and LeBaron 1992).
    AgainstAverage {
        /// The series.
        of: SeriesDefinition,
        /// The average.
        average: AverageDefinition,
    },
    /// The relative distance of a fast average of a series from a slow one.
    Crossover {
        /// The series.
        of: SeriesDefinition,
        /// The fast average.
        fast: AverageDefinition,
        /// The slow average, of more values than the fast one.
        slow: AverageDefinition,
    },
    /// The return of a series over a number of its values (Moskowitz, Ooi and Pedersen 2012).
    Momentum {
        /// The series.
        of: SeriesDefinition,
        /// How many values lie from the older one to the newest.
        #[schemars(range(min = 1))]
        back_snapshots: u32,
    },
    /// The relative distance of the last month end of a series from the average of its last month ends (Faber
    /// 2007).
    MonthEnds {
        /// The series.
        of: SeriesDefinition,
        /// The month ends in the average: Faber takes 10.
        #[schemars(range(min = 1, max = 600))]
        months: u32,
    },
    /// The fall of a series from the highest of its last values, from -1 to 0.
    Drawdown {
        /// The series.
        of: SeriesDefinition,
        /// The values among which the peak is looked for, the newest included.
        #[schemars(range(min = 1))]
        window_snapshots: u32,
    },
    /// The realised volatility of a series: the standard deviation of its last logarithmic returns, for a
    /// year.
    Volatility {
        /// The series.
        of: SeriesDefinition,
        /// The number of returns.
        #[schemars(range(min = 2))]
        returns: u32,
        /// The returns in a year: 365 for daily prices of a market that never closes.
        #[schemars(range(min = 1))]
        returns_per_year: u32,
    },
    /// The realised volatility of a series against a quantile of its own past: 0.5 is half above it.
    VolatilityQuantile {
        /// The series.
        of: SeriesDefinition,
        /// The number of returns in each volatility.
        #[schemars(range(min = 2))]
        returns: u32,
        /// The number of volatilities, the newest included.
        #[schemars(range(min = 1))]
        window_snapshots: u32,
        /// The quantile, from 0 (the least) to 1 (the greatest): 0.5 is the median.
        #[schemars(schema_with = "leaf::fraction")]
        quantile: Weight,
    },
    /// The filtered probability of the bullish one of two states, from 0 to 1 (Hamilton 1989).
    MarkovSwitching {
        /// The series.
        of: SeriesDefinition,
        /// The returns that the model is fitted to: the last ones before the calendar period.
        #[schemars(range(min = 20))]
        fit_returns: u32,
        /// The calendar period at whose beginning the model is fitted anew.
        #[schemars(schema_with = "leaf::named::<RefitPeriod>")]
        refit_every: RefitPeriod,
        /// Which of the two states is bullish.
        #[schemars(schema_with = "leaf::named::<BullishState>")]
        bullish: BullishState,
    },
    /// The newest value of a series itself, for a threshold on it.
    Level {
        /// The series.
        of: SeriesDefinition,
    },
    /// A signal of the user's own, which only code can supply.
    Own,
}

impl SignalReads {
    /// Returns the series that is read, unless the signal is the user's own.
    #[must_use]
    pub fn series(&self) -> Option<&SeriesDefinition> {
        match self {
            Self::AgainstAverage { of, .. }
            | Self::Crossover { of, .. }
            | Self::Momentum { of, .. }
            | Self::MonthEnds { of, .. }
            | Self::Drawdown { of, .. }
            | Self::Volatility { of, .. }
            | Self::VolatilityQuantile { of, .. }
            | Self::MarkovSwitching { of, .. }
            | Self::Level { of } => Some(of),
            Self::Own => None,
        }
    }
}

/// A series that signals read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "series", rename_all = "snake_case", deny_unknown_fields)]
pub enum SeriesDefinition {
    /// The price of an asset.
    Asset {
        /// The asset.
        #[schemars(schema_with = "leaf::asset_id")]
        asset: AssetId,
    },
    /// The total market cap of the eligible universe.
    TotalMarketCap,
    /// The share of the eligible universe above its own average, from 0 to 1.
    Breadth {
        /// The average that each asset's price is compared with.
        average: AverageDefinition,
    },
    /// The index's own level as published: in a bearish regime that of the sleeve.
    IndexLevel,
    /// The level that the index would have if it always held its constituents, whatever the regime.
    ConstituentsLevel,
    /// A series from outside: a CSV with the columns `as_of` (or `date`), the value and, if known,
    /// `known_at`.
    File {
        /// The CSV; relative to the definition's folder.
        #[schemars(schema_with = "leaf::path")]
        path: String,
        /// The column of the value. Default: `value`.
        #[serde(default = "value_column")]
        #[schemars(schema_with = "leaf::column")]
        column: String,
        /// The hours from a value's instant until it is known, where the file has no `known_at`: 24 for a
        /// daily close that is dated by its day. Needed where days meet snapshots within the day. Default:
        /// none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(range(max = 87_600))]
        delay_hours: Option<u32>,
        /// The days of 24 hours after which the newest value is too old.
        max_stale_days: u32,
        /// What becomes of the signal then.
        #[schemars(schema_with = "leaf::named::<WhenStale>")]
        when_stale: WhenStale,
    },
}

fn value_column() -> String {
    "value".to_owned()
}

/// A moving average.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum AverageDefinition {
    /// The mean of the last values.
    Simple {
        /// The values, the newest included.
        #[schemars(range(min = 1))]
        window_snapshots: u32,
    },
    /// The exponentially weighted mean of the last values.
    Exponential {
        /// The span: each value weighs 1 - 2 / (span + 1) times what the next one does.
        #[schemars(range(min = 1))]
        span_snapshots: u32,
        /// The values, the newest included; what lies before them has no weight.
        #[schemars(range(min = 1))]
        window_snapshots: u32,
    },
}

impl AverageDefinition {
    /// Returns the number of values in the average.
    #[must_use]
    pub fn window_snapshots(&self) -> u32 {
        match self {
            Self::Simple { window_snapshots } | Self::Exponential { window_snapshots, .. } => {
                *window_snapshots
            }
        }
    }
}
