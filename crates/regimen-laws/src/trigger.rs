//! Laws of triggers: when a portfolio is rebalanced.

use regimen_planning::{
    Drift, DriftLine, Market, PlanRequest, RebalanceTrigger, TargetPortfolio, TradingRules, TradingTerms,
    TriggerReading,
};
use regimen_types::{AsOf, Bps, Cause, CostRates, Holdings, Order, Ratio};
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
        Reason = "reason": "a trigger fires exactly if what it measured is above what it allows, so a hold says why",
        ForcedExit = "forced exit": "a held asset that the target does not have, worth a millionth of the whole or more, is an occasion to trade",
    }
}

/// A trigger: returns the cause of a rebalance to the target, or `None` to hold.
pub type TriggerFunction = dyn Fn(AsOf, &Holdings, &TargetPortfolio, &dyn Market) -> Option<Cause>;
type Fires<'f> = dyn Fn(AsOf, &Holdings, &TargetPortfolio, &dyn Market) -> Option<Cause> + 'f;

/// The laws of every trigger, regardless of its cause.
const OF_ALL: &[TriggerLaw] =
    &[TriggerLaw::Determinism, TriggerLaw::AtTarget, TriggerLaw::Unit, TriggerLaw::Split];

/// Prepares the check of a trigger. A trigger with an absolute amount does not keep the law of the
/// [unit](TriggerLaw::Unit). One that claims to sell the assets that left the index has the law of the
/// [forced exit](TriggerLaw::ForcedExit): add it with [`Check::with`].
#[must_use]
pub fn trigger<'a>(name: &str, fires: &'a TriggerFunction) -> Check<'a, TriggerLaw, Portfolio> {
    let judge = move |law, portfolio: &Portfolio| judge(law, fires, portfolio);
    Check::new(name.to_owned(), OF_ALL, portfolios(1..=6), judge)
}

/// Prepares the check of a [`RebalanceTrigger`], including its [reason](TriggerLaw::Reason). A trigger whose
/// cause is [`Cause::ForcedExit`] claims to fire for each asset that left.
///
/// ```
/// use regimen_laws::rebalance_trigger;
/// use regimen_planning::ForcedExitTrigger;
/// rebalance_trigger(&ForcedExitTrigger).check().unwrap();
/// ```
#[must_use]
pub fn rebalance_trigger(trigger: &dyn RebalanceTrigger) -> Check<'_, TriggerLaw, Portfolio> {
    let read = move |as_of, holdings: &Holdings, target: &TargetPortfolio, market: &dyn Market| {
        trigger.read(&Drift::measure(as_of, holdings, target, market).ok()?).ok()
    };
    let fires = move |as_of: AsOf, holdings: &Holdings, target: &TargetPortfolio, market: &dyn Market| {
        read(as_of, holdings, target, market).filter(|reading| reading.fires).map(|reading| reading.cause)
    };
    let judge = move |law, portfolio: &Portfolio| match law {
        TriggerLaw::Reason => {
            let reading = read(portfolio.as_of(), &portfolio.holdings(), &portfolio.target(), portfolio);
            reason(&reading.ok_or(Objection::NotApplicable)?)
        }
        law => judge(law, &fires, portfolio),
    };
    let checked =
        Check::new(format!("{trigger:?}"), OF_ALL, portfolios(1..=6), judge).with(TriggerLaw::Reason);
    let nothing = trigger.read(&Drift { lines: Vec::new(), turnover: Ratio::ZERO });
    let claims_exits = nothing.is_ok_and(|reading| reading.cause == Cause::ForcedExit);
    if claims_exits { checked.with(TriggerLaw::ForcedExit) } else { checked }
}

/// A reading holds the measured and the allowed value; the verdict follows from the two.
fn reason(reading: &TriggerReading) -> Judgement {
    let TriggerReading { fires, measured, allowed, .. } = reading;
    if *fires == (measured > allowed) {
        return Ok(());
    }
    let verdict = |fires: bool| if fires { "a rebalance" } else { "no rebalance" };
    let expected =
        format!("{}, as {measured} is measured and {allowed} allowed", verdict(measured > allowed));
    Err(Objection::breach("", expected, verdict(*fires)))
}

/// The least part of the whole that is an occasion.
const MILLIONTH: Decimal = Decimal::from_parts(1, 0, 0, false, 6);

fn forced_exit(portfolio: &Portfolio, found: Option<Cause>) -> Judgement {
    let (as_of, target) = (portfolio.as_of(), portfolio.target());
    let drift = Drift::measure(as_of, &portfolio.holdings(), &target, portfolio);
    let drift = drift.map_err(|_| Objection::NotApplicable)?;
    let left = |line: &&DriftLine| line.target_weight.is_zero() && line.weight.decimal() >= MILLIONTH;
    let Some(line) = drift.lines.iter().find(left) else { return Err(Objection::NotApplicable) };
    if found.is_some() {
        return Ok(());
    }
    let expected = format!("a rebalance, as {} is held and not in the target", line.asset);
    Err(Objection::breach("", expected, "no rebalance"))
}

fn fired(fires: &Fires<'_>, portfolio: &Portfolio) -> Option<Cause> {
    fires(portfolio.as_of(), &portfolio.holdings(), &portfolio.target(), portfolio)
}

fn judge(law: TriggerLaw, fires: &Fires<'_>, portfolio: &Portfolio) -> Judgement {
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
        // A function gives no reason.
        TriggerLaw::Reason => Err(Objection::NotApplicable),
        TriggerLaw::ForcedExit => forced_exit(portfolio, expected),
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
    let request = PlanRequest {
        as_of,
        cause: Cause::Schedule,
        holdings: &holdings,
        target: &free.target(),
        market: &free,
        terms: &terms,
        only: None,
    };
    let planned = request.plan().map_err(|_| Objection::NotApplicable)?;
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
