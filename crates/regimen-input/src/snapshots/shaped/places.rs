//! Where a file of some shape has what, and its rows as records.

use std::collections::BTreeMap;

use regimen_types::{
    AsOf, AssetId, AttributeColumns, ColumnMapping, Diagnostic, NamelessRows, SnapshotFormat, SnapshotLayout,
};

use super::cell_text::CellText;
use super::records::{FileNumber, Record, Records};
use crate::codes;
use crate::text::cells::Cell;
use crate::text::findings::Findings;
use crate::text::header::missing_column;

/// The names by which a first column without the mapped name is still taken for that of instants.
const INDEX_NAMES: [&str; 6] = ["", "date", "datetime", "time", "timestamp", "day"];

/// What a file is called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FileName<'a> {
    /// With its folders, for messages.
    pub(crate) shown: &'a str,
    /// Without folders and ending.
    pub(crate) stem: &'a str,
}

/// Where a file has what.
#[derive(Debug)]
pub(crate) struct Places {
    pub(crate) names: Vec<String>,
    file: String,
    cells: CellText,
    as_of: AsOfPlace,
    rows: RowPlaces,
}

#[derive(Clone, Copy, Debug)]
enum AsOfPlace {
    Column(usize),
    FileName(AsOf),
}

/// The columns of price, market cap, volume and circulating supply.
type NumberPlaces = [Option<usize>; 4];

#[derive(Debug)]
enum RowPlaces {
    /// A row is of one asset.
    Long {
        asset: AssetPlace,
        numbers: NumberPlaces,
        known_at: Option<usize>,
        /// Places, and the numbers of the attributes in the records.
        attributes: Vec<(usize, usize)>,
        attributes_are_named: bool,
        nameless_rows: NamelessRows,
    },
    /// A row is of all assets.
    Wide(Vec<(u32, NumberPlaces)>),
}

#[derive(Clone, Copy, Debug)]
enum AssetPlace {
    Column(usize),
    FileName(u32),
}

/// The header of a file, in which columns are looked for.
struct Header<'a> {
    file: &'a str,
    line: u64,
    names: &'a [String],
    format: &'a SnapshotFormat,
    findings: Findings,
}

impl Header<'_> {
    fn place(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|found| found == name)
    }

    /// Finds a column, or notes that it is missing.
    fn needed(&mut self, key: &str, name: &str) -> Option<usize> {
        let place = self.place(name);
        if place.is_none() {
            self.findings.add(|| missing_column(self.file, self.line, self.names, name, Some(key)));
        }
        place
    }

    fn numbers(&mut self) -> NumberPlaces {
        let columns = &self.format.columns;
        let [price, rest @ ..] = number_columns(columns);
        let mut optional = |(key, name): (&str, Option<&str>)| name.and_then(|name| self.needed(key, name));
        let [cap, volume, supply] = rest.map(&mut optional);
        [optional(price), cap, volume, supply]
    }

    fn error(&mut self, code: &'static str, column: &str, message: &str, help: &str) {
        self.findings
            .add(|| Diagnostic::error(code, self.file, message, help).at_line(self.line).in_column(column));
    }
}

