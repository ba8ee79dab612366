//! Laws of plans with every friction at once, and worked examples of each.

use regimen_types::Bps;

use super::*;

fn bps(rate: i64) -> Bps {
    Bps::new(Decimal::new(rate, 0)).unwrap()
}

pub(super) fn weight(part: Decimal) -> Weight {
    Weight::new(part).unwrap()
}

/// Prices, with the day's volume of each asset.
#[derive(Clone, Debug)]
pub(super) struct Liquid {
    prices: Prices,
    volumes: BTreeMap<AssetId, Decimal>,
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

pub(super) fn liquid(prices: Prices, volumes: &[Decimal]) -> Liquid {
    let named = volumes.iter().enumerate().filter(|(_, volume)| !volume.is_zero());
    Liquid { prices, volumes: named.map(|(number, volume)| (asset(number), *volume)).collect() }
}

fn gas(per_trade: Decimal) -> Gas {
    Gas {
        default_chain: "ethereum".into(),
        chain_of: BTreeMap::new(),
        per_trade: BTreeMap::from([("ethereum".into(), vec![(None, money(per_trade))])]),
        series: None,
    }
}

#[derive(Clone, Debug)]
pub(super) struct Terms {
    costs: Frictions,
    rules: TradingRules,
    money_scale: u32,
    units_scale: u32,
}

impl Terms {
    pub(super) fn of(costs: Frictions, rules: TradingRules) -> Self {
        Self { costs, rules, money_scale: 8, units_scale: 12 }
    }

    pub(super) fn terms(&self) -> TradingTerms<'_> {
        let (money_scale, units_scale) = (self.money_scale, self.units_scale);
        TradingTerms { costs: &self.costs, rules: &self.rules, money_scale, units_scale }
    }

    pub(super) fn plan(
        &self,
        cause: Cause,
        holdings: &Holdings,
        goal: &TargetPortfolio,
        market: &dyn Market,
    ) -> RebalancePlan {
        plan(now(), cause, holdings, goal, market, &self.terms()).unwrap()
    }

    pub(super) fn fill(&self, plan: &RebalancePlan, holdings: &Holdings, market: &dyn Market) -> FillOutcome {
        self.try_fill(plan, holdings, market).unwrap()
    }

    fn try_fill(
        &self,
        plan: &RebalancePlan,
        holdings: &Holdings,
        market: &dyn Market,
    ) -> Result<FillOutcome, regimen_types::ArithmeticError> {
        let orders: Vec<_> = plan.orders().cloned().collect();
        fill(now(), &orders, holdings, market, &self.terms())
    }
}

fn traded(plan: &RebalancePlan) -> Decimal {
    plan.orders().map(|order| order.units.decimal() * order.decision_price.decimal()).sum()
}

pub(super) fn reason(plan: &RebalancePlan, number: usize) -> Option<SkipReason> {
    plan.skips().find(|(name, _)| **name == asset(number)).map(|(_, skip)| skip.reason)
}

pub(super) fn order_units(plan: &RebalancePlan, number: usize) -> Decimal {
    plan.orders()
        .find(|order| order.asset == asset(number))
        .map_or(Decimal::ZERO, |order| order.units.decimal())
}

fn band(absolute: Decimal, trade_to: TradeTo) -> Option<Band> {
    Some(Band { absolute: Some(weight(absolute)), relative: None, trade_to })
}

