use super::*;
use crate::screens::{ExcludedCategories, KnownMarketCap, MinimumHistory};
use crate::selection::RankSelection;
use crate::weighing::{IfInfeasible, WeighedAsset, Weighing};
use crate::weighting::{EqualWeight, HistoryWeighting, MarketCapWeight};
use proptest::prelude::*;
use regimen_types::{AssetInfo, History, RowInput};
use std::num::NonZeroUsize;

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

fn run(count: usize, history_min: usize, rule: impl HistoryWeighting + 'static) -> Reconstitution {
    let screens: Vec<Box<dyn UniverseScreen>> = vec![
        Box::new(ExcludedCategories::new(["stablecoin".parse().unwrap()])),
        Box::new(KnownMarketCap),
        Box::new(MinimumHistory::new(NonZeroUsize::new(history_min).unwrap())),
    ];
    let selection = Box::new(RankSelection::first(NonZeroUsize::new(count).unwrap()));
    let selecting = SelectionRules { screens, ranking: Measure::MarketCap, grouping: None, selection };
    let weighing = WeighingRules { amount: Measure::MarketCap, rule: Box::new(rule), limits: None };
    let history = history();
    let occasion =
        Occasion { window: history.newest().unwrap(), membership: &Membership::START, supply: None };
    reconstitute(&occasion, occasion.window.as_of(), &selecting, &weighing).unwrap()
}

#[test]
fn every_asset_gets_a_verdict() {
    let result = run(2, 2, MarketCapWeight);
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
        run(9, 1, EqualWeight).verdicts.iter().map(|each| each.asset.to_string()).collect();
    assert_eq!(ranked[..5], ["new", "large", "busy", "tie-a", "tie-b"]);
}

#[test]
fn nothing_eligible_is_no_weights() {
    assert_eq!(run(5, 3, MarketCapWeight).weights, None);
}

#[test]
fn a_reconstitution_survives_json() {
    fn survives<T: Serialize + serde::de::DeserializeOwned + PartialEq + fmt::Debug>(value: &T) {
        let json = serde_json::to_string(value).unwrap();
        assert_eq!(&serde_json::from_str::<T>(&json).unwrap(), value, "{json}");
    }
    let result = run(2, 2, MarketCapWeight);
    survives(&result);
    survives(&Selection { verdicts: result.verdicts, membership: result.membership });
    let weighed = |(asset, weight): (&AssetId, Weight)| WeighedAsset {
        exclusion: None,
        asset: asset.clone(),
        amount: Some(Figure::ZERO),
        raw_weight: weight,
        weight,
    };
    let assets = result.weights.iter().flat_map(Weights::iter).map(weighed).collect();
    let relaxation = Relaxation { fallback: IfInfeasible::Unlimited, reason: "too few".to_owned() };
    survives(&Weighing { assets, weights: result.weights, relaxation: Some(relaxation) });
    for choice in
        [Choice::Selected, Choice::Reserve, Choice::BelowCount, Choice::GroupFull, Choice::BelowThreshold]
    {
        survives(&choice);
        survives(&Verdict::from(choice));
        assert_eq!(Verdict::from(choice).to_string(), choice.to_string());
    }
    let excluded = Verdict::Excluded(Exclusion::NoMarketCap);
    survives(&excluded);
    assert_eq!(excluded.to_string(), "excluded: no known market cap");
}

#[test]
fn stored_weights_that_break_their_rules_are_refused() {
    let refused = |json: &str| serde_json::from_str::<Weights>(json).unwrap_err().to_string();
    assert!(refused(r#"[["a","0.5"],["b","0.4"]]"#).contains("the weights sum to 0.9, not 1"));
    assert!(refused(r#"[["a","0.5"],["a","0.5"]]"#).contains("a occurs twice"));
    let fine = refused(r#"[["a","0.5000000000000000001"],["b","0.4999999999999999999"]]"#);
    assert!(fine.contains("the weight of a has more than 18 decimal places"), "{fine}");
}

/// Caps, some of them equal, and some too large to be counted in steps of the finest.
fn caps() -> impl Strategy<Value = Vec<(Decimal, i64)>> {
    let cap = prop_oneof![
        (1_i64..6, 0_u32..3).prop_map(|(cap, scale)| Decimal::new(cap, scale)),
        (1_i128..10_i128.pow(28), 0_u32..=28)
            .prop_map(|(cap, scale)| Decimal::from_i128_with_scale(cap, scale)),
    ];
    prop::collection::vec((cap, 0_i64..3), 1..40)
}

proptest! {
    #[test]
    fn ranks_are_by_amount_then_volume_then_identifier(caps in caps()) {
        let named = (0..).zip(&caps).map(|(number, (cap, volume))| (format!("a{number:02}"), *cap, *volume));
        let rows = named.map(|(asset, cap, volume)| RowInput {
            market_cap: MarketCap::new(cap).ok(),
            ..row(&asset, "", volume)
        });
        let history = History::builder().snapshot(AsOf::from_ymd(2024, 1, 1).unwrap(), rows).build().unwrap();
        let passed: Vec<Row<'_>> = history.newest().unwrap().snapshot().rows().collect();
        let amounts: Vec<Figure> = caps.iter().map(|(cap, _)| Figure::new(*cap).unwrap()).collect();
        let ranked = rank(&passed, &amounts);
        let mut plain = passed.clone();
        plain.sort_by_key(|row| (Reverse(row.market_cap()), Reverse(row.volume()), row.asset()));
        let names = |row: &Row<'_>| row.asset().clone();
        let (ranked, plain): (Vec<_>, Vec<_>) =
            (ranked.iter().map(|each| names(&each.row)).collect(), plain.iter().map(names).collect());
        prop_assert_eq!(ranked, plain);
    }
}
