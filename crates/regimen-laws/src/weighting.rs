//! Laws of weighting rules.

use regimen_types::AssetId;
use regimen_weighting::{Candidate, WeightingRule};
use rust_decimal::Decimal;

use crate::candidates::{candidates, with_cap_times};
use crate::check::Check;
use crate::law::{Judgement, Objection, laws};
use crate::market::letter;
use crate::text_table::TextTable;

laws! {
    /// The laws of weighting rules.
    WeightingLaw {
        Determinism = "determinism": "the same candidates get the same weights each time",
        Members = "members": "each candidate gets one weight, and no other asset gets any",
        Sum = "sum": "the weights sum to exactly 1",
        Sign = "sign": "no weight is below 0 or above 1",
        Order = "order": "the order of the candidates changes no weight",
        Names = "names": "what assets are called changes no weight beyond rounding",
        ScaleInvariance = "scale invariance": "multiplying all market caps by one number changes no weight beyond rounding",
        Monotonicity = "monotonicity": "a larger market cap never gets a smaller weight",
        OwnCap = "own cap": "raising the market cap of one candidate never lowers its weight",
    }
}

/// The largest change of a weight that counts as rounding. [`regimen_weighting::Weights`] are exact to
/// 10^-18, but a rule may go through floats.
const ROUNDING: Decimal = Decimal::from_parts(1, 0, 0, false, 12);

/// The factors that all caps are multiplied by: other currencies and units.
const FACTORS: [Decimal; 6] = [
    Decimal::ONE_THOUSAND,
    Decimal::from_parts(1, 0, 0, false, 3),
    Decimal::from_parts(1_000_000, 0, 0, false, 0),
    Decimal::from_parts(1, 0, 0, false, 6),
    Decimal::from_parts(7, 0, 0, false, 0),
    Decimal::from_parts(93, 0, 0, false, 2),
];

type Weighed = Vec<(AssetId, Decimal)>;
type Weigh<'a> = dyn Fn(&[Candidate]) -> Result<Weighed, String> + 'a;

/// Prepares the check of a weighting rule against all laws.
///
/// A rule that does not weigh by market cap keeps no law about caps: leave those out with [`Check::without`].
///
/// ```
/// use regimen_laws::weighting_rule;
/// use regimen_weighting::MarketCapWeight;
/// weighting_rule(&MarketCapWeight).check().unwrap();
/// ```
#[must_use]
pub fn weighting_rule(rule: &dyn WeightingRule) -> Check<'_, WeightingLaw, Vec<Candidate>> {
    let weigh = |candidates: &[Candidate]| match rule.weigh(candidates) {
        Ok(weights) => Ok(weights.iter().map(|(asset, weight)| (asset.clone(), weight.decimal())).collect()),
        Err(error) => Err(error.to_string()),
    };
    weighting_function(format!("{rule:?}"), weigh)
}

/// Prepares the check of a function that gives weights as plain decimals, such as a port of another tool.
///
/// An error means that the function has no weights for these candidates.
#[must_use]
pub fn weighting_function<'a>(
    name: impl Into<String>,
    weigh: impl Fn(&[Candidate]) -> Result<Vec<(AssetId, Decimal)>, String> + 'a,
) -> Check<'a, WeightingLaw, Vec<Candidate>> {
    let judge = move |law, list: &Vec<Candidate>| judge(law, &weigh, list);
    Check::new(name.into(), WeightingLaw::ALL, candidates(1..=12), judge)
}

fn judge(law: WeightingLaw, weigh: &Weigh<'_>, list: &[Candidate]) -> Judgement {
    let weights = weigh(list).map_err(|_| Objection::NotApplicable)?;
    match law {
        WeightingLaw::Determinism => {
            equal("the same candidates again", &weights, &weigh(list), Decimal::ZERO)
        }
        WeightingLaw::Members => members(list, &weights),
        WeightingLaw::Sum => sum(&weights),
        WeightingLaw::Sign => sign(&weights),
        WeightingLaw::Order => order(weigh, list, &weights),
        WeightingLaw::Names => names(weigh, list, &weights),
        WeightingLaw::ScaleInvariance => scale_invariance(weigh, list, &weights),
        WeightingLaw::Monotonicity => monotonicity(list, &weights),
        WeightingLaw::OwnCap => own_cap(weigh, list, &weights),
    }
}

fn members(list: &[Candidate], weights: &Weighed) -> Judgement {
    let sorted = |names: Vec<&AssetId>| {
        let mut names: Vec<&str> = names.into_iter().map(AssetId::as_str).collect();
        names.sort_unstable();
        names.join(", ")
    };
    let expected = sorted(list.iter().map(|each| &each.asset).collect());
    let found = sorted(weights.iter().map(|(asset, _)| asset).collect());
    if expected == found {
        return Ok(());
    }
    Err(Objection::breach("", format!("weights of {expected}"), format!("weights of {found}")))
}

fn sum(weights: &Weighed) -> Judgement {
    let sum = weights.iter().try_fold(Decimal::ZERO, |sum, (_, weight)| sum.checked_add(*weight));
    if sum == Some(Decimal::ONE) {
        return Ok(());
    }
    let sum = sum.map_or("a sum that has no room".to_owned(), |sum| sum.normalize().to_string());
    Err(Objection::breach("", "1", format!("{sum}, of\n{}", shown(weights))))
}

fn sign(weights: &Weighed) -> Judgement {
    match weights.iter().find(|(_, weight)| *weight < Decimal::ZERO || *weight > Decimal::ONE) {
        None => Ok(()),
        Some((asset, weight)) => {
            let found = format!("{} of {asset}", weight.normalize());
            Err(Objection::breach("", "weights from 0 to 1", found))
        }
    }
}

