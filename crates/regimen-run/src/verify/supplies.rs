//! Supplies: held constant between two supply snapshots, and the amounts that they make.

use std::collections::HashMap;

use regimen_types::{ActionEffect, AsOf, AssetId, Figure};
use regimen_weighting::{Purpose, Supply};

use super::actions::Actions;
use super::faults::{Faults, place};
use super::snapshots::out_of_order;
use crate::codes::SUPPLY;
use crate::table::{RunTable, Table};
use crate::tables::SupplyRow;

/// What the table of supplies says of each asset at each rebalance.
pub(super) struct SupplyTable(HashMap<(AsOf, AssetId), SupplyRow>);

impl SupplyTable {
    /// Reads the table and compares its rows with each other.
    pub(super) fn check(bytes: &[u8], actions: &Actions) -> (Self, Faults) {
        let mut faults = Faults::of_a_part();
        let mut rows: Vec<SupplyRow> = Vec::new();
        for row in Table::<SupplyRow>::new(bytes) {
            match row {
                Ok(row) => rows.push(row),
                Err(fault) => faults.add(fault),
            }
        }
        for pair in rows.windows(2) {
            check_order(&pair[0], &pair[1], &mut faults);
        }
        let mut last: HashMap<&AssetId, &SupplyRow> = HashMap::new();
        for row in &rows {
            if row.supply_as_of > row.reference || row.reference > row.as_of {
                let message =
                    "supplies are older than the figures that they weigh, and those than the rebalance";
                faults
                    .add(place(row, "reference").fault(SUPPLY, message).quoting(&row.reference.to_string()));
            }
            if let Some(earlier) = last.insert(&row.asset, row) {
                check_constant(earlier, row, actions, &mut faults);
            }
        }
        let by_asset = rows.into_iter().map(|row| ((row.as_of, row.asset.clone()), row)).collect();
        (Self(by_asset), faults)
    }

    pub(super) fn of(&self, as_of: AsOf, asset: &AssetId) -> Option<&SupplyRow> {
        self.0.get(&(as_of, asset.clone()))
    }
}

impl SupplyRow {
    /// Returns price × supply at the reference instant, as the engine computes it.
    pub(super) fn market_cap(&self, purpose: Purpose) -> Option<Figure> {
        let supply: Supply = match purpose {
            Purpose::Ranking => self.ranking?,
            Purpose::Weighing => self.weighing?,
        };
        supply.market_cap(self.price.decimal()).ok()?
    }
}

fn check_order(before: &SupplyRow, row: &SupplyRow, faults: &mut Faults) {
    if row.as_of < before.as_of {
        faults.add(out_of_order(SupplyRow::FILE, row.line, row.as_of));
    }
    if row.as_of == before.as_of
        && (row.reference, row.supply_as_of) != (before.reference, before.supply_as_of)
    {
        let message = "the supplies of one rebalance are of one supply snapshot";
        faults.add(place(row, "supply_as_of").fault(SUPPLY, message).quoting(&row.supply_as_of.to_string()));
    }
    if row.supply_as_of < before.supply_as_of {
        let message = "supplies that came into force do not give way to older ones";
        faults.add(place(row, "supply_as_of").fault(SUPPLY, message).quoting(&row.supply_as_of.to_string()));
    }
}

/// Checks that between two supply snapshots a supply changes by corporate actions alone.
fn check_constant(earlier: &SupplyRow, row: &SupplyRow, actions: &Actions, faults: &mut Faults) {
    let same = (earlier.ranking, earlier.weighing) == (row.ranking, row.weighing);
    if same || earlier.supply_as_of != row.supply_as_of {
        return;
    }
    let restated = actions.between(earlier.reference, row.as_of).any(|(_, action)| {
        let successor = match action.effect() {
            ActionEffect::Successor { asset, .. } => Some(asset),
            ActionEffect::Grant { .. } | ActionEffect::End { .. } => None,
        };
        *action.asset() == row.asset || successor == Some(&row.asset)
    });
    if !restated {
        let message = format!("the supply of {} is not that of {}", row.supply_as_of, earlier.as_of);
        faults.add(place(row, "rank_amount").fault(SUPPLY, message));
    }
}
