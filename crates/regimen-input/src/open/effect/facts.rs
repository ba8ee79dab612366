//! What occurs in a market: the facts that names are looked up in.

use std::collections::{BTreeMap, BTreeSet};

use regimen::CheckedDefinition;
use regimen_types::{AsOf, AssetId, AssetInfo, AssetList, Category, History};

/// What occurs in a market, computed once.
pub(in crate::open) struct MarketFacts<'a> {
    history: &'a History,
    /// The instants of the snapshots, ascending; a history that was read has at least one.
    pub(super) instants: &'a [AsOf],
    pub(super) asset_list: Option<&'a AssetList>,
    /// The further numeric columns of the snapshots.
    pub(super) attributes: BTreeSet<&'a str>,
    /// The categories of assets that occur.
    pub(super) categories: BTreeSet<&'a str>,
    /// The categories of the asset list, whether their assets occur or not.
    pub(super) listed_categories: BTreeSet<&'a str>,
    /// The chains on which assets of the definition trade.
    pub(super) chains: BTreeSet<&'a str>,
    /// The names that need not occur.
    optional: &'a BTreeSet<String>,
    /// For an asset's identifier, symbol or name in lower case, the identifiers of the assets that have it.
    by_any_name: BTreeMap<String, BTreeSet<&'a AssetId>>,
}

impl<'a> MarketFacts<'a> {
    pub(in crate::open) fn of(
        history: &'a History,
        asset_list: Option<&'a AssetList>,
        definition: &'a CheckedDefinition,
    ) -> Self {
        let categories = |infos: Vec<&'a AssetInfo>| {
            infos.into_iter().filter_map(|info| info.category.as_ref()).map(Category::as_str)
        };
        let (listed, occurring): (Vec<_>, Vec<_>) = {
            let all = asset_list.into_iter().flatten();
            (
                all.clone().map(|(_, info)| info).collect(),
                all.filter(|(asset, _)| history.contains(asset)).map(|(_, info)| info).collect(),
            )
        };
        let gas = definition.costs.as_ref().and_then(|costs| costs.gas.as_ref());
        let chains = gas.into_iter().flat_map(|gas| {
            gas.assets.iter().map(|each| each.chain.as_str()).chain([gas.default_chain.as_str()])
        });
        Self {
            history,
            instants: history.instants(),
            asset_list,
            attributes: history.columns().attributes.iter().map(|column| column.name.as_str()).collect(),
            categories: categories(occurring).collect(),
            listed_categories: categories(listed).collect(),
            chains: chains.collect(),
            optional: &definition.snapshots.optional,
            by_any_name: by_any_name(history, asset_list),
        }
    }

    /// Returns the first and the last snapshot.
    pub(super) fn ends(&self) -> Option<(AsOf, AsOf)> {
        Some((*self.instants.first()?, *self.instants.last()?))
    }

    /// Returns true if an asset has a row in any snapshot.
    pub(super) fn has_asset(&self, asset: &AssetId) -> bool {
        self.history.contains(asset)
    }

    /// Returns true if the definition excuses a name from occurring.
    pub(super) fn is_optional(&self, name: &str) -> bool {
        self.optional.contains(name)
    }

    /// Returns the names that the definition excuses.
    pub(super) fn optional(&self) -> impl Iterator<Item = &'a String> + use<'a> {
        self.optional.iter()
    }

    /// Iterates over the assets that occur, in the order of their first rows.
    pub(super) fn assets(&self) -> impl Iterator<Item = &'a AssetId> + use<'a> {
        self.history.columns().assets.iter()
    }

    /// Returns the assets whose identifier, symbol or name is `name` but for case.
    pub(super) fn known_as(&self, name: &str) -> impl Iterator<Item = &'a AssetId> + use<'a, '_> {
        self.by_any_name.get(&name.to_lowercase()).into_iter().flatten().copied()
    }

    /// Returns the entry of an asset in the asset list.
    pub(super) fn info(&self, asset: &AssetId) -> Option<&'a AssetInfo> {
        self.asset_list?.get(asset)
    }
}

fn by_any_name<'a>(
    history: &'a History,
    asset_list: Option<&'a AssetList>,
) -> BTreeMap<String, BTreeSet<&'a AssetId>> {
    let mut by_any_name: BTreeMap<String, BTreeSet<&AssetId>> = BTreeMap::new();
    for asset in &history.columns().assets {
        let info = asset_list.and_then(|list| list.get(asset));
        let further = info.map(|info| [info.symbol.as_deref(), info.name.as_deref()]);
        for name in further.into_iter().flatten().flatten().chain([asset.as_str()]) {
            by_any_name.entry(name.to_lowercase()).or_default().insert(asset);
        }
    }
    by_any_name
}
