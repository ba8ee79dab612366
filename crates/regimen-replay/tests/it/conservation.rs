//! No money appears or vanishes: each change of value is explained to the last digit, by figures that the
//! test takes from the market's rows and the transactions, not from the engine.

use std::collections::BTreeMap;

use proptest::prelude::*;
use regimen::definition::Yields;
use regimen::{Action, Basis, GivenSource, Methodology};
use regimen_ledger::{LogReplay, Source, TRANSACTION_COLUMNS, Transaction, TransactionKind};
use regimen_synth::MarketKind;
use regimen_types::{
    ActionEffect, AsOf, AssetId, Cause, CorporateAction, Exact, History, Holdings, Money, TradeCosts,
};
use rust_decimal::Decimal;
use rust_decimal_macros::dec;

use crate::market::{MarketRow, Table};
use crate::methodology::methodology;
use crate::record::{Record, records_until_error};
use crate::strategies::{choices, eventful_choices, eventful_markets, markets};

#[track_caller]
fn assert_equal(left: Exact, right: Exact, what: &str) {
    assert!(left.compare(right).unwrap().is_eq(), "{what}: {left:?} is not {right:?}");
}

fn sum(terms: impl IntoIterator<Item = Exact>) -> Exact {
    terms.into_iter().fold(Exact::ZERO, |sum, term| sum.plus(term).unwrap())
}

/// Returns true if a rounding lies from zero to below one step of the money scale.
fn is_below_one_step(rounding: Exact, step: Decimal) -> bool {
    !rounding.is_negative() && rounding.compare(Exact::from(step)).unwrap().is_lt()
}

/// Where the value of a run came from and went, by kind of cause.
#[derive(Debug, Default)]
struct Coverage {
    buys: usize,
    sells: usize,
    write_offs: usize,
    stale_sales: usize,
    rebalances: usize,
    depegs: usize,
    events: usize,
    interest: usize,
}

/// The milliseconds of a year of 365 days.
const YEAR_MILLIS: Decimal = dec!(31_536_000_000);

struct Audit<'a> {
    table: &'a Table,
    history: History,
    methodology: &'a Methodology,
    log: LogReplay,
    cash: Decimal,
    units: BTreeMap<AssetId, Decimal>,
    /// What was earned and is not booked, times the milliseconds of a year; `None` is cash.
    unbooked: BTreeMap<Option<AssetId>, Exact>,
    coverage: Coverage,
}

impl<'a> Audit<'a> {
    fn new(table: &'a Table, methodology: &'a Methodology) -> Self {
        let mut log = LogReplay::new(methodology.portfolio().unwrap().portfolio.money_scale);
        log.feed(TRANSACTION_COLUMNS.join(",").as_bytes()).unwrap();
        let (units, unbooked, coverage) = (BTreeMap::new(), BTreeMap::new(), Coverage::default());
        let history = table.history();
        Self { table, history, methodology, log, cash: Decimal::ZERO, units, unbooked, coverage }
    }

    /// Returns true if a snapshot itself has a price of an asset.
    fn is_priced(&self, asset: &AssetId, at: AsOf) -> bool {
        let (_, rows) = self.table.snapshots.iter().find(|(as_of, _)| *as_of == at).unwrap();
        let mut visible = rows.iter().filter(|row| row.known_at <= at && !row.price.is_zero());
        visible.any(|row| row.asset == asset.as_str())
    }

    fn price(&self, asset: &AssetId, at: AsOf) -> Decimal {
        self.table.last_price(asset, at).unwrap_or_else(|| panic!("{asset} is held without a price"))
    }

    fn value(&self, at: AsOf) -> Exact {
        let positions = self.units.iter().map(|(asset, units)| Exact::product(*units, self.price(asset, at)));
        sum(positions.chain([Exact::from(self.cash)]))
    }

