//! The reason why an asset is not eligible.

use std::fmt;

use regimen_types::{AsOf, Figure, Price};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::measure::MeasureName;

regimen_types::named! {
    /// A column of a snapshot. Zero and empty cells mean unknown.
    pub enum MarketColumn {
        /// The price.
        Price = "price",
        /// The market cap.
        MarketCap = "market_cap",
        /// The volume.
        Volume = "volume",
    }
}

impl MarketColumn {
    /// Returns the column in words, as reasons print it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Price => "price",
            Self::MarketCap => "market cap",
            Self::Volume => "volume",
        }
    }
}

/// The reason why an asset is not eligible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Exclusion {
    /// The snapshot gives no price.
    NoPrice,
    /// The snapshot gives no market cap.
    NoMarketCap,
    /// The amount for ranking or weighing is unknown, or not above zero.
    NoAmount(MeasureName),
    /// The supply snapshot in force has no supply of the asset.
    NoSupply {
        /// The snapshot whose supplies are in force.
        as_of: AsOf,
    },
    /// The weighting rule needs a volatility, and the known prices of the lookback give none: there are fewer
    /// than two returns, or all are equal.
    NoVolatility {
        /// The returns between known prices of the lookback.
        returns: usize,
    },
    /// The asset list puts the asset into an excluded category.
    Category(String),
    /// The asset list gives the asset none of the required categories.
    CategoryNotListed(Option<String>),
    /// The asset is not on the allow list at the reference instant.
    NotAllowed,
    /// The asset is on the deny list at the reference instant.
    Denied,
    /// The asset has had a known price in too few snapshots.
    ShortHistory {
        /// The snapshots with a known price.
        observations: usize,
        /// The snapshots that are required.
        required: usize,
    },
    /// The asset's first known price is too recent.
    TooYoung {
        /// The instant of the first known price.
        since: AsOf,
        /// The required age in days.
        required_days: u32,
    },
    /// The price has not changed for too long.
    Stale {
        /// The instant since which the price has not changed.
        since: AsOf,
        /// The allowed days without a change.
        days_max: u32,
    },
    /// The price is too low.
    PriceTooLow {
        /// The price.
        price: Price,
        /// The minimum price.
        required: Figure,
    },
    /// A required column is unknown at a snapshot.
    Unknown {
        /// The column.
        column: MarketColumn,
        /// The newest such snapshot.
        as_of: AsOf,
    },
    /// The history has no snapshot in the lookback.
    NoSnapshots,
    /// The volume is too low, or unknown throughout.
    VolumeTooLow {
        /// The mean or median volume, in currency; `None` if no volume is known.
        volume: Option<Figure>,
        /// The minimum.
        required: Figure,
    },
    /// An amount is too low.
    AmountTooLow {
        /// The name of the amount.
        measure: MeasureName,
        /// The amount.
        amount: Figure,
        /// The minimum.
        required: Figure,
    },
    /// The share of the total is too low.
    ShareTooLow {
        /// The share, rounded down.
        share: Figure,
        /// The minimum.
        required: Figure,
    },
    /// An attribute is unknown.
    AttributeUnknown(String),
    /// An attribute is below its minimum.
    AttributeTooLow {
        /// The attribute's name.
        name: String,
        /// Its value.
        value: Figure,
        /// The minimum.
        required: Figure,
    },
    /// An attribute is above its maximum.
    AttributeTooHigh {
        /// The attribute's name.
        name: String,
        /// Its value.
        value: Figure,
        /// The maximum.
        allowed: Figure,
    },
    /// The asset has been eligible in too few consecutive periods.
    FewPeriods {
        /// The consecutive periods, including the present one.
        periods: u32,
        /// The required periods.
        required: u32,
    },
    /// A user's own screen excludes the asset, for the reason given.
    Other(String),
}

macro_rules! exclusion_codes {
    ($($variant:ident = $text:literal),+ $(,)?) => {
        /// The kind of an [`Exclusion`], without what differs from asset to asset.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum ExclusionCode {
            $(
                #[doc = concat!("[`Exclusion::", stringify!($variant), "`], in logs `", $text, "`.")]
                #[serde(rename = $text)]
                $variant
            ),+
        }

        impl ExclusionCode {
            /// All codes.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Returns the name that logs use.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text),+
                }
            }

            /// Finds the code that logs call `name`.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($text => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

exclusion_codes! {
    NoPrice = "no_price",
    NoMarketCap = "no_market_cap",
    NoAmount = "no_amount",
    NoSupply = "no_supply",
    NoVolatility = "no_volatility",
    Category = "category",
    CategoryNotListed = "category_not_listed",
    NotAllowed = "not_allowed",
    Denied = "denied",
    ShortHistory = "short_history",
    TooYoung = "too_young",
    Stale = "stale",
    PriceTooLow = "price_too_low",
    Unknown = "unknown",
    NoSnapshots = "no_snapshots",
    VolumeTooLow = "volume_too_low",
    AmountTooLow = "amount_too_low",
    ShareTooLow = "share_too_low",
    AttributeUnknown = "attribute_unknown",
    AttributeTooLow = "attribute_too_low",
    AttributeTooHigh = "attribute_too_high",
    FewPeriods = "few_periods",
    Other = "other",
}

