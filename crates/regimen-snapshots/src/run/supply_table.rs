//! The table of supplies that ranked and weighed, where they are held constant.

use regimen::Basis;
use regimen_replay::Step;
use regimen_types::{AsOf, AssetId, Figure, Price};
use regimen_weighting::{Supply, SupplyUse};

use super::codes::{Fault, TABLE_SHAPE};
use super::manifest::SUPPLIES;
use super::table::{Cells, TableRow};
use super::text::RowText;

pub(crate) const SUPPLIES_COLUMNS: &str =
    "as_of,reference,supply_as_of,asset,price,rank_amount,rank_per,weigh_amount,weigh_per";

/// Writes one row per ranked or weighed asset of a rebalance of the index whose supplies were held constant.
pub(crate) fn write_supplies(text: &mut Vec<u8>, step: &Step<'_>) {
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

impl TableRow<'_> for SupplyRow {
    const FILE: &'static str = SUPPLIES;
    const COLUMNS: &'static str = SUPPLIES_COLUMNS;

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

fn supply(cells: &mut Cells<'_, '_>) -> Result<Option<Supply>, Fault> {
    match (cells.optional::<Figure>()?, cells.optional::<Figure>()?) {
        (Some(amount), Some(per)) if amount > Figure::ZERO && per > Figure::ZERO => {
            Ok(Some(Supply { amount, per }))
        }
        (None, None) => Ok(None),
        _ => Err(cells.fault(TABLE_SHAPE, "a supply is two amounts above zero")),
    }
}