    /// Explains the value after a step by the value before it.
    fn check(&mut self, before: Option<AsOf>, now: &Record) {
        let value_before = before.map_or(Exact::ZERO, |at| self.value(at));
        let gains = before.map_or(Exact::ZERO, |at| self.price_gains(at, now.as_of));
        if let Some(before) = before {
            self.earn(before, now);
        }
        let mut flows = Vec::new();
        for transaction in &now.transactions {
            flows.push(self.flow(transaction, now.as_of));
            self.book(transaction);
        }
        let value_now = self.value(now.as_of);
        assert_equal(value_now, sum([value_before, gains, sum(flows)]), &format!("value at {}", now.as_of));
        self.check_balances(now, value_now);
        if let Action::Rebalance(rebalance) = &now.decision.action {
            self.coverage.rebalances += 1;
            let weights = rebalance.target.weights().map(|(_, weight)| weight.decimal());
            let all: Decimal = weights.chain([rebalance.target.cash_weight().decimal()]).sum();
            assert_eq!(all, Decimal::ONE, "weights and cash at {}", now.as_of);
            // Triggers take the portfolio to the present weights of an index that is not rebalanced.
            match now.decision.index.rebalance.as_ref().map(|index| &index.basis) {
                // Of a constituent that was deleted, cash may be left until the next rebalance.
                Some(Basis::Constituents(_))
                    if rebalance.target.weights().len() > 0 && rebalance.cause != Cause::Deletion =>
                {
                    // What was delisted after the day that a late basket is of is cash.
                    let delists =
                        |action: &CorporateAction| matches!(action.effect(), ActionEffect::End { .. });
                    let leaves_none = rebalance.target.cash_weight().is_zero();
                    assert!(leaves_none || self.table.actions.iter().any(delists), "constituents leave cash");
                }
                Some(Basis::Given { source: GivenSource::Sleeve, verdicts }) => {
                    self.coverage.depegs += verdicts.iter().filter(|each| each.exclusion.is_some()).count();
                }
                _ => {}
            }
        }
    }

    fn price_gains(&self, before: AsOf, now: AsOf) -> Exact {
        sum(self.units.iter().map(|(asset, units)| {
            let change = Exact::from(self.price(asset, now)).minus(Exact::from(self.price(asset, before)));
            change.unwrap().times(*units).unwrap()
        }))
    }

    /// Returns what a transaction adds to the value at the market's prices: money from outside, or what it
    /// costs.
    fn flow(&mut self, transaction: &Transaction, now: AsOf) -> Exact {
        assert_eq!(transaction.as_of, now);
        let notional = Exact::from(transaction.notional.decimal());
        let Some(asset) = &transaction.asset else {
            assert_eq!(transaction.costs, TradeCosts::NONE);
            return match (transaction.kind, transaction.cause) {
                (TransactionKind::Deposit, Cause::Inception) => {
                    let cash = self.methodology.portfolio().unwrap().portfolio.initial_cash;
                    assert_eq!(transaction.notional, cash);
                    notional
                }
                (TransactionKind::Deposit, Cause::CashFlow) => notional,
                (TransactionKind::Interest, Cause::Interest) => {
                    self.pay(transaction);
                    notional
                }
                (TransactionKind::Withdrawal, Cause::CashFlow)
                | (TransactionKind::ManagementFee, Cause::Accrual) => Exact::ZERO.minus(notional).unwrap(),
                _ => panic!("{transaction:?}"),
            };
        };
        let market_value = Exact::product(transaction.units.decimal(), self.price(asset, now));
        if transaction.cause == Cause::Interest {
            assert_eq!(transaction.kind, TransactionKind::Yield);
            self.pay(transaction);
            return market_value;
        }
        if let Some(source) = &transaction.source {
            self.coverage.events += 1;
            return self.grant(transaction, source, market_value, now);
        }
        let step = Decimal::new(1, self.methodology.portfolio().unwrap().portfolio.money_scale);
        let lost = match transaction.kind {
            TransactionKind::Buy => notional.minus(market_value).unwrap(),
            _ => market_value.minus(notional).unwrap(),
        };
        match transaction.kind {
            TransactionKind::WriteOff => {
                self.coverage.write_offs += 1;
                assert!(!lost.is_negative(), "a write-off gains");
            }
            _ => assert!(is_below_one_step(lost, step), "{transaction:?} is not at the market's price"),
        }
        self.check_costs(transaction, step);
        self.check_trade(transaction, asset, now);
        let costs = Exact::from(transaction.costs.total().unwrap().decimal());
        Exact::ZERO.minus(sum([lost, costs])).unwrap()
    }