#[test]
fn trades_to_the_edge_of_a_band() {
    // Half each, 100 in all, free of cost; 60 and 40 are 10 % off, the band is 4 %: back to 54 and 46.
    let holdings = portfolio(dec!(0), &[dec!(60), dec!(40)]);
    let goal = target(&[dec!(0.5), dec!(0.5)]);
    let market = prices(&[dec!(1), dec!(1)]);
    let edge = TradingRules { band: band(dec!(0.04), TradeTo::Edge), ..TradingRules::default() };
    let terms = Terms::of(Frictions::default(), edge);
    let plan = terms.plan(Cause::Schedule, &holdings, &goal, &market);
    assert_eq!(order_units(&plan, 0).round_dp(6), dec!(6));
    assert_eq!(order_units(&plan, 1).round_dp(6), dec!(6));
    let after = book(&holdings, &terms.fill(&plan, &holdings, &market).fills);
    assert_eq!(terms.plan(Cause::Schedule, &after, &goal, &market).orders().count(), 0);

    let to_target = TradingRules { band: band(dec!(0.04), TradeTo::Target), ..TradingRules::default() };
    let plan = Terms::of(Frictions::default(), to_target).plan(Cause::Schedule, &holdings, &goal, &market);
    assert_eq!(order_units(&plan, 0).round_dp(6), dec!(10));
    let wide = TradingRules { band: band(dec!(0.1), TradeTo::Target), ..TradingRules::default() };
    let plan = Terms::of(Frictions::default(), wide).plan(Cause::Schedule, &holdings, &goal, &market);
    assert_eq!((plan.orders().count(), reason(&plan, 0)), (0, Some(SkipReason::WithinBand)));
}

#[test]
fn an_exit_and_an_entry_have_no_band() {
    let holdings = portfolio(dec!(0), &[dec!(1), dec!(98), dec!(0)]);
    let goal = target(&[dec!(0), dec!(0.98), dec!(0.02)]);
    let market = prices(&[dec!(1), dec!(1), dec!(1)]);
    let rules = TradingRules { band: band(dec!(0.1), TradeTo::Target), ..TradingRules::default() };
    let plan = Terms::of(Frictions::default(), rules).plan(Cause::Schedule, &holdings, &goal, &market);
    assert_eq!(order_units(&plan, 0), dec!(1));
    assert_eq!(reason(&plan, 1), Some(SkipReason::WithinBand));
    assert!(order_units(&plan, 2) > Decimal::ZERO);
}

#[test]
fn a_sale_below_the_minimum_does_not_fund_a_purchase() {
    // Asset 0 should sell 4, asset 1 sell 30, asset 2 buy 34; trades below 5 are not made.
    let holdings = portfolio(dec!(0), &[dec!(34), dec!(60), dec!(6)]);
    let goal = target(&[dec!(0.3), dec!(0.3), dec!(0.4)]);
    let market = prices(&[dec!(1), dec!(1), dec!(1)]);
    let minimum = Some(MinimumNotional { trade: money(dec!(5)), exit: money(dec!(1)) });
    let terms = Terms::of(Frictions::default(), TradingRules { minimum, ..TradingRules::default() });
    let plan = terms.plan(Cause::Schedule, &holdings, &goal, &market);
    assert_eq!(reason(&plan, 0), Some(SkipReason::BelowMinimum));
    assert_eq!(order_units(&plan, 1).round_dp(6), dec!(30));
    assert_eq!(order_units(&plan, 2).round_dp(5), dec!(30), "the cash of the sale that is made, no more");
    assert_eq!(reason(&plan, 2), Some(SkipReason::CashShort));
    book(&holdings, &terms.fill(&plan, &holdings, &market).fills);

    // The same 4 are sold if the asset leaves.
    let holdings = portfolio(dec!(0), &[dec!(4), dec!(96), dec!(0)]);
    let goal = target(&[dec!(0), dec!(0.96), dec!(0.04)]);
    let plan = terms.plan(Cause::Schedule, &holdings, &goal, &market);
    assert_eq!(order_units(&plan, 0), dec!(4));
    assert_eq!(reason(&plan, 2), Some(SkipReason::BelowMinimum));
}

#[test]
fn an_account_of_fifty_dollars() {
    // Twenty equal assets at 1.5 of gas a trade: 2.50 each, of which 60 % is gas. With a minimum of 10 nothing trades.
    let holdings = portfolio(dec!(50), &[]);
    let goal = target(&[dec!(0.05); 20]);
    let market = prices(&[dec!(1); 20]);
    let costs = Frictions { gas: Some(gas(dec!(1.5))), ..Frictions::default() };
    let terms = Terms::of(costs.clone(), TradingRules::default());
    let plan = terms.plan(Cause::Inception, &holdings, &goal, &market);
    let after = book(&holdings, &terms.fill(&plan, &holdings, &market).fills);
    assert!(!after.cash().is_negative());
    let minimum = Some(MinimumNotional { trade: money(dec!(10)), exit: money(dec!(1)) });
    let terms = Terms::of(costs, TradingRules { minimum, ..TradingRules::default() });
    let plan = terms.plan(Cause::Inception, &holdings, &goal, &market);
    assert_eq!(plan.orders().count(), 0);
    assert_eq!(plan.equity_after_costs.decimal().round_dp(4), dec!(50));
    assert!((0..20).all(|number| reason(&plan, number) == Some(SkipReason::BelowMinimum)));
    // Two assets pass: 50 = 2 × (v + 1.5).
    let plan = terms.plan(Cause::Inception, &holdings, &target(&[dec!(0.5), dec!(0.5)]), &market);
    assert_eq!(order_units(&plan, 0).round_dp(4), dec!(23.5));
}

