//! The index without a portfolio: its levels, by calendars, with announcements, and with rows that come late.

use proptest::prelude::*;
use regimen::{IndexDecision, IndexState, Inputs, Methodology, advance_index, parse_definition};
use regimen_replay::calculate_index;
use regimen_types::{AsOf, AssetId, Cause, History, Price, RowInput, Weight};

use crate::market::Table;
use crate::methodology::methodology;
use crate::record::records;
use crate::strategies::{choices, markets};

fn decisions(methodology: &Methodology, history: &History) -> Vec<IndexDecision> {
    let mut taken = Vec::new();
    let end = calculate_index::<std::convert::Infallible>(methodology, history, None, |decision| {
        taken.push(decision);
        Ok(())
    });
    end.unwrap();
    taken
}

/// An index of the two largest by cap, daily prices from 2021-01-01 on, `None` for a day without a snapshot.
fn two_largest(schedule: &str, days: &[Option<[&str; 3]>]) -> Vec<IndexDecision> {
    let text = format!(
        r#"
name = "Two largest"
currency = "USD"
index = {{ base_level = 100 }}
regime = {{ rule = "always_bullish" }}
defensive = {{ sleeve = [] }}
universe = {{ exclude_categories = [], history_snapshots_min = 1 }}
selection = {{ count = 2 }}
weighting = {{ rule = "market_cap" }}
schedule = {schedule}
"#
    );
    let mut builder = History::builder();
    for (number, prices) in (1_u32..).zip(days) {
        let Some(prices) = prices else { continue };
        // One unit of `a` and `b` circulates, two of `c`.
        let rows =
            ["a", "b", "c"].iter().zip(prices).filter(|(_, price)| **price != "-").map(|(asset, price)| {
                let cap = if *asset == "c" { format!("{price}e1") } else { (*price).to_owned() };
                RowInput::new(asset.parse().unwrap(), price.parse().unwrap(), cap.parse().unwrap())
            });
        builder = builder.snapshot(AsOf::from_ymd(2021, 1, number).unwrap(), rows);
    }
    let methodology = Methodology::new(
        parse_definition("two-largest", &text, &[]).unwrap_or_else(|found| panic!("{found}")),
        Inputs::none(),
    )
    .unwrap();
    decisions(&methodology, &builder.build().unwrap())
}

fn levels(decisions: &[IndexDecision]) -> Vec<String> {
    decisions.iter().map(|each| each.level.to_string()).collect()
}

/// What happens when: the snapshot, the reference and the cause of each rebalance, by the day of January.
fn rebalances(decisions: &[IndexDecision]) -> Vec<(String, String, Cause)> {
    let day = |as_of: AsOf| as_of.to_string()[8..].to_owned();
    let of = |each: &regimen::IndexRebalance| (day(each.as_of), day(each.reference), each.cause);
    decisions.iter().filter_map(|each| each.rebalance.as_ref().map(of)).collect()
}

fn happened(parts: &[(&str, &str, Cause)]) -> Vec<(String, String, Cause)> {
    parts.iter().map(|(at, reference, cause)| ((*at).to_owned(), (*reference).to_owned(), *cause)).collect()
}

/// `c` counts ten times its price: it enters as soon as its cap is above that of one of the others.
const PRICES: [Option<[&str; 3]>; 6] = [
    Some(["60", "40", "1"]),
    Some(["60", "20", "3"]), // c: 30 > 20
    Some(["60", "20", "6"]),
    Some(["30", "20", "6"]),
    Some(["30", "40", "6"]),
    Some(["30", "40", "12"]),
];

#[test]
fn members_change_on_a_date_and_the_level_does_not() {
    let found = two_largest("{every='dates',dates=['2021-01-02'],if_missing='skip'}", &PRICES);
    assert_eq!(
        rebalances(&found),
        happened(&[("01", "01", Cause::Inception), ("02", "02", Cause::Schedule)])
    );
    // 60+40 → 60+20; then a (60) and c (30) of 90, at 80.
    // Day 3: 80·(60+60)/90; day 4: 80·(30+60)/90; day 6: 80·(30+120)/90.
    assert_eq!(levels(&found), ["100", "80", "106.666666666667", "80", "80", "133.333333333333"]);
}

