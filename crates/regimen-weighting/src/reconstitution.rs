//! The whole chain from a snapshot to weights, with a verdict on every asset.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::num::NonZeroUsize;

use regimen_types::{AssetId, HistoryWindow, MarketCap, Price, Row, Weight};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::screen::{EligibilityFilter, Exclusion};
use crate::weighting::{Candidate, WeightingError, WeightingRule};
use crate::weights::Weights;

/// What a reconstitution found out about one asset of the snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetVerdict {
    /// The asset.
    pub asset: AssetId,
    /// Its price, if known.
    pub price: Option<Price>,
    /// Its market cap, if known.
    pub market_cap: Option<MarketCap>,
    /// Its place by market cap among the eligible, from 1.
    pub rank: Option<u32>,
    /// Whether it was selected, and if not, why not.
    pub verdict: Verdict,
    /// Its share of the constituents' market cap, before the weighting rule.
    pub raw_weight: Weight,
    /// Its weight in the index.
    pub weight: Weight,
}

/// The outcome for one asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is a constituent.
    Selected,
    /// It is eligible but ranks below the last place.
    BelowCount,
    /// A screen keeps it out.
    Excluded(Exclusion),
}

/// The constituents, their weights, and a verdict on every asset of the snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reconstitution {
    /// One verdict per asset: the eligible by rank, then the excluded by identifier.
    pub verdicts: Vec<AssetVerdict>,
    /// The weights of the constituents by rank; `None` if no asset is eligible.
    pub weights: Option<Weights>,
}

/// Screens, ranks, selects and weighs the assets of the newest snapshot.
///
/// Eligible assets rank by market cap; ties go to the higher volume, then to the smaller identifier. The first
/// `count` are selected, or all if there are fewer.
///
/// # Errors
/// [`WeightingError`] if the weighting rule has no weights for the selected assets.
pub fn reconstitute(
    window: &HistoryWindow<'_>,
    screens: &[Box<dyn EligibilityFilter>],
    count: NonZeroUsize,
    weighting: &dyn WeightingRule,
) -> Result<Reconstitution, WeightingError> {
    let (eligible, mut excluded) = screen(window, screens);
    let ranked = rank(eligible);
    let selected: Vec<Candidate> = ranked.iter().take(count.get()).map(Ranked::candidate).collect();
    let weights = if selected.is_empty() { None } else { Some(weighting.weigh(&selected)?) };
    let raw_weights = shares_of_cap(&selected)?;

    let weight_of: HashMap<&AssetId, Weight> = weights.iter().flat_map(Weights::iter).collect();
    let mut verdicts: Vec<AssetVerdict> = Vec::with_capacity(ranked.len().saturating_add(excluded.len()));
    for (rank, each) in (1_u32..).zip(&ranked) {
        let raw_weight = raw_weights.get(verdicts.len()).copied();
        verdicts.push(AssetVerdict {
            rank: Some(rank),
            verdict: if raw_weight.is_some() { Verdict::Selected } else { Verdict::BelowCount },
            raw_weight: raw_weight.unwrap_or(Weight::ZERO),
            weight: weight_of.get(each.row.asset()).copied().unwrap_or(Weight::ZERO),
            ..unranked(&each.row, Verdict::BelowCount)
        });
    }
    excluded.sort_unstable_by(|left, right| left.asset.cmp(&right.asset));
    verdicts.append(&mut excluded);
    Ok(Reconstitution { verdicts, weights })
}

/// An eligible row with what ranks it.
struct Ranked<'a> {
    row: Row<'a>,
    market_cap: MarketCap,
    volume: Decimal,
}

impl Ranked<'_> {
    fn candidate(&self) -> Candidate {
        Candidate { asset: self.row.asset().clone(), market_cap: self.market_cap }
    }
}

fn screen<'a>(
    window: &HistoryWindow<'a>,
    screens: &[Box<dyn EligibilityFilter>],
) -> (Vec<Ranked<'a>>, Vec<AssetVerdict>) {
    let mut eligible = Vec::new();
    let mut excluded = Vec::new();
    for row in window.snapshot().rows() {
        let exclusion = screens.iter().find_map(|screen| screen.exclusion(&row, window));
        match (exclusion, row.market_cap()) {
            (Some(exclusion), _) => excluded.push(unranked(&row, Verdict::Excluded(exclusion))),
            (None, None) => excluded.push(unranked(&row, Verdict::Excluded(Exclusion::NoMarketCap))),
            (None, Some(market_cap)) => {
                eligible.push(Ranked { row, market_cap, volume: row.volume().unwrap_or_default() });
            }
        }
    }
    (eligible, excluded)
}