    /// Earns at the constant rates of the definition on what was held from one snapshot to the next.
    /// What an action took away or counts on another basis earns nothing since the last snapshot.
    fn earn(&mut self, before: AsOf, record: &Record) {
        let now = record.as_of;
        let yields = &self.methodology.definition().defensive.yields;
        let Some(Yields::Constant { cash, assets }) = yields else { return };
        let millis = Decimal::from(now.millis_since(before));
        let mut units = self.units.clone();
        for each in &record.transactions {
            let source = each.source.as_ref().map(|source| &source.asset);
            match each.kind {
                TransactionKind::Migration => units.remove(source.unwrap()),
                TransactionKind::WriteOff if each.cause == Cause::Delisting => {
                    units.remove(each.asset.as_ref().unwrap())
                }
                _ => None,
            };
        }
        // What is too fine to be booked goes with a position that is sold.
        self.unbooked.retain(|asset, _| asset.as_ref().is_none_or(|asset| units.contains_key(asset)));
        let cash = (None, self.cash, cash.decimal());
        let window = self.history.windows().find(|window| window.as_of() == now).unwrap();
        // Two assets that became one earn at the rate of the first.
        let mut earning = vec![cash];
        for each in assets {
            let name = window.present_name(&each.asset);
            let held =
                units.remove(name).filter(|_| window.row(name).is_some_and(|row| row.price().is_some()));
            earning.extend(held.map(|held| (Some(name.clone()), held, each.annual_rate.decimal())));
        }
        for (asset, held, rate) in earning {
            let earned = Exact::product(held, rate).times(millis).unwrap();
            let rest = self.unbooked.entry(asset).or_insert(Exact::ZERO);
            *rest = rest.plus(earned).unwrap();
        }
    }

    /// Books what was earned: all of it but for what is finer than units or money.
    fn pay(&mut self, transaction: &Transaction) {
        self.coverage.interest += 1;
        let portfolio = self.methodology.portfolio().unwrap().portfolio;
        let (amount, scale) = match &transaction.asset {
            None => (transaction.notional.decimal(), portfolio.money_scale),
            Some(_) => (transaction.units.decimal(), portfolio.units_scale),
        };
        assert_eq!((transaction.costs, amount.is_zero()), (TradeCosts::NONE, false));
        let rest = self.unbooked.get_mut(&transaction.asset).unwrap();
        *rest = rest.minus(Exact::product(amount, YEAR_MILLIS)).unwrap();
        // Each accrual is rounded down at twenty places.
        let below = Exact::product(Decimal::new(1, scale), YEAR_MILLIS).plus(Decimal::ONE.into()).unwrap();
        let fits = !rest.is_negative() && rest.compare(below).unwrap().is_lt();
        assert!(fits, "{transaction:?} leaves {rest:?}");
    }

    /// Units that come in without a trade are those that an action of the table gives for the units held.
    fn grant(&self, transaction: &Transaction, source: &Source, market_value: Exact, now: AsOf) -> Exact {
        assert_eq!(Some(&source.units.decimal()), self.units.get(&source.asset), "{transaction:?}");
        assert_eq!((transaction.notional, transaction.costs), (Money::ZERO, TradeCosts::NONE));
        assert_eq!(
            transaction.price.unwrap().decimal(),
            self.price(transaction.asset.as_ref().unwrap(), now)
        );
        let gives = |action: &&CorporateAction| {
            let (asset, ratio) = match action.effect() {
                ActionEffect::Successor { asset, ratio } | ActionEffect::Grant { asset, ratio } => {
                    (asset, *ratio)
                }
                ActionEffect::End { .. } => return false,
            };
            action.asset() == &source.asset
                && Some(asset) == transaction.asset.as_ref()
                && source.units.at_ratio(ratio) == Ok(transaction.units)
                && action.kind().cause() == transaction.cause
                && action.known_at() <= now
        };
        assert!(self.table.actions.iter().any(|action| gives(&action)), "nothing leads to {transaction:?}");
        match transaction.kind {
            TransactionKind::Migration => {
                let before = Exact::product(source.units.decimal(), self.price(&source.asset, now));
                market_value.minus(before).unwrap()
            }
            _ => market_value,
        }
    }

