//! `supplies.csv`: the supplies that ranked and weighed, where they are held constant.

use regimen::Basis;
use regimen_types::{AsOf, AssetId, Figure, Price};
use regimen_weighting::{Supply, SupplyUse};
use serde_json::Value;

use crate::codes::{Fault, TABLE_SHAPE};
use crate::row_text::RowText;
use crate::table::{Cells, Column, RunTable, StepRecord, TableRow, column};

/// The supplies that made the amounts of one asset at a rebalance of the index.
pub(crate) struct SupplyRow {
    pub(crate) line: u64,
    pub(crate) as_of: AsOf,
    pub(crate) reference: AsOf,
    pub(crate) supply_as_of: AsOf,
    pub(crate) asset: AssetId,
    pub(crate) price: Price,
    pub(crate) ranking: Option<Supply>,
    pub(crate) weighing: Option<Supply>,
}

impl RunTable for SupplyRow {
    const FILE: &'static str = "supplies.csv";
    const ONE_ROW_PER: &'static str =
        "asset that is ranked or weighed, per rebalance of the index; only with `schedule.supply`";
    const COLUMNS: &'static [Column] = &[
        column("as_of", "the snapshot at which the index takes the basket"),
        column("reference", "the snapshot whose prices rank and weigh"),
        column("supply_as_of", "the snapshot whose supplies are in force"),
        column("asset", "the asset"),
        column("price", "its price at the reference"),
        column(
            "rank_amount",
            "the supply that ranks is `rank_amount` ÷ `rank_per`: the market cap of the supply snapshot, or \
             its circulating supply × float factor; empty if the ranking reads none",
        ),
        column("rank_per", "the price of the supply snapshot for a market cap, otherwise 1"),
        column("weigh_amount", "likewise for the supply that weighs: it is `weigh_amount` ÷ `weigh_per`"),
        column("weigh_per", "as `rank_per`"),
    ];

    const WRITTEN_IF: Option<fn(&Value) -> bool> = Some(schedules_supply);

    /// Writes one row per ranked or weighed asset of a rebalance of the index whose supplies were held
    /// constant.
    fn write_step(text: &mut Vec<u8>, record: &StepRecord<'_>) {
        let step = record.step;
        let Some(rebalance) = &step.decision.index.rebalance else { return };
        let Basis::Constituents(verdicts) = &rebalance.basis else { return };
        for (asset, supply) in verdicts.iter().filter_map(|each| Some((&each.asset, each.supply?))) {
            let SupplyUse { as_of, price, ranking, weighing } = supply;
            RowText::new(text)
                .value(step.window.as_of())
                .value(rebalance.reference)
                .value(as_of)
                .asset(asset)
                .number(price.decimal())
                .optional_number(ranking.map(|supply| supply.amount.decimal()))
                .optional_number(ranking.map(|supply| supply.per.decimal()))
                .optional_number(weighing.map(|supply| supply.amount.decimal()))
                .optional_number(weighing.map(|supply| supply.per.decimal()))
                .end();
        }
    }
}

impl TableRow<'_> for SupplyRow {
    fn line(&self) -> u64 {
        self.line
    }

    fn read(cells: &mut Cells<'_, '_>) -> Result<Self, Fault> {
        Ok(Self {
            line: cells.line(),
            as_of: cells.instant()?,
            reference: cells.value()?,
            supply_as_of: cells.value()?,
            asset: cells.value()?,
            price: cells.value()?,
            ranking: supply(cells)?,
            weighing: supply(cells)?,
        })
    }
}

/// Returns true if a methodology schedules supply snapshots.
fn schedules_supply(methodology: &Value) -> bool {
    methodology["schedule"]["supply"].is_object()
}

fn supply(cells: &mut Cells<'_, '_>) -> Result<Option<Supply>, Fault> {
    match (cells.optional::<Figure>()?, cells.optional::<Figure>()?) {
        (Some(amount), Some(per)) if amount > Figure::ZERO && per > Figure::ZERO => {
            Ok(Some(Supply { amount, per }))
        }
        (None, None) => Ok(None),
        _ => Err(cells.fault(TABLE_SHAPE, "a supply is two amounts above zero")),
    }
}
