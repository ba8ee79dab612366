//! The whole chain from a snapshot to weights, with a verdict on every asset.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;

use regimen_types::{ArithmeticError, AsOf, AssetId, Figure, MarketCap, Price, Row, TextHash, Weight};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::grouping::Grouping;
use crate::measure::Measure;
use crate::membership::Membership;
use crate::occasion::Occasion;
use crate::screen::{Exclusion, UniverseScreen};
use crate::selection::{Choice, RankedAsset, SelectionRule};
use crate::supply::{Purpose, Supply};
use crate::weighing::{Relaxation, WeighingRules, weigh};
use crate::weighting::WeightingError;
use crate::weights::Weights;

/// How constituents are chosen: screens in their order, then the ranking, then the selection.
#[derive(Debug)]
pub struct SelectionRules {
    /// The screens; the first that excludes an asset gives the logged reason.
    pub screens: Vec<Box<dyn UniverseScreen>>,
    /// The measure that ranks the eligible assets.
    pub ranking: Measure,
    /// The grouping, for selection rules that limit groups.
    pub grouping: Option<Grouping>,
    /// The rule that selects from the ranking.
    pub selection: Box<dyn SelectionRule>,
}

/// The result of a reconstitution for one asset of the snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetVerdict {
    /// The asset.
    pub asset: AssetId,
    /// Its price, if known.
    pub price: Option<Price>,
    /// Its market cap as reported, if known.
    pub market_cap: Option<MarketCap>,
    /// The amount for ranking, if the asset is eligible.
    pub rank_amount: Option<Figure>,
    /// Its rank among the eligible assets, from 1.
    pub rank: Option<u32>,
    /// The verdict: selected, or the reason why not.
    pub verdict: Verdict,
    /// Its weight by the weighting rule, before caps and floors; zero unless selected.
    pub raw_weight: Weight,
    /// Its weight in the index; zero unless selected.
    pub weight: Weight,
    /// Why the limits on weights were relaxed, for a constituent whose limits were.
    pub relaxation: Option<Relaxation>,
    /// The supplies behind its amounts, if it is eligible and supplies are held constant between supply
    /// snapshots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supply: Option<SupplyUse>,
}

/// The supplies that ranked and weighed an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupplyUse {
    /// The snapshot whose supplies are in force.
    pub as_of: AsOf,
    /// The price at the reference instant.
    pub price: Price,
    /// The supply for ranking; `None` if the ranking reads no supply.
    pub ranking: Option<Supply>,
    /// The supply for weighing; `None` if the weighting reads no supply.
    pub weighing: Option<Supply>,
}

impl SupplyUse {
    /// Returns the supplies behind the amounts of a row, if any are in force.
    #[must_use]
    pub fn of(occasion: &Occasion<'_>, row: &Row<'_>) -> Option<Self> {
        let (supplies, price) = (occasion.supply?, row.price()?);
        let of = |purpose| supplies.of(purpose, row.asset());
        let (ranking, weighing) = (of(Purpose::Ranking), of(Purpose::Weighing));
        Some(Self { as_of: supplies.as_of, price, ranking, weighing })
    }
}

/// The outcome for one asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The asset is a constituent.
    Selected,
    /// The asset is next in line.
    Reserve,
    /// The asset is eligible but ranks below the last place.
    BelowCount,
    /// The asset is eligible, but its group has reached its limit.
    GroupFull,
    /// The asset is eligible, but its amount is below the threshold for newcomers or incumbents.
    BelowThreshold,
    /// A screen excludes the asset.
    Excluded(Exclusion),
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let choice = match self {
            Self::Selected => Choice::Selected,
            Self::Reserve => Choice::Reserve,
            Self::BelowCount => Choice::BelowCount,
            Self::GroupFull => Choice::GroupFull,
            Self::BelowThreshold => Choice::BelowThreshold,
            Self::Excluded(exclusion) => return write!(formatter, "excluded: {exclusion}"),
        };
        fmt::Display::fmt(&choice, formatter)
    }
}

impl From<Choice> for Verdict {
    fn from(choice: Choice) -> Self {
        match choice {
            Choice::Selected => Self::Selected,
            Choice::Reserve => Self::Reserve,
            Choice::BelowCount => Self::BelowCount,
            Choice::GroupFull => Self::GroupFull,
            Choice::BelowThreshold => Self::BelowThreshold,
        }
    }
}

/// The outcome of a selection: no weights yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// One verdict per asset: the eligible by rank, then the excluded by identifier. All weights are zero.
    pub verdicts: Vec<AssetVerdict>,
    /// The memory for the next reconstitution.
    pub membership: Membership,
}

