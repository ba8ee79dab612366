//! Random markets, in which assets vanish and return and prices are unknown, and random methodologies.

use proptest::prelude::*;
use regimen_types::{ActionInput, ActionKind, AsOf, CorporateAction};
use rust_decimal::Decimal;

use crate::market::{MILLIS_A_DAY, MarketRow, Table};

/// The assets with the decimal places of their prices and their supply.
const ASSETS: [(&str, u32, u64); 9] = [
    ("A1", 8, 9_000_000_000_001),
    ("A2", 5, 70_000_003),
    ("A3", 2, 19),
    ("A4", 7, 600_000_007),
    ("A5", 0, 3),
    ("A6", 4, 2_000_003),
    ("BTC", 2, 19_000_001),
    ("USD-A", 6, 80_000_000_003),
    ("USD-B", 6, 20_000_000_007),
];
const PRICE_LIMIT: i64 = 10_000_000_000;

/// What a snapshot says of one asset.
#[derive(Clone, Copy, Debug)]
struct Cell {
    /// The price over the last one, in basis points.
    move_bps: i64,
    row: RowKind,
}

#[derive(Clone, Copy, Debug)]
enum RowKind {
    Known,
    Late(i64),
    PriceUnknown,
    CapUnknown,
    Absent,
}

impl RowKind {
    fn known_at_once(self) -> Self {
        if let Self::Late(_) = self { Self::Known } else { self }
    }
}

fn cell() -> impl Strategy<Value = Cell> {
    let row = prop_oneof![
        16 => Just(RowKind::Known),
        1 => (1_i64..6).prop_map(RowKind::Late),
        1 => Just(RowKind::PriceUnknown),
        1 => Just(RowKind::CapUnknown),
        3 => Just(RowKind::Absent),
    ];
    let move_bps = prop_oneof![12 => 9_000_i64..11_200, 1 => 100_i64..60_000];
    (row, move_bps).prop_map(|(row, move_bps)| Cell { move_bps, row })
}

/// Builds a strategy of markets: mostly daily, with gaps of days and snapshots within a day.
pub(crate) fn markets(snapshots: std::ops::Range<usize>) -> impl Strategy<Value = Table> {
    let hours = prop_oneof![8 => Just(24_i64), 1 => 1_i64..24, 1 => 48_i64..240];
    let cells = prop::collection::vec(cell(), ASSETS.len());
    let steps = prop::collection::vec((hours, cells), snapshots);
    (steps, any::<bool>()).prop_map(|(steps, any_late)| table(&steps, any_late))
}

/// Builds a market; without `any_late`, late rows are known at once.
fn table(steps: &[(i64, Vec<Cell>)], any_late: bool) -> Table {
    let mut hour = 0;
    let mut prices: Vec<i64> = ASSETS.iter().map(|(name, places, _)| first_price(name, *places)).collect();
    let mut snapshots = Vec::new();
    for (hours, cells) in steps {
        hour += hours;
        let as_of = instant(hour * MILLIS_A_DAY / 24);
        let mut rows = Vec::new();
        for ((asset, cell), price) in ASSETS.iter().zip(cells).zip(&mut prices) {
            *price = next_price(asset.0, *price, cell.move_bps);
            let kind = if any_late { cell.row } else { cell.row.known_at_once() };
            rows.extend(row(asset, Cell { row: kind, ..*cell }, *price, as_of));
        }
        snapshots.push((as_of, rows));
    }
    Table { snapshots, actions: Vec::new() }
}

fn first_price(asset: &str, places: u32) -> i64 {
    if asset.starts_with("USD") { 10_i64.pow(places) } else { 123_457 }
}

/// A stablecoin wiggles about 1 and mostly stays within the tolerance of 2 %; the others wander.
fn next_price(asset: &str, price: i64, move_bps: i64) -> i64 {
    if asset.starts_with("USD") {
        return 1_000_000 + (move_bps - 10_000) * 20;
    }
    (price * move_bps / 10_000).clamp(1, PRICE_LIMIT)
}

fn row(asset: &(&str, u32, u64), cell: Cell, price: i64, as_of: AsOf) -> Option<MarketRow> {
    let price = Decimal::new(price, asset.1);
    let known = MarketRow {
        asset: asset.0.to_owned(),
        price,
        market_cap: price * Decimal::from(asset.2),
        volume: Decimal::from(asset.2),
        known_at: as_of,
    };
    match cell.row {
        RowKind::Known => Some(known),
        RowKind::Late(days) => {
            Some(MarketRow { known_at: instant_after(as_of, days * MILLIS_A_DAY), ..known })
        }
        RowKind::PriceUnknown => Some(MarketRow { price: Decimal::ZERO, ..known }),
        RowKind::CapUnknown => Some(MarketRow { market_cap: Decimal::ZERO, ..known }),
        RowKind::Absent => None,
    }
}

