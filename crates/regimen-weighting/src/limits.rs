//! Caps and floors on weights: per asset, for the largest assets, and per group.
//!
//! The excess over a cap goes to the other constituents in proportion to their weights, repeatedly, until
//! every cap and floor holds. That fixed point is the only set of weights of the form
//!
//! ```text
//! wᵢ = clamp(λ·μ(group of i)·rᵢ, floor, cap),   Σ wᵢ = 1
//! ```
//!
//! with raw weights `r`, one `λ` for all, and a `μ` per group that differs from 1 only where the group's cap
//! or floor binds (Bitran and Hax 1981, "Disaggregation and Resource Allocation Using Convex Knapsack
//! Problems with Bounded Variables", Management Science 27). It is found exactly, in decimals, and then
//! brought to the grid of [`Weights`].

mod share_out;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;

use regimen_types::{ArithmeticError, AssetId, Exact, Rounding, Weight};
use rust_decimal::{Decimal, RoundingStrategy};

use crate::grouping::Group;
use crate::weights::{Weights, WeightsError};
use share_out::{Bounded, share_out};

/// A constituent's weight before limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawWeight {
    /// The asset.
    pub asset: AssetId,
    /// Its weight by the weighting rule; those of all constituents sum to exactly 1.
    pub weight: Weight,
    /// The constituent's group, if it has one.
    pub group: Option<Group>,
}

/// A rule that limits weights.
///
/// Laws: the result does not depend on the order of the constituents or, where raw weights differ, on names;
/// limiting again changes nothing; within a group, a larger raw weight never gets a smaller weight.
pub trait WeightCap: fmt::Debug + Send + Sync {
    /// Limits the weights; there is at least one.
    ///
    /// # Errors
    /// [`LimitError`] if no weights satisfy the limits.
    fn limit(&self, raw: &[RawWeight]) -> Result<Weights, LimitError>;
}

/// Why no weights satisfy the limits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LimitError {
    /// The caps sum to less than 1.
    #[error("the caps of {count} constituents sum to {sum}, less than 1")]
    CapsBelowOne {
        /// The constituents.
        count: usize,
        /// The sum of their caps, including those of groups.
        sum: Decimal,
    },
    /// The floors sum to more than 1.
    #[error("the floors of {count} constituents sum to {sum}, more than 1")]
    FloorsAboveOne {
        /// The constituents.
        count: usize,
        /// The sum of their floors, including those of groups.
        sum: Decimal,
    },
    /// A group's cap is below the floors of its members.
    #[error("group {group} has {count} constituents with floors of {sum} in all, more than its cap {cap}")]
    GroupCapBelowFloors {
        /// The group.
        group: Group,
        /// Its constituents.
        count: usize,
        /// The sum of their floors.
        sum: Decimal,
        /// The group's cap.
        cap: Decimal,
    },
    /// A group's floor is above the caps of its members.
    #[error("group {group} has {count} constituents with caps of {sum} in all, less than its floor {floor}")]
    GroupFloorAboveCaps {
        /// The group.
        group: Group,
        /// Its constituents.
        count: usize,
        /// The sum of their caps.
        sum: Decimal,
        /// The group's floor.
        floor: Decimal,
    },
    /// A floor is above the cap of the same asset or group.
    #[error("a floor of {floor} is above the cap of {cap}")]
    FloorAboveCap {
        /// The floor.
        floor: Weight,
        /// The cap.
        cap: Weight,
    },
    /// The cap of the largest is below that of the others: limiting again would pick different assets as the
    /// largest.
    #[error("the largest are capped at {largest}, below the cap of the others, {others}")]
    LargestBelowOthers {
        /// The cap of the largest.
        largest: Weight,
        /// The cap of the others.
        others: Weight,
    },
    /// The weights could not be built.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// A user's own rule failed, for the reason given.
    #[error("{0}")]
    Other(String),
}

impl From<ArithmeticError> for LimitError {
    fn from(error: ArithmeticError) -> Self {
        Self::Weights(WeightsError::Arithmetic(error))
    }
}

/// The least and the greatest weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The least weight.
    pub floor: Weight,
    /// The greatest weight.
    pub cap: Weight,
}

impl Bounds {
    /// No bounds.
    pub const NONE: Self = Self { floor: Weight::ZERO, cap: Weight::ONE };

    fn check(self) -> Result<(), LimitError> {
        if self.floor > self.cap {
            return Err(LimitError::FloorAboveCap { floor: self.floor, cap: self.cap });
        }
        Ok(())
    }
}

