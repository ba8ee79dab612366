//! The amounts by which assets are ranked and weighted.

use std::fmt;

use regimen_types::{ArithmeticError, AsOf, Exact, Figure, HistoryWindow, MILLIS_PER_DAY, Row};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::half_life::power_of_half;
use crate::lookback::{Lookback, rows_at};

/// The decimal places of a mean, or fewer where it would need more than 28 digits.
pub(crate) const MEAN_SCALE: u32 = 18;

/// The source of an asset's amount. An asset whose amount is unknown, or not above zero, is never selected.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Measure {
    /// The market cap as the snapshot reports it.
    MarketCap,
    /// Price × circulating supply × float factor.
    FloatAdjusted {
        /// The attribute with the float factor, above 0 and at most 1; without an attribute the factor is 1.
        float_factor: Option<String>,
    },
    /// The simple mean of the known market caps in the lookback.
    MeanMarketCap(Lookback),
    /// The mean of the known market caps in the lookback, each weighted by one half to the power of its age
    /// over the half-life (an exponentially weighted moving average).
    DecayingMarketCap {
        /// The stretch of snapshots that count.
        lookback: Lookback,
        /// The days of 24 hours in which a cap's weight halves; above zero.
        half_life_days: Decimal,
    },
    /// An attribute of the snapshot.
    Attribute(String),
    /// 1 for each asset with a price: for weights that read no amount.
    One,
}

/// The name of a measure in reasons and logs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MeasureName {
    /// The market cap as reported.
    MarketCap,
    /// Price × circulating supply × float factor.
    FloatAdjustedMarketCap,
    /// The simple mean of the market cap.
    MeanMarketCap,
    /// The exponentially weighted mean of the market cap.
    DecayingMarketCap,
    /// The attribute of this name.
    Attribute(String),
    /// The price, where no amount is read.
    Price,
}

impl fmt::Display for MeasureName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::MarketCap => "market cap",
            Self::FloatAdjustedMarketCap => "float-adjusted market cap",
            Self::MeanMarketCap => "mean market cap",
            Self::DecayingMarketCap => "exponentially weighted market cap",
            Self::Attribute(name) => name,
            Self::Price => "price",
        })
    }
}

impl Measure {
    /// Returns the measure's name.
    #[must_use]
    pub fn name(&self) -> MeasureName {
        match self {
            Self::MarketCap => MeasureName::MarketCap,
            Self::FloatAdjusted { .. } => MeasureName::FloatAdjustedMarketCap,
            Self::MeanMarketCap(_) => MeasureName::MeanMarketCap,
            Self::DecayingMarketCap { .. } => MeasureName::DecayingMarketCap,
            Self::Attribute(name) => MeasureName::Attribute(name.clone()),
            Self::One => MeasureName::Price,
        }
    }

