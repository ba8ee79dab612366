//! The screens of a universe, as objects that decide.

use regimen_definition::{
    ListedAssetDefinition, LookbackDefinition, MeasureDefinition, ScreenDefinition, Universe,
};
use regimen_types::{Figure, Weight};
use regimen_weighting::{
    AllowList, AttributeThreshold, BufferedThreshold, CompleteColumns, ConsecutivePeriods, DenyList,
    ExcludedCategories, KnownMarketCap, ListedAsset, MaximumStaleness, MinimumAge, MinimumAmount,
    MinimumHistory, MinimumPrice, MinimumShare, MinimumVolume, RequiredCategories, UniverseScreen,
    UnknownVolume, VolumeQuantile, VolumeStatistic, VolumeSummary,
};

use super::measures::{lookback, optional_measure};
use super::sizes::{at_least_one, not_zero};

/// Builds the screens in their order.
pub(super) fn screens(universe: &Universe) -> Vec<Box<dyn UniverseScreen>> {
    let mut screens: Vec<Box<dyn UniverseScreen>> = vec![
        Box::new(ExcludedCategories::new(universe.exclude_categories.iter().cloned())),
        Box::new(KnownMarketCap),
        Box::new(MinimumHistory::new(at_least_one(universe.history_snapshots_min))),
    ];
    screens.extend(universe.screens.iter().map(screen));
    screens
}

fn screen(definition: &ScreenDefinition) -> Box<dyn UniverseScreen> {
    match definition {
        ScreenDefinition::ExcludeCategories { categories } => {
            Box::new(ExcludedCategories::new(categories.iter().cloned()))
        }
        ScreenDefinition::RequireCategories { categories } => {
            Box::new(RequiredCategories::new(categories.iter().cloned()))
        }
        ScreenDefinition::Allow { assets } => Box::new(AllowList::new(assets.iter().map(listed))),
        ScreenDefinition::Deny { assets } => Box::new(DenyList::new(assets.iter().map(listed))),
        ScreenDefinition::MinHistory { snapshots } => Box::new(MinimumHistory::new(at_least_one(*snapshots))),
        ScreenDefinition::MinAge { days } => Box::new(MinimumAge::new(not_zero(*days))),
        ScreenDefinition::MaxStaleness { days } => Box::new(MaximumStaleness::new(*days)),
        ScreenDefinition::MinPrice { enter, stay } => Box::new(MinimumPrice(threshold(*enter, *stay))),
        ScreenDefinition::NoneMissing { columns, over } => {
            Box::new(CompleteColumns::new(columns.iter().copied(), lookback(*over)))
        }
        ScreenDefinition::MinVolume { statistic, over, unknown, enter, stay } => Box::new(MinimumVolume {
            volume: volume(*statistic, *over, *unknown),
            threshold: threshold(*enter, *stay),
        }),
        ScreenDefinition::MinVolumeQuantile { statistic, over, unknown, quantile, quantile_type } => {
            Box::new(VolumeQuantile {
                volume: volume(*statistic, *over, *unknown),
                quantile: *quantile,
                quantile_type: *quantile_type,
            })
        }
        ScreenDefinition::MinMarketCap { of, enter, stay } => Box::new(MinimumAmount {
            measure: optional_measure(of.as_ref()),
            threshold: threshold(*enter, *stay),
        }),
        ScreenDefinition::MinShare { of, enter, stay } => Box::new(share(of.as_ref(), *enter, *stay)),
        ScreenDefinition::Attribute { name, bound, enter, stay, if_unknown } => {
            Box::new(AttributeThreshold {
                attribute: name.clone(),
                bound: *bound,
                threshold: threshold(*enter, *stay),
                when_unknown: *if_unknown,
            })
        }
        ScreenDefinition::ConsecutivePeriods { periods, before_enough } => {
            Box::new(ConsecutivePeriods { periods: not_zero(*periods), before_enough: *before_enough })
        }
    }
}

fn listed(definition: &ListedAssetDefinition) -> ListedAsset {
    ListedAsset { asset: definition.asset.clone(), from: definition.from, until: definition.until }
}

fn threshold(enter: Figure, stay: Option<Figure>) -> BufferedThreshold {
    BufferedThreshold { enter, stay: stay.unwrap_or(enter) }
}

fn share(of: Option<&MeasureDefinition>, enter: Weight, stay: Option<Weight>) -> MinimumShare {
    MinimumShare { measure: optional_measure(of), enter, stay: stay.unwrap_or(enter) }
}

fn volume(statistic: VolumeStatistic, over: LookbackDefinition, unknown: UnknownVolume) -> VolumeSummary {
    VolumeSummary { statistic, lookback: lookback(over), unknown }
}
