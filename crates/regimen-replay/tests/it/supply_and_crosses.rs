//! Supply snapshots and crosses of a threshold, by hand.

use regimen::weighting::Verdict;
use regimen::{IndexDecision, Inputs, Methodology, parse_definition};
use regimen_replay::calculate_index;
use regimen_types::{ActionInput, ActionKind, AsOf, AssetId, Cause, CorporateAction, History, RowInput};

fn definition(overrides: &[&str]) -> Methodology {
    let text = r#"
name = "Two largest"
currency = "USD"
index = { base_level = 100 }
regime = { rule = "always_bullish" }
defensive = { sleeve = [] }
universe = {}
selection = { count = 2 }
weighting = { rule = "market_cap" }
schedule = { every = "snapshots", count = 1 }
"#;
    let overrides: Vec<String> = overrides.iter().map(|each| (*each).to_owned()).collect();
    Methodology::new(
        parse_definition("index.toml", text, &overrides).unwrap_or_else(|found| panic!("{found}")),
        Inputs::none(),
    )
    .unwrap()
}

fn id(asset: &str) -> AssetId {
    asset.parse().unwrap()
}

fn day(number: usize) -> AsOf {
    AsOf::from_ymd(2021, 1, u32::try_from(number).unwrap()).unwrap()
}

/// Rows of asset, price and market cap, or grade in place of the cap's second part, from 2021-01-01 on.
fn history(days: &[&[(&str, &str, &str, &str)]]) -> History {
    let mut builder = History::builder();
    for (number, rows) in (1..).zip(days) {
        let rows = rows.iter().map(|(asset, price, cap, grade)| RowInput {
            attributes: grade.parse().ok().map(|grade| ("grade".to_owned(), grade)).into_iter().collect(),
            ..RowInput::new(id(asset), price.parse().unwrap(), cap.parse().unwrap())
        });
        builder = builder.snapshot(day(number), rows);
    }
    builder.build().unwrap()
}

fn decisions(methodology: &Methodology, history: &History) -> Vec<IndexDecision> {
    let mut taken = Vec::new();
    calculate_index::<std::convert::Infallible>(methodology, history, None, |decision| {
        taken.push(decision);
        Ok(())
    })
    .unwrap();
    taken
}

/// The weights of each rebalance, in percent without decimals.
fn weights(decisions: &[IndexDecision]) -> Vec<String> {
    let percent = |weight: regimen_types::Weight| {
        (weight.decimal() * rust_decimal::Decimal::ONE_HUNDRED).round().to_string()
    };
    let rebalance = |each: &IndexDecision| {
        let weights = each.rebalance.as_ref()?.target.weights();
        let all: Vec<String> =
            weights.map(|(asset, weight)| format!("{asset} {}", percent(weight))).collect();
        Some(all.join(", "))
    };
    decisions.iter().filter_map(rebalance).collect()
}

/// `c` is reported with a hundred times its supply from the second day on, `b` doubles its price then, and
/// its supply halves.
const RESTATED: [&[(&str, &str, &str, &str)]; 4] = [
    &[("a", "10", "100", ""), ("b", "10", "100", ""), ("c", "1", "10", "")],
    &[("a", "10", "100", ""), ("b", "20", "100", ""), ("c", "1", "1000", "")],
    &[("a", "10", "100", ""), ("b", "20", "100", ""), ("c", "1", "1000", ""), ("d", "1", "9999", "")],
    &[("a", "10", "100", ""), ("b", "20", "100", ""), ("c", "1", "1000", ""), ("d", "1", "9999", "")],
];

#[test]
fn without_a_schedule_each_snapshot_has_its_own_supplies() {
    let found = decisions(&definition(&[]), &history(&RESTATED));
    assert_eq!(weights(&found), ["a 50, b 50", "a 9, c 91", "c 9, d 91", "c 9, d 91"]);
}

