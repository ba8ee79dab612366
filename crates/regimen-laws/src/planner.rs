//! Laws of planners: from holdings to orders.

use regimen_planning::{
    Market, PlanError, PlanRequest, RebalancePlan, SkipReason, TradingRules, TradingTerms,
};
use regimen_types::{AssetId, Cause, Exact, Holdings, Order, Rounding, Side};
use rust_decimal::Decimal;

use crate::check::Check;
use crate::fills::{book, filled_at_once};
use crate::law::{Judgement, Objection, laws};
use crate::portfolio::{Portfolio, portfolios};

laws! {
    /// The laws of planners.
    PlannerLaw {
        Determinism = "determinism": "the same portfolio gets the same plan each time",
        Lines = "lines": "each asset that is held or wanted has one line, in order of the identifiers, and no other asset has one",
        Tradable = "tradable": "what may not be bought or sold is not",
        Overshoot = "overshoot": "an order ends at its target units or before",
        Fits = "fits": "at the prices of the plan, every order is filled, and cash is never negative",
        AtTarget = "at target": "after a plan that leaves nothing undone is filled, the same target asks for no trade",
        Aim = "aim": "a position that is traded in full ends at its weight of the equity after costs, or less than one step of units below it",
    }
}

/// A planner: the signature of [`PlanRequest::plan`].
pub type PlanFunction = dyn Fn(&PlanRequest<'_>) -> Result<RebalancePlan, PlanError>;

/// Prepares the check of a planner that trades on the given terms.
///
/// [`PlannerLaw::AtTarget`] needs fine units: with whole units, a second plan may come closer than the first.
/// [`PlannerLaw::Aim`] applies without bands and filters, and is left out otherwise.
///
/// ```
/// use regimen_laws::planner;
/// use regimen_planning::{PlanRequest, TradingRules, TradingTerms};
/// use regimen_types::CostRates;
/// let costs = CostRates { fee_bps: "10".parse().unwrap(), slippage_bps: "5".parse().unwrap() };
/// let rules = TradingRules::default();
/// let terms = TradingTerms { costs: &costs, rules: &rules, money_scale: 8, units_scale: 12 };
/// planner("regimen's own", &|request: &PlanRequest<'_>| request.plan(), &terms).check().unwrap();
/// ```
#[must_use]
pub fn planner<'a>(
    name: &str,
    plan: &'a PlanFunction,
    terms: &'a TradingTerms<'a>,
) -> Check<'a, PlannerLaw, Portfolio> {
    let judge = move |law, portfolio: &Portfolio| Planning { plan, terms, portfolio }.judge(law);
    let check = Check::new(name.to_owned(), PlannerLaw::ALL, portfolios(1..=8), judge);
    if *terms.rules == TradingRules::default() { check } else { check.without(PlannerLaw::Aim) }
}

/// One portfolio, its planner and the terms of trade.
struct Planning<'a> {
    plan: &'a PlanFunction,
    terms: &'a TradingTerms<'a>,
    portfolio: &'a Portfolio,
}

