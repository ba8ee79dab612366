//! What happens to an index between its reconstitutions: deletions, announced baskets, missed days, weights
//! without figures. Each market is written out, and each level and weight worked out by hand.

use std::collections::BTreeMap;

use proptest::prelude::*;
use regimen::weighting::{ExclusionCode, Verdict};
use regimen::{Basis, IndexDecision, Inputs, Methodology, parse_definition};
use regimen_replay::calculate_index;
use regimen_types::{AsOf, History, RowInput};
use rust_decimal::Decimal;

/// Builds a market from lines of a day of January, or an instant of it, and its rows `asset price cap
/// [supply]`, `-` for what is unknown.
fn market(lines: &[&str]) -> History {
    let mut snapshots: BTreeMap<AsOf, Vec<RowInput>> = BTreeMap::new();
    for line in lines {
        let (day, rows) = line.split_once(": ").unwrap();
        let rows = rows.split(", ").map(|row| {
            let cells: Vec<&str> = row.split(' ').collect();
            RowInput {
                price: cells[1].parse().ok(),
                market_cap: cells[2].parse().ok(),
                circulating_supply: cells.get(3).and_then(|supply| supply.parse().ok()),
                ..RowInput::new(cells[0].parse().unwrap(), "1".parse().unwrap(), "1".parse().unwrap())
            }
        });
        snapshots.insert(format!("2020-01-{day}").parse().unwrap(), rows.collect());
    }
    let builder = snapshots
        .into_iter()
        .fold(History::builder(), |builder, (as_of, rows)| builder.snapshot(as_of, rows));
    builder.build().unwrap()
}

/// The same rows on consecutive days.
fn days(first: u32, last: u32, rows: &str) -> Vec<String> {
    (first..=last).map(|day| format!("{day:02}: {rows}")).collect()
}

fn decisions(tables: &str, lines: &[impl AsRef<str>]) -> Vec<IndexDecision> {
    let text = format!(
        "name = 'f'\ncurrency = 'USD'\nregime = {{ rule = 'always_bullish' }}\ndefensive = {{ sleeve = [] }}\n\
         universe = {{}}\n{tables}"
    );
    let definition = parse_definition("index.toml", &text, &[]).unwrap_or_else(|found| panic!("{found}"));
    let methodology = Methodology::new(definition, Inputs::none()).unwrap();
    let lines: Vec<&str> = lines.iter().map(AsRef::as_ref).collect();
    let mut taken = Vec::new();
    calculate_index::<std::convert::Infallible>(&methodology, &market(&lines), None, |decision| {
        taken.push(decision);
        Ok(())
    })
    .unwrap();
    taken
}

fn levels(decisions: &[IndexDecision]) -> Vec<String> {
    decisions.iter().map(|each| each.level.to_string()).collect()
}

/// The rebalances, each as `day<reference cause: asset percent …`.
fn rebalances(decisions: &[IndexDecision]) -> Vec<String> {
    let day = |as_of: AsOf| as_of.to_string()[8..].to_owned();
    let line = |each: &regimen::IndexRebalance| {
        let percent = |weight: Decimal| (weight * Decimal::ONE_HUNDRED).round();
        let weights =
            each.target.weights().map(|(asset, weight)| format!(" {asset} {}", percent(weight.decimal())));
        let weights: String = weights.collect();
        format!("{}<{} {}:{weights}", day(each.as_of), day(each.reference), each.cause)
    };
    decisions.iter().flat_map(IndexDecision::rebalances).map(line).collect()
}

const NEVER: &str = "schedule = { every = 'dates', dates = ['2020-02-01'], if_missing = 'skip' }\n";

#[test]
fn constituents_that_die_together_lose_once() {
    let run = |then: &str, caps: [&str; 3]| {
        let tables = format!(
            "index = {{ base_level = 90, deletion = {{ max_stale_days = 1, recovery = 0.5, then = '{then}' }} }}\n\
             selection = {{ count = 3, reserve = 1 }}\nweighting = {{ rule = 'market_cap' }}\n{NEVER}"
        );
        let first = format!("01: A 1 {}, B 1 {}, C 1 {}", caps[0], caps[1], caps[2]);
        let found = decisions(&tables, &[first.as_str(), "02: C 1 1", "03: C 1 1"]);
        found.last().unwrap().level.to_string()
    };
    for then in ["redistribute", "next_ranked", "hold_cash"] {
        assert_eq!(run(then, ["100", "100", "100"]), "60", "90 · (1/3 + 2/3 · 0.5), {then}");
        assert_eq!(run(then, ["600", "200", "100"]), "50", "90 · (1/9 + 8/9 · 0.5), {then}");
        assert_eq!(run(then, ["200", "600", "100"]), "50", "{then}");
    }
}