#[test]
fn gas_that_takes_all_trades_nothing() {
    let holdings = portfolio(dec!(50), &[]);
    let costs = Frictions { gas: Some(gas(dec!(2.4))), ..Frictions::default() };
    let goal = target(&[dec!(0.05); 20]);
    let plan = Terms::of(costs, TradingRules::default()).plan(
        Cause::Inception,
        &holdings,
        &goal,
        &prices(&[dec!(1); 20]),
    );
    assert_eq!(plan.orders().count(), 0);
    assert!((0..20).all(|number| reason(&plan, number) == Some(SkipReason::CostsExceedValue)));
}

#[test]
fn a_turnover_limit_has_a_priority() {
    let holdings = portfolio(dec!(0), &[dec!(40), dec!(35), dec!(25), dec!(0)]);
    let goal = target(&[dec!(0.2), dec!(0.25), dec!(0.25), dec!(0.3)]);
    let market = prices(&[dec!(1); 4]);
    let limited = |priority| {
        let turnover = Some(TurnoverLimit { one_way_max: weight(dec!(0.15)), priority });
        let terms = Terms::of(Frictions::default(), TradingRules { turnover, ..TradingRules::default() });
        let plan = terms.plan(Cause::Schedule, &holdings, &goal, &market);
        book(&holdings, &terms.fill(&plan, &holdings, &market).fills);
        plan
    };
    // Sales of 20 and 10 wanted, 15 allowed.
    let plan = limited(TurnoverPriority::Largest);
    assert_eq!([0, 1, 3].map(|number| order_units(&plan, number)), [dec!(15), dec!(0), dec!(15)]);
    assert_eq!([0, 1, 3].map(|number| reason(&plan, number)), [Some(SkipReason::TurnoverLimit); 3]);
    let plan = limited(TurnoverPriority::ProRata);
    assert_eq!([0, 1, 3].map(|number| order_units(&plan, number)), [dec!(10), dec!(5), dec!(15)]);
    // A change of regime is not limited.
    let turnover =
        Some(TurnoverLimit { one_way_max: weight(dec!(0.15)), priority: TurnoverPriority::Largest });
    let terms = Terms::of(Frictions::default(), TradingRules { turnover, ..TradingRules::default() });
    let plan = terms.plan(Cause::RegimeSwitch, &holdings, &goal, &market);
    assert_eq!(order_units(&plan, 0).round_dp(6), dec!(20));
}

#[test]
fn an_asset_that_costs_turn_from_a_purchase_into_a_sale_has_no_share_of_the_limit() {
    // Sales of 200.1 are wanted and 200 allowed; asset 1 is 0.1 below its target, and above it once costs are paid.
    let holdings = portfolio(dec!(0), &[dec!(500.1), dec!(499.9), dec!(0)]);
    let goal = target(&[dec!(0.3), dec!(0.5), dec!(0.2)]);
    let turnover = TurnoverLimit { one_way_max: weight(dec!(0.2)), priority: TurnoverPriority::ProRata };
    let rules = TradingRules { turnover: Some(turnover), ..TradingRules::default() };
    let terms = Terms::of(Frictions { slippage: bps(1000), ..Frictions::default() }, rules);
    let plan = terms.plan(Cause::Schedule, &holdings, &goal, &prices(&[dec!(1); 3]));
    assert_eq!((order_units(&plan, 0).round_dp(6), order_units(&plan, 1)), (dec!(200), dec!(0)));
    assert_eq!(reason(&plan, 1), Some(SkipReason::TurnoverLimit));
}

