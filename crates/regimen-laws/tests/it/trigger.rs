//! Laws of triggers.

use std::sync::atomic::{AtomicU32, Ordering};

use regimen_laws::{TriggerLaw, rebalance_trigger, trigger};
use regimen_planning::{
    Drift, DriftTrigger, ForcedExitTrigger, Market, RebalanceTrigger, TargetPortfolio, TriggerReading,
    TurnoverTrigger,
};
use regimen_types::{ArithmeticError, AsOf, AssetId, Cause, Exact, Holdings, Ratio, Rounding};
use rust_decimal::Decimal;
use rust_decimal_macros::dec;

use crate::breaks::breaks;

/// The largest distance of a position's weight from its target.
fn drift(holdings: &Holdings, target: &TargetPortfolio, market: &dyn Market) -> Decimal {
    let price = |asset: &AssetId| market.mark(asset).map(|mark| mark.price);
    let equity = holdings.value(price).unwrap();
    let assets = target.weights().map(|(asset, _)| asset).chain(holdings.positions().map(|(asset, _)| asset));
    let distance = |asset: &AssetId| {
        let value = holdings.units(asset).value_at(price(asset).unwrap());
        let weight = if equity.compare(Exact::ZERO).unwrap().is_gt() {
            value.ratio(equity, 12, Rounding::HalfEven).unwrap()
        } else {
            dec!(0)
        };
        (weight - target.weight(asset).decimal()).abs()
    };
    assets.map(distance).max().unwrap_or_default()
}

fn when(fires: bool) -> Option<Cause> {
    fires.then_some(Cause::Schedule)
}

#[test]
fn a_drift_trigger_keeps_all_laws() {
    let drifts = |_: AsOf, holdings: &Holdings, target: &TargetPortfolio, market: &dyn Market| {
        when(drift(holdings, target, market) > dec!(0.05))
    };
    trigger("drift of 5 points", &drifts).cases(300).check().unwrap();
}

#[test]
fn determinism_is_checked() {
    let calls = AtomicU32::new(0);
    let moody = move |_: AsOf, _: &Holdings, _: &TargetPortfolio, _: &dyn Market| {
        when(calls.fetch_add(1, Ordering::Relaxed).is_multiple_of(2))
    };
    breaks(trigger("moody", &moody), TriggerLaw::Determinism);
}

#[test]
fn a_trigger_at_the_target_is_found() {
    // Whatever is held is an occasion to trade.
    let restless = |_: AsOf, holdings: &Holdings, _: &TargetPortfolio, _: &dyn Market| {
        when(holdings.positions().len() > 0)
    };
    let printed = breaks(trigger("restless", &restless), TriggerLaw::AtTarget);
    assert!(printed.contains("expected  no rebalance"), "{printed}");
}

#[test]
fn the_unit_is_checked() {
    let large_cash = |_: AsOf, holdings: &Holdings, _: &TargetPortfolio, _: &dyn Market| {
        when(holdings.cash().decimal() > dec!(1000))
    };
    let printed = breaks(trigger("cash above 1000", &large_cash), TriggerLaw::Unit);
    assert!(printed.contains("but with  all prices and the cash times "), "{printed}");
}

#[test]
fn splits_are_checked() {
    let many_units = |_: AsOf, holdings: &Holdings, _: &TargetPortfolio, _: &dyn Market| {
        when(holdings.positions().any(|(_, units)| units.decimal() > dec!(1000)))
    };
    breaks(trigger("many units", &many_units), TriggerLaw::Split);
}

#[test]
fn the_built_in_triggers_keep_all_laws() {
    let weight = |text: &str| text.parse().ok();
    let five_twenty_five = DriftTrigger { absolute: weight("0.05"), relative: weight("0.25") };
    rebalance_trigger(&five_twenty_five).cases(300).check().unwrap();
    rebalance_trigger(&TurnoverTrigger { one_way_max: weight("0.1").unwrap() }).cases(300).check().unwrap();
    let exits = rebalance_trigger(&ForcedExitTrigger).cases(300);
    assert!(exits.laws().contains(&TriggerLaw::ForcedExit));
    exits.check().unwrap();
}

/// A trigger that reads what a function makes of the largest reading of the drift.
#[derive(Debug)]
struct Broken(fn(TriggerReading) -> TriggerReading);

impl RebalanceTrigger for Broken {
    fn read(&self, drift: &Drift) -> Result<TriggerReading, ArithmeticError> {
        ForcedExitTrigger.read(drift).map(self.0)
    }
}

#[test]
fn a_reason_that_does_not_fit_is_found() {
    // It holds although its reading is above the threshold.
    let silent = Broken(|reading| TriggerReading { fires: false, ..reading });
    let printed = breaks(rebalance_trigger(&silent), TriggerLaw::Reason);
    assert!(
        printed.contains("expected  a rebalance, as ") && printed.contains(" is measured and 0 allowed"),
        "{printed}"
    );
}

#[test]
fn an_asset_that_left_and_is_kept_is_found() {
    // What is small stays for ever.
    let tolerant = Broken(|reading| {
        let allowed: Ratio = "0.05".parse().unwrap();
        TriggerReading { fires: reading.measured > allowed, allowed, ..reading }
    });
    let printed = breaks(rebalance_trigger(&tolerant), TriggerLaw::ForcedExit);
    assert!(printed.contains(" is held and not in the target"), "{printed}");
    let never = |_: AsOf, _: &Holdings, _: &TargetPortfolio, _: &dyn Market| None;
    breaks(trigger("never", &never).with(TriggerLaw::ForcedExit), TriggerLaw::ForcedExit);
}
