//! Selection: which of the ranked assets become constituents.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroUsize;

use regimen_types::{ArithmeticError, AsOf, AssetId, Exact, Figure, Weight};
use serde::{Deserialize, Serialize};

use crate::grouping::Group;

/// An eligible asset in the order of the ranking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RankedAsset {
    /// The asset.
    pub asset: AssetId,
    /// The amount for ranking, above zero; never larger than that of the asset before it.
    pub amount: Figure,
    /// Its group, if the rule limits groups.
    pub group: Option<Group>,
    /// True if it was a constituent before.
    pub incumbent: bool,
}

/// The outcome for a ranked asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// The asset becomes a constituent.
    Selected,
    /// The asset is next in line.
    Reserve,
    /// The asset ranks too low.
    BelowCount,
    /// The asset's group has reached its limit.
    GroupFull,
    /// The asset's amount is below the threshold for newcomers or incumbents.
    BelowThreshold,
}

impl fmt::Display for Choice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Selected => "selected",
            Self::Reserve => "next in line",
            Self::BelowCount => "below the count",
            Self::GroupFull => "its group is full",
            Self::BelowThreshold => "below the threshold",
        })
    }
}

/// A rule that selects constituents.
///
/// Laws: choices depend on ranks, amounts, groups and incumbency, not on names; multiplying all amounts by
/// one number changes nothing for a rule without a threshold; every asset has a choice.
pub trait SelectionRule: fmt::Debug + Send + Sync {
    /// Returns one choice per asset, in their order; a missing one is [`Choice::BelowCount`]. The
    /// constituents take effect at `effective_at`.
    ///
    /// # Errors
    /// [`ArithmeticError`] if a figure needs more than 28 digits.
    fn choose(&self, ranked: &[RankedAsset], effective_at: AsOf) -> Result<Vec<Choice>, ArithmeticError>;
}

/// The maximum number of constituents.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Size {
    /// All eligible assets.
    All,
    /// A fixed number.
    Count(NonZeroUsize),
    /// A number from each instant onward; zero before the first.
    CountByDate(BTreeMap<AsOf, NonZeroUsize>),
    /// The number that, by rank, reaches at least this share of the total amount of all eligible assets.
    Coverage(Weight),
}

/// How incumbents are preferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Buffer {
    /// By rank: assets down to `enter` are selected first, then incumbents down to `stay`, then the others by
    /// rank, until the count is reached.
    Rank {
        /// The last rank at which any asset is selected at once; at most the count.
        enter: usize,
        /// The last rank at which an incumbent is preferred; at least the count.
        stay: usize,
    },
    /// By the ranking amount: a newcomer needs `enter`, an incumbent `stay`.
    Amount {
        /// What a newcomer must reach.
        enter: Figure,
        /// What an incumbent must keep.
        stay: Figure,
    },
}

/// Selection by rank, with a preference for incumbents, a limit per group, and a reserve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RankSelection {
    /// The number of constituents.
    pub size: Size,
    /// The preference for incumbents, if there is one.
    pub buffer: Option<Buffer>,
    /// The maximum number of constituents of one group.
    pub group_max: Option<NonZeroUsize>,
    /// The number of assets next in line.
    pub reserve: usize,
}

impl RankSelection {
    /// Builds the selection of the first `count` assets, without buffer, group limit or reserve.
    #[must_use]
    pub fn first(count: NonZeroUsize) -> Self {
        Self { size: Size::Count(count), buffer: None, group_max: None, reserve: 0 }
    }

    fn count(&self, ranked: &[RankedAsset], effective_at: AsOf) -> Result<usize, ArithmeticError> {
        Ok(match &self.size {
            Size::All => ranked.len(),
            Size::Count(count) => count.get(),
            Size::CountByDate(counts) => {
                counts.range(..=effective_at).next_back().map_or(0, |(_, count)| count.get())
            }
            Size::Coverage(share) => count_that_covers(ranked, *share)?,
        })
    }

    /// Returns the order in which places are assigned.
    fn order(&self, ranked: &[RankedAsset]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..ranked.len()).collect();
        if let Some(Buffer::Rank { enter, stay }) = self.buffer {
            // Sorting is stable, so each of the three parts stays in the order of rank.
            order.sort_by_key(|&index| {
                let preferred = ranked[index].incumbent && index < stay;
                (index >= enter, !preferred && index >= enter)
            });
        }
        order
    }

    fn is_above_threshold(&self, asset: &RankedAsset) -> bool {
        match self.buffer {
            Some(Buffer::Amount { enter, stay }) => {
                asset.amount >= if asset.incumbent { stay } else { enter }
            }
            Some(Buffer::Rank { .. }) | None => true,
        }
    }
}

impl SelectionRule for RankSelection {
    fn choose(&self, ranked: &[RankedAsset], effective_at: AsOf) -> Result<Vec<Choice>, ArithmeticError> {
        let mut places = self.count(ranked, effective_at)?;
        let mut members_of: BTreeMap<&Group, usize> = BTreeMap::new();
        let mut choices = vec![Choice::BelowCount; ranked.len()];
        for index in self.order(ranked) {
            let asset = &ranked[index];
            if !self.is_above_threshold(asset) {
                choices[index] = Choice::BelowThreshold;
                continue;
            }
            let members = asset.group.as_ref().map_or(0, |group| members_of.get(group).copied().unwrap_or(0));
            if asset.group.is_some() && self.group_max.is_some_and(|most| members >= most.get()) {
                choices[index] = Choice::GroupFull;
            } else if places > 0 {
                places = places.saturating_sub(1);
                choices[index] = Choice::Selected;
                if let Some(group) = &asset.group {
                    members_of.insert(group, members.saturating_add(1));
                }
            }
        }
        let next = choices.iter_mut().filter(|choice| **choice == Choice::BelowCount).take(self.reserve);
        next.for_each(|choice| *choice = Choice::Reserve);
        Ok(choices)
    }
}

/// Counts the assets, by rank, that reach at least a share of the total amount.
fn count_that_covers(ranked: &[RankedAsset], share: Weight) -> Result<usize, ArithmeticError> {
    let mut amounts = ranked.iter().map(|each| Exact::from(each.amount.decimal()));
    let total = amounts.try_fold(Exact::ZERO, Exact::plus)?;
    let wanted = total.times(share.decimal())?;
    let mut covered = Exact::ZERO;
    for (count, each) in ranked.iter().enumerate() {
        if covered.compare(wanted)? != Ordering::Less {
            return Ok(count);
        }
        covered = covered.plus(Exact::from(each.amount.decimal()))?;
    }
    Ok(ranked.len())
}

#[cfg(test)]
mod tests;
