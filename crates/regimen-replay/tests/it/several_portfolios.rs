//! Several portfolios that follow one decision of the index.

use regimen::{Action, IndexState, State, advance_index, decide, follow_index};
use regimen_types::{AsOf, History, Holdings, RowInput};

use crate::methodology::methodology;

fn three_weeks() -> History {
    let snapshot = |builder: regimen_types::HistoryBuilder, day: u32| {
        let row = |asset: &str, price: u32| {
            let cap = price.saturating_mul(1_000).to_string().parse().unwrap();
            RowInput::new(asset.parse().unwrap(), price.to_string().parse().unwrap(), cap)
        };
        builder.snapshot(AsOf::from_ymd(2021, 1, day).unwrap(), [row("A", 10 + day), row("B", 40 - day)])
    };
    (1..=21).fold(History::builder(), snapshot).build().unwrap()
}

#[test]
fn one_decision_of_the_index_serves_portfolios_of_any_size_and_cost() {
    let of = |fee: &str| methodology(&["regime={rule='always_bullish'}", "selection.count=2", fee]);
    let (cheap, dear) = (of("costs.fee_bps=0"), of("costs.fee_bps=50"));
    let portfolios = [
        (&cheap, Holdings::of_cash("1000".parse().unwrap())),
        (&dear, Holdings::of_cash("1000000".parse().unwrap())),
    ];
    let history = three_weeks();
    let (mut index_state, mut states) = (IndexState::START, [State::START, State::START]);
    let mut rebalances = 0;
    for window in history.windows() {
        let (index, advanced) = advance_index(&cheap, &index_state, &window).unwrap();
        for ((methodology, holdings), state) in portfolios.iter().zip(&mut states) {
            let alone = decide(methodology, state, &window, holdings).unwrap();
            let together =
                follow_index(methodology, &index, advanced.clone(), state, &window, holdings).unwrap();
            assert_eq!(together, alone);
            assert_eq!(together.0.index, index);
            rebalances += usize::from(matches!(together.0.action, Action::Rebalance(_)));
            *state = together.1;
        }
        index_state = advanced;
    }
    assert_eq!(rebalances, 2 * 4, "the first day and three Mondays, each for both");
    let [small, large] = states.map(|state| state.pending.unwrap().orders[0].order.units);
    assert!(large > small, "{large} and {small}");
}
