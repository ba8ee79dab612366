//! Laws of caps and floors on weights.

use std::collections::BTreeMap;

use proptest::strategy::Strategy;
use regimen_types::{AssetId, Exact, Weight};
use regimen_weighting::{Group, RawWeight, WeightCap, WeightLimits, Weights};
use rust_decimal::Decimal;

use crate::case::{Case, Drawn, SIMPLER_DECIMALS_MAX, entry_and_change, simpler_decimals};
use crate::check::Check;
use crate::draw::Draw;
use crate::law::{Judgement, Objection, laws};
use crate::market::letter;
use crate::text_table::TextTable;

laws! {
    /// The laws of caps and floors.
    LimitLaw {
        Determinism = "determinism": "the same weights are limited to the same weights each time",
        Members = "members": "each constituent gets one weight, and no other asset gets any",
        Cap = "cap": "no weight is above its cap",
        Floor = "floor": "no weight is below the floor",
        GroupCap = "cap of groups": "the weights of a group sum to no more than the cap of groups",
        GroupFloor = "floor of groups": "the weights of a group sum to no less than the floor of groups",
        Idempotence = "idempotence": "limited weights stay as they are when they are limited again",
        Slack = "slack": "weights that keep all limits stay as they are",
        Proportion = "proportion": "weights of one group between floor and cap keep the proportion that they had",
        Monotonicity = "monotonicity": "a larger weight never becomes the smaller one of its group",
        Order = "order": "the order of the constituents changes no weight",
        Names = "names": "what assets are called changes no weight beyond rounding, where no two had the same weight",
    }
}

/// The largest change of a weight that counts as rounding.
const ROUNDING: Decimal = Decimal::from_parts(1, 0, 0, false, 15);

/// Weights by a weighting rule, before caps and floors: the shares of amounts in their sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawWeights(Vec<Amount>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Amount {
    asset: AssetId,
    amount: Decimal,
    group: Option<Group>,
}

/// Builds the strategy of raw weights of 1 to 12 constituents, without groups or in up to three.
pub fn raw_weights() -> impl Strategy<Value = RawWeights> + Clone {
    Drawn(|draw: &mut Draw<'_>| {
        let count = draw.count(&(1..=12));
        let magnitudes = draw.pick([0..=0, 0..=2, 0..=6]);
        let groups = draw.pick([0, 0, 1, 2, 3]);
        let mut amounts = Vec::with_capacity(count);
        for number in 0..count {
            let group = if groups == 0 || draw.one_in(6) { None } else { Some(draw.index(groups)) };
            let group = group.map(|group| Group::new(["first", "second", "third"][group]));
            let amount = draw.decimal(magnitudes.clone());
            amounts.extend(letter(number).parse().ok().map(|asset| Amount { asset, amount, group }));
        }
        draw.shuffle(&mut amounts);
        RawWeights(amounts)
    })
}

impl RawWeights {
    /// Returns the weights.
    #[must_use]
    pub fn weights(&self) -> Vec<RawWeight> {
        let amounts: Vec<_> = self.0.iter().map(|each| (each.asset.clone(), each.amount)).collect();
        let Ok(weights) = Weights::proportional_to(&amounts) else { return Vec::new() };
        let weighed = self.0.iter().zip(weights.iter());
        weighed
            .map(|(each, (asset, weight))| RawWeight {
                asset: asset.clone(),
                weight,
                group: each.group.clone(),
            })
            .collect()
    }
}

impl Case for RawWeights {
    fn simplification_count(&self) -> usize {
        self.0.len().saturating_mul(SIMPLER_DECIMALS_MAX.saturating_add(3)).saturating_add(1)
    }