fn order(weigh: &Weigh<'_>, list: &[Candidate], weights: &Weighed) -> Judgement {
    let mut other = list.to_vec();
    other.reverse();
    equal("the candidates in reversed order", weights, &weigh(&other), Decimal::ZERO)?;
    other.rotate_left(list.len() / 2);
    let names: Vec<&str> = other.iter().map(|each| each.asset.as_str()).collect();
    equal(
        &format!("the candidates in the order {}", names.join(", ")),
        weights,
        &weigh(&other),
        Decimal::ZERO,
    )
}

fn names(weigh: &Weigh<'_>, list: &[Candidate], weights: &Weighed) -> Judgement {
    let mut sorted: Vec<&AssetId> = list.iter().map(|each| &each.asset).collect();
    sorted.sort_unstable();
    // Names that sort the other way.
    let new_name = |asset: &AssetId| -> Option<AssetId> {
        let place = sorted.binary_search(&asset).ok()?;
        format!("Z-{}", letter(sorted.len().saturating_sub(place))).parse().ok()
    };
    let renamed = list.iter().map(|each| Some(Candidate { asset: new_name(&each.asset)?, ..each.clone() }));
    let renamed: Vec<Candidate> = renamed.collect::<Option<_>>().ok_or(Objection::NotApplicable)?;
    let old_name = |new: &AssetId| sorted.iter().find(|old| new_name(old).as_ref() == Some(new)).copied();
    let found = weigh(&renamed).map(|weighed| {
        let back = |(asset, weight): (AssetId, Decimal)| (old_name(&asset).cloned().unwrap_or(asset), weight);
        weighed.into_iter().map(back).collect()
    });
    let changed: Vec<String> = list
        .iter()
        .zip(&renamed)
        .map(|(old, new)| format!("{} is called {}", old.asset, new.asset))
        .collect();
    equal(&changed.join(", "), weights, &found, ROUNDING)
}

fn scale_invariance(weigh: &Weigh<'_>, list: &[Candidate], weights: &Weighed) -> Judgement {
    for factor in FACTORS {
        let scaled: Option<Vec<Candidate>> = list.iter().map(|each| with_cap_times(each, factor)).collect();
        let Some(scaled) = scaled else { continue };
        equal(&format!("all market caps times {}", factor.normalize()), weights, &weigh(&scaled), ROUNDING)?;
    }
    Ok(())
}

fn monotonicity(list: &[Candidate], weights: &Weighed) -> Judgement {
    let mut ranked: Vec<(&Candidate, Decimal)> =
        list.iter().map(|each| (each, of(weights, &each.asset))).collect();
    ranked.sort_by_key(|(each, _)| each.market_cap);
    for pair in ranked.windows(2) {
        let [(smaller, lower), (larger, higher)] = [pair[0], pair[1]];
        let (below, above) = if smaller.market_cap == larger.market_cap {
            (lower.min(higher), lower.max(higher))
        } else {
            (higher, lower)
        };
        if above.saturating_sub(below) > ROUNDING {
            let equal = smaller.market_cap == larger.market_cap;
            let at_least = if equal { "the same weight as" } else { "at least the weight of" };
            let expected = format!("{at_least} {} for {}", smaller.asset, larger.asset);
            return Err(Objection::breach("", expected, shown(weights)));
        }
    }
    Ok(())
}

fn own_cap(weigh: &Weigh<'_>, list: &[Candidate], weights: &Weighed) -> Judgement {
    for (number, candidate) in list.iter().enumerate() {
        for factor in [Decimal::TWO, Decimal::ONE_HUNDRED] {
            let mut raised = list.to_vec();
            let Some(larger) = with_cap_times(candidate, factor) else { continue };
            raised[number] = larger;
            let before = of(weights, &candidate.asset);
            let change = format!("the market cap of {} times {factor}", candidate.asset);
            let expected = format!("a weight of at least {} for {}", before.normalize(), candidate.asset);
            match weigh(&raised) {
                Ok(after) if before.saturating_sub(of(&after, &candidate.asset)) <= ROUNDING => {}
                Ok(after) => return Err(Objection::breach(change, expected, shown(&after))),
                Err(error) => {
                    return Err(Objection::breach(change, expected, format!("no weights: {error}")));
                }
            }
        }
    }
    Ok(())
}

/// Judges that a change left all weights as they were.
fn equal(change: &str, expected: &Weighed, found: &Result<Weighed, String>, rounding: Decimal) -> Judgement {
    let found = match found {
        Ok(found) => found,
        Err(error) => return Err(Objection::breach(change, shown(expected), format!("no weights: {error}"))),
    };
    let near = |asset: &AssetId| of(expected, asset).saturating_sub(of(found, asset)).abs() <= rounding;
    if expected.len() == found.len() && expected.iter().chain(found).all(|(asset, _)| near(asset)) {
        return Ok(());
    }
    Err(Objection::breach(change, shown(expected), shown(found)))
}

fn of(weights: &Weighed, asset: &AssetId) -> Decimal {
    weights.iter().find(|(name, _)| name == asset).map_or(Decimal::ZERO, |(_, weight)| *weight)
}

fn shown(weights: &Weighed) -> String {
    let mut table = TextTable::new(["asset", "weight"]);
    let mut sorted: Vec<_> = weights.iter().collect();
    sorted.sort_by(|left, right| left.0.cmp(&right.0));
    sorted
        .into_iter()
        .for_each(|(asset, weight)| table.push([asset.to_string(), weight.normalize().to_string()]));
    table.to_string()
}
