//! The value of what is held.

use regimen_types::{AssetId, Exact, Holdings, Money, Price, Rounding};
use serde::{Deserialize, Serialize};

use crate::error::ValuationError;

/// The net asset value of a portfolio: cash and the value of its positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nav {
    /// The cash.
    pub cash: Money,
    /// The positions at the given prices.
    pub invested: Money,
    /// The sum of both.
    pub total: Money,
}

/// Values holdings: `invested` is the sum of units times price, exact until it is rounded once, half to even,
/// at the money scale.
///
/// # Errors
/// [`ValuationError::MissingPrice`] names a held asset for which `price_of` gives none;
/// [`ValuationError::Arithmetic`] if the value does not fit a decimal.
pub fn nav(
    holdings: &Holdings,
    mut price_of: impl FnMut(&AssetId) -> Option<Price>,
    money_scale: u32,
) -> Result<Nav, ValuationError> {
    let mut exact = Exact::ZERO;
    for (asset, units) in holdings.positions() {
        let price = price_of(asset).ok_or_else(|| ValuationError::MissingPrice { asset: asset.clone() })?;
        exact = exact.plus(units.value_at(price))?;
    }
    let invested = Money::rounded(exact, money_scale, Rounding::HalfEven)?;
    let cash = holdings.cash();
    Ok(Nav { cash, invested, total: cash.plus(invested)? })
}
