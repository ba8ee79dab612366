//! `holdings.csv`: the positions at each snapshot.

use regimen_types::{AsOf, AssetId, Money, Price, Quantity, Ratio, Rounding};

use crate::codes::Fault;
use crate::row_text::{InstantText, RowText};
use crate::table::{Cells, Column, RunTable, StepRecord, TableRow, column};

/// A position at the end of one snapshot.
pub(crate) struct HoldingRow {
    pub(crate) line: u64,
    pub(crate) as_of: AsOf,
    pub(crate) asset: AssetId,
    pub(crate) units: Quantity,
    pub(crate) price: Price,
    pub(crate) price_as_of: AsOf,
    pub(crate) value: Money,
    pub(crate) weight: Option<Ratio>,
}

impl RunTable for HoldingRow {
    const FILE: &'static str = "holdings.csv";
    const ONE_ROW_PER: &'static str = "position at each snapshot";
    const COLUMNS: &'static [Column] = &[
        column("as_of", "the snapshot"),
        column("asset", "the asset"),
        column("units", "the units held, as the log gives them"),
        column("price", "the last known price"),
        column("price_as_of", "the snapshot of that price; earlier than `as_of` if the price is carried"),
        column(
            "value",
            "units × price, rounded half to even at the money scale; for reading, since `invested` sums \
             exact values",
        ),
        column("weight", "value ÷ NAV, rounded half to even at 12 decimal places; empty if the NAV is zero"),
    ];

    /// Writes one row per position. The value is rounded for reading; NAV sums exact values.
    fn write_step(text: &mut Vec<u8>, record: &StepRecord<'_>) {
        let StepRecord { step, money_scale, .. } = *record;
        let mut price_instant = InstantText::default();
        let as_of = step.window.as_of().to_string();
        for (asset, units) in step.holdings.positions() {
            let Some(last) = step.window.last_price(asset) else { continue };
            let value = units.notional(last.value, money_scale, Rounding::HalfEven).ok();
            let weight = value.and_then(|value| Ratio::of(value, step.nav.total).ok());
            RowText::new(text)
                .plain(&as_of)
                .asset(asset)
                .number(units.decimal())
                .number(last.value.decimal())
                .plain(price_instant.of(last.as_of))
                .optional_number(value.map(Money::decimal))
                .optional_number(weight.map(Ratio::decimal))
                .end();
        }
    }
}

impl TableRow<'_> for HoldingRow {
    fn line(&self) -> u64 {
        self.line
    }

    fn read(cells: &mut Cells<'_, '_>) -> Result<Self, Fault> {
        Ok(Self {
            line: cells.line(),
            as_of: cells.instant()?,
            asset: cells.value()?,
            units: cells.value()?,
            price: cells.value()?,
            price_as_of: cells.instant()?,
            value: cells.value()?,
            weight: cells.optional()?,
        })
    }
}