    fn simplification(&self, number: usize) -> Option<Self> {
        let mut simpler = self.clone();
        let count = self.0.len();
        if number == 0 {
            simpler.0.sort_by(|left, right| left.asset.cmp(&right.asset));
            simpler.0.iter_mut().zip(0..).for_each(|(each, place)| each.rename(place));
            return (simpler != *self).then_some(simpler);
        }
        let number = number.saturating_sub(1);
        let (change, each) = entry_and_change(number, count);
        match change {
            0 => {
                simpler.0.truncate(each);
                return (each > 0).then_some(simpler);
            }
            1 => {
                simpler.0.remove(each);
                return (count > 1).then_some(simpler);
            }
            2 => simpler.0.get_mut(each)?.group.take().map(drop)?,
            _ => {
                let amount = &mut simpler.0.get_mut(each)?.amount;
                *amount = simpler_decimals(*amount).get(change.saturating_sub(3)).copied()?;
            }
        }
        Some(simpler)
    }

    fn shown(&self) -> String {
        let mut table = TextTable::new(["asset", "weight", "group"]);
        for each in self.weights() {
            let group = each.group.map(|group| group.to_string()).unwrap_or_default();
            table.push([each.asset.to_string(), each.weight.to_string(), group]);
        }
        table.without_empty_columns().to_string()
    }
}

impl Amount {
    fn rename(&mut self, place: usize) {
        self.asset = letter(place).parse().unwrap_or_else(|_| self.asset.clone());
    }
}

/// Prepares the check of a rule that limits weights, which claims to keep `limits`.
///
/// The rule may refuse weights that cannot be limited.
///
/// ```
/// use regimen_laws::weight_cap;
/// use regimen_weighting::{Bounds, WeightLimits};
/// let asset = Bounds { floor: "0.02".parse().unwrap(), cap: "0.4".parse().unwrap() };
/// let limits = WeightLimits { asset, largest: None, group: Bounds::NONE };
/// weight_cap(&limits, limits).check().unwrap();
/// ```
#[must_use]
pub fn weight_cap(rule: &dyn WeightCap, limits: WeightLimits) -> Check<'_, LimitLaw, RawWeights> {
    let judge = move |law, raw: &RawWeights| {
        let raw = raw.weights();
        if raw.is_empty() { Err(Objection::NotApplicable) } else { judge(law, rule, &limits, &raw) }
    };
    Check::new(format!("{rule:?}"), LimitLaw::ALL, raw_weights(), judge)
}

fn judge(law: LimitLaw, rule: &dyn WeightCap, limits: &WeightLimits, raw: &[RawWeight]) -> Judgement {
    let limited = rule.limit(raw).map_err(|_| Objection::NotApplicable)?;
    match law {
        LimitLaw::Determinism => same("limited once more", &limited, rule, raw),
        LimitLaw::Members => members(raw, &limited),
        LimitLaw::Cap => {
            bounded(raw, &limited, "above the cap", |each, weight| weight > cap_of(each, limits, raw))
        }
        LimitLaw::Floor => bounded(raw, &limited, "below the floor", |_, weight| weight < limits.asset.floor),
        LimitLaw::GroupCap => groups(raw, &limited, "at most", limits.group.cap),
        LimitLaw::GroupFloor => groups(raw, &limited, "at least", limits.group.floor),
        LimitLaw::Idempotence => idempotence(rule, raw, &limited),
        LimitLaw::Slack => slack(raw, &limited, limits),
        LimitLaw::Proportion => proportion(raw, &limited, limits),
        LimitLaw::Monotonicity => monotonicity(raw, &limited),
        LimitLaw::Order => order(rule, raw, &limited),
        LimitLaw::Names => names(rule, raw, &limited),
    }
}

fn members(raw: &[RawWeight], limited: &Weights) -> Judgement {
    let named = |names: &mut Vec<&str>| {
        names.sort_unstable();
        names.join(", ")
    };
    let expected = named(&mut raw.iter().map(|each| each.asset.as_str()).collect());
    let found = named(&mut limited.iter().map(|(asset, _)| asset.as_str()).collect());
    if expected == found {
        return Ok(());
    }
    Err(Objection::breach("", format!("weights of {expected}"), format!("weights of {found}")))
}

/// Returns the cap that holds for a constituent: the largest have their own.
fn cap_of(each: &RawWeight, limits: &WeightLimits, raw: &[RawWeight]) -> Weight {
    let Some(largest) = limits.largest else { return limits.asset.cap };
    let is_before = |other: &&RawWeight| {
        other.weight > each.weight || (other.weight == each.weight && other.asset < each.asset)
    };
    if raw.iter().filter(is_before).count() < largest.count { largest.cap } else { limits.asset.cap }
}