#[test]
fn an_announced_basket_keeps_reference_units_until_it_takes_effect() {
    let schedule = "{every='dates',dates=['2021-01-02'],if_missing='skip',effective_after_snapshots=2}";
    let found = two_largest(schedule, &PRICES);
    assert_eq!(
        rebalances(&found),
        happened(&[("01", "01", Cause::Inception), ("04", "02", Cause::Schedule)])
    );
    // The old basket, a and b, to day 4: 100, 80, 80, 50. Then one a and ten c of day 2's caps: 30+60 → 30+60
    // → 30+120.
    assert_eq!(levels(&found), ["100", "80", "80", "50", "50", "83.333333333333"]);
    let taken = found[3].rebalance.as_ref().unwrap();
    let rounded = |(asset, weight): (&AssetId, Weight)| format!("{asset} {}", weight.decimal().round_dp(12));
    let weights: Vec<String> = taken.target.weights().map(rounded).collect();
    assert_eq!(weights, ["a 0.333333333333", "c 0.666666666667"], "two thirds of a were decided on day 2");
    let days = two_largest(&schedule.replace("snapshots=2", "days=2"), &PRICES);
    assert_eq!(levels(&days), levels(&found));
}

#[test]
fn a_scheduled_day_without_a_snapshot_is_served_by_the_one_before_the_one_after_or_none() {
    let mut days = PRICES;
    days[2] = None;
    let found = |rule: &str| {
        two_largest(&format!("{{every='dates',dates=['2021-01-03'],if_missing='{rule}'}}"), &days)
    };
    let [previous, next, skip] = ["previous_snapshot", "next_snapshot", "skip"].map(found);
    assert_eq!(rebalances(&previous)[1..], happened(&[("04", "02", Cause::Schedule)]));
    assert_eq!(rebalances(&next)[1..], happened(&[("04", "04", Cause::Schedule)]));
    assert_eq!(rebalances(&skip)[1..], []);
    // By day 2's caps and at its prices, 60 of a and 30 of c, though it is day 4 that shows that day 3 is
    // missing.
    assert_eq!(levels(&previous), ["100", "80", "80", "80", "133.333333333333"]);
    // By day 4's, 30 of a and 60 of c, at the 50 of the old basket then.
    assert_eq!(levels(&next), ["100", "80", "50", "50", "83.333333333333"]);
    assert_eq!(levels(&skip), ["100", "80", "50", "70", "70"]);
}

#[test]
fn a_rebalance_weighs_the_members_again_and_lets_nobody_in() {
    let schedule =
        "{every='dates',dates=['2021-01-06'],if_missing='skip',rebalance={every='snapshots',count=2}}";
    let found = two_largest(schedule, &PRICES);
    let expected = [
        ("01", "01", Cause::Inception),
        ("03", "03", Cause::Rebalance),
        ("05", "05", Cause::Rebalance),
        ("06", "06", Cause::Schedule),
    ];
    assert_eq!(rebalances(&found), happened(&expected));
    let assets = |index: usize| -> Vec<String> {
        let target = &found[index].rebalance.as_ref().unwrap().target;
        target.weights().map(|(asset, weight)| format!("{asset} {weight}")).collect()
    };
    assert_eq!(assets(2), ["a 0.75", "b 0.25"], "c is larger than b, and waits for the reconstitution");
    assert_eq!(assets(5), ["b 0.25", "c 0.75"]);
}

#[test]
fn a_member_without_a_figure_weighs_nothing_at_a_rebalance_and_comes_back() {
    let days = [Some(["60", "40", "1"]), Some(["60", "-", "1"]), Some(["60", "40", "1"])];
    let schedule = "{every='dates',dates=[],if_missing='skip',rebalance={every='snapshots',count=1}}";
    let found = two_largest(schedule, &days);
    let counts: Vec<usize> = found.iter().map(|each| each.asset_count).collect();
    assert_eq!(counts, [2, 1, 2]);
}