#[test]
fn two_scheduled_days_one_of_them_without_a_snapshot_have_a_basket_each() {
    let run = |schedule: &str| {
        let tables = format!(
            "index = {{ base_level = 100 }}\nselection = {{ count = 2 }}\nweighting = {{ rule = 'equal' }}\n\
             schedule = {{ every = 'dates', {schedule} }}\n"
        );
        let lines = ["01: A 1 9, B 1 9", "04: A 2 9, B 1 9", "06: A 4 9, B 1 9", "07: A 4 9, B 1 9"];
        decisions(&tables, &lines)
    };
    let both = run("dates = ['2020-01-05', '2020-01-06'], if_missing = 'previous_snapshot'");
    // Equal weights at day 4's prices, 150; then A doubles: 150 · (0.5 · 2 + 0.5).
    assert_eq!(levels(&both), ["100", "150", "225", "225"]);
    assert_eq!(
        rebalances(&both),
        ["01<01 inception: A 50 B 50", "06<04 schedule: A 67 B 33", "06<06 schedule: A 50 B 50"]
    );
    let missed = run("dates = ['2020-01-05'], if_missing = 'previous_snapshot'");
    assert_eq!(levels(&missed), levels(&both), "the second basket moves no level");
    let across = run("dates = ['2020-01-05'], if_missing = 'previous_snapshot', \
         rebalance = { every = 'dates', dates = ['2020-01-06'], if_missing = 'skip' }");
    assert_eq!(rebalances(&across)[1..], ["06<04 schedule: A 67 B 33", "06<06 rebalance: A 50 B 50"]);
    let next = run("dates = ['2020-01-05', '2020-01-06'], if_missing = 'next_snapshot'");
    assert_eq!(levels(&next), ["100", "150", "250", "250"]);
}

/// A and B, with C in reserve, until D and E, with F in reserve, are announced on day 3 for day 7.
fn announced(rebalance: &str, deletion: &str) -> Vec<IndexDecision> {
    let tables = format!(
        "index = {{ base_level = 100, deletion = {{ max_stale_days = 0, recovery = 1, then = '{deletion}' }} }}\n\
         selection = {{ count = 2, reserve = 1 }}\nweighting = {{ rule = 'equal' }}\n\
         schedule = {{ every = 'dates', dates = ['2020-01-03'], if_missing = 'skip', effective_after_snapshots = 4{rebalance} }}\n"
    );
    let mut lines = days(1, 2, "A 1 100, B 1 90, C 1 80, D 1 10, E 1 9, F 1 8");
    lines.extend(days(3, 4, "A 1 20, B 1 19, C 1 18, D 1 100, E 1 90, F 1 80"));
    lines.extend(days(5, 10, "B 1 19, C 1 18, D 1 100, E 1 90, F 1 80"));
    decisions(&tables, &lines)
}

#[test]
fn each_basket_has_its_own_reserve_and_members() {
    let on = |day: &str| {
        format!(
            ", rebalance = {{ every = 'dates', dates = ['2020-01-{day}'], if_missing = 'skip', effective_after_snapshots = 0 }}"
        )
    };
    let after = announced(&on("09"), "next_ranked");
    assert_eq!(
        rebalances(&after),
        [
            "01<01 inception: A 50 B 50",
            "05<05 deletion: B 50 C 50",
            "07<03 schedule: D 50 E 50",
            "09<09 rebalance: D 50 E 50"
        ]
    );
    // A rebalance meanwhile weighs the constituents that count; being newer, it replaces the waiting basket.
    let meanwhile = announced(&on("06"), "next_ranked");
    assert_eq!(rebalances(&meanwhile)[2..], ["06<06 rebalance: B 50 C 50"]);
}

