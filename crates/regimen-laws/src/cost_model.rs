//! Laws of cost models.

use proptest::strategy::Strategy;
use regimen_planning::{CostModel, Liquidity, Trade};
use regimen_types::{AsOf, AssetId, Bps, Exact, Money, Rounding, Side, TradeCosts};
use rust_decimal::Decimal;

use crate::case::{Case, Drawn, SIMPLER_DECIMALS_MAX, simpler_decimals};
use crate::check::Check;
use crate::draw::Draw;
use crate::law::{Judgement, Objection, laws};
use crate::market::{FIRST_INSTANT, letter};
use crate::text_table::TextTable;

laws! {
    /// The laws of cost models.
    CostLaw {
        Determinism = "determinism": "the same trade costs the same each time",
        Sign = "sign": "no kind of cost is negative",
        Nothing = "nothing": "a trade of nothing costs no slippage, spread, impact or platform fee, and nothing at all where the model has a proportional rate",
        Scale = "scale": "every cost has at most the decimal places of money",
        Monotonicity = "monotonicity": "the total never falls when the notional rises",
        WithinNotional = "within the notional": "beyond what a notional of zero costs, the total is at most the notional",
        ProportionalRate = "proportional rate": "where the model has a proportional rate, the total is at most the notional times it and a step of money for each kind of cost",
    }
}

/// A trade whose costs are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PricedTrade {
    /// The asset.
    pub asset: AssetId,
    /// Buy or sell.
    pub side: Side,
    /// Units times price.
    pub notional: Decimal,
    /// The volume of a day; zero means unknown.
    pub volume: Decimal,
    /// The daily volatility in basis points; zero is unknown.
    pub volatility_bps: Decimal,
    /// Half the spread in basis points; zero is unknown.
    pub half_spread_bps: Decimal,
    /// The decimal places of money.
    pub money_scale: u32,
}

/// Builds the strategy of trades, from nothing to trillions, of assets called `A` to `H`.
pub fn priced_trades() -> impl Strategy<Value = PricedTrade> + Clone {
    Drawn(|draw: &mut Draw<'_>| {
        let money_scale = draw.pick([0, 2, 2, 8, 12]);
        let notional = draw.decimal(-6..=12).trunc_with_scale(money_scale);
        let known = |draw: &mut Draw<'_>, magnitudes| {
            if draw.one_in(4) { Decimal::ZERO } else { draw.decimal(magnitudes).trunc_with_scale(8) }
        };
        PricedTrade {
            asset: asset(draw.index(8)),
            side: draw.pick([Side::Buy, Side::Sell]),
            notional,
            volume: known(draw, 0..=11),
            volatility_bps: known(draw, 0..=3),
            half_spread_bps: known(draw, -1..=3),
            money_scale,
        }
    })
}

fn asset(number: usize) -> AssetId {
    letter(number).parse().unwrap_or_else(|_| asset(0))
}

impl PricedTrade {
    fn trade(&self, notional: Money) -> Trade<'_> {
        let known = |value: Decimal| Some(value).filter(|value| !value.is_zero());
        let rate = |bps: Decimal| Bps::new(known(bps)?).ok();
        Trade {
            as_of: AsOf::from_unix_millis(FIRST_INSTANT)
                .unwrap_or_else(|| AsOf::from_date(Default::default())),
            asset: &self.asset,
            side: self.side,
            notional,
            liquidity: Liquidity {
                volume: known(self.volume).and_then(|volume| Money::new(volume).ok()),
                volatility: rate(self.volatility_bps),
                half_spread: rate(self.half_spread_bps),
            },
        }
    }
}

/// The numbers of a trade.
const NUMBERS: [fn(&mut PricedTrade) -> &mut Decimal; 4] = [
    |each| &mut each.notional,
    |each| &mut each.volume,
    |each| &mut each.volatility_bps,
    |each| &mut each.half_spread_bps,
];
/// The changes tried for one number: zero, and the simpler numbers.
const CHANGES: usize = SIMPLER_DECIMALS_MAX + 1;

impl Case for PricedTrade {
    fn simplification_count(&self) -> usize {
        NUMBERS.len().saturating_mul(CHANGES).saturating_add(2)
    }

    fn simplification(&self, number: usize) -> Option<Self> {
        let mut simpler = self.clone();
        match number {
            0 => simpler.asset = asset(0),
            1 => simpler.side = Side::Buy,
            _ => {
                let number = number.saturating_sub(2);
                let value = NUMBERS.get(number.checked_div(CHANGES)?)?(&mut simpler);
                *value = match number.checked_rem(CHANGES)?.checked_sub(1) {
                    None => Decimal::ZERO,
                    Some(which) => simpler_decimals(*value).get(which).copied()?,
                };
                let scale = simpler.money_scale;
                simpler.notional = simpler.notional.trunc_with_scale(scale);
            }
        }
        (simpler != *self).then_some(simpler)
    }

    fn shown(&self) -> String {
        let known =
            |value: Decimal| if value.is_zero() { String::new() } else { value.normalize().to_string() };
        let mut table = TextTable::new([
            "trade",
            "notional",
            "daily volume",
            "volatility in bps",
            "half-spread in bps",
            "money scale",
        ]);
        table.push([
            format!("{} {}", self.side, self.asset),
            self.notional.normalize().to_string(),
            known(self.volume),
            known(self.volatility_bps),
            known(self.half_spread_bps),
            self.money_scale.to_string(),
        ]);
        table.without_empty_columns().to_string()
    }
}