impl Selection {
    /// Iterates over the constituents by rank.
    pub fn constituents(&self) -> impl Iterator<Item = &AssetId> {
        self.verdicts.iter().filter(|each| each.verdict == Verdict::Selected).map(|each| &each.asset)
    }
}

/// The constituents, their weights, and a verdict on every asset of the snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reconstitution {
    /// One verdict per asset: the eligible by rank, then the excluded by identifier.
    pub verdicts: Vec<AssetVerdict>,
    /// The weights of the constituents by rank; `None` without constituents.
    pub weights: Option<Weights>,
    /// The memory for the next reconstitution.
    pub membership: Membership,
}

/// Selects and weighs the assets of the newest snapshot; the constituents take effect at `effective_at`.
///
/// # Errors
/// As [`select`] and [`weigh`].
pub fn reconstitute(
    occasion: &Occasion<'_>,
    effective_at: AsOf,
    selecting: &SelectionRules,
    weighing: &WeighingRules,
) -> Result<Reconstitution, WeightingError> {
    let Selection { mut verdicts, membership } = select(occasion, effective_at, selecting, weighing)?;
    let selected = verdicts.iter().filter(|each| each.verdict == Verdict::Selected);
    let constituents: Vec<AssetId> = selected.map(|each| each.asset.clone()).collect();
    let weighing = weigh(occasion, &constituents, weighing)?;
    let selected = verdicts.iter_mut().filter(|each| each.verdict == Verdict::Selected);
    // Weighed assets are in the order of the constituents.
    for (verdict, weighed) in selected.zip(&weighing.assets) {
        verdict.raw_weight = weighed.raw_weight;
        verdict.weight = weighed.weight;
        verdict.relaxation.clone_from(&weighing.relaxation);
    }
    Ok(Reconstitution { verdicts, weights: weighing.weights, membership })
}

/// Screens, ranks and selects the assets of the newest snapshot.
///
/// Eligible assets rank by their amount; ties go to the higher volume, then to the smaller identifier. An
/// asset that `weighing` cannot weigh is not eligible.
///
/// # Errors
/// [`ArithmeticError`] if a figure needs more than 28 digits.
pub fn select(
    occasion: &Occasion<'_>,
    effective_at: AsOf,
    rules: &SelectionRules,
    weighing: &WeighingRules,
) -> Result<Selection, ArithmeticError> {
    let rows: Vec<Row<'_>> = occasion.window.snapshot().rows().collect();
    let mut screened = screen(occasion, &rules.screens, rows)?;
    let amounts = known_amounts(occasion, &mut screened, &rules.ranking, weighing)?;
    let ranked = rank(&screened.passed, &amounts);

    let incumbents: HashSet<&AssetId, TextHash> = occasion.membership.constituents.iter().collect();
    let assets: Vec<RankedAsset> = ranked.iter().map(|each| each.asset(rules, &incumbents)).collect();
    let choices = rules.selection.choose(&assets, effective_at)?;
    let choices = choices.into_iter().chain(std::iter::repeat(Choice::BelowCount));
    let mut membership = Membership {
        reconstitutions: occasion.membership.reconstitutions.saturating_add(1),
        constituents: BTreeSet::new(),
        reserve: Vec::new(),
        periods: screened.periods,
    };
    let mut verdicts = Vec::with_capacity(ranked.len().saturating_add(screened.excluded.len()));
    for (((rank, each), RankedAsset { asset, .. }), choice) in (1_u32..).zip(&ranked).zip(assets).zip(choices)
    {
        match choice {
            Choice::Selected => drop(membership.constituents.insert(asset.clone())),
            Choice::Reserve => membership.reserve.push(asset.clone()),
            Choice::BelowCount | Choice::GroupFull | Choice::BelowThreshold => {}
        }
        verdicts.push(AssetVerdict {
            rank: Some(rank),
            rank_amount: Some(each.amount),
            supply: SupplyUse::of(occasion, &each.row),
            ..unranked(&each.row, asset, choice.into())
        });
    }
    screened.excluded.sort_unstable_by(|left, right| left.asset.cmp(&right.asset));
    verdicts.append(&mut screened.excluded);
    Ok(Selection { verdicts, membership })
}

struct Screened<'a> {
    passed: Vec<Row<'a>>,
    excluded: Vec<AssetVerdict>,
    periods: BTreeMap<AssetId, u32>,
}