fn instant(millis: i64) -> AsOf {
    instant_after("2021-01-01".parse().unwrap(), millis)
}

pub(crate) fn instant_after(start: AsOf, millis: i64) -> AsOf {
    AsOf::from_unix_millis(start.unix_millis() + millis).unwrap()
}

/// Schedules of each kind, with missing days, delays, and rebalances of the weights alone.
pub(crate) const SCHEDULES: &[&str] = &[
    "{every='week',weekday='monday',if_missing='skip'}",
    "{every='week',weekday='monday',if_missing='next_snapshot'}",
    "{every='week',weekday='monday',if_missing='previous_snapshot'}",
    "{every='snapshots',count=3,effective_after_snapshots=2}",
    "{every='month',on='day 9',if_missing='previous_snapshot',rebalance={every='snapshots',count=2}}",
    "{every='week',weekday='friday',if_missing='previous_snapshot',effective_after_days=2,\
      rebalance={every='week',weekday='tuesday',if_missing='next_snapshot'}}",
    "{every='dates',dates=['2021-01-03','2021-01-12'],if_missing='previous_snapshot',effective_after_snapshots=1}",
    "{every='snapshots',count=2,supply={every='week',weekday='tuesday',if_missing='previous_snapshot'}}",
    "{every='week',weekday='monday',if_missing='previous_snapshot',effective_after_snapshots=1,\
      rebalance={every='snapshots',count=2,effective_after_snapshots=0},\
      supply={every='snapshots',count=3,effective_after_days=2}}",
];

/// Builds a strategy of overrides of the test index: every choice that moves money, and some that move
/// decisions.
pub(crate) fn choices(lag_snapshots: std::ops::Range<u32>) -> impl Strategy<Value = Vec<String>> {
    let one_of = |key: &'static str, values: &'static [&'static str]| {
        prop::sample::select(values).prop_map(move |value| format!("{key}={value}"))
    };
    let vanished = (
        0_u32..6,
        any::<bool>(),
        prop::sample::select(vec![
            "then='sell_at_last_price'",
            "then='write_off',recovery=0",
            "then='write_off',recovery=0.333333",
            "then='write_off',recovery=1",
        ]),
    )
        .prop_map(|(days, stale, then)| {
            format!("vanished={{max_stale_days={days},sell_while_stale={stale},{then}}}")
        });
    let money = (
        lag_snapshots.prop_map(|lag| format!("portfolio.lag_snapshots={lag}")),
        one_of("portfolio.initial_cash", &["1_000_000", "1234", "250_000_000"]),
        one_of("portfolio.money_scale", &["0", "2", "8", "12"]),
        one_of("portfolio.units_scale", &["0", "3", "12"]),
        one_of("costs.fee_bps", &["0", "0.1", "15", "777.7"]),
        one_of("costs.slippage_bps", &["0", "5", "33.33"]),
        vanished,
    );
    let decisions = (
        one_of(
            "defensive",
            &[
                "{sleeve=[]}",
                "{sleeve=[{asset='USD-A',weight=1}],peg_tolerance=0.05}",
                "{sleeve=[{asset='USD-A',weight=0.6},{asset='USD-B',weight=0.3}],peg_tolerance=0.01,\
reentry={tolerance=0.005,snapshots=2},when_off_peg='sell_at_once'}",
                "{sleeve=[{asset='USD-A',weight=0.5},{asset='USD-B',weight=0.2}],peg_tolerance=0.02,\
yields={from='constant',cash=0.03,assets=[{asset='USD-A',annual_rate=0.5},{asset='USD-B',annual_rate=2}]}}",
            ],
        ),
        any::<bool>(),
        one_of("regime.evaluate", &["every_snapshot", "on_schedule"]),
        one_of("regime.window_snapshots", &["1", "3", "6"]),
        one_of("regime.confirm_snapshots", &["1", "2"]),
        one_of("schedule", SCHEDULES),
        one_of(
            "index",
            &[
                "{base_level=1000}",
                "{base_level=1000,deletion={max_stale_days=2,recovery=1,then='redistribute'}}",
                "{base_level=1000,deletion={max_stale_days=1,recovery=1,then='hold_cash'}}",
                "{base_level=1000,deletion={max_stale_days=1,recovery=1,then='freeze'}}",
                "{base_level=1000,deletion={max_stale_days=0,recovery=1,then='next_ranked'}}",
                "{base_level=1000,deletion={max_stale_days=2,recovery=1,then='next_ranked'},\
distributions={column='dividend',reinvest='same_asset'}}",
                "{base_level=1000,distributions={column='dividend',reinvest='whole_index'}}",
                "{base_level=1000,deletion={max_stale_days=1,recovery=1,then='redistribute'},\
distributions={column='dividend',reinvest='cash'}}",
            ],
        ),
        one_of("weighting.rule", &["market_cap", "equal"]),
        one_of("selection.count", &["1", "3", "20"]),
    );
    (money, decisions).prop_map(|(money, decisions)| {
        let (lag, cash, money_scale, units_scale, fee, slippage, vanished) = money;
        let (defensive, keeps_sleeve, evaluate, window, confirm, missing, deletion, weighting, count) =
            decisions;
        let defensive = if keeps_sleeve { Vec::new() } else { vec![defensive] };
        let overrides = [
            lag,
            cash,
            money_scale,
            units_scale,
            fee,
            slippage,
            vanished,
            evaluate,
            window,
            confirm,
            missing,
            deletion,
            weighting,
            count,
        ];
        overrides.into_iter().chain(defensive).collect()
    })
}