/// The largest constituents, which have a cap of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LargestCap {
    /// The number of largest constituents, by raw weight; ties go to the smaller asset identifier.
    pub count: usize,
    /// Their cap, which replaces that of the others and is at least as high.
    pub cap: Weight,
}

/// Caps and floors that apply together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeightLimits {
    /// The bounds of each asset.
    pub asset: Bounds,
    /// The cap of the largest, if it differs.
    pub largest: Option<LargestCap>,
    /// The bounds of each group; they do not apply to assets without a group.
    pub group: Bounds,
}

impl WeightCap for WeightLimits {
    fn limit(&self, raw: &[RawWeight]) -> Result<Weights, LimitError> {
        self.asset.check()?;
        self.group.check()?;
        if let Some(largest) = self.largest {
            Bounds { cap: largest.cap, ..self.asset }.check()?;
            if largest.cap < self.asset.cap {
                return Err(LimitError::LargestBelowOthers { largest: largest.cap, others: self.asset.cap });
            }
        }
        let members = self.members(raw);
        let mut pools = self.pools(raw, &members)?;
        check_whole(&pools, &members)?;
        settle(&mut pools, &members)?;
        let mut limited = vec![Decimal::ZERO; raw.len()];
        for pool in &pools {
            pool.members.iter().zip(&pool.weights).for_each(|(&index, weight)| limited[index] = *weight);
        }
        let named = raw.iter().zip(limited).map(|(each, weight)| (each.asset.clone(), weight));
        Ok(Weights::of_grid(named)?)
    }
}

/// Constituents that share one group's limit.
struct Pool {
    group: Option<Group>,
    /// Positions in the list of constituents.
    members: Vec<usize>,
    floor: Decimal,
    cap: Decimal,
    /// The pool's weight once it is settled at one of its bounds.
    settled: Option<Decimal>,
    /// The weights of the members in the current pass.
    weights: Vec<Decimal>,
}

impl WeightLimits {
    fn members(&self, raw: &[RawWeight]) -> Vec<Bounded> {
        let mut by_size: Vec<usize> = (0..raw.len()).collect();
        by_size.sort_by_key(|&index| (Reverse(raw[index].weight), &raw[index].asset));
        let mut caps = vec![self.asset.cap; raw.len()];
        if let Some(largest) = self.largest {
            by_size.iter().take(largest.count).for_each(|&index| caps[index] = largest.cap);
        }
        let mut place = vec![0_usize; raw.len()];
        let mut names: Vec<usize> = (0..raw.len()).collect();
        names.sort_by_key(|&index| &raw[index].asset);
        names.iter().enumerate().for_each(|(position, &index)| place[index] = position);
        let floor = floor_on_grid(self.asset.floor);
        let bounded = raw.iter().zip(caps).zip(place).map(|((each, cap), place)| Bounded {
            amount: each.weight.decimal(),
            floor,
            // A share in proportion to zero is zero.
            cap: if each.weight.is_zero() { floor } else { cap_on_grid(cap) },
            place,
        });
        bounded.collect()
    }

    /// Collects the constituents by group; those without a group form one pool without bounds.
    fn pools(&self, raw: &[RawWeight], members: &[Bounded]) -> Result<Vec<Pool>, LimitError> {
        let mut by_group: BTreeMap<Option<Group>, Vec<usize>> = BTreeMap::new();
        for (index, each) in raw.iter().enumerate() {
            let group = each.group.clone().filter(|_| self.group != Bounds::NONE);
            by_group.entry(group).or_default().push(index);
        }
        let pool = |(group, indices): (Option<Group>, Vec<usize>)| {
            let bounds = if group.is_some() { self.group } else { Bounds::NONE };
            let (floor, cap) = (floor_on_grid(bounds.floor), cap_on_grid(bounds.cap));
            let pool = Pool { group, members: indices, floor, cap, settled: None, weights: Vec::new() };
            pool.check(members)?;
            Ok(pool)
        };
        by_group.into_iter().map(pool).collect()
    }
}

impl Pool {
    fn sum(&self, members: &[Bounded], bound: fn(&Bounded) -> Decimal) -> Result<Decimal, ArithmeticError> {
        sum(self.members.iter().map(|&index| bound(&members[index])))
    }

    fn check(&self, members: &[Bounded]) -> Result<(), LimitError> {
        let Some(group) = &self.group else { return Ok(()) };
        let (group, count) = (group.clone(), self.members.len());
        let floors = self.sum(members, |each| each.floor)?;
        if floors > self.cap {
            return Err(LimitError::GroupCapBelowFloors { group, count, sum: floors, cap: self.cap });
        }
        let caps = self.sum(members, |each| each.cap)?;
        if caps < self.floor {
            return Err(LimitError::GroupFloorAboveCaps { group, count, sum: caps, floor: self.floor });
        }
        Ok(())
    }
}