impl Screened<'_> {
    /// Moves the rows with a reason from the passed to the excluded.
    fn apply(&mut self, reasons: Vec<Option<Exclusion>>) {
        let mut reasons = reasons.into_iter();
        self.passed.retain(|row| match reasons.next().flatten() {
            Some(reason) => {
                let verdict = Verdict::Excluded(reason);
                self.excluded.push(unranked(row, row.asset().clone(), verdict));
                false
            }
            None => true,
        });
    }

    /// Moves the rows without a known amount from the passed to the excluded.
    fn exclude_unknown(&mut self, amounts: &[Option<Figure>], measure: &Measure, occasion: &Occasion<'_>) {
        if amounts.contains(&None) {
            let reason = |amount: &Option<Figure>| match amount {
                Some(_) => None,
                None => Some(occasion.reason_of_unknown(measure)),
            };
            self.apply(amounts.iter().map(reason).collect());
        }
    }
}

fn screen<'a>(
    occasion: &Occasion<'_>,
    screens: &[Box<dyn UniverseScreen>],
    rows: Vec<Row<'a>>,
) -> Result<Screened<'a>, ArithmeticError> {
    let mut screened = Screened { passed: rows, excluded: Vec::new(), periods: BTreeMap::new() };
    for screen in screens {
        if screen.counts_periods() {
            let earlier = &occasion.membership.periods;
            let count = |row: &Row<'_>| earlier.get(row.asset()).copied().unwrap_or(0).saturating_add(1);
            screened.periods = screened.passed.iter().map(|row| (row.asset().clone(), count(row))).collect();
        }
        let reasons = screen.screen(&screened.passed, occasion)?;
        screened.apply(reasons);
    }
    Ok(screened)
}

/// Returns the ranking amounts of the rows that passed, after excluding those that cannot be ranked or
/// weighed.
fn known_amounts(
    occasion: &Occasion<'_>,
    screened: &mut Screened<'_>,
    ranking: &Measure,
    weighing: &WeighingRules,
) -> Result<Vec<Figure>, ArithmeticError> {
    if weighing.amount != *ranking {
        let amounts = occasion.amounts(&weighing.amount, Purpose::Weighing, &screened.passed)?;
        screened.exclude_unknown(&amounts, &weighing.amount, occasion);
    }
    let reasons = screened.passed.iter().map(|row| weighing.rule.excludes(row.asset(), &occasion.window));
    screened.apply(reasons.collect());
    let amounts = occasion.amounts(ranking, Purpose::Ranking, &screened.passed)?;
    screened.exclude_unknown(&amounts, ranking, occasion);
    Ok(amounts.into_iter().flatten().collect())
}

/// An eligible row with its ranking keys.
struct Ranked<'a> {
    row: Row<'a>,
    amount: Figure,
    /// The amount in steps of the finest decimal place among all amounts, saturating.
    steps: i128,
    volume: Decimal,
}

impl Ranked<'_> {
    fn asset(&self, rules: &SelectionRules, incumbents: &HashSet<&AssetId, TextHash>) -> RankedAsset {
        let asset = self.row.asset();
        RankedAsset {
            asset: asset.clone(),
            amount: self.amount,
            group: rules.grouping.as_ref().and_then(|grouping| grouping.of(&self.row)),
            incumbent: incumbents.contains(asset),
        }
    }
}

fn rank<'a>(passed: &[Row<'a>], amounts: &[Figure]) -> Vec<Ranked<'a>> {
    let finest = amounts.iter().map(|amount| amount.decimal().scale()).max().unwrap_or(0);
    let ranked = |(row, amount): (&Row<'a>, &Figure)| {
        let volume = row.volume().unwrap_or_default();
        Ranked { row: *row, amount: *amount, steps: steps(*amount, finest), volume }
    };
    let mut eligible: Vec<Ranked<'a>> = passed.iter().zip(amounts).map(ranked).collect();
    eligible.sort_unstable_by(|left, right| {
        let key = |each: &Ranked<'_>| (Reverse(each.amount), Reverse(each.volume));
        // Nearly all amounts differ in their steps, and integers compare faster than decimals.
        let by_steps = right.steps.cmp(&left.steps);
        let by_figures = by_steps.then_with(|| key(left).cmp(&key(right)));
        by_figures.then_with(|| left.row.asset().cmp(right.row.asset()))
    });
    eligible
}

/// Counts the steps of a decimal place in an amount, saturating where the count does not fit.
fn steps(amount: Figure, scale: u32) -> i128 {
    let decimal = amount.decimal();
    decimal.mantissa().saturating_mul(10_i128.saturating_pow(scale.saturating_sub(decimal.scale())))
}

fn unranked(row: &Row<'_>, asset: AssetId, verdict: Verdict) -> AssetVerdict {
    AssetVerdict {
        asset,
        price: row.price(),
        market_cap: row.market_cap(),
        rank_amount: None,
        rank: None,
        verdict,
        raw_weight: Weight::ZERO,
        weight: Weight::ZERO,
        relaxation: None,
        supply: None,
    }
}

#[cfg(test)]
mod tests;
