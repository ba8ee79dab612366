//! Rows of files in any order, and the history that they are in the order of time.

use std::collections::{BTreeMap, HashMap};

use regimen_types::{
    AsOf, AssetId, Attribute, DecimalError, Diagnostic, Diagnostics, History, HistoryColumns, RowOrder,
    TextHash,
};
use rust_decimal::Decimal;

use crate::codes;
use crate::text::cells::Cell;
use crate::text::findings::Findings;

/// The number of a file among those that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileNumber(usize);

/// An asset at an instant.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) as_of: AsOf,
    pub(crate) asset: u32,
    /// Price, market cap, volume and circulating supply; zero is unknown.
    pub(crate) numbers: [Decimal; 4],
    /// `None` if the row was known at its instant.
    pub(crate) known_at: Option<AsOf>,
    /// Those that are known, by the numbers of their columns.
    pub(crate) attributes: Vec<(usize, Decimal)>,
    pub(crate) file: FileNumber,
    pub(crate) line: u64,
}

impl Record {
    /// Builds a record without any value.
    pub(crate) fn new(file: FileNumber, line: u64, as_of: AsOf, asset: u32) -> Self {
        Self { as_of, asset, numbers: [Decimal::ZERO; 4], known_at: None, attributes: Vec::new(), file, line }
    }
}

/// What was read of all files.
#[derive(Default)]
pub(crate) struct Records {
    rows: Vec<Record>,
    assets: Vec<AssetId>,
    index_of_asset: HashMap<AssetId, u32, TextHash>,
    files: Vec<String>,
    attributes: Vec<FurtherColumn>,
    has_numbers: [bool; 4],
    has_known_at: bool,
    first_row_of_file: usize,
    nameless: Option<(Diagnostic, u64)>,
}

struct FurtherColumn {
    name: String,
    /// The finding about the first cell for which the column is not kept.
    refused: Option<Diagnostic>,
}

/// What bringing rows into order found.
pub(crate) struct Sorted {
    pub(crate) faults: Findings,
    pub(crate) warnings: Findings,
}

impl Records {
    pub(crate) fn begin_file(&mut self, shown: &str) -> FileNumber {
        self.files.push(shown.to_owned());
        self.first_row_of_file = self.rows.len();
        FileNumber(self.files.len() - 1)
    }

    /// Ends a file, which must have had a row.
    pub(crate) fn end_file(&self, shown: &str, has_header: bool) -> Result<(), Findings> {
        let has_rows = self.rows.len() > self.first_row_of_file || self.nameless.is_some();
        if has_rows {
            return Ok(());
        }
        let (code, message) = match has_header {
            true => (codes::HEADER_ONLY, "the file has a header but no row with a value"),
            false => (codes::EMPTY_FILE, "the file is empty, or ends within its header"),
        };
        let help = "write the file again, or remove it if there was no snapshot";
        Err(Diagnostic::error(code.code, shown, message, help).into())
    }

    pub(crate) fn add(&mut self, record: Record) {
        self.rows.push(record);
    }

    /// Notes a row that names no asset.
    pub(crate) fn pass_over(&mut self, file: &str, line: u64) {
        let help = "nothing to do, unless the rows matter: then give them their identifiers";
        let message = "rows that name no asset are passed over; this is the first";
        let first = || (Diagnostic::warning(codes::NAMELESS.code, file, message, help).at_line(line), 0);
        self.nameless.get_or_insert_with(first).1 += 1;
    }

    pub(crate) fn intern(&mut self, asset: &AssetId) -> u32 {
        if let Some(index) = self.index_of_asset.get(asset) {
            return *index;
        }
        // More assets than a u32 counts need more rows than a history may have, which is refused at the end.
        let index = u32::try_from(self.assets.len()).unwrap_or(u32::MAX);
        self.index_of_asset.insert(asset.clone(), index);
        self.assets.push(asset.clone());
        index
    }

    /// Returns the number of a further column.
    pub(crate) fn attribute(&mut self, name: &str) -> usize {
        let known = self.attributes.iter().position(|attribute| attribute.name == name);
        known.unwrap_or_else(|| {
            self.attributes.push(FurtherColumn { name: name.to_owned(), refused: None });
            self.attributes.len() - 1
        })
    }

    /// Gives up a further column for a cell that is no number.
    pub(crate) fn refuse_attribute(&mut self, attribute: usize, cell: Cell<'_>, error: DecimalError) {
        let help = "nothing to do, unless the column is meant as an attribute: then correct its cells";
        let build = || Diagnostic {
            severity: regimen_types::Severity::Warning,
            ..cell.error(codes::PASSED_OVER.code, format!("the column is not kept: {error}"), help)
        };
        if let Some(attribute) = self.attributes.get_mut(attribute) {
            attribute.refused.get_or_insert_with(build);
        }
    }

    /// Notes which columns a file has.
    pub(crate) fn has_columns(&mut self, numbers: [bool; 4], known_at: bool) {
        for (has, this) in self.has_numbers.iter_mut().zip(numbers) {
            *has |= this;
        }
        self.has_known_at |= known_at;
    }

