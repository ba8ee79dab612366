//! Whole methodologies with screens, buffers, smoothing and limits: what must not matter does not, and
//! nothing is seen before its time.

use std::collections::BTreeMap;

use proptest::prelude::*;
use regimen::{IndexDecision, IndexState, Inputs, Methodology, advance_index, parse_definition};
use regimen_types::{AsOf, AssetId, AssetInfo, History, RowInput};
use rust_decimal::Decimal;

/// No amount in it depends on the unit of caps and volumes.
const DEFINITION: &str = r#"
name = "Everything relative"
currency = "USD"
snapshots = { asset_list = "assets.csv" }
index = { base_level = 100 }
regime = { rule = "always_bullish" }
defensive = { sleeve = [] }
schedule = { every = "snapshots", count = 3 }
selection = { count = 4, buffer = { by = "rank", enter = 2, stay = 6 }, group_max = { by = "category", count = 2 }, reserve = 2, rank_by = { measure = "ewma_market_cap", over = { unit = "days", count = 20 }, half_life_days = 4 } }
weighting = { rule = "square_root", of = { measure = "mean_market_cap", over = { unit = "snapshots", count = 4 } } }
limits = { cap = "0.35", floor = "0.05", largest = { count = 1, cap = "0.4" }, group = { by = "category", cap = "0.6" }, if_infeasible = "equal_weights" }

[[universe.screens]]
rule = "min_age"
days = 2
[[universe.screens]]
rule = "none_missing"
columns = ["price", "market_cap"]
over = { unit = "snapshots", count = 2 }
[[universe.screens]]
rule = "min_volume_quantile"
statistic = "mean"
over = { unit = "calendar_months_to_date", count = 1 }
unknown = "zero"
quantile = "0.1"
quantile_type = "type_7"
[[universe.screens]]
rule = "attribute"
name = "grade"
bound = "at_least"
enter = 15
stay = 10
if_unknown = "keep_incumbents"
[[universe.screens]]
rule = "min_share"
enter = "0.03"
stay = "0.02"
[[universe.screens]]
rule = "consecutive_periods"
periods = 2
before_enough = "all_so_far"
"#;

fn methodology() -> Methodology {
    Methodology::new(parse_definition("index.toml", DEFINITION, &[]).unwrap(), Inputs::none()).unwrap()
}

/// What a market says of an asset at one snapshot; `None` leaves its row out.
type Cell = Option<(u32, u32, u32, Option<u32>)>;
type Market = Vec<Vec<Cell>>;

const ASSETS: usize = 12;

fn market() -> impl Strategy<Value = Market> {
    let figures = (1_u32..500, 0_u32..100_000, 0_u32..1_000, prop::option::weighted(0.9, 0_u32..100));
    let cell = prop::option::weighted(0.95, figures);
    prop::collection::vec(prop::collection::vec(cell, ASSETS), 6..16)
}

struct Form {
    /// The name of each asset.
    names: Vec<String>,
    reversed: bool,
    unit: i64,
}

impl Default for Form {
    fn default() -> Self {
        Self { names: (0..ASSETS).map(|number| format!("a{number:02}")).collect(), reversed: false, unit: 1 }
    }
}

fn history(market: &Market, form: &Form) -> History {
    let id = |number: usize| -> AssetId { form.names[number].parse().unwrap() };
    let mut builder = History::builder();
    for (day, cells) in market.iter().enumerate() {
        let row = |(number, cell): (usize, &Cell)| {
            let (price, cap, volume, grade) = (*cell)?;
            // The number of the asset makes amounts differ, so that no tie is left to names.
            let amount = |figure: u32| Decimal::from(i64::from(figure) * 64 + number as i64 + 1);
            let known = |figure: u32| (figure > 9).then(|| amount(figure) * Decimal::from(form.unit));
            Some(RowInput {
                market_cap: known(cap).map(|cap| cap.to_string().parse().unwrap()),
                volume: known(volume),
                attributes: grade
                    .map(|grade| ("grade".to_owned(), Decimal::from(grade)))
                    .into_iter()
                    .collect(),
                ..RowInput::new(id(number), price.to_string().parse().unwrap(), "1".parse().unwrap())
            })
        };
        let mut rows: Vec<RowInput> = cells.iter().enumerate().filter_map(row).collect();
        if form.reversed {
            rows.reverse();
        }
        let as_of = AsOf::from_ymd(2024, 1, 25).unwrap().date() + chrono::Days::new(day as u64);
        builder = builder.snapshot(AsOf::from_date(as_of), rows);
    }
    for number in 0..ASSETS {
        let category = ["coin", "token", "meme"][number % 3].parse().ok();
        builder = builder.asset(id(number), AssetInfo { category, ..AssetInfo::default() });
    }
    builder.build().unwrap()
}

