//! What buying or selling the index costs now: a quote, from which amount on it is worth it, and a smaller basket.

mod basket;

use std::collections::BTreeMap;

use regimen_ledger::RowHash;
use regimen_planning::{PlanError, Quote, QuoteBounds, QuoteRequest, TargetPortfolio};
use regimen_types::{
    ArithmeticError, AsOf, AssetId, Bps, Bracket, Exact, HistoryWindow, Holdings, Money, Quantity, Ratio,
    Regime, Rounding, Side, Weight,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::advance::advance_index;
use crate::decide::DecideError;
use crate::market::{WindowMarket, daily_volatility, scaled_volatility};
use crate::methodology::{Methodology, PortfolioRules};
use crate::state::IndexState;

pub use basket::SmallBasket;

/// What a quote takes for granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteOptions {
    /// How many standard deviations prices may move against the orders until they are filled.
    pub deviations: Ratio,
    /// The part of its present volume that an asset trades at least.
    pub volume_part: Weight,
    /// Over how many returns volatility and tracking error are measured.
    pub window_snapshots: u32,
    /// The costs that are acceptable, as a part of the amount.
    pub cost_ratio_max: Ratio,
    /// The tracking error that is acceptable for a smaller basket, per year of 365 days.
    pub tracking_error_max: Ratio,
}

/// A quote and what puts it into proportion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IndexQuote {
    /// The instant of the prices.
    pub as_of: AsOf,
    /// The regime in force, which decides what is bought: the constituents or the sleeve.
    pub regime: Regime,
    /// What is taken for granted.
    pub options: QuoteOptions,
    /// The bounds that follow from it.
    pub bounds: QuoteBounds,
    /// The SHA-256 of methodology, amount and plan: whoever quotes the same again gets the same.
    ///
    /// With `‖` for bytes joined, `H(x, y) = SHA-256(x ‖ y)` and 32 zero bytes for `0`, it is
    /// `H(H(0, methodology), request ‖ plan)`, each as JSON without white space.
    pub hash: RowHash,
    /// The quote.
    pub quote: Quote,
    /// The smallest amount, to about a hundredth, whose purchase costs no more than is acceptable and invests 95 % of it.
    pub acceptable_from: Option<Money>,
    /// The smallest basket of the largest assets that tracks the index well enough; `None` if only the whole does.
    pub basket: Option<SmallBasket>,
}

/// The part of an amount that has to be invested for it to count as bought.
const INVESTED_MIN: Decimal = Decimal::from_parts(95, 0, 0, false, 2);

/// Quotes a purchase or a sale of the index at the window's reference instant.
///
/// `holdings` is what is held beside the amount; without it a purchase begins with nothing, and a sale with the index.
///
/// # Errors
/// [`DecideError`] if no portfolio is defined, or index, planning or a figure fails.
pub fn quote_index(
    methodology: &Methodology,
    window: &HistoryWindow<'_>,
    side: Side,
    amount: Money,
    holdings: Option<&Holdings>,
    options: QuoteOptions,
) -> Result<IndexQuote, DecideError> {
    let rules = methodology.portfolio().ok_or(DecideError::NoPortfolio)?;
    let as_of = window.as_of();
    let (index, _) = advance_index(methodology, &IndexState::START, window)?;
    let target = index.rebalance.as_ref().map_or_else(TargetPortfolio::of_cash, |each| each.target.clone());
    let failed = |source: PlanError| DecideError::Plan { as_of, source };
    let held = holdings.into_iter().flat_map(Holdings::positions).map(|(asset, _)| asset);
    let traded = target.weights().map(|(asset, _)| asset).chain(held);
    rules.check_gas(as_of, traded).map_err(|source| DecideError::Gas { as_of, source })?;
    let bounds = bounds(&rules, window, &target, holdings, options);
    let desk = Desk { rules, window: *window, bounds: &bounds };
    let start = match (side, holdings) {
        (_, Some(holdings)) => holdings.clone(),
        (Side::Buy, None) => Holdings::of_cash(Money::ZERO),
        (Side::Sell, None) => desk.index_worth(amount, &target).map_err(|source| failed(source.into()))?,
    };
    let quote = desk.quote(side, amount, &start, &target).map_err(failed)?;
    let basket = basket::smallest(window, &target, options).map(|(size, weights, tracking_error)| {
        let quote = desk.quote(Side::Buy, amount, &Holdings::of_cash(Money::ZERO), &weights)?;
        Ok(SmallBasket { size, tracking_error, cost_ratio: quote.cost_ratio, undone: quote.undone })
    });
    Ok(IndexQuote {
        as_of,
        regime: index.regime.state.regime,
        options,
        hash: hash(methodology, &quote),
        acceptable_from: desk.acceptable_from(&target, options.cost_ratio_max).map_err(failed)?,
        basket: basket.transpose().map_err(failed)?,
        quote,
        bounds,
    })
}

/// Where quotes are made.
struct Desk<'a> {
    rules: PortfolioRules<'a>,
    window: HistoryWindow<'a>,
    bounds: &'a QuoteBounds,
}

impl Desk<'_> {
    fn quote(
        &self,
        side: Side,
        amount: Money,
        holdings: &Holdings,
        target: &TargetPortfolio,
    ) -> Result<Quote, PlanError> {
        let as_of = self.window.as_of();
        let request = QuoteRequest { as_of, side, amount, holdings, target, bounds: self.bounds };
        regimen_planning::quote(
            &request,
            &WindowMarket::of(&self.rules, self.window),
            &self.rules.trading_terms(),
        )
    }

    /// Returns the holdings of someone who owns so much of the index.
    fn index_worth(&self, amount: Money, target: &TargetPortfolio) -> Result<Holdings, ArithmeticError> {
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

    /// Says whether the purchase of an amount costs at most a part of it and invests nearly all of it.
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
    fn acceptable_from(
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

/// Returns how far prices may move until the orders are filled: some standard deviations of their returns over the lag.
///
/// An asset with too few prices is given the largest distance of the others.
fn bounds(
    rules: &PortfolioRules<'_>,
    window: &HistoryWindow<'_>,
    target: &TargetPortfolio,
    holdings: Option<&Holdings>,
    options: QuoteOptions,
) -> QuoteBounds {
    let spacing = window.previous().map_or(0, |earlier| window.as_of().millis_since(earlier.as_of()));
    let lag = spacing.saturating_mul(i64::from(rules.portfolio.lag_snapshots));
    let held = holdings.into_iter().flat_map(Holdings::positions).map(|(asset, _)| asset);
    let assets = target.weights().map(|(asset, _)| asset).chain(held);
    let distance = |asset: &AssetId| {
        let volatility = daily_volatility(window, asset, options.window_snapshots)?;
        scaled_volatility(volatility, options.deviations, lag)
    };
    let known: BTreeMap<AssetId, Option<Bps>> =
        assets.map(|asset| (asset.clone(), distance(asset))).collect();
    let largest = known.values().flatten().max().copied().unwrap_or(Bps::ZERO);
    let adverse_move =
        known.into_iter().map(|(asset, distance)| (asset, distance.unwrap_or(largest))).collect();
    QuoteBounds { adverse_move, volume_part: options.volume_part }
}

fn hash(methodology: &Methodology, quote: &Quote) -> RowHash {
    let json = |value: Result<String, serde_json::Error>| value.unwrap_or_default();
    let request = json(serde_json::to_string(&(quote.side, quote.amount)));
    let plan = json(serde_json::to_string(&quote.plan));
    RowHash::START.of_next(&json(serde_json::to_string(methodology))).of_next(&(request + &plan))
}