/// Checks that the bounds of all pools allow a sum of 1.
fn check_whole(pools: &[Pool], members: &[Bounded]) -> Result<(), LimitError> {
    let count = members.len();
    let caps = pools.iter().map(|pool| {
        let caps = pool.sum(members, |each| each.cap)?;
        Ok(if pool.group.is_some() { caps.min(pool.cap) } else { caps })
    });
    let caps = sum(caps.collect::<Result<Vec<_>, ArithmeticError>>()?.into_iter())?;
    if caps < Decimal::ONE {
        return Err(LimitError::CapsBelowOne { count, sum: caps });
    }
    let floors = pools.iter().map(|pool| {
        let floors = pool.sum(members, |each| each.floor)?;
        Ok(floors.max(pool.floor))
    });
    let floors = sum(floors.collect::<Result<Vec<_>, ArithmeticError>>()?.into_iter())?;
    if floors > Decimal::ONE {
        return Err(LimitError::FloorsAboveOne { count, sum: floors });
    }
    Ok(())
}

/// Distributes the whole over the pools. The groups that break the more violated side of the bounds settle
/// there, and the remainder is distributed again among the rest.
fn settle(pools: &mut [Pool], members: &[Bounded]) -> Result<(), LimitError> {
    loop {
        let settled = sum(pools.iter().filter_map(|pool| pool.settled))?;
        let open: Vec<usize> = pools
            .iter()
            .filter(|pool| pool.settled.is_none())
            .flat_map(|pool| pool.members.clone())
            .collect();
        let shares = share_out(
            difference(Decimal::ONE, settled)?,
            &open.iter().map(|&index| members[index].clone()).collect::<Vec<_>>(),
        )?;
        let mut share_of = vec![Decimal::ZERO; members.len()];
        open.iter().zip(shares).for_each(|(&index, share)| share_of[index] = share);

        let (mut over, mut under) = (Decimal::ZERO, Decimal::ZERO);
        for pool in pools.iter_mut().filter(|pool| pool.settled.is_none()) {
            pool.weights = pool.members.iter().map(|&index| share_of[index]).collect();
            let (above, below) = pool.broken_by()?;
            over = sum([over, above].into_iter())?;
            under = sum([under, below].into_iter())?;
        }
        if over.is_zero() && under.is_zero() {
            return Ok(());
        }
        let caps_settle = over >= under;
        for pool in pools.iter_mut().filter(|pool| pool.settled.is_none()) {
            let (above, below) = pool.broken_by()?;
            let bound = match (caps_settle && !above.is_zero(), !caps_settle && !below.is_zero()) {
                (true, _) => pool.cap,
                (_, true) => pool.floor,
                _ => continue,
            };
            let own: Vec<Bounded> = pool.members.iter().map(|&index| members[index].clone()).collect();
            pool.weights = share_out(bound, &own)?;
            pool.settled = Some(bound);
        }
    }
}

impl Pool {
    /// Returns the excess over the pool's cap and the shortfall below its floor.
    fn broken_by(&self) -> Result<(Decimal, Decimal), ArithmeticError> {
        let total = sum(self.weights.iter().copied())?;
        let above = difference(total, self.cap)?.max(Decimal::ZERO);
        let below = difference(self.floor, total)?.max(Decimal::ZERO);
        Ok((above, below))
    }
}

/// Rounds a cap down to the grid of [`Weights`].
fn cap_on_grid(cap: Weight) -> Decimal {
    cap.decimal().trunc_with_scale(Weights::SCALE).normalize()
}

/// Rounds a floor up to the grid of [`Weights`].
fn floor_on_grid(floor: Weight) -> Decimal {
    floor.decimal().round_dp_with_strategy(Weights::SCALE, RoundingStrategy::AwayFromZero).normalize()
}

fn sum(mut decimals: impl Iterator<Item = Decimal>) -> Result<Decimal, ArithmeticError> {
    let sum = decimals.try_fold(Exact::ZERO, |sum, each| sum.plus(Exact::from(each)))?;
    sum.round(28, Rounding::HalfEven)
}

fn difference(left: Decimal, right: Decimal) -> Result<Decimal, ArithmeticError> {
    Exact::from(left).minus(Exact::from(right))?.round(28, Rounding::HalfEven)
}

#[cfg(test)]
mod tests;
