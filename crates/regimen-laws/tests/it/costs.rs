//! Laws of cost models.

use std::sync::atomic::{AtomicU32, Ordering};

use regimen_laws::{CostLaw, cost_model};
use regimen_planning::{Commission, CostModel, Frictions, HalfSpread, SquareRootImpact, Trade};
use regimen_types::{ArithmeticError, Bps, CostRates, Exact, Money, TradeCosts};
use rust_decimal::Decimal;
use rust_decimal_macros::dec;

use crate::breaks::breaks;

/// A model with a fee that a function gives, and a rate that it may claim.
struct Fee<F>(F, Option<Decimal>);

impl<F> std::fmt::Debug for Fee<F> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a broken cost model")
    }
}

impl<F: Fn(Decimal, u32) -> Decimal + Send + Sync> CostModel for Fee<F> {
    fn costs(&self, trade: &Trade<'_>, money_scale: u32) -> Result<TradeCosts, ArithmeticError> {
        let fee = Money::new((self.0)(trade.notional.decimal(), money_scale)).unwrap();
        Ok(TradeCosts { fee, ..TradeCosts::NONE })
    }

    fn proportional_rate(&self) -> Option<Exact> {
        self.1.map(Exact::from)
    }
}

fn up(amount: Decimal, scale: u32) -> Decimal {
    amount.round_dp_with_strategy(scale, rust_decimal::RoundingStrategy::AwayFromZero)
}

#[test]
fn the_built_in_models_keep_all_laws() {
    let bps = |text: &str| text.parse::<Bps>().unwrap();
    let money = |text: &str| text.parse::<Money>().unwrap();
    let rates = CostRates { fee_bps: bps("10"), slippage_bps: bps("5.5") };
    let commission = Commission {
        rate: bps("20"),
        tiers: vec![(money("1000"), bps("10")), (money("100000"), bps("0"))],
        of_asset: [("A".parse().unwrap(), bps("7777"))].into(),
        fixed: money("0.333"),
    };
    let impact = SquareRootImpact { coefficient: dec!(1), otherwise: bps("200") };
    let desk = Frictions {
        commission,
        slippage: bps("3000"),
        half_spread: HalfSpread::Column { otherwise: bps("12") },
        impact: Some(impact),
        gas: None,
        platform_fee: bps("100"),
    };
    cost_model(&rates).cases(500).check().unwrap();
    cost_model(&desk).cases(500).check().unwrap();
}

#[test]
fn determinism_is_checked() {
    let calls = AtomicU32::new(0);
    let moody = Fee(|_, _| Decimal::from(calls.fetch_add(1, Ordering::Relaxed)), None);
    breaks(cost_model(&moody), CostLaw::Determinism);
}

#[test]
fn the_sign_is_checked() {
    let rebate = Fee(|notional: Decimal, scale| -up(notional * dec!(0.001), scale), None);
    let printed = breaks(cost_model(&rebate), CostLaw::Sign);
    assert!(printed.contains("expected  costs of zero or more"), "{printed}");
}

#[test]
fn what_nothing_costs_is_checked() {
    let minimum =
        Fee(|notional: Decimal, scale| up(notional * dec!(0.001), scale).max(dec!(1)), Some(dec!(0.001)));
    let printed = breaks(cost_model(&minimum), CostLaw::Nothing);
    assert!(
        printed.contains("but with  a notional of 0\nexpected  no costs\nfound     fee 1\n"),
        "{printed}"
    );
}

#[test]
fn the_scale_is_checked() {
    let fine = Fee(|notional: Decimal, _| notional * dec!(0.001), None);
    breaks(cost_model(&fine), CostLaw::Scale);
}

#[test]
fn monotonicity_is_checked() {
    // A cheaper rate for the whole of a larger trade, not for the part above.
    let cliff = Fee(
        |notional: Decimal, scale| {
            up(notional * if notional < dec!(1000) { dec!(0.01) } else { dec!(0.001) }, scale)
        },
        None,
    );
    let printed = breaks(cost_model(&cliff), CostLaw::Monotonicity);
    assert!(printed.contains("but with  a notional of "), "{printed}");
}

#[test]
fn costs_beyond_the_notional_are_found() {
    let minimum = Fee(|notional: Decimal, _| if notional.is_zero() { dec!(0) } else { dec!(5) }, None);
    breaks(cost_model(&minimum), CostLaw::WithinNotional);
}

#[test]
fn the_proportional_rate_is_checked() {
    let understated = Fee(|notional: Decimal, scale| up(notional * dec!(0.01), scale), Some(dec!(0.001)));
    breaks(cost_model(&understated), CostLaw::ProportionalRate);
}
