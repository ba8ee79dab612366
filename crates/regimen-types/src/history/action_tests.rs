use super::*;
use crate::{ActionError, ActionInput, ActionKind, AsOf, CorporateAction, Price};

fn day(number: u32) -> AsOf {
    AsOf::from_ymd(2024, 1, number).unwrap()
}

fn row(asset: &str, price: &str) -> RowInput {
    let price: Price = price.parse().unwrap();
    RowInput::new(asset.parse().unwrap(), price, "1000".parse().unwrap())
}

fn action(as_of: u32, asset: &str, kind: ActionKind, ratio: &str, new_asset: &str) -> CorporateAction {
    CorporateAction::new(input(as_of, asset, kind, ratio, new_asset)).unwrap()
}

fn input(as_of: u32, asset: &str, kind: ActionKind, ratio: &str, new_asset: &str) -> ActionInput {
    ActionInput {
        as_of: day(as_of),
        known_at: None,
        asset: asset.parse().unwrap(),
        kind,
        ratio: ratio.parse().ok(),
        new_asset: new_asset.parse().ok(),
    }
}

/// One asset, a row a day from day 1 on.
fn daily(prices: &[&str]) -> History {
    let snapshots = (1..).zip(prices);
    let builder = snapshots.fold(History::builder(), |builder, (number, price)| {
        builder.snapshot(day(number), [row("a", price)])
    });
    builder.build().unwrap()
}

fn with(history: History, actions: impl Into<Vec<CorporateAction>>) -> History {
    let (history, without_effect) = history.with_corporate_actions(actions.into());
    assert_eq!(without_effect, []);
    history
}

fn prices(window: HistoryWindow<'_>, asset: &str) -> Vec<String> {
    window.prices(&asset.parse().unwrap()).map(|price| price.value.to_string()).collect()
}

fn new_actions(window: HistoryWindow<'_>) -> Vec<ActionKind> {
    window.corporate_actions().map(CorporateAction::kind).collect()
}

#[test]
fn earlier_prices_are_on_the_new_basis_once_it_is_known() {
    let redenomination = action(3, "a", ActionKind::Redenomination, "0.001", "");
    let history = with(daily(&["1", "2", "3000", "4000"]), [redenomination.clone()]);
    assert_eq!(prices(history.window(1).unwrap(), "a"), ["2", "1"], "nothing has happened yet");
    assert_eq!(prices(history.window(2).unwrap(), "a"), ["3000", "2000", "1000"]);
    assert_eq!(prices(history.newest().unwrap(), "a"), ["4000", "3000", "2000", "1000"]);
    assert_eq!(new_actions(history.window(2).unwrap()), [ActionKind::Redenomination]);
    assert_eq!(new_actions(history.newest().unwrap()), []);
    assert_eq!(history.price_jumps(10), []);

    let late =
        ActionInput { known_at: Some(day(4)), ..input(3, "a", ActionKind::Redenomination, "0.001", "") };
    let history = with(daily(&["1", "2", "3000", "4000"]), [CorporateAction::new(late).unwrap()]);
    assert_eq!(prices(history.window(2).unwrap(), "a"), ["3000", "2", "1"], "nobody knows yet");
    assert_eq!(prices(history.newest().unwrap(), "a"), ["4000", "3000", "2000", "1000"]);
    assert_eq!(new_actions(history.newest().unwrap()), [ActionKind::Redenomination]);
    assert_eq!(history.price_jumps(10).len(), 1, "on the day of the jump it was suspect");
}

#[test]
fn a_successor_inherits_the_history_and_the_old_asset_leaves() {
    let history = History::builder()
        .snapshot(day(1), [row("old", "10")])
        .snapshot(day(2), [row("old", "20")])
        .snapshot(day(3), [row("old", "30"), row("x", "1")])
        .snapshot(day(4), [row("old", "31"), row("new", "4")])
        .snapshot(day(5), [row("old", "32"), row("new", "50")])
        .build()
        .unwrap();
    let history = with(
        history,
        [
            action(2, "old", ActionKind::Redenomination, "0.5", ""),
            action(3, "old", ActionKind::Migration, "10", "new"),
            action(5, "new", ActionKind::Redenomination, "0.1", ""),
        ],
    );
    let old = "old".parse().unwrap();
    let third = history.window(2).unwrap();
    assert!(third.row(&old).is_some(), "the successor has no price yet");
    assert_eq!(new_actions(third), []);
    assert_eq!(prices(third, "new"), [""; 0]);
    let fourth = history.window(3).unwrap();
    assert_eq!(new_actions(fourth), [ActionKind::Migration]);
    // 10 stood on the basis of one for two, so it is 20 of the later old asset, and 2 of the new one.
    assert_eq!(prices(fourth, "new"), ["4", "3", "2", "2"]);
    assert!(fourth.row(&old).is_none());
    assert_eq!(fourth.snapshot().rows().count(), 1);
    assert_eq!(fourth.last_price(&old).unwrap().value.to_string(), "31", "who still holds it can value it");
    assert_eq!(prices(history.newest().unwrap(), "new"), ["50", "40", "30", "20", "20"]);
    let rows = fourth.rows(&"new".parse().unwrap());
    let printed = rows.map(|row| (row.as_of, row.value.price().unwrap().to_string())).collect::<Vec<_>>();
    let expected = [(day(4), "4"), (day(3), "30"), (day(2), "20"), (day(1), "10")];
    assert_eq!(printed, expected.map(|(as_of, price)| (as_of, price.to_owned())), "rows are as printed");
}

