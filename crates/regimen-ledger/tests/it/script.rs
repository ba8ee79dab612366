//! Random scripts of trades, and a fill model to book them with.

use proptest::prelude::*;
use regimen_ledger::{Grant, Ledger, LedgerError, TRANSACTION_COLUMNS, Transaction, TransactionKind};
use regimen_types::{
    AsOf, AssetId, Bps, Cause, Exact, Fill, Money, Price, Quantity, Rounding, Side, TradeCosts, UnitRatio,
};
use rust_decimal::Decimal;

pub(crate) const MONEY_SCALE: u32 = 8;
const MILLIS_A_DAY: i64 = 86_400_000;

/// What is tried at one step; the ledger may refuse it.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) as_of: AsOf,
    pub(crate) action: Action,
}

#[derive(Clone, Debug)]
pub(crate) enum Action {
    Deposit(Money),
    /// Trades a percentage of the cash (buy) or of the held units (sell); above 100 it must be refused.
    Trade {
        asset: AssetId,
        side: Side,
        percent: u32,
        price: Price,
        fee_bps: Bps,
        slippage_bps: Bps,
    },
    WriteOff {
        asset: AssetId,
        last_price: Price,
        recovery_percent: u32,
    },
    /// Withdraws or charges a percentage of the cash.
    TakeOut {
        percent: u32,
        fee: bool,
    },
    /// Turns units into others, or adds others to them.
    Event {
        kind: TransactionKind,
        from: AssetId,
        asset: AssetId,
        ratio: UnitRatio,
        price: Price,
    },
}

pub(crate) fn asset(index: usize) -> AssetId {
    AssetId::new(["aave", "bitcoin", "cardano", "monero", "solana (wormhole)"][index]).unwrap()
}

pub(crate) fn decimal(mantissa: i64, scale: u32) -> Decimal {
    Decimal::new(mantissa, scale)
}

pub(crate) fn prices() -> impl Strategy<Value = Price> {
    (1_i64..1_000_000_000_000, 0_u32..=14)
        .prop_map(|(mantissa, scale)| Price::new(decimal(mantissa, scale)).unwrap())
}

fn rates() -> impl Strategy<Value = Bps> {
    (0_i64..=2_000).prop_map(|tenths| Bps::new(decimal(tenths, 1)).unwrap())
}

fn trades() -> impl Strategy<Value = Action> {
    let side = prop_oneof![2 => Just(Side::Buy), 1 => Just(Side::Sell)];
    let percent = prop_oneof![9 => 1_u32..=100, 1 => 101_u32..=300];
    (0_usize..5, side, percent, prices(), rates(), rates()).prop_map(
        |(index, side, percent, price, fee_bps, slippage_bps)| Action::Trade {
            asset: asset(index),
            side,
            percent,
            price,
            fee_bps,
            slippage_bps,
        },
    )
}

fn actions() -> impl Strategy<Value = Action> {
    let deposit =
        (1_i64..1_000_000_000_000).prop_map(|m| Action::Deposit(Money::new(decimal(m, 4)).unwrap()));
    let write_off = (0_usize..5, prices(), 0_u32..=100).prop_map(|(index, last_price, recovery_percent)| {
        Action::WriteOff { asset: asset(index), last_price, recovery_percent }
    });
    let take_out = (1_u32..=110, any::<bool>()).prop_map(|(percent, fee)| Action::TakeOut { percent, fee });
    prop_oneof![1 => deposit, 12 => trades(), 1 => write_off, 1 => take_out, 3 => events()]
}

fn events() -> impl Strategy<Value = Action> {
    let kinds = [TransactionKind::Migration, TransactionKind::Distribution, TransactionKind::Yield];
    let ratio = (1_i64..10_000, 0_u32..=7)
        .prop_map(|(mantissa, scale)| UnitRatio::new(decimal(mantissa, scale)).unwrap());
    (prop::sample::select(kinds.to_vec()), 0_usize..5, 0_usize..5, ratio, prices()).prop_map(
        |(kind, from, into, ratio, price)| Action::Event {
            kind,
            from: asset(from),
            asset: asset(into),
            ratio,
            price,
        },
    )
}

