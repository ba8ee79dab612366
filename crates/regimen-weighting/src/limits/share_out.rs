//! Distribution of a total in proportion to amounts, each share within bounds.

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
    /// The place among equal amounts, by the asset's name.
    pub(super) place: usize,
}

/// The bound that a share is settled at, if any.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Settled {
    Free,
    AtFloor,
    AtCap,
}

/// Shares a total out: clamp(λ × amount, floor, cap) with the λ that gives the total, on the grid of
/// [`Weights`]. Total and bounds lie on that grid, and the bounds leave room for the total.
///
/// Take any λ that shares the rest out among the free. If the caps cut off more than the floors ask for, the
/// right λ is larger, so a share above its cap stays at the cap; otherwise it is smaller, and a share below
/// its floor stays there. Each pass therefore settles at least one share for good.
pub(super) fn share_out(total: Decimal, members: &[Bounded]) -> Result<Vec<Decimal>, ArithmeticError> {
    let of_amount = |member: &Bounded| if member.amount.is_zero() { Settled::AtFloor } else { Settled::Free };
    let mut settled: Vec<Settled> = members.iter().map(of_amount).collect();
    loop {
        let (rest, amounts) = what_is_free(total, members, &settled)?;
        let (mut over, mut under) = (Exact::ZERO, Exact::ZERO);
        let mut broken = vec![Settled::Free; members.len()];
        for (index, member) in members.iter().enumerate() {
            if settled[index] != Settled::Free {
                continue;
            }
            // All sides are multiplied by the sum of the free amounts, which avoids division.
            let share = rest.times(member.amount)?;
            let (cap, floor) = (amounts.times(member.cap)?, amounts.times(member.floor)?);
            if share.compare(cap)? == Ordering::Greater {
                over = over.plus(share.minus(cap)?)?;
                broken[index] = Settled::AtCap;
            } else if share.compare(floor)? == Ordering::Less {
                under = under.plus(floor.minus(share)?)?;
                broken[index] = Settled::AtFloor;
            }
        }
        if broken.iter().all(|each| *each == Settled::Free) {
            return shares(rest, members, &settled);
        }
        let settles = match over.compare(under)? {
            Ordering::Less => |each: Settled| each == Settled::AtFloor,
            Ordering::Greater => |each: Settled| each == Settled::AtCap,
            // This λ is the right one.
            Ordering::Equal => |each: Settled| each != Settled::Free,
        };
        let newly = settled.iter_mut().zip(broken).filter(|(_, broken)| settles(*broken));
        newly.for_each(|(settled, broken)| *settled = broken);
    }
}

/// Returns the part of the total left for the free shares, and the sum of their amounts.
fn what_is_free(
    total: Decimal,
    members: &[Bounded],
    settled: &[Settled],
) -> Result<(Exact, Exact), ArithmeticError> {
    let (mut rest, mut amounts) = (Exact::from(total), Exact::ZERO);
    for (member, settled) in members.iter().zip(settled) {
        match settled {
            Settled::Free => amounts = amounts.plus(Exact::from(member.amount))?,
            Settled::AtFloor => rest = rest.minus(Exact::from(member.floor))?,
            Settled::AtCap => rest = rest.minus(Exact::from(member.cap))?,
        }
    }
    Ok((rest, amounts))
}

fn shares(rest: Exact, members: &[Bounded], settled: &[Settled]) -> Result<Vec<Decimal>, ArithmeticError> {
    let free: Vec<&Bounded> = members
        .iter()
        .zip(settled)
        .filter(|(_, settled)| **settled == Settled::Free)
        .map(|(member, _)| member)
        .collect();
    let amounts: Vec<(Decimal, usize)> = free.iter().map(|each| (each.amount, each.place)).collect();
    let rest = rest.round(Weights::SCALE, Rounding::HalfEven)?;
    let mut of_free = proportional_shares(rest, &amounts)?.into_iter();
    let share = |(member, settled): (&Bounded, &Settled)| match settled {
        Settled::Free => of_free.next().unwrap_or_default(),
        Settled::AtFloor => member.floor,
        Settled::AtCap => member.cap,
    };
    Ok(members.iter().zip(settled).map(share).collect())
}
