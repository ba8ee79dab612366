//! `orders.csv`: what became of each order.

use regimen_planning::ShortfallReason;
use regimen_types::{AsOf, AssetId, Cause, Price, Quantity, Side};

use crate::codes::{FIELD, Fault};
use crate::row_text::{InstantText, RowText};
use crate::table::{Cells, Column, RunTable, StepRecord, TableRow, column};

/// An order that was closed.
pub(crate) struct OrderRow {
    pub(crate) line: u64,
    pub(crate) decided_at: AsOf,
    pub(crate) closed_at: AsOf,
    pub(crate) cause: Cause,
    pub(crate) asset: AssetId,
    pub(crate) side: Side,
    pub(crate) units: Quantity,
    pub(crate) filled: Quantity,
    pub(crate) decision_price: Price,
    pub(crate) decision_price_as_of: AsOf,
    pub(crate) shortfall: Option<ShortfallReason>,
    /// What the order had become when it was closed; `None` if it was still what was ordered.
    pub(crate) due: Option<(AssetId, Quantity)>,
}

impl OrderRow {
    /// Returns the units to trade when the order was closed.
    pub(crate) fn due_units(&self) -> Quantity {
        self.due.as_ref().map_or(self.units, |(_, units)| *units)
    }

    /// Returns the asset to trade when the order was closed.
    pub(crate) fn due_asset(&self) -> &AssetId {
        self.due.as_ref().map_or(&self.asset, |(asset, _)| asset)
    }
}

impl RunTable for OrderRow {
    const FILE: &'static str = "orders.csv";
    const ONE_ROW_PER: &'static str = "order, when it is closed";
    const COLUMNS: &'static [Column] = &[
        column("decided_at", "the snapshot of the decision"),
        column(
            "closed_at",
            "the snapshot at which the order was done: executed in full, given up, or replaced by a \
             newer decision",
        ),
        column(
            "cause",
            "`inception`, `schedule`, `threshold_cross`, `rebalance`, `deletion`, `regime_switch` or \
             `off_peg`",
        ),
        column("asset", "the asset"),
        column("side", "`buy` or `sell`"),
        column("units", "the units ordered"),
        column(
            "filled_units",
            "the units traded, counted on the basis of `due_units`: those of the transactions of this \
             asset, side and cause since the decision",
        ),
        column("decision_price", "the price that sized the order"),
        column(
            "decision_price_as_of",
            "the snapshot of that price; earlier than the decision for an asset without a price then",
        ),
        column(
            "reason_code",
            "why not all was traded: `no_price`, `cash_short`, `participation`, `no_volume`, `not_held`, \
             `costs_exceed_value`, `replaced` or `delisted`; empty if all was",
        ),
        column("reason", "the same in words"),
        column(
            "due_asset",
            "what the order traded in the end, if a corporate action made it another order: its asset, \
             or the successor; otherwise empty",
        ),
        column(
            "due_units",
            "the units to trade on the basis at `closed_at`, likewise; where both are empty, `asset` \
             and `units` are due",
        ),
    ];

    fn write_step(text: &mut Vec<u8>, record: &StepRecord<'_>) {
        let step = record.step;
        let [mut decided, mut closed, mut priced] = std::array::from_fn(|_| InstantText::default());
        for result in &step.order_results {
            let order = &result.order;
            let changed = result.asset != order.asset || result.units != order.units;
            RowText::new(text)
                .plain(decided.of(result.decided_at))
                .plain(closed.of(step.window.as_of()))
                .plain(order.cause.as_str())
                .asset(&order.asset)
                .plain(order.side.as_str())
                .number(order.units.decimal())
                .number(result.filled.decimal())
                .number(order.decision_price.decimal())
                .plain(priced.of(order.decision_price_as_of))
                .plain(result.shortfall.map_or("", ShortfallReason::as_str))
                .plain(result.shortfall.map_or("", ShortfallReason::words))
                .optional(changed.then_some(&result.asset))
                .optional_number(changed.then_some(result.units.decimal()))
                .end();
        }
    }
}

impl TableRow<'_> for OrderRow {
    fn line(&self) -> u64 {
        self.line
    }

    fn read(cells: &mut Cells<'_, '_>) -> Result<Self, Fault> {
        let mut row = Self {
            line: cells.line(),
            decided_at: cells.instant()?,
            closed_at: cells.instant()?,
            cause: cells.named(Cause::from_name)?,
            asset: cells.value()?,
            side: cells.named(Side::from_name)?,
            units: cells.value()?,
            filled: cells.value()?,
            decision_price: cells.value()?,
            decision_price_as_of: cells.instant()?,
            shortfall: shortfall(cells)?,
            due: None,
        };
        row.due = match (cells.optional()?, cells.optional()?) {
            (Some(asset), Some(units)) if asset != row.asset || units != row.units => Some((asset, units)),
            (None, None) => None,
            _ => return Err(cells.fault(FIELD, "what is due stands only if it is not what was ordered")),
        };
        Ok(row)
    }
}

fn shortfall(cells: &mut Cells<'_, '_>) -> Result<Option<ShortfallReason>, Fault> {
    let from_name = |name: &str| ShortfallReason::ALL.into_iter().find(|reason| reason.as_str() == name);
    let reason = cells.optional_name(from_name)?;
    cells.words(reason.map_or("", ShortfallReason::words))?;
    Ok(reason)
}