/// Returns the keys and columns of price, market cap, volume and circulating supply.
fn number_columns(columns: &ColumnMapping) -> [(&'static str, Option<&str>); 4] {
    [
        ("price", Some(columns.price.as_str())),
        ("market_cap", columns.market_cap.as_deref()),
        ("volume", columns.volume.as_deref()),
        ("circulating_supply", columns.circulating_supply.as_deref()),
    ]
}

impl Places {
    /// Finds the columns that the header of a file names at `line`.
    pub(crate) fn new(
        name: FileName<'_>,
        line: u64,
        names: Vec<String>,
        format: &SnapshotFormat,
        records: &mut Records,
    ) -> Result<Self, Findings> {
        let cells = CellText { shape: format.shape.clone(), excess_digits: format.excess_digits };
        let mut header =
            Header { file: name.shown, line, names: &names, format, findings: Findings::default() };
        let as_of = as_of_place(&mut header, name);
        let rows = match format.shape.layout {
            SnapshotLayout::Wide => wide_places(&mut header, as_of, records),
            layout => long_places(&mut header, layout, name, records),
        };
        let findings = std::mem::take(&mut header.findings);
        match (as_of, rows) {
            (Some(as_of), Some(rows)) if findings.is_empty() => {
                Ok(Self { file: name.shown.to_owned(), names, cells, as_of, rows })
            }
            _ => Err(findings),
        }
    }

    fn cell<'a>(&'a self, line: u64, fields: &[&'a [u8]], place: usize) -> Cell<'a> {
        Cell { file: &self.file, line, column: &self.names[place], text: fields[place] }
    }

    /// Adds the records of a row whose fields have no outer white space.
    pub(crate) fn add_row(
        &self,
        file: FileNumber,
        line: u64,
        fields: &[&[u8]],
        records: &mut Records,
    ) -> Result<(), Findings> {
        let as_of = match self.as_of {
            AsOfPlace::Column(place) => self.cells.instant(self.cell(line, fields, place)),
            AsOfPlace::FileName(as_of) => Ok(as_of),
        };
        match &self.rows {
            RowPlaces::Wide(assets) => {
                let as_of = as_of?;
                for (asset, places) in assets {
                    // An asset without any cell is not in the market yet, or no longer.
                    let is_there = |place: &usize| !self.cells.is_unknown(fields[*place]);
                    if places.iter().flatten().any(is_there) {
                        let record = Record::new(file, line, as_of, *asset);
                        records.add(Record { numbers: self.numbers(line, fields, places)?, ..record });
                    }
                }
                Ok(())
            }
            RowPlaces::Long {
                asset: AssetPlace::Column(place),
                nameless_rows: NamelessRows::PassOver,
                ..
            } if fields[*place].is_empty() => {
                records.pass_over(&self.file, line);
                Ok(())
            }
            RowPlaces::Long { asset, numbers, known_at, attributes, attributes_are_named, .. } => {
                let asset = match asset {
                    AssetPlace::Column(place) => {
                        self.cell(line, fields, *place).asset().map(|asset| records.intern(&asset))
                    }
                    AssetPlace::FileName(asset) => Ok(*asset),
                };
                let numbers = self.numbers(line, fields, numbers);
                let known_at =
                    known_at.map_or(Ok(None), |place| self.known_at(self.cell(line, fields, place), &as_of));
                let (as_of, asset, numbers, known_at) = match (as_of, asset, numbers, known_at) {
                    (Ok(as_of), Ok(asset), Ok(numbers), Ok(known_at)) => (as_of, asset, numbers, known_at),
                    (as_of, asset, numbers, known_at) => {
                        let mut findings = Findings::default();
                        findings.add_all([as_of.err(), asset.err(), numbers.err(), known_at.err()]);
                        return Err(findings);
                    }
                };
                let mut record = Record { numbers, known_at, ..Record::new(file, line, as_of, asset) };
                for (place, attribute) in attributes {
                    let cell = self.cell(line, fields, *place);
                    match self.cells.number(cell.text) {
                        Ok(value) => record.attributes.extend(value.map(|value| (*attribute, value))),
                        Err(error) if *attributes_are_named => return Err(cell.no_number(error).into()),
                        Err(error) => records.refuse_attribute(*attribute, cell, error),
                    }
                }
                records.add(record);
                Ok(())
            }
        }
    }

    fn numbers(
        &self,
        line: u64,
        fields: &[&[u8]],
        places: &NumberPlaces,
    ) -> Result<[rust_decimal::Decimal; 4], Findings> {
        let mut numbers = [rust_decimal::Decimal::ZERO; 4];
        let mut findings = Findings::default();
        for (number, place) in numbers.iter_mut().zip(places) {
            let Some(place) = *place else { continue };
            let cell = self.cell(line, fields, place);
            match self.cells.number(cell.text) {
                Ok(Some(value)) if value.is_sign_negative() => findings.add(|| cell.negative()),
                Ok(value) => *number = value.unwrap_or_default(),
                Err(error) => findings.add(|| cell.no_number(error)),
            }
        }
        if findings.is_empty() { Ok(numbers) } else { Err(findings) }
    }

    fn known_at(&self, cell: Cell<'_>, as_of: &Result<AsOf, Findings>) -> Result<Option<AsOf>, Findings> {
        if self.cells.is_unknown(cell.text) {
            return Ok(None);
        }
        let known_at = self.cells.instant(cell)?;
        match as_of {
            Ok(as_of) if known_at < *as_of => Err(cell.known_before_row(*as_of).into()),
            _ => Ok(Some(known_at)),
        }
    }
}

fn as_of_place(header: &mut Header<'_>, name: FileName<'_>) -> Option<AsOfPlace> {
    let wanted = header.format.columns.as_of.as_str();
    if let Some(place) = header.place(wanted) {
        return Some(AsOfPlace::Column(place));
    }
    let is_index = |name: &String| INDEX_NAMES.iter().any(|index| index.eq_ignore_ascii_case(name));
    if header.format.shape.layout == SnapshotLayout::Wide && header.names.first().is_some_and(is_index) {
        return Some(AsOfPlace::Column(0));
    }
    let in_name = match &header.format.shape.as_of_format {
        Some(format) => format.parse(name.stem).ok(),
        None => name.stem.parse().ok(),
    };
    match in_name {
        Some(as_of) if header.format.shape.layout == SnapshotLayout::Long => Some(AsOfPlace::FileName(as_of)),
        _ => header.needed("as_of", wanted).map(AsOfPlace::Column),
    }
}

fn long_places(
    header: &mut Header<'_>,
    layout: SnapshotLayout,
    name: FileName<'_>,
    records: &mut Records,
) -> Option<RowPlaces> {
    let columns = &header.format.columns;
    let asset = match header.place(&columns.asset) {
        Some(place) => Some(AssetPlace::Column(place)),
        None if layout == SnapshotLayout::OneFilePerAsset => {
            asset_of_file(header, name).map(|asset| AssetPlace::FileName(records.intern(&asset)))
        }
        None => header.needed("asset", &columns.asset).map(AssetPlace::Column),
    };
    let numbers = header.numbers();
    let known_at = columns.known_at.as_deref().and_then(|column| header.needed("known_at", column));
    let attributes = match &header.format.attributes {
        AttributeColumns::Named(wanted) => {
            wanted.iter().filter_map(|name| header.needed("attributes", name)).collect()
        }
        AttributeColumns::AllNumeric => further_columns(header),
    };
    let attributes: Vec<usize> = attributes;
    let attributes = attributes.into_iter().map(|place| (place, records.attribute(&header.names[place])));
    let attributes = attributes.collect();
    records.has_columns(numbers.map(|place| place.is_some()), known_at.is_some());
    Some(RowPlaces::Long {
        asset: asset?,
        numbers,
        known_at,
        attributes,
        attributes_are_named: matches!(header.format.attributes, AttributeColumns::Named(_)),
        nameless_rows: header.format.nameless_rows,
    })
}

/// Returns the named columns that the format does not map.
fn further_columns(header: &Header<'_>) -> Vec<usize> {
    let columns = &header.format.columns;
    let numbers = number_columns(columns).into_iter().filter_map(|(_, name)| name);
    let others = [Some(columns.as_of.as_str()), Some(columns.asset.as_str()), columns.known_at.as_deref()];
    let mapped: Vec<&str> = numbers.chain(others.into_iter().flatten()).collect();
    let is_further = |name: &str| !name.is_empty() && !mapped.contains(&name);
    (0..header.names.len()).filter(|place| is_further(&header.names[*place])).collect()
}

fn asset_of_file(header: &mut Header<'_>, name: FileName<'_>) -> Option<AssetId> {
    let pattern = &header.format.shape.asset_pattern;
    let asset = pattern.parts(name.stem).and_then(|parts| AssetId::new(parts.asset).ok());
    if asset.is_none() {
        let message = format!("the file's name {:?} names no asset by the pattern {pattern}", name.stem);
        let help = "correct `asset_pattern` in [snapshots], or rename the file";
        header.findings.add(|| Diagnostic::error(codes::BAD_FILE_NAME.code, name.shown, message, help));
    }
    asset
}

fn wide_places(
    header: &mut Header<'_>,
    as_of: Option<AsOfPlace>,
    records: &mut Records,
) -> Option<RowPlaces> {
    let pattern = &header.format.shape.asset_pattern;
    let measures = number_columns(&header.format.columns);
    let mut places: BTreeMap<u32, NumberPlaces> = BTreeMap::new();
    for (place, name) in header.names.iter().enumerate() {
        if name.is_empty() || matches!(as_of, Some(AsOfPlace::Column(column)) if column == place) {
            continue;
        }
        let Some(parts) = pattern.parts(name) else {
            let message = format!("the column names no asset by the pattern {pattern}");
            let help = "correct `asset_pattern` in [snapshots], or remove the column";
            header.error(codes::BAD_FILE_NAME.code, name, &message, help);
            continue;
        };
        let measure = match parts.measure {
            None => Some(0),
            Some(measure) => measures.iter().position(|(_, column)| *column == Some(measure)),
        };
        // Measures that nothing maps are passed over.
        let Some(measure) = measure else { continue };
        match AssetId::new(parts.asset) {
            Ok(asset) => places.entry(records.intern(&asset)).or_default()[measure] = Some(place),
            Err(error) => header.error(codes::BAD_ASSET.code, name, &error.to_string(), "rename the column"),
        }
    }
    if !places.values().any(|numbers| numbers[0].is_some()) {
        header.needed("price", &header.format.columns.price);
    }
    let has = |number: usize| places.values().any(|numbers| numbers[number].is_some());
    records.has_columns([has(0), has(1), has(2), has(3)], false);
    Some(RowPlaces::Wide(places.into_iter().collect()))
}