/// Draws a script that begins with a deposit.
pub(crate) fn scripts() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((0_i64..3, actions()), 1..40).prop_map(|draws| {
        let mut millis = 18_000 * MILLIS_A_DAY;
        let mut steps = vec![Step {
            as_of: AsOf::from_unix_millis(millis).unwrap(),
            action: Action::Deposit(Money::new(decimal(1_000_000, 0)).unwrap()),
        }];
        for (half_days, action) in draws {
            millis += half_days * MILLIS_A_DAY / 2;
            steps.push(Step { as_of: AsOf::from_unix_millis(millis).unwrap(), action });
        }
        steps
    })
}

/// Tries a step; a trade that rounds to nothing is left out.
pub(crate) fn attempt(ledger: &mut Ledger, step: &Step) -> Option<Result<Transaction, LedgerError>> {
    let result = match &step.action {
        Action::Deposit(amount) => ledger.deposit(step.as_of, *amount),
        Action::WriteOff { asset, last_price, recovery_percent } => {
            let recovery = Decimal::new(i64::from(*recovery_percent), 2).to_string().parse().unwrap();
            ledger.write_off(step.as_of, asset, *last_price, recovery)
        }
        Action::TakeOut { percent, fee } => {
            let share =
                Exact::product(ledger.holdings().cash().decimal(), Decimal::new(i64::from(*percent), 2));
            let amount = Money::rounded(share, MONEY_SCALE, Rounding::Down).ok()?;
            if *fee {
                ledger.charge_management_fee(step.as_of, amount)
            } else {
                ledger.withdraw(step.as_of, amount)
            }
        }
        Action::Event { kind, from, asset, ratio, price } => {
            let units = ledger.holdings().units(from).at_ratio(*ratio).ok()?;
            let (from, asset, price) = (from.clone(), asset.clone(), *price);
            let grant = Grant { as_of: step.as_of, from, asset, units, price, cause: Cause::Migration };
            match kind {
                TransactionKind::Migration => ledger.migrate(grant),
                TransactionKind::Distribution => ledger.distribute(grant),
                _ => ledger.earn(grant),
            }
        }
        Action::Trade { .. } => {
            let fill = fill(ledger, step)?;
            ledger.book(&fill)
        }
    };
    Some(result.cloned())
}

/// Books what the ledger accepts, and returns the lines of the log with its header.
pub(crate) fn run(ledger: &mut Ledger, steps: &[Step]) -> Vec<String> {
    let header = std::iter::once(TRANSACTION_COLUMNS.join(","));
    let booked = steps.iter().filter_map(|step| attempt(ledger, step)?.ok());
    header.chain(booked.map(|transaction| transaction.to_line())).collect()
}

fn fill(ledger: &Ledger, step: &Step) -> Option<Fill> {
    let Action::Trade { asset, side, percent, price, fee_bps, slippage_bps } = &step.action else {
        return None;
    };
    let share = Decimal::new(i64::from(*percent), 2);
    let units = match side {
        Side::Buy => Exact::product(ledger.holdings().cash().decimal(), share)
            .ratio_to_fit(Exact::from(price.decimal()), 8)
            .ok()?,
        Side::Sell => {
            Exact::product(ledger.holdings().units(asset).decimal(), share).round(8, Rounding::Up).ok()?
        }
    };
    let units = Quantity::new(units).ok().filter(|units| !units.is_zero())?;
    let rounding = if *side == Side::Buy { Rounding::Up } else { Rounding::Down };
    let notional = units.notional(*price, MONEY_SCALE, rounding).ok()?;
    Some(Fill {
        as_of: step.as_of,
        asset: asset.clone(),
        side: *side,
        units,
        price: *price,
        notional,
        costs: TradeCosts {
            fee: fee_bps.of(notional, MONEY_SCALE).ok()?,
            slippage: slippage_bps.of(notional, MONEY_SCALE).ok()?,
            ..TradeCosts::NONE
        },
        cause: Cause::Schedule,
    })
}