fn bounded(
    raw: &[RawWeight],
    limited: &Weights,
    what: &str,
    is_broken: impl Fn(&RawWeight, Weight) -> bool,
) -> Judgement {
    match raw.iter().find(|each| is_broken(each, limited.of(&each.asset))) {
        Some(each) => Err(Objection::breach(
            "",
            format!("no weight {what}, and not that of {}", each.asset),
            shown(limited),
        )),
        None => Ok(()),
    }
}

fn groups(raw: &[RawWeight], limited: &Weights, side: &str, bound: Weight) -> Judgement {
    let mut sums: BTreeMap<&Group, Decimal> = BTreeMap::new();
    for each in raw {
        if let Some(group) = &each.group {
            let sum = sums.entry(group).or_default();
            *sum = sum.saturating_add(limited.of(&each.asset).decimal());
        }
    }
    let is_broken =
        |sum: Decimal| if side == "at most" { sum > bound.decimal() } else { sum < bound.decimal() };
    match sums.into_iter().find(|(_, sum)| is_broken(*sum)) {
        Some((group, sum)) => {
            let expected = format!("{side} {bound} in group {group}");
            Err(Objection::breach("", expected, format!("{} in:\n{}", sum.normalize(), shown(limited))))
        }
        None if raw.iter().all(|each| each.group.is_none())
            && bound != Weight::ZERO
            && bound != Weight::ONE =>
        {
            Err(Objection::NotApplicable)
        }
        None => Ok(()),
    }
}

fn idempotence(rule: &dyn WeightCap, raw: &[RawWeight], limited: &Weights) -> Judgement {
    let again: Vec<RawWeight> =
        raw.iter().map(|each| RawWeight { weight: limited.of(&each.asset), ..each.clone() }).collect();
    same("the limited weights limited again", limited, rule, &again)
}

fn slack(raw: &[RawWeight], limited: &Weights, limits: &WeightLimits) -> Judgement {
    let mut sums: BTreeMap<&Group, Decimal> = BTreeMap::new();
    raw.iter().filter_map(|each| Some((each.group.as_ref()?, each.weight))).for_each(|(group, weight)| {
        let sum = sums.entry(group).or_default();
        *sum = sum.saturating_add(weight.decimal());
    });
    let keeps =
        raw.iter().all(|each| each.weight >= limits.asset.floor && each.weight <= cap_of(each, limits, raw))
            && sums
                .values()
                .all(|sum| *sum >= limits.group.floor.decimal() && *sum <= limits.group.cap.decimal());
    let unchanged = raw.iter().all(|each| each.weight == limited.of(&each.asset));
    match (keeps, unchanged) {
        (false, _) => Err(Objection::NotApplicable),
        (true, true) => Ok(()),
        (true, false) => Err(Objection::breach("", "the weights as they were", shown(limited))),
    }
}

