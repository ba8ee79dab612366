//! Baskets that take effect at once, or are announced and take effect later.

use chrono::Days;
use regimen_ledger::{Index, ProForma, ValuationError};
use regimen_types::{AsOf, HistoryWindow};

use super::basket::{Decided, at_prices_of, last_price_in};
use crate::decide::DecideError;
use crate::decision::IndexRebalance;
use crate::methodology::Methodology;
use crate::state::{Announcement, IndexState};

/// Takes a basket that was decided on at the window's reference instant: at once, or by announcing it.
///
/// A newer basket replaces one that was announced and has not taken effect.
pub(super) fn take(
    methodology: &Methodology,
    state: &mut IndexState,
    index: &mut Index,
    new: IndexRebalance,
    window: &HistoryWindow<'_>,
) -> Result<Option<IndexRebalance>, DecideError> {
    let as_of = window.as_of();
    let failed = |source: ValuationError| DecideError::Level { as_of, source };
    state.announced = None;
    let weights = new.target.weights().map(|(asset, weight)| (asset.clone(), weight));
    let delay = methodology.definition().schedule.delay_of(new.cause);
    if !delay.waits() {
        index.rebalance(weights, last_price_in(window)).map_err(failed)?;
        return Ok(Some(new));
    }
    let pro_forma = ProForma::new(weights, last_price_in(window)).map_err(failed)?;
    state.announced = Some(Announcement {
        snapshots_left: delay.snapshots,
        not_before: later(as_of, delay.days),
        pro_forma,
        reference: new.reference,
        cause: new.cause,
        basis: new.basis,
    });
    Ok(None)
}

/// Counts the snapshot toward an announced basket, and gives it to the index if it takes effect now.
pub(super) fn take_effect(
    state: &mut IndexState,
    index: &mut Index,
    window: &HistoryWindow<'_>,
) -> Result<Option<IndexRebalance>, DecideError> {
    let as_of = window.as_of();
    let Some(announced) = &mut state.announced else { return Ok(None) };
    announced.snapshots_left = announced.snapshots_left.saturating_sub(1);
    let due = state.announced.take_if(|each| each.snapshots_left == 0 && as_of >= each.not_before);
    let Some(Announcement { pro_forma, reference, cause, basis, .. }) = due else { return Ok(None) };
    index.adopt(pro_forma, last_price_in(window)).map_err(|source| DecideError::Level { as_of, source })?;
    at_prices_of(Decided { reference, cause, basis }, index, window).map(Some)
}

/// Returns the instant so many days of 24 hours later.
pub(super) fn later(as_of: AsOf, days: u32) -> AsOf {
    let millis = Days::new(u64::from(days));
    let date = as_of.date();
    let shifted =
        date.checked_add_days(millis).map_or(0, |end| end.signed_duration_since(date).num_milliseconds());
    AsOf::from_unix_millis(as_of.unix_millis().saturating_add(shifted)).unwrap_or(as_of)
}