/// Prepares the check of a cost model. It may refuse a trade with an error.
///
/// ```
/// use regimen_laws::cost_model;
/// use regimen_types::CostRates;
/// let model = CostRates { fee_bps: "10".parse().unwrap(), slippage_bps: "5".parse().unwrap() };
/// cost_model(&model).check().unwrap();
/// ```
#[must_use]
pub fn cost_model(model: &dyn CostModel) -> Check<'_, CostLaw, PricedTrade> {
    let judge = move |law, trade: &PricedTrade| judge(law, model, trade);
    Check::new(format!("{model:?}"), CostLaw::ALL, priced_trades(), judge)
}

fn judge(law: CostLaw, model: &dyn CostModel, trade: &PricedTrade) -> Judgement {
    let costs = costs(model, trade, trade.notional)?;
    match law {
        CostLaw::Determinism => {
            let again = self::costs(model, trade, trade.notional)?;
            if costs == again {
                Ok(())
            } else {
                Err(Objection::breach("asked again", shown(&costs), shown(&again)))
            }
        }
        CostLaw::Sign => {
            let negative = costs.amounts().iter().any(|amount| amount.is_negative());
            if negative { Err(Objection::breach("", "costs of zero or more", shown(&costs))) } else { Ok(()) }
        }
        CostLaw::Scale => {
            let too_fine = |amount: &Money| amount.decimal().normalize().scale() > trade.money_scale;
            let expected = format!("at most {} decimal places", trade.money_scale);
            if costs.amounts().iter().any(too_fine) {
                Err(Objection::breach("", expected, shown(&costs)))
            } else {
                Ok(())
            }
        }
        CostLaw::Nothing => nothing(model, trade),
        CostLaw::Monotonicity => monotonicity(model, trade, &costs),
        CostLaw::WithinNotional => within_notional(model, trade, &costs),
        CostLaw::ProportionalRate => proportional_rate(model, trade, &costs),
    }
}

fn costs(model: &dyn CostModel, trade: &PricedTrade, notional: Decimal) -> Result<TradeCosts, Objection> {
    let notional = Money::new(notional).map_err(|_| Objection::NotApplicable)?;
    model.costs(&trade.trade(notional), trade.money_scale).map_err(|_| Objection::NotApplicable)
}

fn total(costs: &TradeCosts) -> Result<Decimal, Objection> {
    costs.total().map(Money::decimal).map_err(|_| Objection::NotApplicable)
}

/// A fixed fee and gas are paid per transaction; all other costs depend on the traded amount.
fn nothing(model: &dyn CostModel, trade: &PricedTrade) -> Judgement {
    let of_nothing = costs(model, trade, Decimal::ZERO)?;
    let fixed = TradeCosts { fee: of_nothing.fee, gas: of_nothing.gas, ..TradeCosts::NONE };
    let allowed = if model.proportional_rate().is_some() { TradeCosts::NONE } else { fixed };
    if of_nothing == allowed {
        return Ok(());
    }
    Err(Objection::breach("a notional of 0", shown(&allowed), shown(&of_nothing)))
}

fn monotonicity(model: &dyn CostModel, trade: &PricedTrade, of_trade: &TradeCosts) -> Judgement {
    let step = Decimal::new(1, trade.money_scale);
    let larger = [
        trade.notional.saturating_add(step),
        trade.notional.saturating_mul(Decimal::TWO),
        trade.notional.saturating_mul(Decimal::ONE_THOUSAND),
    ];
    for notional in larger {
        let of_larger = costs(model, trade, notional)?;
        if total(&of_larger)? < total(of_trade)? {
            let expected = format!("at least {}", shown(of_trade));
            let change = format!("a notional of {}", notional.normalize());
            return Err(Objection::breach(change, expected, shown(&of_larger)));
        }
    }
    Ok(())
}

fn within_notional(model: &dyn CostModel, trade: &PricedTrade, of_trade: &TradeCosts) -> Judgement {
    let fixed = total(&costs(model, trade, Decimal::ZERO)?)?;
    if total(of_trade)? <= fixed.saturating_add(trade.notional) {
        return Ok(());
    }
    let expected = format!(
        "at most {} and {}, which a trade of nothing costs",
        trade.notional.normalize(),
        fixed.normalize()
    );
    Err(Objection::breach("", expected, shown(of_trade)))
}

fn proportional_rate(model: &dyn CostModel, trade: &PricedTrade, of_trade: &TradeCosts) -> Judgement {
    let Some(rate) = model.proportional_rate() else { return Ok(()) };
    let lost = |_| Objection::NotApplicable;
    let share =
        rate.times(trade.notional).and_then(|share: Exact| share.round(trade.money_scale, Rounding::Up));
    let kinds = u32::try_from(TradeCosts::NAMES.len()).unwrap_or(u32::MAX);
    let steps = Decimal::from(kinds).saturating_mul(Decimal::new(1, trade.money_scale));
    let allowed = share.map_err(lost)?.saturating_add(steps);
    if total(of_trade)? <= allowed {
        return Ok(());
    }
    Err(Objection::breach("", format!("at most {}", allowed.normalize()), shown(of_trade)))
}

fn shown(costs: &TradeCosts) -> String {
    let known = costs.named().filter(|(_, amount)| !amount.is_zero());
    let each: Vec<String> = known.map(|(name, amount)| format!("{name} {amount}")).collect();
    if each.is_empty() { "no costs".to_owned() } else { each.join(", ") }
}
