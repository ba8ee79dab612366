//! Where quotes are made: one market, one portfolio's rules, many amounts.

use regimen_planning::{PlanError, Quote, QuoteBounds, QuoteRequest, TargetPortfolio};
use regimen_types::{
    ArithmeticError, Bracket, Exact, HistoryWindow, Holdings, Money, Quantity, Ratio, Rounding, Side,
};
use rust_decimal::Decimal;

use crate::methodology::PortfolioRules;
use crate::portfolio::WindowMarket;

/// The part of an amount that has to be invested for it to count as bought.
const INVESTED_MIN: Decimal = Decimal::from_parts(95, 0, 0, false, 2);

/// Where quotes are made.
pub(super) struct Desk<'a> {
    pub(super) rules: PortfolioRules<'a>,
    pub(super) window: HistoryWindow<'a>,
    pub(super) bounds: &'a QuoteBounds,
}

impl Desk<'_> {
    /// Quotes a trade that takes holdings toward a target.
    pub(super) fn quote(
        &self,
        side: Side,
        amount: Money,
        holdings: &Holdings,
        target: &TargetPortfolio,
    ) -> Result<Quote, PlanError> {
        let as_of = self.window.as_of();
        let request = QuoteRequest { as_of, side, amount, holdings, target, bounds: self.bounds };
        let market = WindowMarket::of(&self.rules, self.window);
        regimen_planning::quote(&request, &market, &self.rules.trading_terms())
    }

    /// Returns the holdings of someone who owns the index for an amount.
    pub(super) fn index_worth(
        &self,
        amount: Money,
        target: &TargetPortfolio,
    ) -> Result<Holdings, ArithmeticError> {
        let mut holdings = Holdings::of_cash(Money::ZERO);
        for (asset, weight) in target.weights() {
            let Some(price) = self.window.last_price(asset) else { continue };
            let value = Exact::product(weight.decimal(), amount.decimal());
            let scale = self.rules.portfolio.units_scale;
            let units = value.ratio_to_fit(Exact::from(price.value.decimal()), scale)?;
            holdings.set_units(asset, Quantity::new(units)?);
        }
        Ok(holdings)
    }

    /// Returns true if the purchase of an amount costs at most `cost_ratio_max` of it and invests nearly all
    /// of it.
    fn is_acceptable(
        &self,
        amount: Money,
        target: &TargetPortfolio,
        cost_ratio_max: Ratio,
    ) -> Result<bool, PlanError> {
        let quote = self.quote(Side::Buy, amount, &Holdings::of_cash(Money::ZERO), target)?;
        let in_cash = target.cash_weight().decimal();
        let invested = Exact::from(amount.minus(quote.undone)?.decimal());
        let enough = Exact::product(
            INVESTED_MIN.saturating_mul(Decimal::ONE.saturating_sub(in_cash)),
            amount.decimal(),
        );
        Ok(quote.cost_ratio <= cost_ratio_max && invested.compare(enough)?.is_ge())
    }

    /// Searches amounts of 1, 2 and 5 times powers of ten upward, and then between the last two.
    pub(super) fn acceptable_from(
        &self,
        target: &TargetPortfolio,
        cost_ratio_max: Ratio,
    ) -> Result<Option<Money>, PlanError> {
        let mut below = Decimal::ZERO;
        for exponent in 1..10 {
            for digit in [1, 2, 5] {
                let amount = Decimal::from(10_u64.pow(exponent)).saturating_mul(Decimal::from(digit));
                if self.is_acceptable(Money::from(amount), target, cost_ratio_max)? {
                    let bracket = Bracket { holds: amount, fails: below };
                    return self.narrow(bracket, target, cost_ratio_max).map(Some);
                }
                below = amount;
            }
        }
        Ok(None)
    }

    fn narrow(
        &self,
        bracket: Bracket<Decimal>,
        target: &TargetPortfolio,
        cost_ratio_max: Ratio,
    ) -> Result<Money, PlanError> {
        let mut halvings = 0..7;
        let middle = |Bracket { holds, fails }: Bracket<Decimal>| {
            let middle = Exact::from(fails).plus(Exact::from(holds))?.times(Decimal::new(5, 1))?;
            let middle = middle.round(0, Rounding::Up)?;
            Ok(halvings.next().map(|_| middle))
        };
        let is_acceptable = |amount| self.is_acceptable(Money::from(amount), target, cost_ratio_max);
        Ok(Money::from(bracket.narrowed(middle, is_acceptable)?.holds))
    }
}
