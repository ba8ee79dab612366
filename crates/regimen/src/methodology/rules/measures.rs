//! The amounts and stretches of time of a definition as the types that rules take.

use regimen_definition::{LookbackDefinition, MeasureDefinition};
use regimen_weighting::{Lookback, Measure};

use super::sizes::not_zero;

pub(super) fn optional_measure(definition: Option<&MeasureDefinition>) -> Measure {
    match definition {
        None | Some(MeasureDefinition::MarketCap) => Measure::MarketCap,
        Some(MeasureDefinition::FloatAdjusted { float_factor }) => {
            Measure::FloatAdjusted { float_factor: float_factor.clone() }
        }
        Some(MeasureDefinition::MeanMarketCap { over }) => Measure::MeanMarketCap(lookback(*over)),
        Some(MeasureDefinition::EwmaMarketCap { over, half_life_days }) => {
            Measure::DecayingMarketCap { lookback: lookback(*over), half_life_days: half_life_days.decimal() }
        }
        Some(MeasureDefinition::Attribute { name }) => Measure::Attribute(name.clone()),
    }
}

pub(super) fn lookback(definition: LookbackDefinition) -> Lookback {
    match definition {
        LookbackDefinition::Snapshots { count } => Lookback::Snapshots(not_zero(count)),
        LookbackDefinition::Days { count } => Lookback::Days(not_zero(count)),
        LookbackDefinition::CalendarMonths { count } => Lookback::CalendarMonths(not_zero(count)),
        LookbackDefinition::CalendarMonthsToDate { count } => Lookback::CalendarMonthsToDate(not_zero(count)),
    }
}
