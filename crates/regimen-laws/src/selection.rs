//! Laws of selection rules.

use proptest::strategy::Strategy;
use regimen_types::{AsOf, AssetId, Figure};
use regimen_weighting::{Choice, Group, RankedAsset, SelectionRule};
use rust_decimal::Decimal;

use crate::case::{Case, Drawn, simpler_decimals};
use crate::check::Check;
use crate::draw::Draw;
use crate::law::{Judgement, Objection, laws};
use crate::market::{FIRST_INSTANT, exact_product, letter};
use crate::text_table::TextTable;

laws! {
    /// The laws of selection rules.
    SelectionLaw {
        Determinism = "determinism": "the same ranking leads to the same choices each time",
        Count = "count": "no more assets are selected than the count",
        Rank = "rank": "an asset is not passed over for one that ranks lower, both new or both incumbent, of one group and not of the same amount",
        Incumbency = "incumbency": "being an incumbent never costs an asset its place",
        Stability = "stability": "selecting again from an unchanged ranking changes no constituent",
        Names = "names": "what assets are called changes no choice",
        Unit = "unit": "multiplying all amounts by one number changes no choice",
    }
}

/// A ranking to select from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranking(Vec<RankedAsset>);

/// Builds the strategy of rankings of up to `count` assets, some of them incumbents, in up to three groups.
pub fn rankings(count: usize) -> impl Strategy<Value = Ranking> + Clone {
    Drawn(move |draw: &mut Draw<'_>| {
        let count = draw.count(&(1..=count));
        let groups = draw.pick([0, 0, 2, 3]);
        let magnitudes = draw.pick([0..=3, 6..=12]);
        let mut ranked = Vec::with_capacity(count);
        for number in 0..count {
            let group = if groups == 0 || draw.one_in(5) { None } else { Some(draw.index(groups)) };
            let group = group.map(|group| Group::new(["first", "second", "third"][group]));
            let incumbent = draw.one_in(2);
            let amount = Figure::new(draw.decimal(magnitudes.clone())).ok();
            let asset = letter(number).parse().ok();
            ranked.extend(asset.zip(amount).map(|(asset, amount)| RankedAsset {
                asset,
                amount,
                group,
                incumbent,
            }));
        }
        ranked.sort_by_key(|each| std::cmp::Reverse(each.amount));
        Ranking(ranked)
    })
}

impl Ranking {
    /// Returns the assets in order of rank.
    #[must_use]
    pub fn assets(&self) -> &[RankedAsset] {
        &self.0
    }
}

/// The number of changes tried for one asset: without it, without its group, as a newcomer, with simpler
/// amounts.
const CHANGES: usize = 13;

impl Case for Ranking {
    fn simplification_count(&self) -> usize {
        self.0.len().saturating_mul(CHANGES).saturating_add(1)
    }

    fn simplification(&self, number: usize) -> Option<Self> {
        let mut simpler = self.clone();
        let count = self.0.len();
        if number == 0 {
            let names = (0..count).filter_map(|place| letter(place).parse().ok());
            simpler.0.iter_mut().zip(names).for_each(|(each, name)| each.asset = name);
            return (simpler != *self).then_some(simpler);
        }
        let number = number.saturating_sub(1);
        let (change, place) = (number.checked_div(count)?, number.checked_rem(count)?);
        let each = simpler.0.get_mut(place)?;
        match change {
            0 if count > 1 => drop(simpler.0.remove(place)),
            0 => return None,
            1 => drop(each.group.take()?),
            2 if each.incumbent => each.incumbent = false,
            2 => return None,
            _ => {
                let amounts = simpler_decimals(each.amount.decimal());
                each.amount = Figure::new(amounts.get(change.saturating_sub(3)).copied()?).ok()?;
            }
        }
        // It stays a ranking.
        simpler.0.is_sorted_by(|left, right| left.amount >= right.amount).then_some(simpler)
    }

    fn shown(&self) -> String {
        let mut table = TextTable::new(["rank", "asset", "amount", "group", "incumbent"]);
        for (rank, each) in (1_usize..).zip(&self.0) {
            let group = each.group.as_ref().map(ToString::to_string).unwrap_or_default();
            let incumbent = if each.incumbent { "yes".to_owned() } else { String::new() };
            table.push([rank.to_string(), each.asset.to_string(), each.amount.to_string(), group, incumbent]);
        }
        table.without_empty_columns().to_string()
    }
}

/// Prepares the check of a selection rule that selects at most `count` assets.
///
/// A rule with a threshold for the amount does not keep the law of the [unit](SelectionLaw::Unit): leave that
/// out with [`Check::without`].
///
/// ```
/// use std::num::NonZeroUsize;
/// use regimen_laws::selection_rule;
/// use regimen_weighting::RankSelection;
/// selection_rule(&RankSelection::first(NonZeroUsize::new(5).unwrap()), 5).check().unwrap();
/// ```
#[must_use]
pub fn selection_rule(rule: &dyn SelectionRule, count: usize) -> Check<'_, SelectionLaw, Ranking> {
    let judge = move |law, ranking: &Ranking| judge(law, rule, count, ranking);
    let rankings = rankings(count.saturating_mul(2).clamp(4, 24));
    Check::new(format!("{rule:?}"), SelectionLaw::ALL, rankings, judge)
}

fn judge(law: SelectionLaw, rule: &dyn SelectionRule, count: usize, ranking: &Ranking) -> Judgement {
    let ranked = ranking.assets();
    let choices = choose(rule, ranked).map_err(|_| Objection::NotApplicable)?;
    match law {
        SelectionLaw::Determinism => same("chosen again", ranked, &choices, choose(rule, ranked)),
        SelectionLaw::Count => at_most(count, ranked, &choices),
        SelectionLaw::Rank => rank(ranked, &choices),
        SelectionLaw::Incumbency => incumbency(rule, ranked, &choices),
        SelectionLaw::Stability => stability(rule, ranked, &choices),
        SelectionLaw::Names => names(rule, ranked, &choices),
        SelectionLaw::Unit => unit(rule, ranked, &choices),
    }
}