/// The two largest with what the index says of constituents that vanish, or of distributions.
fn with_index(index: &str, selection: &str, days: &[[(&str, &str, &str); 3]]) -> Vec<IndexDecision> {
    let text = format!(
        r#"
name = "Two largest"
currency = "USD"
index = {{ base_level = 100, {index} }}
regime = {{ rule = "always_bullish" }}
defensive = {{ sleeve = [] }}
universe = {{ exclude_categories = [], history_snapshots_min = 1 }}
selection = {{ {selection} }}
weighting = {{ rule = "equal" }}
schedule = {{ every = "dates", dates = [], if_missing = "skip" }}
"#
    );
    let mut builder = History::builder();
    for (number, rows) in (1_u32..).zip(days) {
        let known = rows.iter().filter(|(_, price, _)| *price != "-");
        let rows = known.map(|(asset, price, dividend)| {
            let cap = if *asset == "c" { "1" } else { "100" };
            let mut row = RowInput::new(asset.parse().unwrap(), price.parse().unwrap(), cap.parse().unwrap());
            row.attributes.extend(dividend.parse().ok().map(|amount| ("dividend".to_owned(), amount)));
            row
        });
        builder = builder.snapshot(AsOf::from_ymd(2021, 1, number).unwrap(), rows);
    }
    let methodology = Methodology::new(
        parse_definition("two-largest", &text, &[]).unwrap_or_else(|found| panic!("{found}")),
        Inputs::none(),
    )
    .unwrap();
    decisions(&methodology, &builder.build().unwrap())
}

/// `a` has no price after the first day; `b` and `c` double on the last.
const VANISHING: [[(&str, &str, &str); 3]; 4] = [
    [("a", "10", ""), ("b", "10", ""), ("c", "10", "")],
    [("a", "-", ""), ("b", "10", ""), ("c", "10", "")],
    [("a", "-", ""), ("b", "10", ""), ("c", "10", "")],
    [("a", "-", ""), ("b", "20", ""), ("c", "20", "")],
];

#[test]
fn a_constituent_that_vanishes_is_kept_spread_replaced_or_turned_into_cash() {
    // Day 3 is two days after the last price. Half the index is in `a`, which comes back at 0.8 of it.
    for (then, expected, assets) in [
        ("freeze", ["100", "100", "100", "150"], 2),
        ("redistribute", ["100", "100", "90", "180"], 1),
        ("hold_cash", ["100", "100", "90", "140"], 1),
        ("next_ranked", ["100", "100", "90", "180"], 2),
    ] {
        let deletion = format!("deletion = {{ max_stale_days = 1, recovery = 0.8, then = \"{then}\" }}");
        let found = with_index(&deletion, "count = 2, reserve = 1", &VANISHING);
        assert_eq!(levels(&found), expected, "{then}");
        assert_eq!(found[3].asset_count, assets, "{then}");
        let deleted = happened(&[("01", "01", Cause::Inception), ("03", "03", Cause::Deletion)]);
        assert_eq!(rebalances(&found), deleted[..if then == "freeze" { 1 } else { 2 }], "{then}");
    }
}

#[test]
fn distributions_are_reinvested_where_the_definition_says() {
    // `a` pays 1 of its 10 and stands at 9; then it doubles, and `b` does not move.
    let days = [
        [("a", "10", ""), ("b", "10", ""), ("c", "1", "")],
        [("a", "9", "1"), ("b", "10", ""), ("c", "1", "5")],
        [("a", "18", ""), ("b", "10", ""), ("c", "1", "")],
    ];
    for (index, expected) in [
        ("", ["100", "95", "140"]),
        (
            "distributions = { column = \"dividend\", reinvest = \"whole_index\" }",
            ["100", "100", "147.368421052632"],
        ),
        ("distributions = { column = \"dividend\", reinvest = \"same_asset\" }", ["100", "100", "150"]),
        ("distributions = { column = \"dividend\", reinvest = \"cash\" }", ["100", "100", "145"]),
    ] {
        assert_eq!(levels(&with_index(index, "count = 2", &days)), expected, "{index}");
    }
}

