//! Markets with volumes, and terms with every friction.

use std::collections::BTreeMap;

use proptest::prelude::*;
use regimen_types::{AssetId, Bps, Cause, Holdings, Quantity, Weight};
use rust_decimal::Decimal;
use rust_decimal_macros::dec;

use super::portfolios::*;
use crate::*;

pub(crate) fn bps(rate: i64) -> Bps {
    Bps::new(Decimal::new(rate, 0)).unwrap()
}

pub(crate) fn weight(part: Decimal) -> Weight {
    Weight::new(part).unwrap()
}

/// Prices, with the day's volume of each asset.
#[derive(Clone, Debug)]
pub(crate) struct Liquid {
    pub(crate) prices: Prices,
    pub(crate) volumes: BTreeMap<AssetId, Decimal>,
}

impl Market for Liquid {
    fn mark(&self, asset: &AssetId) -> Option<Mark> {
        self.prices.mark(asset)
    }

    fn liquidity(&self, asset: &AssetId) -> Liquidity {
        let volume = self.volumes.get(asset).map(|volume| money(*volume));
        Liquidity { volume, volatility: Some(bps(400)), half_spread: None }
    }
}

pub(crate) fn liquid(prices: Prices, volumes: &[Decimal]) -> Liquid {
    let named = volumes.iter().enumerate().filter(|(_, volume)| !volume.is_zero());
    Liquid { prices, volumes: named.map(|(number, volume)| (asset(number), *volume)).collect() }
}

