//! Portfolios, markets and terms that tests plan with.

use std::collections::BTreeMap;

use proptest::prelude::*;
use regimen_types::{AsOf, AssetId, Cause, CostRates, Exact, Fill, Holdings, Money, Quantity, Side, Weight};
use rust_decimal::Decimal;

use crate::{
    Mark, Market, PlanError, PlanRequest, RebalancePlan, TargetPortfolio, TradingRules, TradingTerms, fill,
};

/// Prices by asset; a stale one may be sold but not bought.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prices(pub(crate) BTreeMap<AssetId, (Decimal, bool)>);

impl Market for Prices {
    fn mark(&self, asset: &AssetId) -> Option<Mark> {
        let (price, fresh) = self.0.get(asset)?;
        let price = regimen_types::Price::new(*price).unwrap();
        Some(Mark { price, as_of: now(), buyable: *fresh, sellable: true })
    }
}

pub(crate) fn now() -> AsOf {
    AsOf::from_ymd(2024, 5, 6).unwrap()
}

pub(crate) fn asset(number: usize) -> AssetId {
    format!("asset-{number:02}").parse().unwrap()
}

pub(crate) fn money(amount: Decimal) -> Money {
    Money::new(amount).unwrap()
}

/// Terms without bands or filters.
pub(crate) fn terms(fee_bps: Decimal, slippage_bps: Decimal) -> TradingTerms<'static> {
    static PLAIN: std::sync::LazyLock<TradingRules> = std::sync::LazyLock::new(TradingRules::default);
    let rate = |bps| regimen_types::Bps::new(bps).unwrap();
    let costs = CostRates { fee_bps: rate(fee_bps), slippage_bps: rate(slippage_bps) };
    TradingTerms { costs: Box::leak(Box::new(costs)), rules: &PLAIN, money_scale: 8, units_scale: 12 }
}

pub(crate) fn portfolio(cash: Decimal, units: &[Decimal]) -> Holdings {
    let mut holdings = Holdings::of_cash(money(cash));
    for (number, units) in units.iter().enumerate() {
        holdings.set_units(&asset(number), Quantity::new(*units).unwrap());
    }
    holdings
}

pub(crate) fn prices(list: &[Decimal]) -> Prices {
    Prices(list.iter().enumerate().map(|(number, price)| (asset(number), (*price, true))).collect())
}

pub(crate) fn target(weights: &[Decimal]) -> TargetPortfolio {
    let named = weights.iter().enumerate().filter(|(_, weight)| !weight.is_zero());
    TargetPortfolio::new(named.map(|(number, weight)| (asset(number), Weight::new(*weight).unwrap())))
        .unwrap()
}

/// Books fills as a ledger does, asserting at each step that nothing is overdrawn.
pub(crate) fn book(holdings: &Holdings, fills: &[Fill]) -> Holdings {
    let mut after = holdings.clone();
    for each in fills {
        let costs = each.costs.total().unwrap();
        let held = after.units(&each.asset);
        let (cash, units) = match each.side {
            Side::Buy => (
                after.cash().minus(each.notional.plus(costs).unwrap()).unwrap(),
                held.plus(each.units).unwrap(),
            ),
            Side::Sell => (
                after.cash().plus(each.notional.minus(costs).unwrap()).unwrap(),
                held.minus(each.units).unwrap(),
            ),
        };
        assert!(!cash.is_negative(), "cash {cash} after {each:?}");
        after.set_cash(cash);
        after.set_units(&each.asset, units);
    }
    after
}

pub(crate) fn worth(holdings: &Holdings, market: &Prices) -> Exact {
    holdings.value(|asset| market.mark(asset).map(|mark| mark.price)).unwrap()
}

pub(crate) fn rebalance(
    holdings: &Holdings,
    goal: &TargetPortfolio,
    market: &Prices,
    terms: &TradingTerms<'_>,
) -> Holdings {
    let plan = planned(holdings, goal, market, terms).unwrap();
    let orders: Vec<_> = plan.orders().cloned().collect();
    let outcome = fill(now(), &orders, holdings, market, terms).unwrap();
    assert_eq!(outcome.shortfalls, [], "a plan at its own prices fits");
    book(holdings, &outcome.fills)
}

/// Plans a scheduled rebalance.
pub(crate) fn planned(
    holdings: &Holdings,
    target: &TargetPortfolio,
    market: &dyn Market,
    terms: &TradingTerms<'_>,
) -> Result<RebalancePlan, PlanError> {
    let (as_of, cause) = (now(), Cause::Schedule);
    PlanRequest { as_of, cause, holdings, target, market, terms, only: None }.plan()
}

pub(crate) const COUNT: usize = 12;

pub(crate) fn decimal(
    digits: std::ops::Range<i64>,
    scales: std::ops::Range<u32>,
) -> impl Strategy<Value = Decimal> {
    (digits, scales).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale))
}

#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) holdings: Holdings,
    pub(crate) goal: TargetPortfolio,
    pub(crate) market: Prices,
    pub(crate) later: Prices,
    pub(crate) terms: TradingTerms<'static>,
}

/// Portfolios whose units need at most 28 digits before and after: with more, planning ends in an explicit
/// error.
pub(crate) fn cases() -> impl Strategy<Value = Case> {
    let price = || prop::collection::vec(decimal(1..1_000_000, 0..6), COUNT);
    let units = prop_oneof![Just(Decimal::ZERO), decimal(0..1_000_000, 0..8)];
    let weights = prop::collection::vec(prop_oneof![Just(0_u32), 0_u32..1000], COUNT);
    let rates = (0_u32..200, 0_u32..100, 0_u32..13, 4_u32..=12);
    let cash = decimal(0..1_000_000_000, 0..8);
    (prop::collection::vec(units, COUNT), cash, weights, price(), price(), rates).prop_map(
        |(units, cash, weights, now_prices, later, (fee, slippage, units_scale, money_scale))| {
            let total = weights.iter().sum::<u32>().max(1);
            let weights: Vec<Decimal> = weights
                .iter()
                .map(|weight| (Decimal::from(*weight) / Decimal::from(total)).trunc_with_scale(18))
                .collect();
            let terms = TradingTerms { money_scale, units_scale, ..terms(fee.into(), slippage.into()) };
            Case {
                holdings: portfolio(cash.trunc_with_scale(money_scale), &units),
                goal: target(&weights),
                market: prices(&now_prices),
                later: prices(&later),
                terms,
            }
        },
    )
}