#[test]
fn lots_and_a_cash_buffer() {
    let holdings = portfolio(dec!(100), &[]);
    let lots = Lots { default: Some(Quantity::new(dec!(3)).unwrap()), of_asset: BTreeMap::new() };
    let rules = TradingRules { lots, cash_buffer: weight(dec!(0.1)), ..TradingRules::default() };
    let terms = Terms::of(Frictions::default(), rules);
    let plan = terms.plan(
        Cause::Inception,
        &holdings,
        &target(&[dec!(0.5), dec!(0.5)]),
        &prices(&[dec!(1), dec!(50)]),
    );
    // 45 each after the buffer: 45 of the first, none of the second, whose lot is worth 150.
    assert_eq!((order_units(&plan, 0), order_units(&plan, 1)), (dec!(42), dec!(0)));
    assert_eq!(
        (reason(&plan, 0), reason(&plan, 1)),
        (Some(SkipReason::BelowLot), Some(SkipReason::BelowLot))
    );
}

#[test]
fn a_sale_that_costs_more_than_it_brings_is_not_filled() {
    let holdings = portfolio(dec!(0), &[dec!(3)]);
    let cheap = Terms::of(Frictions::default(), TradingRules::default());
    let plan = cheap.plan(Cause::Schedule, &holdings, &TargetPortfolio::of_cash(), &prices(&[dec!(1)]));
    let costs = Frictions { gas: Some(gas(dec!(5))), ..Frictions::default() };
    let dear = Terms::of(costs, TradingRules::default());
    let outcome = dear.fill(&plan, &holdings, &prices(&[dec!(1)]));
    assert_eq!((outcome.fills.len(), outcome.shortfalls[0].reason), (0, ShortfallReason::CostsExceedValue));
}

#[derive(Clone, Debug)]
struct Case {
    holdings: Holdings,
    goal: TargetPortfolio,
    market: Liquid,
    later: Liquid,
    terms: Terms,
}