#[test]
fn a_count_holds_from_the_instant_at_which_the_basket_takes_effect() {
    let run = |selection: &str, schedule: &str, lines: &[String]| {
        let tables = format!(
            "index = {{ base_level = 100 }}\nselection = {{ count_by_date = [{{ from = '2020-01-01', count = 1 }}, {selection}] }}\n\
             weighting = {{ rule = 'equal' }}\nschedule = {{ every = 'dates', dates = ['2020-01-06'], if_missing = 'skip'{schedule} }}\n"
        );
        decisions(&tables, lines).last().unwrap().asset_count
    };
    let daily = days(1, 15, "A 1 100, B 1 90, C 1 80");
    let from = |day: &str| format!("{{ from = '2020-01-{day}', count = 2 }}");
    // In force from day 9, or from day 7 without a delay: the next day's level is the first to show it.
    assert_eq!(run(&from("08"), ", effective_after_snapshots = 3", &daily), 2);
    assert_eq!(run(&from("09"), ", effective_after_snapshots = 3", &daily), 2);
    assert_eq!(run(&from("10"), ", effective_after_snapshots = 3", &daily), 1);
    assert_eq!(run(&from("09"), ", effective_after_days = 3", &daily), 2);
    assert_eq!(run(&from("10"), ", effective_after_days = 3", &daily), 1);
    assert_eq!(run(&from("07"), "", &daily), 2);
    assert_eq!(run(&from("08"), "", &daily), 1);
    let thrice = format!("{}, {{ from = '2020-01-09', count = 3 }}", from("08"));
    assert_eq!(run(&thrice, ", effective_after_snapshots = 3", &daily), 3);
    // Days 7 and 8 have no snapshot, so the third one after day 6 is day 11.
    let gap: Vec<String> =
        daily.iter().filter(|line| !line.starts_with("07") && !line.starts_with("08")).cloned().collect();
    assert_eq!(run(&from("11"), ", effective_after_snapshots = 3", &gap), 2);
    assert_eq!(run(&from("12"), ", effective_after_snapshots = 3", &gap), 1);
    // With two snapshots a day the first one of day 6 is shown from noon on, not from day 7.
    let halves = daily.iter().flat_map(|line| [line.clone(), line.replacen(": ", "T12:00:00Z: ", 1)]);
    let halves: Vec<String> = halves.collect();
    assert_eq!(run(&from("07"), "", &halves), 1);
    assert_eq!(run("{ from = '2020-01-06T12:00:00Z', count = 2 }", "", &halves), 2);
}

#[test]
fn equal_weights_read_no_cap() {
    let tables = "snapshots = { columns = { circulating_supply = 'supply' } }\nindex = { base_level = 100 }\n\
         selection = { all = true, rank_by = { measure = 'float_adjusted' } }\nweighting = { rule = 'equal' }\n\
         schedule = { every = 'snapshots', count = 1, supply = { every = 'dates', dates = ['2020-01-01'], if_missing = 'skip' } }\n";
    let found = decisions(tables, &["01: A 1 100 100, B 1 - 90", "02: A 1 100 100, B 1 90 90"]);
    assert_eq!(rebalances(&found)[1], "02<02 schedule: A 50 B 50");
}

/// A and B; a `rebalance` at each snapshot; on day 2 B lacks its price, or its cap.
fn without_figure(weighting: &str, row: &str) -> Vec<IndexDecision> {
    let tables = format!(
        "index = {{ base_level = 100 }}\nselection = {{ count = 3 }}\nweighting = {weighting}\n\
         schedule = {{ every = 'dates', dates = ['2020-02-01'], if_missing = 'skip', rebalance = {{ every = 'snapshots', count = 1 }} }}\n"
    );
    decisions(&tables, &["01: A 1 100, B 1 100", &format!("02: A 1 100, {row}"), "03: A 1 100, B 10 100"])
}