#[test]
fn supplies_are_held_between_two_supply_snapshots() {
    // Ten units of `a` and `b` each until the fourth day; then five of `b`, a thousand of `c` and 9999 of
    // `d`.
    let supply = "schedule.supply={every='dates',dates=['2021-01-01','2021-01-04'],if_missing='skip'}";
    let found = decisions(&definition(&[supply]), &history(&RESTATED));
    assert_eq!(weights(&found), ["a 50, b 50", "a 33, b 67", "a 33, b 67", "c 9, d 91"]);
    let verdicts = |number: usize| match &found[number].rebalance.as_ref().unwrap().basis {
        regimen::Basis::Constituents(verdicts) => verdicts.clone(),
        regimen::Basis::Given { .. } => panic!("constituents are ranked"),
    };
    let d = verdicts(2).into_iter().find(|each| each.asset == id("d")).unwrap();
    let Verdict::Excluded(reason) = d.verdict else { panic!("`d` has no supply yet") };
    assert_eq!(reason.to_string(), "no known supply in the supply snapshot of 2021-01-01");
    let used: Vec<AsOf> = (0..4).map(|number| verdicts(number)[0].supply.unwrap().as_of).collect();
    assert_eq!(used, [day(1), day(1), day(1), day(4)]);
}

#[test]
fn a_supply_snapshot_counts_from_its_effective_instant_on() {
    let delayed = |delay: &str| {
        let supply =
            format!("schedule.supply={{every='dates',dates=['2021-01-02'],if_missing='skip',{delay}}}");
        weights(&decisions(&definition(&[&supply]), &history(&RESTATED)))
    };
    // The first day's supplies serve until then; `d` has none in either.
    let after_two = ["a 50, b 50", "a 33, b 67", "a 33, b 67", "a 9, c 91"];
    assert_eq!(delayed("effective_after_snapshots=2"), after_two);
    assert_eq!(delayed("effective_after_days=2"), after_two);
    assert_eq!(delayed("effective_after_days=0"), ["a 50, b 50", "a 9, c 91", "a 9, c 91", "a 9, c 91"]);
}

#[test]
fn a_day_without_a_snapshot_is_served_as_the_rule_says() {
    let mut days = RESTATED;
    days[1] = &[("a", "10", "100", ""), ("b", "20", "100", "")];
    let mut builder = History::builder();
    // There is no 2021-01-03.
    for (number, rows) in [(1, days[0]), (2, days[1]), (4, days[2]), (5, days[3])] {
        let rows = rows.iter().map(|(asset, price, cap, _)| {
            RowInput::new(id(asset), price.parse().unwrap(), cap.parse().unwrap())
        });
        builder = builder.snapshot(day(number), rows);
    }
    let history = builder.build().unwrap();
    let found = |rule: &str| {
        let supply = format!("schedule.supply={{every='dates',dates=['2021-01-03'],if_missing='{rule}'}}");
        weights(&decisions(&definition(&[&supply]), &history))
    };
    assert_eq!(found("skip"), ["a 50, b 50", "a 33, b 67", "a 33, b 67", "a 33, b 67"]);
    // Of the second day, on which `c` had no row and half of `b` circulated.
    assert_eq!(found("previous_snapshot"), ["a 50, b 50", "a 33, b 67", "a 50, b 50", "a 50, b 50"]);
    assert_eq!(found("next_snapshot"), ["a 50, b 50", "a 33, b 67", "c 9, d 91", "c 9, d 91"]);
}

#[test]
fn an_index_begins_with_the_supplies_that_were_in_force_before_it() {
    let supply = "schedule.supply={every='dates',dates=['2021-01-01'],if_missing='skip'}";
    let found = decisions(&definition(&[supply, "index.base_date=2021-01-02"]), &history(&RESTATED));
    assert_eq!(weights(&found), ["a 33, b 67", "a 33, b 67", "a 33, b 67"]);
}

#[test]
fn a_redenomination_restates_the_supply_that_is_held() {
    let mut days = RESTATED;
    days[2] = &[("a", "0.01", "100", ""), ("b", "20", "100", ""), ("c", "1", "1000", "")];
    let action = ActionInput {
        as_of: day(3),
        known_at: None,
        asset: id("a"),
        kind: ActionKind::Redenomination,
        ratio: Some(1000.into()),
        new_asset: None,
    };
    let action = CorporateAction::new(action).unwrap();
    let (history, _) = history(&days[..3]).with_corporate_actions(vec![action]);
    let supply = "schedule.supply={every='dates',dates=['2021-01-01'],if_missing='skip'}";
    assert_eq!(
        weights(&decisions(&definition(&[supply]), &history)),
        ["a 50, b 50", "a 33, b 67", "a 33, b 67"]
    );
}