/// Iterates over pairs of constituents that no limit of their own binds, of one group if groups have limits.
fn free_pairs<'a>(
    raw: &'a [RawWeight],
    limited: &'a Weights,
    limits: &'a WeightLimits,
) -> impl Iterator<Item = [(&'a RawWeight, Decimal); 2]> {
    let step = Decimal::new(2, Weights::SCALE);
    let is_free = move |each: &&RawWeight| {
        let weight = limited.of(&each.asset).decimal();
        let cap = cap_of(each, limits, raw).decimal();
        weight > limits.asset.floor.decimal().saturating_add(step) && weight < cap.saturating_sub(step)
    };
    let free: Vec<&RawWeight> = raw.iter().filter(is_free).collect();
    let weighed = move |each: &'a RawWeight| (each, limited.of(&each.asset).decimal());
    let pairs = (0..free.len()).flat_map(move |place| {
        let others = free.clone().into_iter().skip(place.saturating_add(1));
        let this = free[place];
        others.map(move |other| [weighed(this), weighed(other)])
    });
    pairs.filter(|[(left, _), (right, _)]| left.group == right.group)
}

fn proportion(raw: &[RawWeight], limited: &Weights, limits: &WeightLimits) -> Judgement {
    let mut any = false;
    for [(left, left_weight), (right, right_weight)] in free_pairs(raw, limited, limits) {
        any = true;
        let lost = |_| Objection::NotApplicable;
        // left : right as before, cross-multiplied; both sides are of the size of a weight squared.
        let now = Exact::product(left_weight, right.weight.decimal());
        let before = Exact::product(right_weight, left.weight.decimal());
        let gap = now.minus(before).map_err(lost)?.round(28, regimen_types::Rounding::Down).map_err(lost)?;
        if gap.abs() > ROUNDING {
            let expected = format!(
                "{} and {} in the proportion {} : {}",
                left.asset, right.asset, left.weight, right.weight
            );
            return Err(Objection::breach("", expected, shown(limited)));
        }
    }
    if any { Ok(()) } else { Err(Objection::NotApplicable) }
}

fn monotonicity(raw: &[RawWeight], limited: &Weights) -> Judgement {
    for (larger, smaller) in raw.iter().flat_map(|left| raw.iter().map(move |right| (left, right))) {
        let is_pair = larger.group == smaller.group && larger.weight > smaller.weight;
        let (above, below) = (limited.of(&larger.asset), limited.of(&smaller.asset));
        if is_pair && below.decimal().saturating_sub(above.decimal()) > ROUNDING {
            let expected = format!("at least the weight of {} for {}", smaller.asset, larger.asset);
            return Err(Objection::breach("", expected, shown(limited)));
        }
    }
    Ok(())
}

fn order(rule: &dyn WeightCap, raw: &[RawWeight], limited: &Weights) -> Judgement {
    let mut other = raw.to_vec();
    other.reverse();
    same("the constituents in reversed order", limited, rule, &other)
}

fn names(rule: &dyn WeightCap, raw: &[RawWeight], limited: &Weights) -> Judgement {
    let mut sorted: Vec<&RawWeight> = raw.iter().collect();
    sorted.sort_by_key(|each| each.weight);
    if sorted.windows(2).any(|pair| pair[0].weight == pair[1].weight) {
        return Err(Objection::NotApplicable);
    }
    // Names that sort the other way.
    let mut by_name: Vec<&AssetId> = raw.iter().map(|each| &each.asset).collect();
    by_name.sort_unstable_by(|left, right| right.cmp(left));
    let renamed = |each: &RawWeight| -> Option<RawWeight> {
        let place = by_name.iter().position(|name| **name == each.asset)?;
        Some(RawWeight { asset: format!("Z-{}", letter(place)).parse().ok()?, ..each.clone() })
    };
    let renamed: Vec<RawWeight> = raw.iter().filter_map(renamed).collect();
    let change = "names that sort the other way";
    match rule.limit(&renamed) {
        Err(error) => Err(Objection::breach(change, shown(limited), format!("no weights: {error}"))),
        Ok(found) => {
            let moved = raw.iter().zip(&renamed).any(|(old, new)| {
                let gap = limited.of(&old.asset).decimal().saturating_sub(found.of(&new.asset).decimal());
                gap.abs() > ROUNDING
            });
            if moved { Err(Objection::breach(change, shown(limited), shown(&found))) } else { Ok(()) }
        }
    }
}

/// Judges that limiting gives the same weights, to the last digit.
fn same(change: &str, expected: &Weights, rule: &dyn WeightCap, raw: &[RawWeight]) -> Judgement {
    match rule.limit(raw) {
        Err(error) => Err(Objection::breach(change, shown(expected), format!("no weights: {error}"))),
        Ok(found) if expected.iter().all(|(asset, weight)| found.of(asset) == weight) => Ok(()),
        Ok(found) => Err(Objection::breach(change, shown(expected), shown(&found))),
    }
}

fn shown(weights: &Weights) -> String {
    let mut table = TextTable::new(["asset", "weight"]);
    let mut sorted: Vec<_> = weights.iter().collect();
    sorted.sort_by(|left, right| left.0.cmp(right.0));
    sorted.into_iter().for_each(|(asset, weight)| table.push([asset.to_string(), weight.to_string()]));
    table.to_string()
}