impl Exclusion {
    /// Returns the kind of the reason.
    #[must_use]
    pub fn code(&self) -> ExclusionCode {
        match self {
            Self::NoPrice => ExclusionCode::NoPrice,
            Self::NoMarketCap => ExclusionCode::NoMarketCap,
            Self::NoAmount(..) => ExclusionCode::NoAmount,
            Self::NoSupply { .. } => ExclusionCode::NoSupply,
            Self::NoVolatility { .. } => ExclusionCode::NoVolatility,
            Self::Category(..) => ExclusionCode::Category,
            Self::CategoryNotListed(..) => ExclusionCode::CategoryNotListed,
            Self::NotAllowed => ExclusionCode::NotAllowed,
            Self::Denied => ExclusionCode::Denied,
            Self::ShortHistory { .. } => ExclusionCode::ShortHistory,
            Self::TooYoung { .. } => ExclusionCode::TooYoung,
            Self::Stale { .. } => ExclusionCode::Stale,
            Self::PriceTooLow { .. } => ExclusionCode::PriceTooLow,
            Self::Unknown { .. } => ExclusionCode::Unknown,
            Self::NoSnapshots => ExclusionCode::NoSnapshots,
            Self::VolumeTooLow { .. } => ExclusionCode::VolumeTooLow,
            Self::AmountTooLow { .. } => ExclusionCode::AmountTooLow,
            Self::ShareTooLow { .. } => ExclusionCode::ShareTooLow,
            Self::AttributeUnknown(..) => ExclusionCode::AttributeUnknown,
            Self::AttributeTooLow { .. } => ExclusionCode::AttributeTooLow,
            Self::AttributeTooHigh { .. } => ExclusionCode::AttributeTooHigh,
            Self::FewPeriods { .. } => ExclusionCode::FewPeriods,
            Self::Other(..) => ExclusionCode::Other,
        }
    }

    /// Returns the bound that the asset's figure does not keep: snapshots, days, periods, or an amount in the
    /// unit of the figure; `None` for a reason without one.
    #[must_use]
    pub fn bound(&self) -> Option<Figure> {
        let count = |count: Decimal| Figure::new(count).ok();
        match self {
            Self::ShortHistory { required, .. } => count(Decimal::from(*required)),
            Self::TooYoung { required_days: days, .. } | Self::Stale { days_max: days, .. } => {
                count(Decimal::from(*days))
            }
            Self::PriceTooLow { required, .. }
            | Self::VolumeTooLow { required, .. }
            | Self::AmountTooLow { required, .. }
            | Self::ShareTooLow { required, .. }
            | Self::AttributeTooLow { required, .. }
            | Self::AttributeTooHigh { allowed: required, .. } => Some(*required),
            Self::FewPeriods { required, .. } => count(Decimal::from(*required)),
            _ => None,
        }
    }
}

impl fmt::Display for Exclusion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPrice => formatter.write_str("no known price"),
            Self::NoMarketCap => formatter.write_str("no known market cap"),
            Self::NoAmount(measure) => write!(formatter, "no known {measure}"),
            Self::NoSupply { as_of } => {
                write!(formatter, "no known supply in the supply snapshot of {as_of}")
            }
            Self::NoVolatility { returns } => {
                write!(formatter, "no volatility in the lookback: {returns} returns, or all equal")
            }
            Self::Category(category) => write!(formatter, "category {category} is excluded"),
            Self::CategoryNotListed(Some(category)) => {
                write!(formatter, "category {category} is not asked for")
            }
            Self::CategoryNotListed(None) => formatter.write_str("has no category"),
            Self::NotAllowed => formatter.write_str("not on the allow list"),
            Self::Denied => formatter.write_str("on the deny list"),
            Self::ShortHistory { observations, required } => {
                write!(formatter, "history of {observations} snapshots is shorter than {required}")
            }
            Self::TooYoung { since, required_days } => {
                write!(formatter, "first price of {since} is younger than {required_days} days")
            }
            Self::Stale { since, days_max } => {
                write!(formatter, "same price since {since}: longer than {days_max} days")
            }
            Self::PriceTooLow { price, required } => write!(formatter, "price {price} is below {required}"),
            Self::Unknown { column, as_of } => write!(formatter, "{} unknown on {as_of}", column.words()),
            Self::NoSnapshots => formatter.write_str("no snapshot in the lookback"),
            Self::VolumeTooLow { volume: Some(volume), required } => {
                write!(formatter, "volume {volume} is below {required}")
            }
            Self::VolumeTooLow { volume: None, .. } => formatter.write_str("no known volume in the lookback"),
            Self::AmountTooLow { measure, amount, required } => {
                write!(formatter, "{measure} {amount} is below {required}")
            }
            Self::ShareTooLow { share, required } => {
                write!(formatter, "share {share} of the total market cap is below {required}")
            }
            Self::AttributeUnknown(name) => write!(formatter, "{name} unknown"),
            Self::AttributeTooLow { name, value, required } => {
                write!(formatter, "{name} {value} is below {required}")
            }
            Self::AttributeTooHigh { name, value, allowed } => {
                write!(formatter, "{name} {value} is above {allowed}")
            }
            Self::FewPeriods { periods, required } => {
                write!(formatter, "eligible in {periods} periods in a row of {required}")
            }
            Self::Other(reason) => formatter.write_str(reason),
        }
    }
}
