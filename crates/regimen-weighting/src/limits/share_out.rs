//! Sharing a total out in proportion to amounts, each share within bounds.

use std::cmp::Ordering;

use regimen_types::{ArithmeticError, Exact, Rounding};
use rust_decimal::Decimal;

use crate::weights::{Weights, proportional_shares};

/// An amount with the bounds of its share.
#[derive(Clone, Debug)]
pub(super) struct Bounded {
    pub(super) amount: Decimal,
    pub(super) floor: Decimal,
    pub(super) cap: Decimal,
    /// The place among equals: that of the asset's name.
    pub(super) place: usize,
}

/// Where a share stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Free,
    AtFloor,
    AtCap,
}

/// Shares a total out: clamp(λ × amount, floor, cap) with the λ that gives the total, on the grid of [`Weights`]. Total and
/// bounds lie on that grid, and the bounds leave room for the total.
///
/// At any λ that shares the rest out among the free, either the caps cut off more than the floors ask for, and then the
/// right λ is larger and what is above its cap stays at it; or it is the other way round. So each pass settles at least one
/// share for good.
pub(super) fn share_out(total: Decimal, members: &[Bounded]) -> Result<Vec<Decimal>, ArithmeticError> {
    let of_amount =
        |member: &Bounded| if member.amount.is_zero() { Standing::AtFloor } else { Standing::Free };
    let mut standing: Vec<Standing> = members.iter().map(of_amount).collect();
    loop {
        let (rest, amounts) = what_is_free(total, members, &standing)?;
        let (mut over, mut under) = (Exact::ZERO, Exact::ZERO);
        let mut broken = vec![Standing::Free; members.len()];
        for (index, member) in members.iter().enumerate() {
            if standing[index] != Standing::Free {
                continue;
            }
            // All sides are multiplied by the sum of the free amounts, so that nothing is divided.
            let share = rest.times(member.amount)?;
            let (cap, floor) = (amounts.times(member.cap)?, amounts.times(member.floor)?);
            if share.compare(cap)? == Ordering::Greater {
                over = over.plus(share.minus(cap)?)?;
                broken[index] = Standing::AtCap;
            } else if share.compare(floor)? == Ordering::Less {
                under = under.plus(floor.minus(share)?)?;
                broken[index] = Standing::AtFloor;
            }
        }
        if broken.iter().all(|each| *each == Standing::Free) {
            return shares(rest, members, &standing);
        }
        let settles = match over.compare(under)? {
            Ordering::Less => |each: Standing| each == Standing::AtFloor,
            Ordering::Greater => |each: Standing| each == Standing::AtCap,
            // This λ is the right one.
            Ordering::Equal => |each: Standing| each != Standing::Free,
        };
        let settled = standing.iter_mut().zip(broken).filter(|(_, broken)| settles(*broken));
        settled.for_each(|(standing, broken)| *standing = broken);
    }
}

/// Returns what of the total is left for the free, and the sum of their amounts.
fn what_is_free(
    total: Decimal,
    members: &[Bounded],
    standing: &[Standing],
) -> Result<(Exact, Exact), ArithmeticError> {
    let (mut rest, mut amounts) = (Exact::from(total), Exact::ZERO);
    for (member, standing) in members.iter().zip(standing) {
        match standing {
            Standing::Free => amounts = amounts.plus(Exact::from(member.amount))?,
            Standing::AtFloor => rest = rest.minus(Exact::from(member.floor))?,
            Standing::AtCap => rest = rest.minus(Exact::from(member.cap))?,
        }
    }
    Ok((rest, amounts))
}

fn shares(rest: Exact, members: &[Bounded], standing: &[Standing]) -> Result<Vec<Decimal>, ArithmeticError> {
    let free: Vec<&Bounded> = members
        .iter()
        .zip(standing)
        .filter(|(_, standing)| **standing == Standing::Free)
        .map(|(member, _)| member)
        .collect();
    let amounts: Vec<(Decimal, usize)> = free.iter().map(|each| (each.amount, each.place)).collect();
    let rest = rest.round(Weights::SCALE, Rounding::HalfEven)?;
    let mut of_free = proportional_shares(rest, &amounts)?.into_iter();
    let share = |(member, standing): (&Bounded, &Standing)| match standing {
        Standing::Free => of_free.next().unwrap_or_default(),
        Standing::AtFloor => member.floor,
        Standing::AtCap => member.cap,
    };
    Ok(members.iter().zip(standing).map(share).collect())
}
