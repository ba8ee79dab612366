//! Corporate actions, where the portfolio holds the asset.

use regimen_ledger::{Grant, Ledger, LedgerError};
use regimen_types::{ActionEffect, ActionKind, AsOf, CorporateAction, HistoryWindow, Weight};

/// Books a corporate action at an instant, at the last known prices of the window in which it comes into
/// force.
pub(super) fn book_action(
    ledger: &mut Ledger,
    as_of: AsOf,
    window: &HistoryWindow<'_>,
    action: &CorporateAction,
) -> Result<(), LedgerError> {
    let from = action.asset();
    let held = ledger.holdings().units(from);
    if held.is_zero() {
        return Ok(());
    }
    let (asset, ratio) = match action.effect() {
        ActionEffect::End { recovery } => {
            let Some(last) = window.last_price(from) else { return Ok(()) };
            return ledger.delist(as_of, from, last.value, *recovery).map(drop);
        }
        ActionEffect::Successor { asset, ratio } | ActionEffect::Grant { asset, ratio } => (asset, *ratio),
    };
    // What comes in has a price: without one the action would not be in force.
    let Some(price) = window.last_price(asset) else { return Ok(()) };
    let units = held.at_ratio(ratio).map_err(|error| LedgerError::beyond_digits("units", error))?;
    let is_swap = matches!(action.effect(), ActionEffect::Successor { .. });
    if units.is_zero() {
        // Less than the smallest unit there is: nothing comes in, and what was swapped is gone.
        return if is_swap {
            ledger.delist(as_of, from, price.value, Weight::ZERO).map(drop)
        } else {
            Ok(())
        };
    }
    let (from, asset, price) = (from.clone(), asset.clone(), price.value);
    let grant = Grant { as_of, from, asset, units, price, cause: action.kind().cause() };
    let booked = match action.kind() {
        ActionKind::Staking => ledger.earn(grant),
        _ if is_swap => ledger.migrate(grant),
        _ => ledger.distribute(grant),
    };
    booked.map(drop)
}
