//! Suspect prices: in order, each later than the price that it jumped from.

use super::faults::{Faults, Place};
use super::snapshots::out_of_order;
use crate::codes::PRICE;
use crate::table::{RunTable, Table};
use crate::tables::SuspectRow;

pub(super) fn check(bytes: &[u8], faults: &mut Faults) {
    let mut found = Faults::of_a_part();
    let mut last = None;
    for row in Table::<SuspectRow>::new(bytes) {
        let SuspectRow { line, as_of, asset, last_price_as_of } = match row {
            Ok(row) => row,
            Err(fault) => {
                found.add(fault);
                continue;
            }
        };
        if last_price_as_of >= as_of {
            let place = Place { file: SuspectRow::FILE, line, column: "last_price_as_of" };
            let fault = place.fault(PRICE, "a price jumps from an earlier one");
            found.add(fault.quoting(&last_price_as_of.to_string()));
        }
        let key = (as_of, asset);
        if last.as_ref().is_some_and(|last| key <= *last) {
            found.add(out_of_order(SuspectRow::FILE, line, as_of));
        }
        last = Some(key);
    }
    faults.append(found);
}