impl Planning<'_> {
    fn plan(&self, portfolio: &Portfolio) -> Result<RebalancePlan, Objection> {
        let (holdings, target) = (portfolio.holdings(), portfolio.target());
        let request = PlanRequest {
            as_of: portfolio.as_of(),
            cause: Cause::Schedule,
            holdings: &holdings,
            target: &target,
            market: portfolio,
            terms: self.terms,
            only: None,
        };
        (self.plan)(&request).map_err(|_| Objection::NotApplicable)
    }

    fn judge(&self, law: PlannerLaw) -> Judgement {
        let plan = self.plan(self.portfolio)?;
        match law {
            PlannerLaw::Determinism => {
                let again = self.plan(self.portfolio)?;
                if plan == again {
                    Ok(())
                } else {
                    Err(Objection::breach("planned again", shown(&plan), shown(&again)))
                }
            }
            PlannerLaw::Lines => self.lines(&plan),
            PlannerLaw::Tradable => self.tradable(&plan),
            PlannerLaw::Overshoot => overshoot(&plan),
            PlannerLaw::Fits => self.fits(&plan),
            PlannerLaw::AtTarget => self.at_target(&plan),
            PlannerLaw::Aim => self.aim(&plan),
        }
    }

    fn lines(&self, plan: &RebalancePlan) -> Judgement {
        let target = self.portfolio.target();
        let holdings = self.portfolio.holdings();
        let concerned = |asset: &AssetId| {
            !holdings.units(asset).is_zero() || target.weights().any(|(name, _)| name == asset)
        };
        let mut expected: Vec<&AssetId> = self
            .portfolio
            .positions
            .iter()
            .map(|each| &each.asset)
            .filter(|asset| concerned(asset))
            .collect();
        expected.sort_unstable();
        if plan.lines.iter().map(|line| &line.asset).eq(expected.iter().copied()) {
            return Ok(());
        }
        let expected: Vec<&str> = expected.iter().map(|asset| asset.as_str()).collect();
        let found: Vec<&str> = plan.lines.iter().map(|line| line.asset.as_str()).collect();
        Err(Objection::breach(
            "",
            format!("lines of {}", expected.join(", ")),
            format!("lines of {}", found.join(", ")),
        ))
    }

    fn tradable(&self, plan: &RebalancePlan) -> Judgement {
        for order in plan.orders() {
            let may = self.portfolio.mark(&order.asset).is_some_and(|mark| match order.side {
                Side::Buy => mark.buyable,
                Side::Sell => mark.sellable,
            });
            if !may {
                let expected = format!("no order to {} {}", order.side, order.asset);
                return Err(Objection::breach("", expected, shown(plan)));
            }
        }
        Ok(())
    }

    /// Fills the plan's orders at its own prices, one by one, and returns the holdings after them.
    fn filled(&self, plan: &RebalancePlan) -> Result<Holdings, Objection> {
        let orders: Vec<Order> = plan.orders().cloned().collect();
        let outcome = filled_at_once(self.portfolio, &orders, self.terms)?;
        if let Some(shortfall) = outcome.shortfalls.first() {
            let (asset, reason) = (&shortfall.order.asset, shortfall.reason.as_str());
            let found = format!("{} of {asset} not traded: {reason}\n{}", shortfall.units, shown(plan));
            return Err(Objection::breach("", "all orders filled", found));
        }
        let mut after = self.portfolio.holdings();
        for each in &outcome.fills {
            book(&mut after, each).ok_or(Objection::NotApplicable)?;
            if after.cash().is_negative() {
                let found = format!("cash of {} after {}\n{}", after.cash(), each.asset, shown(plan));
                return Err(Objection::breach("", "cash of zero or more", found));
            }
        }
        Ok(after)
    }

    fn fits(&self, plan: &RebalancePlan) -> Judgement {
        self.filled(plan).map(|_| ())
    }

    fn at_target(&self, plan: &RebalancePlan) -> Judgement {
        let is_done = |reason| {
            matches!(reason, SkipReason::AtTarget | SkipReason::NotTradable | SkipReason::WithinBand)
        };
        if !plan.skips().all(|(_, skip)| is_done(skip.reason)) {
            return Err(Objection::NotApplicable);
        }
        let after = self.filled(plan)?;
        let again = self.plan(&self.portfolio.holding(&after))?;
        if again.orders().next().is_none() {
            return Ok(());
        }
        Err(Objection::breach(format!("the plan filled:\n{}", shown(plan)), "no orders", shown(&again)))
    }

    fn aim(&self, plan: &RebalancePlan) -> Judgement {
        let lost = |_| Objection::NotApplicable;
        if plan.skips().any(|(_, skip)| skip.reason == SkipReason::NotTradable) {
            // The target applies to the rest in that case.
            return Err(Objection::NotApplicable);
        }
        for line in plan.lines.iter().filter(|line| line.action.is_ok() && line.undone.is_none()) {
            let price = self.portfolio.mark(&line.asset).ok_or(Objection::NotApplicable)?.price;
            let aimed = Exact::product(line.target_weight.decimal(), plan.equity_after_costs.decimal());
            let gap = aimed.minus(line.target_units.value_at(price)).map_err(lost)?;
            let gap = gap.round(24, Rounding::HalfEven).map_err(lost)?;
            let step = Exact::product(price.decimal(), Decimal::new(1, self.terms.units_scale));
            let step = step.round(24, Rounding::Up).map_err(lost)?;
            let money = Decimal::new(1, self.terms.money_scale);
            if gap > step.saturating_add(money) || gap.saturating_add(money) < Decimal::ZERO {
                let expected =
                    format!("{} worth {} of {}", line.asset, line.target_weight, plan.equity_after_costs);
                return Err(Objection::breach("", expected, shown(plan)));
            }
        }
        Ok(())
    }
}

fn overshoot(plan: &RebalancePlan) -> Judgement {
    for line in &plan.lines {
        let Ok(order) = &line.action else { continue };
        let (lower, upper, reached) = match order.side {
            Side::Buy => (line.units, line.target_units, line.units.plus(order.units).ok()),
            Side::Sell => (line.target_units, line.units, line.units.minus(order.units).ok()),
        };
        if !reached.is_some_and(|reached| reached >= lower && reached <= upper) {
            let expected = format!("{} from {} to {} units", line.asset, line.units, line.target_units);
            return Err(Objection::breach("", expected, shown(plan)));
        }
    }
    Ok(())
}

fn shown(plan: &RebalancePlan) -> String {
    let orders: Vec<String> =
        plan.orders().map(|order| format!("{} {} {}", order.side, order.units, order.asset)).collect();
    let orders = if orders.is_empty() { "no orders".to_owned() } else { orders.join(", ") };
    format!("{orders}; equity {}, after costs {}", plan.equity, plan.equity_after_costs)
}