    /// Measures rows of the window's newest snapshot: one amount per row, `None` if it is unknown or not
    /// above zero.
    ///
    /// # Errors
    /// [`ArithmeticError`] if an amount needs more than 28 digits.
    pub fn amounts(
        &self,
        window: &HistoryWindow<'_>,
        rows: &[Row<'_>],
    ) -> Result<Vec<Option<Figure>>, ArithmeticError> {
        match self {
            Self::MarketCap => Ok(rows.iter().map(reported_cap).collect()),
            Self::FloatAdjusted { float_factor } => {
                rows.iter().map(|row| float_adjusted_cap(row, float_factor.as_deref())).collect()
            }
            Self::MeanMarketCap(lookback) => {
                let instants = lookback.instants(window);
                rows.iter().map(|row| mean_cap(window, row, instants)).collect()
            }
            Self::DecayingMarketCap { lookback, half_life_days } => {
                let decay = Decay::new(lookback.instants(window), window.as_of(), *half_life_days)?;
                rows.iter().map(|row| decay.mean_cap(window, row)).collect()
            }
            Self::Attribute(name) => Ok(rows.iter().map(|row| positive(row.attribute(name)?)).collect()),
            Self::One => {
                Ok(rows.iter().map(|row| row.price().and_then(|_| positive(Decimal::ONE))).collect())
            }
        }
    }

    /// Returns true if the measure is a price times a supply, so that a supply snapshot can hold the supply
    /// constant.
    #[must_use]
    pub fn reads_supply(&self) -> bool {
        matches!(self, Self::MarketCap | Self::FloatAdjusted { .. })
    }
}

pub(crate) fn positive(amount: Decimal) -> Option<Figure> {
    if amount.is_sign_positive() && !amount.is_zero() { Figure::new(amount).ok() } else { None }
}

fn reported_cap(row: &Row<'_>) -> Option<Figure> {
    positive(row.market_cap()?.decimal())
}

fn float_adjusted_cap(row: &Row<'_>, float_factor: Option<&str>) -> Result<Option<Figure>, ArithmeticError> {
    let (Some(price), Some(floating)) = (row.price(), floating_supply(row, float_factor)?) else {
        return Ok(None);
    };
    let one = Exact::from(Decimal::ONE);
    Ok(positive(Exact::product(price.decimal(), floating).ratio_to_fit(one, MEAN_SCALE)?))
}

/// Returns circulating supply × float factor; `None` if either is unknown or the factor is above 1.
pub(crate) fn floating_supply(
    row: &Row<'_>,
    float_factor: Option<&str>,
) -> Result<Option<Decimal>, ArithmeticError> {
    let factor = match float_factor {
        None => Some(Decimal::ONE),
        Some(name) => row.attribute(name).filter(|factor| *factor <= Decimal::ONE),
    };
    let (Some(supply), Some(factor)) = (row.circulating_supply(), factor) else { return Ok(None) };
    Exact::product(supply, factor).ratio_to_fit(Exact::from(Decimal::ONE), MEAN_SCALE).map(Some)
}

fn mean_cap(
    window: &HistoryWindow<'_>,
    row: &Row<'_>,
    instants: &[AsOf],
) -> Result<Option<Figure>, ArithmeticError> {
    let caps = rows_at(window, row.asset(), instants).filter_map(|row| row.value.market_cap());
    Ok(mean(caps.map(|cap| cap.decimal()))?.and_then(positive))
}

/// Returns the mean of decimals, rounded toward zero at [`MEAN_SCALE`]; `None` without decimals.
pub(crate) fn mean(values: impl Iterator<Item = Decimal>) -> Result<Option<Decimal>, ArithmeticError> {
    let mut count = 0_u64;
    let mut sum = Exact::ZERO;
    for value in values {
        count = count.saturating_add(1);
        sum = sum.plus(Exact::from(value))?;
    }
    if count == 0 {
        return Ok(None);
    }
    sum.ratio_to_fit(Exact::from(Decimal::from(count)), MEAN_SCALE).map(Some)
}

/// The weights of snapshots by age.
struct Decay<'a> {
    instants: &'a [AsOf],
    weights: Vec<Decimal>,
}

impl<'a> Decay<'a> {
    fn new(instants: &'a [AsOf], reference: AsOf, half_life_days: Decimal) -> Result<Self, ArithmeticError> {
        let half_life = Exact::product(half_life_days, Decimal::from(MILLIS_PER_DAY))
            .ratio_to_fit(Exact::from(Decimal::ONE), MEAN_SCALE)?;
        let weight =
            |instant: &AsOf| power_of_half(Decimal::from(reference.millis_since(*instant)), half_life);
        Ok(Self { instants, weights: instants.iter().map(weight).collect::<Result<_, _>>()? })
    }

    fn mean_cap(&self, window: &HistoryWindow<'_>, row: &Row<'_>) -> Result<Option<Figure>, ArithmeticError> {
        let (mut weighted, mut total) = (Exact::ZERO, Exact::ZERO);
        for row in rows_at(window, row.asset(), self.instants) {
            let position = self.instants.binary_search(&row.as_of).ok();
            let weight = position.and_then(|position| self.weights.get(position)).copied();
            let (Some(weight), Some(cap)) = (weight, row.value.market_cap()) else { continue };
            weighted = weighted.plus(Exact::product(weight, cap.decimal()))?;
            total = total.plus(Exact::from(weight))?;
        }
        if total.is_zero() {
            return Ok(None);
        }
        Ok(positive(weighted.ratio_to_fit(total, MEAN_SCALE)?))
    }
}
