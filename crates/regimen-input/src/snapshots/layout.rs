//! The places of a snapshot file's columns.

use std::collections::BTreeSet;

use regimen_types::{
    AsOf, AsOfError, AttributeColumns, Diagnostic, ExcessDigits, NamelessRows, SnapshotFormat,
};

use crate::codes;
use crate::text::blocks::HeaderLine;
use crate::text::findings::Findings;
use crate::text::header::{column_names, missing_column, unmapped_known_at};

/// Where a snapshot file has what.
#[derive(Debug)]
pub(crate) struct Layout {
    /// The file as the user named it.
    pub(crate) file: String,
    /// The names of all columns.
    pub(crate) names: Vec<String>,
    pub(crate) as_of: AsOfPlace,
    /// The instant in the file's name, if its rows state theirs too: they must be of the same day.
    pub(crate) named_as_of: Option<AsOf>,
    pub(crate) asset: usize,
    pub(crate) known_at: Option<usize>,
    /// Price, market cap, volume and circulating supply.
    pub(crate) numbers: [Option<usize>; 4],
    /// The further columns that may be kept.
    pub(crate) attributes: Vec<usize>,
    /// True if a cell of a further column that is not a number is an error.
    pub(crate) attributes_are_named: bool,
    pub(crate) excess_digits: ExcessDigits,
    pub(crate) nameless_rows: NamelessRows,
}

/// Where a row's instant stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AsOfPlace {
    Column(usize),
    FileName(AsOf),
}

impl Layout {
    /// Finds the columns of a file whose name without extension is `stem`.
    pub(crate) fn new(
        file: &str,
        stem: &str,
        header: &HeaderLine,
        format: &SnapshotFormat,
    ) -> Result<Self, Findings> {
        let names = column_names(file, header)?;
        let mapping = &format.columns;
        let mut findings = Findings::default();
        let mut find = |key: &str, name: &str| {
            let place = names.iter().position(|found| found == name);
            if place.is_none() {
                findings.add(|| missing_column(file, header.number, &names, name, Some(key)));
            }
            place
        };
        let as_of = match (names.iter().position(|name| *name == mapping.as_of), stem.parse::<AsOf>()) {
            (Some(place), _) => Some(AsOfPlace::Column(place)),
            (None, Ok(as_of)) => Some(AsOfPlace::FileName(as_of)),
            (None, Err(AsOfError::NoSuchDate)) => {
                return Err(Findings::from(no_such_date_in_name(file, stem)));
            }
            (None, Err(_)) => find("as_of", &mapping.as_of).map(AsOfPlace::Column),
        };
        let asset = find("asset", &mapping.asset);
        let price = find("price", &mapping.price);
        let mut optional = |key, name: &Option<String>| name.as_ref().and_then(|name| find(key, name));
        let numbers = [
            price,
            optional("market_cap", &mapping.market_cap),
            optional("volume", &mapping.volume),
            optional("circulating_supply", &mapping.circulating_supply),
        ];
        let known_at = optional("known_at", &mapping.known_at);
        if mapping.known_at.is_none()
            && let Some(finding) = unmapped_known_at(file, header.number, &names)
        {
            return Err(finding.into());
        }
        let attributes = match &format.attributes {
            AttributeColumns::AllNumeric => further_columns(&names, format),
            AttributeColumns::Named(wanted) => {
                let wanted: BTreeSet<&String> = wanted.iter().collect();
                wanted.into_iter().filter_map(|name| find("attributes", name)).collect()
            }
        };
        match (as_of, asset) {
            (Some(as_of), Some(asset)) if findings.is_empty() => Ok(Self {
                file: file.to_owned(),
                names,
                as_of,
                named_as_of: stem.parse().ok(),
                asset,
                known_at,
                numbers,
                attributes,
                attributes_are_named: matches!(format.attributes, AttributeColumns::Named(_)),
                excess_digits: format.excess_digits,
                nameless_rows: format.nameless_rows,
            }),
            _ => Err(findings),
        }
    }
}

/// Returns the columns that the format does not map; a column without a name is never kept.
fn further_columns(names: &[String], format: &SnapshotFormat) -> Vec<usize> {
    let mapping = &format.columns;
    let optional = [&mapping.market_cap, &mapping.volume, &mapping.circulating_supply, &mapping.known_at];
    let mapped: Vec<&String> = [&mapping.as_of, &mapping.asset, &mapping.price]
        .into_iter()
        .chain(optional.into_iter().flatten())
        .collect();
    (0..names.len()).filter(|&place| !names[place].is_empty() && !mapped.contains(&&names[place])).collect()
}

fn no_such_date_in_name(file: &str, stem: &str) -> Diagnostic {
    let message = "the date in the file's name does not exist";
    Diagnostic::error(codes::NO_SUCH_DATE.code, file, message, "rename the file").quoting(stem)
}