pub(crate) fn gas(per_trade: Decimal) -> Gas {
    Gas {
        default_chain: "ethereum".into(),
        chain_of: BTreeMap::new(),
        per_trade: BTreeMap::from([("ethereum".into(), vec![(None, money(per_trade))])]),
        series: None,
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Terms {
    pub(crate) costs: Frictions,
    pub(crate) rules: TradingRules,
    pub(crate) money_scale: u32,
    pub(crate) units_scale: u32,
}

impl Terms {
    pub(crate) fn of(costs: Frictions, rules: TradingRules) -> Self {
        Self { costs, rules, money_scale: 8, units_scale: 12 }
    }

    pub(crate) fn terms(&self) -> TradingTerms<'_> {
        let (money_scale, units_scale) = (self.money_scale, self.units_scale);
        TradingTerms { costs: &self.costs, rules: &self.rules, money_scale, units_scale }
    }

    pub(crate) fn plan(
        &self,
        cause: Cause,
        holdings: &Holdings,
        goal: &TargetPortfolio,
        market: &dyn Market,
    ) -> RebalancePlan {
        let terms = self.terms();
        let as_of = now();
        PlanRequest { as_of, cause, holdings, target: goal, market, terms: &terms, only: None }
            .plan()
            .unwrap()
    }

    pub(crate) fn fill(&self, plan: &RebalancePlan, holdings: &Holdings, market: &dyn Market) -> FillOutcome {
        self.try_fill(plan, holdings, market).unwrap()
    }

    pub(crate) fn try_fill(
        &self,
        plan: &RebalancePlan,
        holdings: &Holdings,
        market: &dyn Market,
    ) -> Result<FillOutcome, regimen_types::ArithmeticError> {
        let orders: Vec<_> = plan.orders().cloned().collect();
        fill(now(), &orders, holdings, market, &self.terms())
    }
}

pub(crate) fn traded(plan: &RebalancePlan) -> Decimal {
    plan.orders().map(|order| order.units.decimal() * order.decision_price.decimal()).sum()
}

pub(crate) fn reason(plan: &RebalancePlan, number: usize) -> Option<SkipReason> {
    plan.skips().find(|(name, _)| **name == asset(number)).map(|(_, skip)| skip.reason)
}

pub(crate) fn order_units(plan: &RebalancePlan, number: usize) -> Decimal {
    plan.orders()
        .find(|order| order.asset == asset(number))
        .map_or(Decimal::ZERO, |order| order.units.decimal())
}

pub(crate) fn band(absolute: Decimal, trade_to: TradeTo) -> Option<Band> {
    Some(Band { absolute: Some(weight(absolute)), relative: None, trade_to })
}

#[derive(Clone, Debug)]
pub(crate) struct FrictionCase {
    pub(crate) holdings: Holdings,
    pub(crate) goal: TargetPortfolio,
    pub(crate) market: Liquid,
    pub(crate) later: Liquid,
    pub(crate) terms: Terms,
}

pub(crate) fn costs() -> impl Strategy<Value = Frictions> {
    let rates = (0_i64..100, 0_i64..50, 0_i64..50, 0_i64..30, 0_i64..30);
    (rates, 0_i64..500, 0_i64..200, 0_i64..15, any::<bool>()).prop_map(
        |((fee, lower, spread, slippage, platform), fixed, per_trade, coefficient, tiered)| Frictions {
            commission: Commission {
                rate: bps(fee),
                tiers: if tiered { vec![(money(dec!(1000)), bps(lower))] } else { Vec::new() },
                of_asset: BTreeMap::from([(asset(0), bps(lower))]),
                fixed: money(Decimal::new(fixed, 2)),
            },
            slippage: bps(slippage),
            half_spread: HalfSpread::Fixed(bps(spread)),
            impact: Some(SquareRootImpact { coefficient: Decimal::new(coefficient, 1), otherwise: bps(100) }),
            gas: Some(gas(Decimal::new(per_trade, 2))),
            platform_fee: bps(platform),
        },
    )
}

pub(crate) fn rules() -> impl Strategy<Value = TradingRules> {
    let part = |most: i64| (1..=most).prop_map(|part| weight(Decimal::new(part, 3)));
    let trade_to = prop_oneof![Just(TradeTo::Target), Just(TradeTo::Edge)];
    let band = (prop::option::of(part(50)), part(500), trade_to)
        .prop_map(|(absolute, relative, trade_to)| Band { absolute, relative: Some(relative), trade_to });
    let minimum = (0_i64..500, 0_i64..10).prop_map(|(trade, exit)| MinimumNotional {
        trade: money(Decimal::from(trade + exit)),
        exit: money(Decimal::from(exit)),
    });
    let lots = prop_oneof![
        3 => Just(Lots::default()),
        1 => (1_i64..1000).prop_map(|lot| Lots {
            default: Some(Quantity::new(Decimal::new(lot, 3)).unwrap()),
            of_asset: BTreeMap::new(),
        }),
    ];
    let priority = prop_oneof![Just(TurnoverPriority::Largest), Just(TurnoverPriority::ProRata)];
    let turnover =
        (part(300), priority).prop_map(|(one_way_max, priority)| TurnoverLimit { one_way_max, priority });
    (
        prop::option::of(band),
        prop::option::of(minimum),
        lots,
        prop::option::of(part(300)),
        prop::option::of(turnover),
        prop_oneof![Just(Weight::ZERO), part(100)],
    )
        .prop_map(|(band, minimum, lots, participation_max, turnover, cash_buffer)| TradingRules {
            band,
            minimum,
            lots,
            participation_max,
            fill_participation_max: None,
            turnover,
            cash_buffer,
        })
}

pub(crate) fn friction_cases() -> impl Strategy<Value = FrictionCase> {
    let volumes = || {
        prop::collection::vec(
            prop_oneof![1 => Just(Decimal::ZERO), 4 => decimal(0..100_000_000, 0..3)],
            COUNT,
        )
    };
    (cases(), costs(), rules(), volumes(), volumes()).prop_map(|(case, costs, rules, volumes, later)| {
        FrictionCase {
            market: liquid(case.market, &volumes),
            later: liquid(case.later, &later),
            terms: Terms {
                costs,
                rules,
                money_scale: case.terms.money_scale,
                units_scale: case.terms.units_scale.max(8),
            },
            holdings: case.holdings,
            goal: case.goal,
        }
    })
}
