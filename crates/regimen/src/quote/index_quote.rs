//! A quote of the index, and what puts it into proportion.

use regimen_ledger::RowHash;
use regimen_planning::{PlanError, Quote, QuoteBounds, TargetPortfolio};
use regimen_types::{AsOf, HistoryWindow, Holdings, Money, Regime, Side};
use serde::{Deserialize, Serialize};

use super::basket::{SmallBasket, smallest};
use super::bounds::bounds;
use super::desk::Desk;
use super::options::QuoteOptions;
use crate::index::{IndexState, advance_index};
use crate::methodology::Methodology;
use crate::portfolio::DecideError;

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
    /// The SHA-256 of methodology, amount and plan: the same quote has the same hash.
    ///
    /// With `‖` for bytes joined, `H(x, y) = SHA-256(x ‖ y)` and 32 zero bytes for `0`, it is
    /// `H(H(0, methodology), request ‖ plan)`, each as JSON without white space.
    pub hash: RowHash,
    /// The quote.
    pub quote: Quote,
    /// The smallest amount, to about a hundredth, whose purchase costs no more than is acceptable and invests
    /// 95 % of it.
    pub acceptable_from: Option<Money>,
    /// The smallest basket of the largest assets that tracks the index well enough; `None` if only the whole
    /// does.
    pub basket: Option<SmallBasket>,
}

/// Quotes a purchase or a sale of the index at the window's reference instant.
///
/// `holdings` is what is held beside the amount; without it a purchase begins with nothing, and a sale with
/// the index.
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
    let basket = smallest(window, &target, options).map(|(size, weights, tracking_error)| {
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

fn hash(methodology: &Methodology, quote: &Quote) -> RowHash {
    let json = |value: Result<String, serde_json::Error>| value.unwrap_or_default();
    let request = json(serde_json::to_string(&(quote.side, quote.amount)));
    let plan = json(serde_json::to_string(&quote.plan));
    RowHash::START.of_next(&json(serde_json::to_string(methodology))).of_next(&(request + &plan))
}
