//! Laws of triggers: when a portfolio is rebalanced.

use regimen_planning::{Market, TargetPortfolio, TradingRules, TradingTerms, plan};
use regimen_types::{AsOf, Bps, Cause, CostRates, Holdings, Order};
use rust_decimal::Decimal;

use crate::check::Check;
use crate::fills::{book, filled_at_once};
use crate::law::{Judgement, Objection, laws};
use crate::market::exact_product;
use crate::portfolio::{Portfolio, Trades, portfolios};

laws! {
    /// The laws of triggers.
    TriggerLaw {
        Determinism = "determinism": "the same portfolio fires the same way each time",
        AtTarget = "at target": "a portfolio that holds its target does not fire",
        Unit = "unit": "multiplying all prices and the cash by one number changes nothing",
        Split = "split": "ten times the units at a tenth of the price changes nothing",
    }
}

/// A trigger: says whether holdings are to be rebalanced to a target, and why.
pub type TriggerFunction = dyn Fn(AsOf, &Holdings, &TargetPortfolio, &dyn Market) -> Option<Cause>;

/// Prepares the check of a trigger. A trigger with an absolute amount has no law of the [unit](TriggerLaw::Unit).
#[must_use]
pub fn trigger<'a>(name: &str, fires: &'a TriggerFunction) -> Check<'a, TriggerLaw, Portfolio> {
    let judge = move |law, portfolio: &Portfolio| judge(law, fires, portfolio);
    Check::new(name.to_owned(), TriggerLaw::ALL, portfolios(1..=6), judge)
}

fn fired(fires: &TriggerFunction, portfolio: &Portfolio) -> Option<Cause> {
    fires(portfolio.as_of(), &portfolio.holdings(), &portfolio.target(), portfolio)
}

fn judge(law: TriggerLaw, fires: &TriggerFunction, portfolio: &Portfolio) -> Judgement {
    let expected = fired(fires, portfolio);
    match law {
        TriggerLaw::Determinism => same("asked again", expected, fired(fires, portfolio)),
        TriggerLaw::AtTarget => {
            let there = at_target(portfolio)?;
            let change = format!("the target reached:\n{}", crate::Case::shown(&there));
            same(&change, None, fired(fires, &there))
        }
        TriggerLaw::Unit => {
            for factor in [Decimal::ONE_THOUSAND, Decimal::new(1, 3)] {
                let Some(other) = in_unit(portfolio, factor) else { continue };
                let change = format!("all prices and the cash times {}", factor.normalize());
                same(&change, expected, fired(fires, &other))?;
            }
            Ok(())
        }
        TriggerLaw::Split => {
            let mut other = portfolio.clone();
            for each in &mut other.positions {
                each.units = exact_product(each.units, Decimal::TEN).ok_or(Objection::NotApplicable)?;
                each.price = exact_product(each.price, Decimal::new(1, 1)).ok_or(Objection::NotApplicable)?;
            }
            same("ten times the units at a tenth of the price", expected, fired(fires, &other))
        }
    }
}

/// Trades the portfolio to its target at no cost.
fn at_target(portfolio: &Portfolio) -> Result<Portfolio, Objection> {
    let mut free = portfolio.clone();
    free.positions.iter_mut().for_each(|each| each.trades = Trades::Both);
    let costs = CostRates { fee_bps: Bps::ZERO, slippage_bps: Bps::ZERO };
    let rules = TradingRules::default();
    let terms = TradingTerms { costs: &costs, rules: &rules, money_scale: 12, units_scale: 18 };
    let (as_of, holdings) = (free.as_of(), free.holdings());
    let planned = plan(as_of, Cause::Schedule, &holdings, &free.target(), &free, &terms);
    let planned = planned.map_err(|_| Objection::NotApplicable)?;
    let orders: Vec<Order> = planned.orders().cloned().collect();
    let filled = filled_at_once(&free, &orders, &terms)?;
    if planned.equity.is_zero() {
        return Err(Objection::NotApplicable);
    }
    let mut after = holdings;
    for each in &filled.fills {
        book(&mut after, each).ok_or(Objection::NotApplicable)?;
    }
    Ok(free.holding(&after))
}

fn in_unit(portfolio: &Portfolio, factor: Decimal) -> Option<Portfolio> {
    let mut other = portfolio.clone();
    other.cash = exact_product(other.cash, factor)?;
    for each in &mut other.positions {
        each.price = exact_product(each.price, factor)?;
        each.volume = exact_product(each.volume, factor)?;
    }
    Some(other)
}

fn same(change: &str, expected: Option<Cause>, found: Option<Cause>) -> Judgement {
    if expected == found {
        return Ok(());
    }
    let shown = |cause: Option<Cause>| {
        cause.map_or("no rebalance".to_owned(), |cause| format!("a rebalance: {cause}"))
    };
    Err(Objection::breach(change, shown(expected), shown(found)))
}
