//! Screens by lists of categories and assets.

use std::collections::{BTreeMap, BTreeSet};

use regimen_types::{AsOf, AssetId, Category, HistoryWindow, Row};

use crate::screen::{EligibilityFilter, Exclusion};

/// Passes assets whose category is not excluded; an asset without a category passes.
#[derive(Clone, Debug)]
pub struct ExcludedCategories(BTreeSet<Category>);

impl ExcludedCategories {
    /// Builds the screen from the categories to exclude.
    #[must_use]
    pub fn new(categories: impl IntoIterator<Item = Category>) -> Self {
        Self(categories.into_iter().collect())
    }
}

impl EligibilityFilter for ExcludedCategories {
    fn exclusion(&self, row: &Row<'_>, _: &HistoryWindow<'_>) -> Option<Exclusion> {
        let category = row.info().category.as_ref()?;
        self.0.contains(category).then(|| Exclusion::Category(category.to_string()))
    }
}

/// Passes assets whose category is among the required ones.
#[derive(Clone, Debug)]
pub struct RequiredCategories(BTreeSet<Category>);

impl RequiredCategories {
    /// Builds the screen from the required categories.
    #[must_use]
    pub fn new(categories: impl IntoIterator<Item = Category>) -> Self {
        Self(categories.into_iter().collect())
    }
}

impl EligibilityFilter for RequiredCategories {
    fn exclusion(&self, row: &Row<'_>, _: &HistoryWindow<'_>) -> Option<Exclusion> {
        let category = row.info().category.as_ref();
        if category.is_some_and(|category| self.0.contains(category)) {
            return None;
        }
        Some(Exclusion::CategoryNotListed(category.map(Category::to_string)))
    }
}

/// An asset on a list, with the time for which it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedAsset {
    /// The asset.
    pub asset: AssetId,
    /// The first instant at which it is listed; `None` for the beginning.
    pub from: Option<AsOf>,
    /// The first instant at which it is no longer listed; `None` for no end.
    pub until: Option<AsOf>,
}

/// The periods in which each asset is listed.
type Stretches = BTreeMap<AssetId, Vec<(Option<AsOf>, Option<AsOf>)>>;

fn stretches(listed: impl IntoIterator<Item = ListedAsset>) -> Stretches {
    let mut stretches = Stretches::new();
    for entry in listed {
        stretches.entry(entry.asset).or_default().push((entry.from, entry.until));
    }
    stretches
}

fn is_listed(stretches: &Stretches, asset: &AssetId, as_of: AsOf) -> bool {
    let holds = |(from, until): &(Option<AsOf>, Option<AsOf>)| {
        from.is_none_or(|from| from <= as_of) && until.is_none_or(|until| as_of < until)
    };
    stretches.get(asset).is_some_and(|stretches| stretches.iter().any(holds))
}

/// Passes only the assets on a list.
#[derive(Clone, Debug)]
pub struct AllowList(Stretches);

impl AllowList {
    /// Builds the screen; an asset may be listed for several periods.
    #[must_use]
    pub fn new(listed: impl IntoIterator<Item = ListedAsset>) -> Self {
        Self(stretches(listed))
    }
}

impl EligibilityFilter for AllowList {
    fn exclusion(&self, row: &Row<'_>, window: &HistoryWindow<'_>) -> Option<Exclusion> {
        (!is_listed(&self.0, row.asset(), window.as_of())).then_some(Exclusion::NotAllowed)
    }
}

/// Passes the assets that are not on a list.
#[derive(Clone, Debug)]
pub struct DenyList(Stretches);

impl DenyList {
    /// Builds the screen; an asset may be listed for several periods.
    #[must_use]
    pub fn new(listed: impl IntoIterator<Item = ListedAsset>) -> Self {
        Self(stretches(listed))
    }
}

impl EligibilityFilter for DenyList {
    fn exclusion(&self, row: &Row<'_>, window: &HistoryWindow<'_>) -> Option<Exclusion> {
        is_listed(&self.0, row.asset(), window.as_of()).then_some(Exclusion::Denied)
    }
}