    /// Fee and slippage are their rates of the notional, rounded up, and never more than the notional.
    fn check_costs(&self, transaction: &Transaction, step: Decimal) {
        let costs = self.methodology.portfolio().unwrap().costs;
        if transaction.kind == TransactionKind::WriteOff {
            assert_eq!(transaction.costs, TradeCosts::NONE);
            return;
        }
        let notional = transaction.notional.decimal();
        let capped = transaction.costs.total().unwrap().decimal() == notional;
        for (cost, rate) in
            [(transaction.costs.fee, costs.fee_bps), (transaction.costs.slippage, costs.slippage_bps)]
        {
            let due = rate.fraction().times(notional).unwrap();
            let rounding = Exact::from(cost.decimal()).minus(due).unwrap();
            assert!(capped || is_below_one_step(rounding, step), "{transaction:?} costs {rounding:?} more");
        }
    }

    /// Buys happen at a price of the snapshot itself; stale prices are sold at only where the rule says so.
    fn check_trade(&mut self, transaction: &Transaction, asset: &AssetId, now: AsOf) {
        let fresh = self.is_priced(asset, now);
        match transaction.kind {
            TransactionKind::Buy => {
                self.coverage.buys += 1;
                assert!(fresh, "{asset} was bought at {now} without a price");
            }
            TransactionKind::Sell => {
                self.coverage.sells += 1;
                self.coverage.stale_sales += usize::from(!fresh);
                let may = self.methodology.portfolio().unwrap().vanished.sell_while_stale();
                assert!(fresh || may || transaction.cause == Cause::Vanished, "{asset} sold stale at {now}");
            }
            TransactionKind::WriteOff if transaction.cause == Cause::Delisting => {}
            _ => assert!(!fresh, "{asset} was written off at {now} though it has a price"),
        }
    }

    /// Adds a transaction to cash and units; neither may fall below zero.
    fn book(&mut self, transaction: &Transaction) {
        let amount = transaction.notional.decimal();
        let costs = transaction.costs.total().unwrap().decimal();
        let (cash, units) = match transaction.kind {
            TransactionKind::Deposit | TransactionKind::Interest => (amount, Decimal::ZERO),
            TransactionKind::Withdrawal | TransactionKind::ManagementFee => (-amount, Decimal::ZERO),
            TransactionKind::Migration => {
                self.units.remove(&transaction.source.as_ref().unwrap().asset);
                (Decimal::ZERO, transaction.units.decimal())
            }
            TransactionKind::Distribution | TransactionKind::Yield => {
                (Decimal::ZERO, transaction.units.decimal())
            }
            TransactionKind::Buy => (-amount - costs, transaction.units.decimal()),
            _ => (amount - costs, -transaction.units.decimal()),
        };
        self.cash += cash;
        assert!(self.cash >= Decimal::ZERO, "cash is {} after {transaction:?}", self.cash);
        assert_eq!(self.cash, transaction.cash_after.decimal());
        if let Some(asset) = &transaction.asset {
            let held = self.units.entry(asset.clone()).or_default();
            *held += units;
            assert!(*held >= Decimal::ZERO, "{held} units after {transaction:?}");
            self.units.retain(|_, units| !units.is_zero());
        }
        self.log.feed(transaction.to_line().as_bytes()).unwrap();
    }

    /// The step's holdings, NAV and log say what the transactions sum to.
    fn check_balances(&self, now: &Record, value: Exact) {
        let holdings: &Holdings = &now.holdings;
        assert_eq!(holdings.cash().decimal(), self.cash);
        let positions: BTreeMap<AssetId, Decimal> =
            holdings.positions().map(|(asset, units)| (asset.clone(), units.decimal())).collect();
        assert_eq!(positions, self.units);
        assert_eq!(self.log.holdings(), holdings, "the log until {} replays to other holdings", now.as_of);
        assert_eq!(now.nav.cash.decimal(), self.cash);
        let scale = self.methodology.portfolio().unwrap().portfolio.money_scale;
        let rounding = Exact::from(now.nav.total.decimal()).minus(value).unwrap();
        let half_step = Decimal::new(5, scale + 1);
        let within = |bound: Decimal| rounding.compare(Exact::from(bound)).unwrap();
        assert!(within(half_step).is_le() && within(-half_step).is_ge(), "NAV at {}", now.as_of);
    }
}