#[test]
fn the_weights_alone_may_take_effect_later_than_the_constituents() {
    let schedule = "schedule={every='dates',dates=[],if_missing='skip',effective_after_snapshots=3,\
                    rebalance={every='dates',dates=['2021-01-02'],if_missing='skip',effective_after_snapshots=1}}";
    let found = decisions(&definition(&[schedule]), &history(&RESTATED));
    let caused: Vec<_> = found.iter().filter_map(|each| each.rebalance.as_ref()).collect();
    assert_eq!((caused[1].as_of, caused[1].reference, caused[1].cause), (day(3), day(2), Cause::Rebalance));
}

/// Grades from 0 to 100: constituents need 55, newcomers 60.
const GRADED: [&[(&str, &str, &str, &str)]; 6] = [
    &[("a", "1", "50", "70"), ("b", "1", "40", "65"), ("c", "1", "30", "58"), ("d", "1", "20", "90")],
    &[("a", "1", "50", "70"), ("b", "1", "40", "57"), ("c", "1", "30", "59"), ("d", "1", "20", "90")],
    &[("a", "1", "50", "70"), ("b", "1", "40", "54"), ("c", "1", "30", "59"), ("d", "1", "20", "90")],
    &[("a", "1", "50", "70"), ("b", "1", "40", ""), ("c", "1", "30", "60"), ("d", "1", "20", "90")],
    &[("a", "1", "50", "70"), ("b", "1", "40", "59"), ("c", "1", "30", "61"), ("d", "1", "20", "90")],
    &[("a", "1", "50", "70"), ("b", "1", "40", "60"), ("c", "1", "30", "61"), ("d", "1", "20", "90")],
];

fn crossed(of: &str, further: &[&str]) -> Vec<(AsOf, Cause, String)> {
    let screens = "universe.screens=[{rule='attribute',name='grade',bound='at_least',enter=60,stay=55,if_unknown='exclude'}]";
    let schedule = format!(
        "schedule={{every='dates',dates=['2021-01-06'],if_missing='skip',on_cross={{attributes=['grade'],of='{of}'}}}}"
    );
    let overrides: Vec<&str> = [screens, &schedule].into_iter().chain(further.iter().copied()).collect();
    let found = decisions(&definition(&overrides), &history(&GRADED));
    let crossings = |each: &regimen::IndexRebalance| {
        let all: Vec<String> =
            each.crossings.iter().map(|crossing| format!("{}: {crossing}", crossing.asset)).collect();
        all.join("; ")
    };
    let rebalances = found.iter().filter_map(|each| each.rebalance.as_ref());
    rebalances.skip(1).map(|each| (each.as_of, each.cause, crossings(each))).collect()
}

#[test]
fn a_cross_of_a_threshold_is_a_reconstitution_of_its_own() {
    let cause = Cause::ThresholdCross;
    let down = (day(3), cause, "b: grade crossed 55: 54 after 57".to_owned());
    let up = (day(4), cause, "c: grade crossed 60: 60 after 59".to_owned());
    let scheduled = (day(6), Cause::Schedule, String::new());
    assert_eq!(crossed("members", &[]), [down.clone(), scheduled.clone()]);
    // On the third day `d` replaces `b`, and on the fourth `c` replaces `d`. `b` comes back to 59 by way of
    // an unknown grade, which reaches nothing; the sixth day is scheduled anyway.
    assert_eq!(crossed("all", &[]), [down, up.clone(), scheduled.clone()]);
    assert_eq!(crossed("candidates", &[]), [up, scheduled]);
}

#[test]
fn a_bearish_regime_takes_no_notice_of_a_cross() {
    let regime = "regime={rule='price_above_average',asset='a',window_snapshots=2,enter_above=0,exit_below=0,\
                  confirm_snapshots=1,evaluate='every_snapshot'}";
    assert_eq!(crossed("all", &[regime]), [(day(6), Cause::Schedule, String::new())]);
}
