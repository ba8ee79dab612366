//! Two tables of assets as one.

use std::cmp::Ordering;

use regimen_types::AssetId;

/// Iterates over the assets of two tables, each in ascending order, with the entry of each table.
pub(super) fn merged<'a, L, R>(
    left: impl Iterator<Item = (&'a AssetId, L)>,
    right: impl Iterator<Item = (&'a AssetId, R)>,
) -> impl Iterator<Item = (&'a AssetId, Option<L>, Option<R>)> {
    let (mut left, mut right) = (left.peekable(), right.peekable());
    std::iter::from_fn(move || {
        let order = match (left.peek(), right.peek()) {
            (Some((left, _)), Some((right, _))) => left.cmp(right),
            (None, Some(_)) => Ordering::Greater,
            _ => Ordering::Less,
        };
        match order {
            Ordering::Less => left.next().map(|(asset, value)| (asset, Some(value), None)),
            Ordering::Greater => right.next().map(|(asset, value)| (asset, None, Some(value))),
            Ordering::Equal => left
                .next()
                .zip(right.next())
                .map(|((asset, left), (_, right))| (asset, Some(left), Some(right))),
        }
    })
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use proptest::prelude::*;

    fn tables() -> impl Strategy<Value = BTreeMap<AssetId, u8>> {
        let assets = "[A-E]{1,2}".prop_map(|text| text.parse::<AssetId>().unwrap());
        prop::collection::btree_map(assets, any::<u8>(), 0..12)
    }

    proptest! {
        #[test]
        fn merging_is_looking_up_each_asset(left in tables(), right in tables()) {
            let assets: BTreeSet<&AssetId> = left.keys().chain(right.keys()).collect();
            let looked_up: Vec<_> =
                assets.into_iter().map(|asset| (asset, left.get(asset), right.get(asset))).collect();
            prop_assert_eq!(merged(left.iter(), right.iter()).collect::<Vec<_>>(), looked_up);
        }
    }
}
