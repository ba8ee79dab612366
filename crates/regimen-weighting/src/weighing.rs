//! Weighing given constituents: amounts, the weighting rule, then caps and floors.

use std::collections::HashMap;
use std::fmt;

use regimen_types::{AssetId, Figure, HistoryWindow, MarketCap, Row, TextHash, Weight};
use serde::{Deserialize, Serialize};

use crate::exclusion::Exclusion;
use crate::grouping::Grouping;
use crate::limits::{RawWeight, WeightCap};
use crate::measure::Measure;
use crate::occasion::Occasion;
use crate::supply::Purpose;
use crate::weighting::{Candidate, EqualWeight, HistoryWeighting, WeightingError, WeightingRule};
use crate::weights::Weights;

/// How constituents are weighed.
#[derive(Debug)]
pub struct WeighingRules {
    /// The amount that the weighting rule uses as market cap.
    pub amount: Measure,
    /// The weighting rule.
    pub rule: Box<dyn HistoryWeighting>,
    /// Caps and floors.
    pub limits: Option<LimitRules>,
}

/// Caps and floors, and the fallback if no weights satisfy them.
#[derive(Debug)]
pub struct LimitRules {
    /// The caps and floors.
    pub cap: Box<dyn WeightCap>,
    /// The grouping, for limits per group.
    pub grouping: Option<Grouping>,
    /// The fallback if no weights satisfy them.
    pub if_infeasible: IfInfeasible,
}

regimen_types::named! {
    /// The fallback if no weights satisfy the caps and floors.
    pub enum IfInfeasible {
        /// An error.
        Error = "error",
        /// Equal weights for all constituents.
        EqualWeights = "equal_weights",
        /// The weights of the weighting rule, without limits.
        Unlimited = "unlimited",
    }
}

/// A relaxation of limits that no weights satisfy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relaxation {
    /// The fallback that was used.
    pub fallback: IfInfeasible,
    /// Why no weights satisfy the limits.
    pub reason: String,
}

impl fmt::Display for Relaxation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fallback = match self.fallback {
            IfInfeasible::Error => "no weights",
            IfInfeasible::EqualWeights => "equal weights",
            IfInfeasible::Unlimited => "no limits",
        };
        write!(formatter, "{fallback}, because {}", self.reason)
    }
}

/// A constituent with its weights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeighedAsset {
    /// The asset.
    pub asset: AssetId,
    /// The amount that the weighting rule used; `None` if the asset is excluded, and then both weights are
    /// zero.
    pub amount: Option<Figure>,
    /// Why the asset cannot be weighed; `None` if it can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exclusion: Option<Exclusion>,
    /// The weight by the weighting rule, before caps and floors.
    pub raw_weight: Weight,
    /// The weight.
    pub weight: Weight,
}

/// Weighed constituents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weighing {
    /// All constituents, in their order.
    pub assets: Vec<WeighedAsset>,
    /// The weights of the constituents with a known amount; `None` without such constituents.
    pub weights: Option<Weights>,
    /// Why limits were relaxed, if they were.
    pub relaxation: Option<Relaxation>,
}

/// Weighs constituents by the newest snapshot. A constituent without a known price or amount there, or that
/// the weighting rule excludes, gets no weight.
///
/// # Errors
/// [`WeightingError`] if the rule cannot weigh the constituents, or if no weights satisfy the limits and the
/// methodology has no fallback.
pub fn weigh(
    occasion: &Occasion<'_>,
    constituents: &[AssetId],
    rules: &WeighingRules,
) -> Result<Weighing, WeightingError> {
    let window = &occasion.window;
    let mut assets = unweighed(occasion, constituents, rules)?;
    let candidates: Vec<Candidate> = assets.iter().filter_map(candidate).collect();
    if candidates.is_empty() {
        return Ok(Weighing { assets, weights: None, relaxation: None });
    }
    let raw = rules.rule.weigh_at(&candidates, window)?;
    let raw_of = by_asset(&raw);
    for each in assets.iter_mut().filter(|each| each.amount.is_some()) {
        each.raw_weight = raw_of.get(&each.asset).copied().unwrap_or(Weight::ZERO);
        each.weight = each.raw_weight;
    }
    let Some(limits) = &rules.limits else {
        return Ok(Weighing { assets, weights: Some(raw), relaxation: None });
    };
    let (weights, relaxation) = limit(&raw, &candidates, limits, window)?;
    let weight_of = by_asset(&weights);
    for each in assets.iter_mut().filter(|each| each.amount.is_some()) {
        each.weight = weight_of.get(&each.asset).copied().unwrap_or(Weight::ZERO);
    }
    Ok(Weighing { assets, weights: Some(weights), relaxation })
}

/// Returns the constituents with their amounts, or with the reasons why they have none.
fn unweighed(
    occasion: &Occasion<'_>,
    constituents: &[AssetId],
    rules: &WeighingRules,
) -> Result<Vec<WeighedAsset>, WeightingError> {
    let priced = |asset: &AssetId| occasion.window.row(asset).filter(|row| row.price().is_some());
    let rows: Vec<Option<Row<'_>>> = constituents.iter().map(priced).collect();
    let known: Vec<Row<'_>> = rows.iter().flatten().copied().collect();
    let mut amounts = occasion.amounts(&rules.amount, Purpose::Weighing, &known)?.into_iter();
    let assets = constituents.iter().zip(&rows).map(|(asset, row)| {
        let amount = row.and_then(|_| amounts.next().flatten());
        let exclusion = match (row, amount) {
            (None, _) => Some(Exclusion::NoPrice),
            (Some(_), None) => Some(occasion.reason_of_unknown(&rules.amount)),
            (Some(_), Some(_)) => rules.rule.excludes(asset, &occasion.window),
        };
        let amount = amount.filter(|_| exclusion.is_none());
        let (raw_weight, weight) = (Weight::ZERO, Weight::ZERO);
        WeighedAsset { asset: asset.clone(), amount, exclusion, raw_weight, weight }
    });
    Ok(assets.collect())
}

fn by_asset(weights: &Weights) -> HashMap<&AssetId, Weight, TextHash> {
    weights.iter().collect()
}

fn candidate(weighed: &WeighedAsset) -> Option<Candidate> {
    let market_cap = MarketCap::new(weighed.amount?.decimal()).ok()?;
    Some(Candidate { asset: weighed.asset.clone(), market_cap })
}

fn limit(
    raw: &Weights,
    candidates: &[Candidate],
    limits: &LimitRules,
    window: &HistoryWindow<'_>,
) -> Result<(Weights, Option<Relaxation>), WeightingError> {
    let group = |asset: &AssetId| limits.grouping.as_ref()?.of(&window.row(asset)?);
    let raw_weights: Vec<RawWeight> = raw
        .iter()
        .map(|(asset, weight)| RawWeight { asset: asset.clone(), weight, group: group(asset) })
        .collect();
    let error = match limits.cap.limit(&raw_weights) {
        Ok(limited) => return Ok((limited, None)),
        Err(error) => error,
    };
    let relaxation = Relaxation { fallback: limits.if_infeasible, reason: error.to_string() };
    match limits.if_infeasible {
        IfInfeasible::Error => Err(error.into()),
        IfInfeasible::EqualWeights => Ok((EqualWeight.weigh(candidates)?, Some(relaxation))),
        IfInfeasible::Unlimited => Ok((raw.clone(), Some(relaxation))),
    }
}
