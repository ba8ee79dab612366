//! `suspects.csv`: prices that jump.

use regimen_types::{ActionKind, AsOf, AssetId, Price, PriceJump, UnitRatio};

use crate::codes::{Fault, TABLE_SHAPE};
use crate::row_text::RowText;
use crate::table::{Cells, Column, RunTable, TableRow, column};

/// A price that jumps.
pub(crate) struct SuspectRow {
    pub(crate) line: u64,
    pub(crate) as_of: AsOf,
    pub(crate) asset: AssetId,
    pub(crate) last_price_as_of: AsOf,
}

impl RunTable for SuspectRow {
    const FILE: &'static str = "suspects.csv";
    const ONE_ROW_PER: &'static str = "price that jumps";
    const COLUMNS: &'static [Column] = &[
        column("as_of", "the snapshot"),
        column("asset", "the asset"),
        column("price", "the price that is suspect"),
        column("last_price", "the last known price before it"),
        column("last_price_as_of", "the snapshot of that price"),
        column(
            "event",
            "`redenomination` if the market cap stayed within a factor of 2 while the price jumped: \
             what would explain it; otherwise empty",
        ),
        column(
            "ratio",
            "the ratio of that event, as a file of corporate actions names it: the nearest power of ten \
             by price and cap, or the quotient of the prices",
        ),
    ];

    fn write_suspect(text: &mut Vec<u8>, jump: &PriceJump) {
        RowText::new(text)
            .value(jump.after.as_of)
            .asset(&jump.asset)
            .number(jump.after.value.decimal())
            .number(jump.before.value.decimal())
            .value(jump.before.as_of)
            .optional(jump.redenomination.map(|_| ActionKind::Redenomination))
            .optional(jump.redenomination)
            .end();
    }
}

impl TableRow<'_> for SuspectRow {
    fn line(&self) -> u64 {
        self.line
    }

    fn read(cells: &mut Cells<'_, '_>) -> Result<Self, Fault> {
        let (line, as_of, asset) = (cells.line(), cells.instant()?, cells.value()?);
        // The two prices are for people; nothing else of the run depends on them.
        let (_, _) = (cells.value::<Price>()?, cells.value::<Price>()?);
        let last_price_as_of = cells.instant()?;
        let event = cells.optional_name(ActionKind::from_name)?;
        let ratio = cells.optional::<UnitRatio>()?;
        if event.is_some() != ratio.is_some() {
            return Err(cells.fault(TABLE_SHAPE, "an event goes with its ratio"));
        }
        Ok(Self { line, as_of, asset, last_price_as_of })
    }
}