    /// Sorts the rows by instant, those of an instant in the order of reading. `one_file_per_instant`
    /// if no two files may share one, unless any order is allowed.
    pub(crate) fn sort(&mut self, order: RowOrder, one_file_per_instant: bool) -> Sorted {
        let mut sorted = Sorted { faults: Findings::default(), warnings: Findings::default() };
        let mut last_file = None;
        for pair in self.rows.windows(2) {
            let [before, row] = pair else { continue };
            if row.file == before.file && row.as_of < before.as_of && last_file != Some(row.file) {
                last_file = Some(row.file);
                self.note_descent(before, row, order, &mut sorted);
            }
        }
        self.rows.sort_by_key(|row| row.as_of);
        let may_share = order == RowOrder::Sort || !one_file_per_instant;
        let mut lines: BTreeMap<u32, usize> = BTreeMap::new();
        for (place, row) in self.rows.iter().enumerate() {
            let before = place.checked_sub(1).and_then(|before| self.rows.get(before));
            let before = before.filter(|before| before.as_of == row.as_of);
            if before.is_none() {
                lines.clear();
            }
            if let Some(before) = before.filter(|before| before.file != row.file && !may_share) {
                sorted.faults.add(|| self.two_files(before, row));
            } else if let Some(first) = lines.insert(row.asset, place).and_then(|first| self.rows.get(first))
            {
                sorted.faults.add(|| self.duplicate(first, row));
            }
        }
        sorted
    }

    fn file(&self, row: &Record) -> &str {
        self.files.get(row.file.0).map_or("", String::as_str)
    }

    fn note_descent(&self, before: &Record, row: &Record, order: RowOrder, sorted: &mut Sorted) {
        let (as_of, newest) = (row.as_of, before.as_of);
        match order {
            RowOrder::Sorted => sorted.faults.add(|| {
                let message = format!("instants do not ascend: {as_of} comes after {newest}");
                let help = "sort the file by date, or set order = \"sort\" in [snapshots]";
                Diagnostic::error(codes::UNSORTED.code, self.file(row), message, help).at_line(row.line)
            }),
            RowOrder::Sort => sorted.warnings.add(|| {
                let message = format!(
                    "the rows were not in the order of time and are sorted: {as_of} comes after {newest}"
                );
                let help = "nothing to do, unless the order meant something";
                Diagnostic::warning(codes::RESORTED.code, self.file(row), message, help).at_line(row.line)
            }),
        }
    }

    fn two_files(&self, before: &Record, row: &Record) -> Diagnostic {
        let message = format!("{} is already in {}", row.as_of, self.file(before));
        let help = "remove one of the two files, or set order = \"sort\" in [snapshots] to join them";
        Diagnostic::error(codes::TWO_FILES.code, self.file(row), message, help).at_line(row.line)
    }

    fn duplicate(&self, first: &Record, row: &Record) -> Diagnostic {
        let asset = self.assets.get(row.asset as usize).map_or("", AssetId::as_str);
        let place = format!("{}:{}", self.file(first), first.line);
        let message = format!("{asset} has a second row at {}; the first is {place}", row.as_of);
        let help = "remove the row that is wrong";
        Diagnostic::error(codes::DUPLICATE.code, self.file(row), message, help)
            .at_line(row.line)
            .quoting(asset)
    }

    /// Builds the history of sorted rows, with warnings about columns that are not kept.
    pub(crate) fn history(self, shown: &str) -> Result<(History, Findings), Diagnostics> {
        let mut warnings = Findings::default();
        if let Some((first, count)) = self.nameless {
            let message = format!("rows that name no asset are passed over: {count}; this is the first");
            warnings.add(|| Diagnostic { message, ..first });
        }
        if self.rows.is_empty() {
            let help = "check the column that holds assets";
            return Err(
                Diagnostic::error(codes::HEADER_ONLY.code, shown, "no row names an asset", help).into()
            );
        }
        let mut columns = HistoryColumns { assets: self.assets, ..HistoryColumns::default() };
        for row in &self.rows {
            if columns.instants.last() != Some(&row.as_of) {
                columns.instants.push(row.as_of);
                columns.ends.push(columns.asset.len());
            }
            let [price, market_cap, volume, circulating_supply] = row.numbers;
            columns.asset.push(row.asset);
            columns.price.push(price);
            columns.market_cap.push(market_cap);
            if self.has_numbers[2] {
                columns.volume.push(volume);
            }
            if self.has_numbers[3] {
                columns.circulating_supply.push(circulating_supply);
            }
            if self.has_known_at {
                columns.known_at.push(row.known_at.unwrap_or(row.as_of));
            }
            if let Some(end) = columns.ends.last_mut() {
                *end = columns.asset.len();
            }
        }
        for (number, attribute) in self.attributes.into_iter().enumerate() {
            if let Some(finding) = attribute.refused {
                warnings.add(|| finding);
                continue;
            }
            let value = |row: &Record| {
                row.attributes.iter().find(|(column, _)| *column == number).map(|(_, value)| *value)
            };
            let values = self.rows.iter().map(value).collect();
            columns.attributes.push(Attribute { name: attribute.name, values });
        }
        let history = History::from_columns(columns).map_err(|error| {
            Diagnostic::error(codes::UNREADABLE.code, shown, error.to_string(), "give it fewer rows")
        })?;
        Ok((history, warnings))
    }
}
