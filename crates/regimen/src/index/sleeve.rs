//! The defensive sleeve: which of its assets are trusted to hold their peg, and what it holds.

use std::collections::BTreeMap;

use regimen_definition::{Defensive, WhenOffPeg};
use regimen_ledger::Index;
use regimen_planning::{TargetError, TargetPortfolio};
use regimen_types::{AsOf, AssetId, HistoryWindow, Price, Weight};
use regimen_weighting::Weights;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::basis::{GivenExclusion, GivenVerdict};
use super::given;

/// The assets of the sleeve that left their peg and are not trusted again yet, as the definition names them.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SleeveState(BTreeMap<AssetId, OffPeg>);

/// An asset that left its peg.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OffPeg {
    /// The snapshot at which it left.
    pub since: AsOf,
    /// The last known prices in a row that were close enough to the peg for re-entry.
    pub close_snapshots: u32,
}

impl SleeveState {
    /// The state before any snapshot: every asset is trusted.
    pub const START: Self = Self(BTreeMap::new());

    /// Returns what is known of an asset that is not trusted; `None` for one that is.
    #[must_use]
    pub fn off_peg(&self, asset: &AssetId) -> Option<OffPeg> {
        self.0.get(asset).copied()
    }

    /// Looks at the prices of the window's newest snapshot. An asset without one stays as it was.
    pub(super) fn watch(&mut self, defensive: &Defensive, window: &HistoryWindow<'_>) {
        let Some(tolerance) = defensive.peg_tolerance else { return };
        let (reentry_tolerance, reentry_snapshots) = defensive
            .reentry
            .as_ref()
            .map_or((tolerance, 1), |reentry| (reentry.tolerance, reentry.snapshots));
        for member in &defensive.sleeve {
            let row = window.row(window.present_name(&member.asset));
            let Some(price) = row.and_then(|row| row.price()) else { continue };
            let distance = distance_from_peg(price);
            let Some(off_peg) = self.0.get_mut(&member.asset) else {
                if distance > tolerance.decimal() {
                    let off_peg = OffPeg { since: window.as_of(), close_snapshots: 0 };
                    self.0.insert(member.asset.clone(), off_peg);
                }
                continue;
            };
            let is_close = distance <= reentry_tolerance.decimal();
            off_peg.close_snapshots = if is_close { off_peg.close_snapshots.saturating_add(1) } else { 0 };
            if off_peg.close_snapshots >= reentry_snapshots {
                self.0.remove(&member.asset);
            }
        }
    }

    /// Returns true if an index that holds the sleeve has to sell an asset now.
    pub(super) fn must_sell(&self, defensive: &Defensive, index: &Index, window: &HistoryWindow<'_>) -> bool {
        let can_sell = |asset: &AssetId| window.row(asset).is_some_and(|row| row.price().is_some());
        let mut names = self.0.keys().map(|asset| window.present_name(asset));
        defensive.when_off_peg == Some(WhenOffPeg::SellAtOnce)
            && names.any(|asset| index.basket().contains_key(asset) && can_sell(asset))
    }
}

/// Builds the target of the defensive sleeve.
///
/// What was meant for an asset that is not trusted or has no price goes to the others in proportion to their
/// weights; if none is left, to cash.
pub(super) fn target(
    defensive: &Defensive,
    state: &SleeveState,
    window: &HistoryWindow<'_>,
) -> (Vec<GivenVerdict>, Result<TargetPortfolio, TargetError>) {
    let tolerance = defensive.peg_tolerance.unwrap_or(Weight::ONE).decimal();
    let members = members(defensive, window);
    let mut verdicts =
        given::verdicts(members.iter().map(|(asset, weight)| (*asset, *weight)), window, |asset, price| {
            state.0.keys().find(|off_peg| window.present_name(off_peg) == asset)?;
            let is_off = distance_from_peg(price) > tolerance;
            Some(if is_off { GivenExclusion::OffPeg } else { GivenExclusion::NotTrustedYet })
        });
    hand_over(&mut verdicts);
    let target = given::target(&verdicts);
    (verdicts, target)
}

/// Returns the members by their present names, in the order of the definition. Two that became one have their
/// weights together.
fn members<'a>(defensive: &'a Defensive, window: &HistoryWindow<'a>) -> Vec<(&'a AssetId, Weight)> {
    let mut members: Vec<(&AssetId, Weight)> = Vec::with_capacity(defensive.sleeve.len());
    for member in &defensive.sleeve {
        let name = window.present_name(&member.asset);
        match members.iter_mut().find(|(asset, _)| *asset == name) {
            Some((_, weight)) => *weight = weight.joined(member.weight),
            None => members.push((name, member.weight)),
        }
    }
    members
}

fn distance_from_peg(price: Price) -> Decimal {
    price.decimal().saturating_sub(Decimal::ONE).abs()
}

/// Spreads the weights of the excluded over the others in proportion.
fn hand_over(verdicts: &mut [GivenVerdict]) {
    if verdicts.iter().all(|each| each.exclusion.is_none()) {
        return;
    }
    let given: Decimal = verdicts.iter().map(|each| each.given_weight.decimal()).sum();
    let kept: Vec<_> = verdicts.iter().map(|each| (each.asset.clone(), each.weight.decimal())).collect();
    // Nothing is left to hand over to.
    let Ok(shares) = Weights::proportional_to(&kept) else { return };
    for verdict in verdicts.iter_mut().filter(|each| each.exclusion.is_none()) {
        let raised = shares.of(&verdict.asset).decimal().saturating_mul(given);
        // Rounding down keeps the sum at or below what was given; the rest is cash.
        verdict.weight = Weight::new(raised.trunc_with_scale(Weights::SCALE)).unwrap_or(verdict.weight);
    }
}