fn audit(table: &Table, methodology: &Methodology) -> Coverage {
    let mut audit = Audit::new(table, methodology);
    let mut before = None;
    // Events can make amounts that no decimal holds; what was booked until then must add up all the same.
    let (records, end) = records_until_error(methodology, &table.history());
    assert!(end.is_ok() || !table.actions.is_empty(), "{end:?}");
    for record in records {
        audit.check(before, &record);
        before = Some(record.as_of);
    }
    audit.coverage
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_change_of_value_is_explained_exactly(table in markets(4..45), overrides in choices(0..4)) {
        audit(&table, &methodology(&overrides));
    }

    #[test]
    fn every_change_of_value_by_events_is_explained_exactly(
        table in eventful_markets(4..45),
        overrides in eventful_choices(0..4),
    ) {
        audit(&table, &methodology(&overrides));
    }
}

/// The same on markets with everything that real data has; and the audit has seen what it is there to see.
#[test]
fn every_change_of_value_in_synthetic_markets_is_explained_exactly() {
    let mut seen = Coverage::default();
    for (seed, lag_snapshots, vanished) in [
        (31, 0, "{max_stale_days=2,sell_while_stale=true,then='sell_at_last_price'}"),
        (32, 1, "{max_stale_days=2,sell_while_stale=false,then='write_off',recovery=0.1}"),
        (33, 3, "{max_stale_days=0,sell_while_stale=false,then='sell_at_last_price'}"),
    ] {
        let table = Table::synthetic(seed, 45, 130, MarketKind::Realistic);
        let coverage = audit(
            &table,
            &methodology(&[
                format!("portfolio.lag_snapshots={lag_snapshots}"),
                format!("vanished={vanished}"),
                "selection.count=40".to_owned(),
                "defensive.peg_tolerance=0.001".to_owned(),
                "defensive.yields={from='constant',cash=0.02,assets=[{asset='USD-A',annual_rate=0.04}]}"
                    .to_owned(),
            ]),
        );
        seen.buys += coverage.buys;
        seen.sells += coverage.sells;
        seen.write_offs += coverage.write_offs;
        seen.stale_sales += coverage.stale_sales;
        seen.rebalances += coverage.rebalances;
        seen.depegs += coverage.depegs;
        seen.interest += coverage.interest;
    }
    let Coverage { buys, sells, write_offs, stale_sales, rebalances, depegs, events: _, interest } = seen;
    let counts = [buys, sells, write_offs, stale_sales, rebalances, depegs, interest];
    assert!(counts.iter().all(|count| *count > 0), "{seen:?}");
}

/// Units of an asset that costs nearly nothing have as many digits as a decimal holds; their sums still fit.
#[test]
fn a_position_of_quadrillions_of_units_is_booked_exactly() {
    let row = |asset: &str, price: Decimal, known_at: AsOf| MarketRow {
        asset: asset.to_owned(),
        price,
        market_cap: Decimal::ONE_HUNDRED,
        volume: Decimal::ZERO,
        known_at,
    };
    let prices = [207, 214, 189, 212, 96, 207, 350, 180, 64, 33, 37, 41];
    let snapshots = prices.iter().zip(1..).map(|(price, day)| {
        let as_of = AsOf::from_ymd(2021, 1, 4 * day / 3).unwrap();
        (
            as_of,
            vec![row("A1", Decimal::new(*price, 11), as_of), row("BTC", Decimal::from(9_000 + price), as_of)],
        )
    });
    let table = Table { snapshots: snapshots.collect(), actions: Vec::new() };
    for cash in ["3_144_000", "31_440_001", "9_999_999_999"] {
        let methodology = methodology(&[
            "regime={rule='always_bullish'}".to_owned(),
            "weighting.rule=equal".to_owned(),
            format!("portfolio.initial_cash={cash}"),
        ]);
        let coverage = audit(&table, &methodology);
        assert!(coverage.buys > 2 && coverage.sells > 1, "{coverage:?}");
    }
}
