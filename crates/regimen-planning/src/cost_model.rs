//! What trading costs: one model for planning, filling and quoting.

use std::fmt::Debug;

use regimen_types::{
    ArithmeticError, AsOf, AssetId, Bps, CostRates, Exact, Money, Rounding, Side, TradeCosts,
};
use rust_decimal::Decimal;

/// A trade to price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trade<'a> {
    /// The instant of the trade.
    pub as_of: AsOf,
    /// The asset.
    pub asset: &'a AssetId,
    /// Buy or sell.
    pub side: Side,
    /// Units times price; zero stands for the smallest trade.
    pub notional: Money,
    /// How easily the asset trades.
    pub liquidity: Liquidity,
}

/// How easily an asset trades at an instant, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Liquidity {
    /// The volume traded in a day, in the methodology's currency.
    pub volume: Option<Money>,
    /// The standard deviation of its return over a day.
    pub volatility: Option<Bps>,
    /// Half the distance between bid and ask, where the data has it.
    pub half_spread: Option<Bps>,
}

impl Liquidity {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self { volume: None, volatility: None, half_spread: None };
}

/// What trades cost. The same model sizes a plan, charges a fill and makes a quote.
///
/// Laws, for every trade:
/// - no kind of cost is negative;
/// - the total never falls when the notional rises, all else equal;
/// - beyond what a notional of zero costs, the total is at most the notional;
/// - amounts have at most `money_scale` decimal places;
/// - where [`CostModel::proportional_rate`] returns a rate, the total is at most the notional times that
///   rate, plus one unit of the last place for each kind of cost.
///
/// ```
/// use regimen_planning::{CostModel, Liquidity, Trade};
/// use regimen_types::{AsOf, AssetId, CostRates, Side};
/// let model = CostRates { fee_bps: "10".parse().unwrap(), slippage_bps: "5".parse().unwrap() };
/// let bitcoin = AssetId::new("bitcoin").unwrap();
/// let as_of = AsOf::from_ymd(2024, 5, 6).unwrap();
/// let total = |notional: &str| {
///     let notional = notional.parse().unwrap();
///     let liquidity = Liquidity::UNKNOWN;
///     let trade = Trade { as_of, asset: &bitcoin, side: Side::Buy, notional, liquidity };
///     model.costs(&trade, 2).unwrap().total().unwrap()
/// };
/// assert_eq!(total("1000"), "1.5".parse().unwrap());
/// assert!(total("0") <= total("0.01") && total("0.01") <= "0.01".parse().unwrap());
/// ```
pub trait CostModel: Debug + Send + Sync {
    /// Returns the costs of a trade, kind by kind, each rounded up to `money_scale` decimal places.
    ///
    /// # Errors
    /// [`ArithmeticError`] if a cost does not fit a decimal.
    fn costs(&self, trade: &Trade<'_>, money_scale: u32) -> Result<TradeCosts, ArithmeticError>;

    /// Returns the fraction of the notional that every trade costs, if all costs are proportional to the
    /// notional. A plan is then sized by the exact solution of a linear equation.
    fn proportional_rate(&self) -> Option<Exact> {
        None
    }
}

impl CostModel for CostRates {
    fn costs(&self, trade: &Trade<'_>, money_scale: u32) -> Result<TradeCosts, ArithmeticError> {
        let mut charge = Charge::on(trade.notional, money_scale);
        let fee = charge.rate(self.fee_bps)?;
        let slippage = charge.rate(self.slippage_bps)?;
        Ok(TradeCosts { fee, slippage, ..TradeCosts::NONE })
    }

    fn proportional_rate(&self) -> Option<Exact> {
        self.fee_bps.fraction().plus(self.slippage_bps.fraction()).ok()
    }
}

/// Charges costs on a notional one after the other, each rounded up. Their sum never exceeds the notional, so
/// a sale of dust cannot cost cash.
pub(crate) struct Charge {
    notional: Money,
    left: Money,
    money_scale: u32,
}

impl Charge {
    pub(crate) fn on(notional: Money, money_scale: u32) -> Self {
        Self { notional, left: notional, money_scale }
    }

    pub(crate) fn rate(&mut self, rate: Bps) -> Result<Money, ArithmeticError> {
        // Most models leave most kinds of cost out.
        if rate.is_zero() {
            return Ok(Money::ZERO);
        }
        self.take(rate.of(self.notional, self.money_scale)?)
    }

    /// Charges `factor × bps × notional`.
    pub(crate) fn scaled_rate(&mut self, bps: Bps, factor: Decimal) -> Result<Money, ArithmeticError> {
        let share = bps.fraction().times(factor)?.times(self.notional.decimal())?;
        // A share above what is left is capped, so its digits do not matter.
        match share.compare(Exact::from(self.left.decimal()))? {
            std::cmp::Ordering::Less => self.take(Money::rounded(share, self.money_scale, Rounding::Up)?),
            _ => self.take(self.left),
        }
    }

    pub(crate) fn take(&mut self, amount: Money) -> Result<Money, ArithmeticError> {
        let taken = amount.min(self.left);
        self.left = self.left.minus(taken)?;
        Ok(taken)
    }
}