/// Chooses, and fills in the choices that the rule left out.
fn choose(rule: &dyn SelectionRule, ranked: &[RankedAsset]) -> Result<Vec<Choice>, String> {
    let effective_at = AsOf::from_unix_millis(FIRST_INSTANT).ok_or_else(|| "no instant".to_owned())?;
    let mut choices = rule.choose(ranked, effective_at).map_err(|error| error.to_string())?;
    choices.resize(ranked.len(), Choice::BelowCount);
    Ok(choices)
}

fn at_most(count: usize, ranked: &[RankedAsset], choices: &[Choice]) -> Judgement {
    let selected = choices.iter().filter(|choice| **choice == Choice::Selected).count();
    if selected <= count {
        return Ok(());
    }
    Err(Objection::breach(
        "",
        format!("at most {count} selected"),
        format!("{selected}: {}", shown(ranked, choices)),
    ))
}

fn rank(ranked: &[RankedAsset], choices: &[Choice]) -> Judgement {
    for (place, lower) in ranked.iter().enumerate().filter(|(place, _)| choices[*place] == Choice::Selected) {
        let passed_over = ranked.iter().zip(choices).take(place).find(|(higher, choice)| {
            **choice != Choice::Selected
                && higher.incumbent == lower.incumbent
                && higher.group == lower.group
                && higher.amount > lower.amount
        });
        if let Some((higher, _)) = passed_over {
            let expected = format!("{} selected, because {} is", higher.asset, lower.asset);
            return Err(Objection::breach("", expected, shown(ranked, choices)));
        }
    }
    Ok(())
}

fn incumbency(rule: &dyn SelectionRule, ranked: &[RankedAsset], choices: &[Choice]) -> Judgement {
    let mut any = false;
    for place in
        (0..ranked.len()).filter(|place| choices[*place] == Choice::Selected && !ranked[*place].incumbent)
    {
        any = true;
        let mut other = ranked.to_vec();
        other[place].incumbent = true;
        let change = format!("{} an incumbent", ranked[place].asset);
        let expected = format!("{} selected", ranked[place].asset);
        match choose(rule, &other) {
            Ok(choices) if choices[place] == Choice::Selected => {}
            Ok(choices) => return Err(Objection::breach(change, expected, shown(&other, &choices))),
            Err(error) => return Err(Objection::breach(change, expected, error)),
        }
    }
    if any { Ok(()) } else { Err(Objection::NotApplicable) }
}

fn stability(rule: &dyn SelectionRule, ranked: &[RankedAsset], choices: &[Choice]) -> Judgement {
    let is_selected = |choice: &Choice| *choice == Choice::Selected;
    let next: Vec<RankedAsset> = ranked
        .iter()
        .zip(choices)
        .map(|(each, choice)| RankedAsset { incumbent: is_selected(choice), ..each.clone() })
        .collect();
    let change = "the selected as incumbents, and nobody else";
    match choose(rule, &next) {
        Ok(again) if again.iter().map(is_selected).eq(choices.iter().map(is_selected)) => Ok(()),
        Ok(again) => Err(Objection::breach(change, shown(ranked, choices), shown(&next, &again))),
        Err(error) => Err(Objection::breach(change, shown(ranked, choices), error)),
    }
}

fn names(rule: &dyn SelectionRule, ranked: &[RankedAsset], choices: &[Choice]) -> Judgement {
    let count = ranked.len();
    let renamed: Option<Vec<RankedAsset>> = ranked
        .iter()
        .enumerate()
        .map(|(place, each)| {
            let asset: AssetId = format!("Z-{}", letter(count.saturating_sub(place))).parse().ok()?;
            Some(RankedAsset { asset, ..each.clone() })
        })
        .collect();
    let renamed = renamed.ok_or(Objection::NotApplicable)?;
    same("other names", ranked, choices, choose(rule, &renamed))
}

fn unit(rule: &dyn SelectionRule, ranked: &[RankedAsset], choices: &[Choice]) -> Judgement {
    for factor in [Decimal::ONE_THOUSAND, Decimal::from_parts(1, 0, 0, false, 3)] {
        let scaled = ranked.iter().map(|each| {
            let amount = Figure::new(exact_product(each.amount.decimal(), factor)?).ok()?;
            Some(RankedAsset { amount, ..each.clone() })
        });
        let Some(scaled) = scaled.collect::<Option<Vec<_>>>() else { continue };
        same(&format!("all amounts times {}", factor.normalize()), ranked, choices, choose(rule, &scaled))?;
    }
    Ok(())
}

fn same(
    change: &str,
    ranked: &[RankedAsset],
    expected: &[Choice],
    found: Result<Vec<Choice>, String>,
) -> Judgement {
    match found {
        Ok(found) if found == expected => Ok(()),
        Ok(found) => Err(Objection::breach(change, shown(ranked, expected), shown(ranked, &found))),
        Err(error) => Err(Objection::breach(change, shown(ranked, expected), error)),
    }
}

fn shown(ranked: &[RankedAsset], choices: &[Choice]) -> String {
    let each = ranked.iter().zip(choices).map(|(each, choice)| {
        let word = match choice {
            Choice::Selected => "selected",
            Choice::Reserve => "in reserve",
            Choice::BelowCount => "below the count",
            Choice::GroupFull => "group full",
            Choice::BelowThreshold => "below the threshold",
        };
        format!("{} {word}", each.asset)
    });
    each.collect::<Vec<_>>().join(", ")
}