fn decisions(history: &History, stored: bool) -> Vec<IndexDecision> {
    let methodology = methodology();
    let mut state = IndexState::START;
    let mut decisions = Vec::new();
    for window in history.windows() {
        let (decision, next) = advance_index(&methodology, &state, &window).unwrap();
        decisions.push(decision);
        state = next;
        if stored {
            state = serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
        }
    }
    decisions
}

/// The weights of each rebalance, by the number of the asset.
fn weights(market: &Market, form: &Form) -> Vec<BTreeMap<usize, String>> {
    let number = |asset: &AssetId| form.names.iter().position(|name| name == asset.as_str()).unwrap();
    let rebalances = decisions(&history(market, form), false).into_iter().filter_map(|each| each.rebalance);
    rebalances
        .map(|each| {
            let weights = each.target.weights();
            weights.map(|(asset, weight)| (number(asset), weight.to_string())).collect()
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn what_comes_later_is_not_seen(market in market(), garbage in market(), cut in 1_usize..5) {
        let poisoned: Market = market.iter().take(cut).chain(garbage.iter().skip(cut)).cloned().collect();
        let form = Form::default();
        let (whole, poisoned) = (history(&market, &form), history(&poisoned, &form));
        prop_assert_eq!(&decisions(&whole, false)[..cut], &decisions(&poisoned, false)[..cut]);
    }

    #[test]
    fn a_stored_state_goes_on(market in market()) {
        let history = history(&market, &Form::default());
        prop_assert_eq!(decisions(&history, false), decisions(&history, true));
    }

    #[test]
    fn order_unit_and_names_do_not_matter(
        market in market(), names in Just((0..ASSETS).collect::<Vec<_>>()).prop_shuffle(), power in 0_u32..9,
    ) {
        let plain = weights(&market, &Form::default());
        let names = names.into_iter().map(|number| format!("b{number:02}")).collect();
        let other = weights(&market, &Form { names, reversed: true, unit: 10_i64.pow(power) });
        prop_assert_eq!(plain.len(), other.len());
        for (plain, other) in plain.iter().zip(&other) {
            prop_assert!(plain.keys().eq(other.keys()), "{:?} are not {:?}", plain, other);
            for (number, weight) in plain {
                // Where remainders are equal, the last step goes by name.
                let distance = weight.parse::<Decimal>().unwrap() - other[number].parse::<Decimal>().unwrap();
                prop_assert!(distance.abs() <= Decimal::new(2, 18), "{number}: {weight} and {}", other[number]);
            }
        }
    }
}

#[test]
fn the_definition_is_exercised() {
    // A market on which every kind of verdict occurs, or the laws above would say little.
    let mut seed = 1_u64;
    let mut next = |limit: u32| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(seed >> 33).unwrap() % limit
    };
    let market: Market = (0..30)
        .map(|_| {
            let cells = (0..ASSETS).map(|_| {
                (next(20) > 0).then(|| (1 + next(500), next(100_000), next(1_000), Some(next(100))))
            });
            cells.collect()
        })
        .collect();
    let decisions = decisions(&history(&market, &Form::default()), false);
    let text = serde_json::to_string(&decisions).unwrap();
    for word in [
        "selected",
        "reserve",
        "group_full",
        "volume_too_low",
        "attribute_too_low",
        "few_periods",
        "unknown",
        "share_too_low",
    ] {
        assert!(text.contains(word), "no asset is {word}");
    }
}