fn rank(mut eligible: Vec<Ranked<'_>>) -> Vec<Ranked<'_>> {
    eligible.sort_unstable_by(|left, right| {
        let key = |each: &Ranked<'_>| (Reverse(each.market_cap), Reverse(each.volume));
        key(left).cmp(&key(right)).then_with(|| left.row.asset().cmp(right.row.asset()))
    });
    eligible
}

fn unranked(row: &Row<'_>, verdict: Verdict) -> AssetVerdict {
    AssetVerdict {
        asset: row.asset().clone(),
        price: row.price(),
        market_cap: row.market_cap(),
        rank: None,
        verdict,
        raw_weight: Weight::ZERO,
        weight: Weight::ZERO,
    }
}

/// Returns the candidates' shares of their total market cap, in their order.
fn shares_of_cap(selected: &[Candidate]) -> Result<Vec<Weight>, WeightingError> {
    if selected.is_empty() {
        return Ok(Vec::new());
    }
    let caps: Vec<_> = selected.iter().map(|each| (each.asset.clone(), each.market_cap.decimal())).collect();
    Ok(Weights::proportional_to(&caps)?.iter().map(|(_, weight)| weight).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screen::{ExcludedCategories, KnownMarketCap, MinimumHistory};
    use crate::weighting::{EqualWeight, MarketCapWeight};
    use regimen_types::{AsOf, AssetInfo, History, RowInput};

    fn row(asset: &str, cap: &str, volume: i64) -> RowInput {
        RowInput {
            market_cap: cap.parse().ok(),
            volume: Some(Decimal::new(volume, 0)),
            ..RowInput::new(asset.parse().unwrap(), "2".parse().unwrap(), "1".parse().unwrap())
        }
    }

    fn history() -> History {
        let day = |number| AsOf::from_ymd(2024, 1, number).unwrap();
        let old = ["large", "tie-a", "tie-b", "peg", "capless"];
        let stablecoin = AssetInfo { category: "stablecoin".parse().ok(), ..AssetInfo::default() };
        History::builder()
            .snapshot(day(1), old.map(|asset| row(asset, "1", 0)))
            .snapshot(
                day(2),
                [
                    row("new", "900", 0),
                    row("tie-b", "10", 5),
                    row("tie-a", "10", 5),
                    row("busy", "10", 6),
                    row("large", "70", 0),
                    row("peg", "500", 0),
                    row("capless", "", 0),
                ],
            )
            .asset("peg".parse().unwrap(), stablecoin)
            .build()
            .unwrap()
    }

    fn run(count: usize, history_min: usize, weighting: &dyn WeightingRule) -> Reconstitution {
        let screens: Vec<Box<dyn EligibilityFilter>> = vec![
            Box::new(ExcludedCategories::new(["stablecoin".parse().unwrap()])),
            Box::new(KnownMarketCap),
            Box::new(MinimumHistory::new(NonZeroUsize::new(history_min).unwrap())),
        ];
        let history = history();
        let count = NonZeroUsize::new(count).unwrap();
        reconstitute(&history.newest().unwrap(), &screens, count, weighting).unwrap()
    }

    #[test]
    fn every_asset_gets_a_verdict() {
        let result = run(2, 2, &MarketCapWeight);
        let lines: Vec<String> = result
            .verdicts
            .iter()
            .map(|each| format!("{} {:?} {:?} {}", each.asset, each.rank, each.verdict, each.weight))
            .collect();
        assert_eq!(
            lines,
            [
                "large Some(1) Selected 0.875",
                "tie-a Some(2) Selected 0.125",
                "tie-b Some(3) BelowCount 0",
                "busy None Excluded(ShortHistory { observations: 1, required: 2 }) 0",
                "capless None Excluded(NoMarketCap) 0",
                "new None Excluded(ShortHistory { observations: 1, required: 2 }) 0",
                "peg None Excluded(Category(\"stablecoin\")) 0",
            ]
        );
    }

    #[test]
    fn ties_go_to_volume_then_identifier() {
        let ranked: Vec<String> =
            run(9, 1, &EqualWeight).verdicts.iter().map(|each| each.asset.to_string()).collect();
        assert_eq!(ranked[..5], ["new", "large", "busy", "tie-a", "tie-b"]);
    }

    #[test]
    fn the_raw_weight_is_the_share_of_cap() {
        let result = run(2, 2, &EqualWeight);
        assert_eq!(result.verdicts[0].raw_weight.to_string(), "0.875");
        assert_eq!(result.verdicts[0].weight.to_string(), "0.5");
    }

    #[test]
    fn nothing_eligible_is_no_weights() {
        assert_eq!(run(5, 3, &MarketCapWeight).weights, None);
    }
}
