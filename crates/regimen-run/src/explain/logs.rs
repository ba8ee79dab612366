//! The files of a run that an explanation reads.

use std::fs;
use std::path::{Path, PathBuf};

use regimen::IndexDefinition;
use regimen_ledger::{Transaction, replay_log};
use regimen_types::AsOf;

use super::hold::HoldExplanation;
use crate::codes::{Fault, MANIFEST_FORM, MISSING_FILE, NO_SNAPSHOT, NOT_A_RUN, fault};
use crate::manifest::{MANIFEST, Manifest};
use crate::table::{RunTable, Table};
use crate::tables::{HoldRow, NavRow, OrderRow, SupplyRow, Transactions};

/// The logs of a run.
pub(crate) struct Logs {
    folder: PathBuf,
}

impl Logs {
    pub(crate) fn of(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    pub(crate) fn manifest(&self) -> Result<Manifest, Fault> {
        let text = fs::read(self.folder.join(MANIFEST)).map_err(|error| {
            fault(NOT_A_RUN, MANIFEST, format_args!("the folder has no readable manifest: {error}"))
        })?;
        serde_json::from_slice(&text).map_err(|error| {
            fault(MANIFEST_FORM, MANIFEST, format_args!("the manifest does not read: {error}"))
                .at_line(error.line() as u64)
                .at_character(error.column() as u64)
                .into()
        })
    }

    pub(crate) fn read(&self, name: &str) -> Result<Vec<u8>, Fault> {
        fs::read(self.folder.join(name)).map_err(|error| {
            fault(MISSING_FILE, name, format_args!("the file cannot be read: {error}")).into()
        })
    }

    pub(super) fn orders(&self) -> Result<Vec<OrderRow>, Fault> {
        Table::new(&self.read(OrderRow::FILE)?).collect()
    }

    pub(crate) fn transactions(&self, money_scale: u32) -> Result<Vec<Transaction>, Fault> {
        let text = self.read(Transactions::FILE)?;
        let lines = text.strip_suffix(b"\n").unwrap_or(&text).split(|byte| *byte == b'\n');
        let log = replay_log(lines, money_scale).map_err(|fault| fault.diagnostic(Transactions::FILE))?;
        Ok(log.transactions().to_vec())
    }

    /// Returns why the portfolio held at an instant; `None` if it did not.
    pub(super) fn hold_at(&self, at: AsOf) -> Result<Option<HoldExplanation>, Fault> {
        let text = self.read(HoldRow::FILE)?;
        let rows =
            Table::<HoldRow>::new(&text).skip_while(|row| row.as_ref().is_ok_and(|row| row.as_of < at));
        let rows = rows.take_while(|row| row.as_ref().map_or(true, |row| row.as_of == at));
        Ok(HoldExplanation::of(rows.collect::<Result<Vec<_>, _>>()?))
    }

    /// Returns the supply snapshot whose supplies a rebalance used; `None` if it used none.
    pub(super) fn supply_at(&self, decided_at: AsOf) -> Result<Option<AsOf>, Fault> {
        for row in Table::<SupplyRow>::new(&self.read(SupplyRow::FILE)?) {
            let row = row?;
            if row.as_of == decided_at {
                return Ok(Some(row.supply_as_of));
            }
        }
        Ok(None)
    }

    /// Returns the row of `nav.csv` at an instant, or an error that names the nearest ones.
    pub(super) fn nav_at(&self, at: AsOf) -> Result<NavRow, Fault> {
        let mut before = None;
        for row in Table::<NavRow>::new(&self.read(NavRow::FILE)?) {
            let row = row?;
            if row.as_of == at {
                return Ok(row);
            }
            if row.as_of > at {
                return Err(no_snapshot(at, before, Some(row.as_of)));
            }
            before = Some(row.as_of);
        }
        Err(no_snapshot(at, before, None))
    }
}

fn no_snapshot(at: AsOf, before: Option<AsOf>, after: Option<AsOf>) -> Fault {
    let nearest = match (before, after) {
        (Some(before), Some(after)) => format!("the nearest ones are {before} and {after}"),
        (Some(last), None) => format!("its last one is {last}"),
        (None, Some(first)) => format!("its first one is {first}"),
        (None, None) => "it has none at all".to_owned(),
    };
    fault(NO_SNAPSHOT, NavRow::FILE, format_args!("the run has no snapshot at {at}; {nearest}")).into()
}

/// Reads the definition that the manifest carries.
pub(super) fn definition(manifest: &Manifest) -> Result<IndexDefinition, Fault> {
    serde_json::from_value(manifest.methodology.clone()).map_err(|error| {
        fault(MANIFEST_FORM, MANIFEST, format_args!("the methodology does not read: {error}"))
            .in_column("methodology")
            .into()
    })
}