#[test]
fn the_level_begins_at_the_base_date_with_all_the_history_before_it() {
    let base = |date: &str| {
        methodology(&[format!("index.base_date={date}"), "regime.window_snapshots=4".to_owned()])
    };
    let table = Table::synthetic(3, 20, 100, regimen_synth::MarketKind::Realistic);
    let history = table.history();
    let based = decisions(&base("2021-01-20"), &history);
    assert_eq!(based[0].as_of.to_string(), "2021-01-20");
    assert_eq!(based[0].level.to_string(), "1000");
    assert_ne!(
        based[0].regime.state.regime,
        regimen_types::Regime::Undetermined,
        "the average has its history"
    );
    let early = history.window(3).unwrap();
    let refused = advance_index(&base("2021-01-20"), &IndexState::START, &early).unwrap_err();
    assert!(refused.to_string().contains("the index begins on 2021-01-20"), "{refused}");
    // A backtest begins there, too.
    let replayed = regimen_replay::replay_each(
        &base("2021-01-20"),
        &history,
        regimen_replay::Period::default(),
        |step| {
            assert!(step.window.as_of().to_string().as_str() >= "2021-01-20");
            Ok::<(), std::convert::Infallible>(())
        },
    );
    replayed.unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// The portfolio follows the index; the index does not know it.
    #[test]
    fn the_index_alone_is_the_index_of_a_run(table in markets(4..40), overrides in choices(0..4)) {
        let methodology = methodology(&overrides);
        let history = table.history();
        let of_run: Vec<IndexDecision> =
            records(&methodology, &history).into_iter().map(|record| record.decision.index).collect();
        prop_assert_eq!(decisions(&methodology, &history), of_run);
    }

    /// A rebalance leaves the level where the old basket put it, digit for digit.
    #[test]
    fn the_level_is_continuous_at_every_rebalance(table in markets(4..40), overrides in choices(0..4)) {
        let methodology = methodology(&overrides);
        let takes_earlier_prices = overrides.iter().any(|each| each.contains("previous_snapshot"));
        let distributes = overrides.iter().any(|each| each.contains("distributions"));
        let mut state = IndexState::START;
        for window in table.history().windows() {
            let price_of = |asset: &AssetId| window.last_price(asset).map(|last| last.value);
            let held = state.index.clone();
            let (decision, next) = advance_index(&methodology, &state, &window).unwrap();
            // A basket for a missing day replaces the old one at yesterday's prices, before today moves the
            // level.
            if let (Some(mut held), false) = (held, takes_earlier_prices) {
                // What is distributed counts as if the price had not fallen by it.
                let with_dividend = |asset: &AssetId| {
                    let row = window.row(asset).filter(|_| distributes);
                    let dividend = row.and_then(|row| row.attribute("dividend")).unwrap_or_default();
                    price_of(asset).map(|price| Price::new(price.decimal() + dividend).unwrap())
                };
                prop_assert_eq!(decision.level, held.mark(with_dividend).unwrap());
            }
            let mut marked = next.index.clone().unwrap();
            prop_assert_eq!(marked.mark(price_of).unwrap(), decision.level);
            state = next;
        }
    }

    /// Forward only: what becomes known later changes no level before.
    #[test]
    fn a_late_row_changes_no_level_that_was_published(table in markets(6..30), overrides in choices(0..4)) {
        let methodology = methodology(&overrides);
        let all = decisions(&methodology, &table.history());
        for count in 1..=table.len() {
            let mut published = table.first(count);
            let at = published.snapshots[count - 1].0;
            for (_, rows) in &mut published.snapshots {
                rows.retain(|row| row.known_at <= at);
            }
            let found = decisions(&methodology, &published.history());
            prop_assert_eq!(&found[count - 1].level, &all[count - 1].level);
        }
    }
}