fn costs() -> impl Strategy<Value = Frictions> {
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

fn rules() -> impl Strategy<Value = TradingRules> {
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

fn friction_cases() -> impl Strategy<Value = Case> {
    let volumes = || {
        prop::collection::vec(
            prop_oneof![1 => Just(Decimal::ZERO), 4 => decimal(0..100_000_000, 0..3)],
            COUNT,
        )
    };
    (cases(), costs(), rules(), volumes(), volumes()).prop_map(|(case, costs, rules, volumes, later)| Case {
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
    })
}

proptest! {
    // A plan by search takes a while in a build without optimisation.
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn value_is_conserved_and_no_prefix_overdraws(case in friction_cases()) {
        let plan = case.terms.plan(Cause::Schedule, &case.holdings, &case.goal, &case.market);
        let filled = case.terms.fill(&plan, &case.holdings, &case.market);
        // At prices that are a million times as high a figure may fit no decimal.
        let later = case.terms.try_fill(&plan, &case.holdings, &case.later).ok();
        for (market, outcome) in [(&case.market, Some(filled)), (&case.later, later)] {
            let Some(outcome) = outcome else { continue };
            // Booking asserts that no prefix overdraws cash or units.
            let after = book(&case.holdings, &outcome.fills);
            let mut explained = worth(&after, &market.prices);
            for each in &outcome.fills {
                let exact = each.units.value_at(each.price);
                let booked = Exact::from(each.notional.decimal());
                let rounding = if each.side == Side::Buy { booked.minus(exact) } else { exact.minus(booked) }.unwrap();
                prop_assert!(!rounding.is_negative());
                explained = explained.plus(rounding).unwrap();
                explained = explained.plus(Exact::from(each.costs.total().unwrap().decimal())).unwrap();
            }
            prop_assert!(explained.compare(worth(&case.holdings, &market.prices)).unwrap().is_eq());
        }
    }

    #[test]
    fn a_plan_fits_at_its_own_prices_in_any_order_of_each_side(case in friction_cases(), turn in 0_usize..COUNT) {
        let plan = case.terms.plan(Cause::Schedule, &case.holdings, &case.goal, &case.market);
        let outcome = case.terms.fill(&plan, &case.holdings, &case.market);
        prop_assert_eq!(&outcome.shortfalls, &[], "a plan at its own prices fits");
        let (mut sells, mut buys): (Vec<_>, Vec<_>) =
            outcome.fills.into_iter().partition(|each| each.side == Side::Sell);
        for side in [&mut sells, &mut buys] {
            let turns = turn.checked_rem(side.len()).unwrap_or(0);
            side.rotate_left(turns);
        }
        sells.append(&mut buys);
        book(&case.holdings, &sells);
    }

    #[test]
    fn a_trade_never_overshoots_its_target(case in friction_cases()) {
        let plan = case.terms.plan(Cause::Schedule, &case.holdings, &case.goal, &case.market);
        for line in &plan.lines {
            let Ok(order) = &line.action else { continue };
            let wanted = match order.side {
                Side::Buy => line.target_units.minus(line.units).unwrap(),
                Side::Sell => line.units.minus(line.target_units).unwrap(),
            };
            let undone = line.undone.as_ref().map_or(Quantity::ZERO, |undone| undone.units);
            prop_assert_eq!(order.units.plus(undone).unwrap(), wanted);
        }
    }

    #[test]
    fn filters_hold(case in friction_cases()) {
        let plan = case.terms.plan(Cause::Schedule, &case.holdings, &case.goal, &case.market);
        let rules = &case.terms.rules;
        let mut by_side = [Decimal::ZERO; 2];
        for line in &plan.lines {
            let Ok(order) = &line.action else { continue };
            let value = order.units.decimal() * order.decision_price.decimal();
            let is_exit = line.target_weight.is_zero();
            if let Some(minimum) = rules.minimum {
                let least = if is_exit { minimum.exit } else { minimum.trade };
                prop_assert!(value + Decimal::new(1, case.terms.money_scale) > least.decimal());
            }
            if let Some(part) = rules.participation_max {
                let volume = case.market.volumes[&order.asset];
                prop_assert!(value <= part.decimal() * volume);
            }
            if let Some(lot) = rules.lots.of(&order.asset) {
                prop_assert!((order.units.decimal() % lot.decimal()).is_zero());
            }
            if !is_exit {
                by_side[usize::from(order.side == Side::Buy)] += value;
            }
        }
        if let Some(limit) = rules.turnover {
            let budget = limit.one_way_max.decimal() * plan.equity.decimal() + dec!(0.000001);
            prop_assert!(by_side[0] <= budget && by_side[1] <= budget, "{by_side:?} of {budget}");
        }
    }

    #[test]
    fn planning_from_the_result_trades_nothing(case in friction_cases()) {
        // What is carried goes on by intention, and a lot may come within reach when costs turn out lower than feared.
        let mut terms = case.terms.clone();
        terms.rules = TradingRules { participation_max: None, turnover: None, lots: Lots::default(), ..terms.rules };
        let plan = terms.plan(Cause::Schedule, &case.holdings, &case.goal, &case.market);
        // A trade whose impact would take all of it may be worth making in a smaller size.
        prop_assume!(!plan.skips().any(|(_, skip)| skip.reason == SkipReason::CostsExceedValue));
        let after = book(&case.holdings, &terms.fill(&plan, &case.holdings, &case.market).fills);
        let again = terms.plan(Cause::Schedule, &after, &case.goal, &case.market);
        let orders: Vec<_> = again.orders().collect();
        prop_assert!(orders.is_empty(), "{orders:?} after {plan:?}");
    }

    #[test]
    fn zero_frictions_are_the_plain_plan(case in cases()) {
        let plain = plan(now(), Cause::Schedule, &case.holdings, &case.goal, &case.market, &case.terms).unwrap();
        let rates = case.terms.costs.proportional_rate().unwrap().times(dec!(10000)).unwrap();
        let rate = Bps::new(rates.round(4, regimen_types::Rounding::Down).unwrap()).unwrap();
        let costs = Frictions { commission: Commission { rate, ..Commission::default() }, ..Frictions::default() };
        let (money_scale, units_scale) = (case.terms.money_scale, case.terms.units_scale);
        let terms = Terms { costs, rules: TradingRules::default(), money_scale, units_scale };
        prop_assert_eq!(terms.plan(Cause::Schedule, &case.holdings, &case.goal, &case.market), plain);
    }

    #[test]
    fn a_search_finds_what_the_equation_gives(case in cases()) {
        // A first tier at the same rate makes the same costs, but sizes by search.
        let plain = plan(now(), Cause::Schedule, &case.holdings, &case.goal, &case.market, &case.terms).unwrap();
        let rates = case.terms.costs.proportional_rate().unwrap().times(dec!(10000)).unwrap();
        let rate = Bps::new(rates.round(4, regimen_types::Rounding::Down).unwrap()).unwrap();
        let commission = Commission { rate, tiers: vec![(money(dec!(1)), rate)], ..Commission::default() };
        let (money_scale, units_scale) = (case.terms.money_scale, case.terms.units_scale);
        let costs = Frictions { commission, ..Frictions::default() };
        let terms = Terms { costs, rules: TradingRules::default(), money_scale, units_scale };
        let searched = terms.plan(Cause::Schedule, &case.holdings, &case.goal, &case.market);
        let gap = searched.equity_after_costs.decimal() - plain.equity_after_costs.decimal();
        let step = Decimal::from(COUNT) * dec!(1000000) * Decimal::new(1, units_scale);
        prop_assert!(gap.abs() <= Decimal::new(5000, money_scale) + step, "{gap}");
    }

    #[test]
    fn a_wider_band_never_trades_more(case in cases(), narrow in 1_i64..100, more in 1_i64..100, edge in any::<bool>()) {
        let trade_to = if edge { TradeTo::Edge } else { TradeTo::Target };
        let with_band = |width: i64| {
            let rules = TradingRules { band: band(Decimal::new(width, 3), trade_to), ..TradingRules::default() };
            let terms = TradingTerms { rules: &rules, ..case.terms };
            plan(now(), Cause::Schedule, &case.holdings, &case.goal, &case.market, &terms).unwrap()
        };
        let (narrow, wide) = (with_band(narrow), with_band(narrow + more));
        let rounding = dec!(0.0001) + Decimal::from(COUNT) * dec!(1000000) * Decimal::new(2, case.terms.units_scale);
        prop_assert!(traded(&wide) <= traded(&narrow) + rounding, "{} > {}", traded(&wide), traded(&narrow));
    }
}

/// The market at a later instant, within the bounds of a quote.
fn within_bounds(market: &Liquid, moves: &[i64], bounds: &QuoteBounds, volume_part: Decimal) -> Liquid {
    let mut later = market.clone();
    for (number, part) in moves.iter().enumerate() {
        let Some((price, _)) = later.prices.0.get_mut(&asset(number)) else { continue };
        // From the full move down to the full move up.
        let bound = bounds.adverse_move[&asset(number)].decimal() / dec!(10000);
        *price = (*price * (Decimal::ONE + bound * Decimal::new(*part, 2))).round_dp(20).normalize();
    }
    for volume in later.volumes.values_mut() {
        *volume = (*volume * volume_part).round_dp(6);
    }
    later
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_quote_s_minimum_holds_within_its_bounds(
        case in friction_cases(),
        sells in any::<bool>(),
        amount in 1_i64..1_000_000,
        distance in 0_i64..2000,
        moves in prop::collection::vec(-100_i64..=100, COUNT),
        more_volume in 50_i64..=100,
    ) {
        // Beyond the whole volume impact takes more of a larger trade than the trade is larger, and nothing is monotone.
        let mut case = case;
        case.terms.rules.participation_max = Some(weight(dec!(0.3)));
        let bounds = QuoteBounds {
            adverse_move: (0..COUNT).map(|number| (asset(number), bps(distance))).collect(),
            volume_part: weight(dec!(0.5)),
        };
        let request = QuoteRequest {
            as_of: now(),
            side: if sells { Side::Sell } else { Side::Buy },
            amount: money(amount.into()),
            holdings: &case.holdings,
            target: &case.goal,
            bounds: &bounds,
        };
        let quote = quote(&request, &case.market, &case.terms.terms()).unwrap();
        prop_assert!(quote.minimum_value <= quote.expected_value, "{} {}", quote.minimum_value, quote.expected_value);
        let mut before = case.holdings.clone();
        before.set_cash(if sells { Money::ZERO } else { request.amount });
        let mut positions = case.holdings.clone();
        positions.set_cash(Money::ZERO);
        let later = within_bounds(&case.market, &moves, &bounds, Decimal::new(more_volume, 2));
        let after = book(&before, &case.terms.fill(&quote.plan, &before, &later).fills);
        let received = if sells {
            Exact::from(after.cash().minus(before.cash()).unwrap().decimal())
        } else {
            worth(&after, &case.market.prices).minus(worth(&positions, &case.market.prices)).unwrap()
        };
        let minimum = Exact::from(quote.minimum_value.decimal());
        // Whole lots and grids of units make a scaled purchase differ by one step of each asset.
        let step = Decimal::new(1, 6) + Decimal::from(COUNT) * dec!(1000000) * Decimal::new(1, case.terms.units_scale)
            + Decimal::from(COUNT) * Decimal::new(10, case.terms.money_scale);
        prop_assert!(received.plus(Exact::from(step)).unwrap().compare(minimum).unwrap().is_ge(), "{received:?} < {}", quote.minimum_value);
    }
}

#[test]
fn a_quote_of_a_purchase() {
    // 1000 into two halves at 1 % commission, half a percent of spread and 1 of gas each: 2 + x + 0.015 x = 1000.
    let costs = Frictions {
        commission: Commission { rate: bps(100), ..Commission::default() },
        half_spread: HalfSpread::Fixed(bps(50)),
        gas: Some(gas(dec!(1))),
        ..Frictions::default()
    };
    let terms = Terms::of(costs, TradingRules::default());
    let goal = target(&[dec!(0.5), dec!(0.5)]);
    let bounds =
        QuoteBounds { adverse_move: BTreeMap::from([(asset(0), bps(1000))]), volume_part: Weight::ONE };
    let nothing = Holdings::of_cash(Money::ZERO);
    let request = QuoteRequest {
        as_of: now(),
        side: Side::Buy,
        amount: money(dec!(1000)),
        holdings: &nothing,
        target: &goal,
        bounds: &bounds,
    };
    let quote = quote(&request, &prices(&[dec!(1), dec!(1)]), &terms.terms()).unwrap();
    let cents = |amount: Money| amount.decimal().round_dp(2);
    assert_eq!(
        (cents(quote.costs.gas), cents(quote.costs.fee), cents(quote.costs.spread)),
        (dec!(2), dec!(9.83), dec!(4.92))
    );
    assert_eq!(cents(quote.expected_value), dec!(983.25));
    // If the first rises by a tenth, 998 pay for 1.05 × 1.015 = 1.06575 for each unit: 936.43.
    assert_eq!(cents(quote.minimum_value), dec!(936.43));
    assert_eq!(cents(quote.expected_slippage), dec!(4.92));
    assert_eq!(cents(quote.undone), dec!(0));
}

#[test]
fn a_lot_that_is_too_dear_at_the_bounds_does_not_raise_the_minimum() {
    let costs = Frictions {
        commission: Commission { rate: bps(100), ..Commission::default() },
        ..Frictions::default()
    };
    let lots = Lots { default: Some(Quantity::new(dec!(1)).unwrap()), of_asset: BTreeMap::new() };
    let terms = Terms::of(costs, TradingRules { lots, ..TradingRules::default() });
    let bounds =
        QuoteBounds { adverse_move: BTreeMap::from([(asset(0), bps(1000))]), volume_part: Weight::ONE };
    let (nothing, goal) = (Holdings::of_cash(Money::ZERO), target(&[dec!(1)]));
    let request = QuoteRequest {
        as_of: now(),
        side: Side::Buy,
        amount: money(dec!(100)),
        holdings: &nothing,
        target: &goal,
        bounds: &bounds,
    };
    let quote = quote(&request, &prices(&[dec!(98)]), &terms.terms()).unwrap();
    // One lot of 98 and 0.98 of costs; at 107.8 it cannot be paid for, and 100 buy 0.918472 of it.
    assert_eq!(quote.expected_value.decimal().round_dp(2), dec!(99.02));
    assert_eq!(quote.minimum_value.decimal().round_dp(2), dec!(90.01));
}