#[test]
fn an_asset_with_a_past_of_its_own_keeps_it() {
    let history = History::builder()
        .snapshot(day(1), [row("old", "10")])
        .snapshot(day(2), [row("old", "20"), row("new", "2")])
        .snapshot(day(3), [row("old", "30"), row("new", "3")])
        .build()
        .unwrap();
    let history = with(history, [action(3, "old", ActionKind::Migration, "10", "new")]);
    assert_eq!(
        prices(history.newest().unwrap(), "new"),
        ["3", "2", "1"],
        "before day 2 there was only the old one"
    );
}

#[test]
fn an_asset_that_went_and_came_back_has_each_row_once() {
    let history = History::builder()
        .snapshot(day(1), [row("a", "1")])
        .snapshot(day(2), [row("b", "2")])
        .snapshot(day(3), [row("a", "3")])
        .build()
        .unwrap();
    let there = action(2, "a", ActionKind::TickerChange, "", "b");
    let back = action(3, "b", ActionKind::TickerChange, "1", "a");
    let history = with(history, [there, back]);
    assert_eq!(prices(history.newest().unwrap(), "a"), ["3", "1"]);
}

#[test]
fn what_comes_in_waits_for_its_first_price() {
    let history = History::builder()
        .snapshot(day(1), [row("a", "1")])
        .snapshot(day(2), [row("a", "1")])
        .snapshot(day(3), [row("a", "1"), row("fork", "0.5")])
        .build()
        .unwrap();
    let fork = action(2, "a", ActionKind::Fork, "1", "fork");
    let history = with(history, [fork]);
    assert_eq!(new_actions(history.window(1).unwrap()), []);
    assert_eq!(new_actions(history.newest().unwrap()), [ActionKind::Fork]);
    assert_eq!(prices(history.newest().unwrap(), "fork"), ["0.5"], "a fork inherits no history");
    let in_force = history.corporate_actions().map(|each| each.as_of).collect::<Vec<_>>();
    assert_eq!(in_force, [day(3)]);
}

#[test]
fn a_delisted_asset_leaves_and_an_action_without_a_price_never_comes() {
    let delisting = action(2, "a", ActionKind::Delisting, "0.25", "");
    let airdrop = action(2, "a", ActionKind::Airdrop, "1", "nowhere");
    let unknown = action(2, "nobody", ActionKind::Delisting, "0", "");
    let (history, without_effect) =
        daily(&["1", "2", "3"]).with_corporate_actions(vec![airdrop.clone(), delisting, unknown.clone()]);
    assert_eq!(without_effect, [airdrop, unknown]);
    assert_eq!(history.window(0).unwrap().snapshot().rows().count(), 1);
    assert_eq!(history.window(1).unwrap().snapshot().rows().count(), 0);
    assert_eq!(new_actions(history.window(1).unwrap()), [ActionKind::Delisting]);
}

#[test]
fn a_jump_with_an_unchanged_cap_names_the_redenomination_that_explains_it() {
    let ratio = |prices: &[&str]| {
        let jumps = daily(prices).price_jumps(10);
        jumps[0].redenomination.map(|ratio| ratio.to_string())
    };
    assert_eq!(ratio(&["1.02", "1000"]).as_deref(), Some("0.001"));
    assert_eq!(ratio(&["0.4", "0.0000041"]).as_deref(), Some("100000"));
    assert_eq!(ratio(&["2.5", "100"]).as_deref(), Some("0.025"));
    let cap = |cap: &str| RowInput {
        market_cap: cap.parse().ok(),
        ..row("a", if cap == "1" { "1" } else { "1000" })
    };
    let real =
        History::builder().snapshot(day(1), [cap("1")]).snapshot(day(2), [cap("1000")]).build().unwrap();
    assert_eq!(real.price_jumps(10)[0].redenomination, None, "the cap rose with the price");
}

#[test]
fn an_action_needs_what_its_kind_needs() {
    let refused =
        |kind, ratio, new_asset| CorporateAction::new(input(1, "a", kind, ratio, new_asset)).unwrap_err();
    use ActionKind as Kind;
    assert_eq!(refused(Kind::Redenomination, "", ""), ActionError::NoRatio { kind: Kind::Redenomination });
    assert_eq!(refused(Kind::Redenomination, "1", ""), ActionError::NothingChanges);
    assert!(matches!(refused(Kind::Redenomination, "0", ""), ActionError::Ratio(_)));
    assert_eq!(refused(Kind::Migration, "1", ""), ActionError::NoNewAsset { kind: Kind::Migration });
    assert_eq!(refused(Kind::Migration, "1", "a"), ActionError::SameAsset);
    assert_eq!(refused(Kind::TickerChange, "2", "b"), ActionError::TickerRatio);
    assert!(matches!(refused(Kind::Delisting, "1.01", ""), ActionError::Ratio(_)));
    assert_eq!(refused(Kind::Staking, "0.01", "b"), ActionError::NewAsset { kind: Kind::Staking });
    let early =
        ActionInput { as_of: day(2), known_at: Some(day(1)), ..input(1, "a", Kind::Delisting, "0", "") };
    let error = CorporateAction::new(early).unwrap_err();
    assert_eq!(error, ActionError::KnownBefore { as_of: day(2), known_at: day(1) });
}