/// Builds a strategy of markets with corporate actions of every kind, some of them known late, some of assets
/// that are never held. `A1` to `A3` come and go by other actions than those that the others have.
pub(crate) fn eventful_markets(snapshots: std::ops::Range<usize>) -> impl Strategy<Value = Table> {
    let assets = || prop::sample::select(ASSETS.map(|(asset, ..)| asset).to_vec());
    let ratio = prop_oneof![
        (1_i64..400, 0_u32..4).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale)),
        prop::sample::select(vec![Decimal::new(1, 3), Decimal::from(10), Decimal::new(433_350, 6)]),
    ];
    let event = (
        prop::sample::select(ActionKind::ALL.to_vec()),
        0_i64..60 * 24,
        prop_oneof![3 => Just(None), 1 => (0_i64..200).prop_map(Some)],
        assets(),
        ratio,
        assets(),
    );
    (markets(snapshots), prop::collection::vec(event, 0..6)).prop_map(|(mut table, events)| {
        let actions = events.into_iter().filter_map(|(kind, hour, late, asset, ratio, new_asset)| {
            let as_of = instant(hour * MILLIS_A_DAY / 24);
            let (ratio, new_asset) = match kind {
                ActionKind::Redenomination | ActionKind::Staking => (Some(ratio), None),
                ActionKind::Delisting => (Some(Decimal::new(ratio.mantissa() as i64 % 100 + 1, 2)), None),
                ActionKind::TickerChange => (None, Some(new_asset)),
                _ => (Some(ratio), Some(new_asset)),
            };
            let known_at = late.map(|hours| instant_after(as_of, hours * MILLIS_A_DAY / 24));
            let asset = asset.parse().unwrap();
            let new_asset = new_asset.map(|asset| asset.parse().unwrap());
            // An asset that would be swapped for itself is no event.
            CorporateAction::new(ActionInput { as_of, known_at, asset, kind, ratio, new_asset }).ok()
        });
        table.actions = actions.collect();
        table
    })
}

/// Builds a strategy of overrides that also spread executions, let money come and go, charge for management,
/// and trade by triggers.
pub(crate) fn eventful_choices(lag_snapshots: std::ops::Range<u32>) -> impl Strategy<Value = Vec<String>> {
    let flow =
        (0_i64..60 * 24, prop_oneof![1_i64..2_000_000, -2_000_000_i64..-1]).prop_map(|(hour, amount)| {
            format!("{{as_of='{}',amount={amount}}}", instant(hour * MILLIS_A_DAY / 24))
        });
    let flows = prop::collection::vec(flow, 0..4);
    let participation = prop::sample::select(vec!["", ",participation_max=0.05", ",participation_max=1"]);
    let execution = (1_u32..5, 0_u32..4, participation).prop_map(|(slices, carry, participation)| {
        format!("execution={{slices={slices},carry_snapshots={carry}{participation}}}")
    });
    let others = prop::sample::subsequence(
        vec![
            "costs.management_fee={bps_per_year=500,days_per_year=365}",
            "trading.triggers={calendar=true,forced_exits=true,cash_flows=true,drift={absolute=0.1}}",
        ],
        0..3,
    );
    (choices(lag_snapshots), execution, flows, others).prop_map(
        |(mut overrides, execution, flows, others)| {
            if !overrides.iter().any(|each| each == "portfolio.lag_snapshots=0") {
                overrides.push(execution);
            }
            if !flows.is_empty() {
                overrides.push(format!("cash_flows={{from='list',flows=[{}]}}", flows.join(",")));
            }
            overrides.extend(others.into_iter().map(str::to_owned));
            overrides
        },
    )
}