#[test]
fn a_constituent_without_a_price_weighs_nothing() {
    let fixed =
        "{ rule = 'fixed', weights = [{ asset = 'A', weight = 0.5 }, { asset = 'B', weight = 0.5 }] }";
    for weighting in ["{ rule = 'market_cap' }", "{ rule = 'equal' }", fixed] {
        let found = without_figure(weighting, "B - 900");
        assert_eq!(levels(&found), ["100", "100", "100"], "{weighting}");
        assert_eq!(rebalances(&found)[1..], ["02<02 rebalance: A 100", "03<03 rebalance: A 50 B 50"]);
        let Basis::Constituents(verdicts) = &found[1].rebalance.as_ref().unwrap().basis else { panic!() };
        let excluded = verdicts.iter().find_map(|each| match &each.verdict {
            Verdict::Excluded(exclusion) => Some((each.asset.as_str(), exclusion.code())),
            _ => None,
        });
        assert_eq!(excluded, Some(("B", ExclusionCode::NoPrice)), "{weighting}");
    }
    let by_cap = without_figure("{ rule = 'market_cap' }", "B 1 -");
    assert_eq!(rebalances(&by_cap)[1], "02<02 rebalance: A 100");
    for weighting in ["{ rule = 'equal' }", fixed] {
        let found = without_figure(weighting, "B 1 -");
        assert_eq!(rebalances(&found)[1], "02<02 rebalance: A 50 B 50", "{weighting} reads no cap");
    }
}

#[test]
fn an_asset_without_a_volatility_is_excluded_with_the_reason() {
    let tables = "index = { base_level = 100 }\nselection = { count = 2 }\n\
         weighting = { rule = 'inverse_volatility', over = { unit = 'snapshots', count = 4 } }\n\
         schedule = { every = 'dates', dates = ['2020-01-04'], if_missing = 'skip' }\n";
    // The first snapshot has no returns, NEW has one, and FLAT none that differ.
    let lines = [
        "01: A 1 100, B 2 90, FLAT 1 95",
        "02: A 2 100, B 3 90, FLAT 1 95",
        "03: A 1 100, B 2 90, FLAT 1 95, NEW 1 99",
        "04: A 2 100, B 3 90, FLAT 1 95, NEW 2 99",
    ];
    let found = decisions(tables, &lines);
    assert_eq!(rebalances(&found)[0], "01<01 inception:");
    let Basis::Constituents(verdicts) = &found[3].rebalance.as_ref().unwrap().basis else { panic!() };
    let lines: Vec<String> =
        verdicts.iter().map(|each| format!("{} {:?}", each.asset, each.verdict)).collect();
    assert_eq!(
        lines,
        [
            "A Selected",
            "B Selected",
            "FLAT Excluded(NoVolatility { returns: 3 })",
            "NEW Excluded(NoVolatility { returns: 1 })"
        ]
    );
}

proptest! {
    /// Whichever constituents die together, and however what they leave is used, the level falls by what they
    /// do not recover: at constant prices by (1 − recovery) × their weight.
    #[test]
    fn deaths_at_one_instant_cost_what_is_not_recovered(
        caps in prop::collection::vec(1_u32..1000, 3..7),
        dies in prop::collection::vec(any::<bool>(), 7),
        recovery in 0_u32..=10,
        then in prop::sample::select(vec!["redistribute", "next_ranked", "hold_cash"]),
        reserve in 1_u32..3,
    ) {
        let dies = |place: usize| dies[place] && place > 0;
        let constituents = caps.len() - 1;
        let tables = format!(
            "index = {{ base_level = 1000, deletion = {{ max_stale_days = 1, recovery = {}, then = '{then}' }} }}\n\
             selection = {{ count = {constituents}, reserve = {reserve} }}\nweighting = {{ rule = 'equal' }}\n{NEVER}",
            f64::from(recovery) / 10.0
        );
        // In order of rank: the caps only serve to rank.
        let row = |place: usize| format!("A{place} 1 {}", 1000 - place);
        let all: Vec<String> = (0..caps.len()).map(row).collect();
        let left: Vec<String> = (0..caps.len()).filter(|place| !dies(*place)).map(row).collect();
        let lines = [format!("01: {}", all.join(", ")), format!("02: {}", left.join(", ")), format!("03: {}", left.join(", "))];
        let found = decisions(&tables, &lines);
        let dead = (0..constituents).filter(|place| dies(*place)).count();
        let lost = 1000.0 * (1.0 - f64::from(recovery) / 10.0) * dead as f64 / constituents as f64;
        let level: f64 = found.last().unwrap().level.to_string().parse().unwrap();
        prop_assert!((level - (1000.0 - lost)).abs() < 1e-9, "{level}, lost {lost}, {found:?}");
    }
}
