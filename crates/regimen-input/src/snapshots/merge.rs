//! Parsed blocks, in the order of the input, into one history.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use regimen_types::{AsOf, AssetId, Attribute, Diagnostic, Diagnostics, History, HistoryColumns, TextHash};
use rust_decimal::Decimal;

use super::layout::{AsOfPlace, Layout};
use super::rows::{Nameless, ParsedBlock, RefusedCell, RowPlace, Run};
use crate::codes;
use crate::input_file::InputFile;
use crate::text::findings::Findings;

const SORT: &str = "sort the file by date, or set order = \"sort\" in [snapshots]; if each file holds one asset, \
     layout = \"one_file_per_asset\"";

/// A market's history, and the files it was read from.
#[derive(Debug)]
pub struct SnapshotInput {
    /// The history.
    pub history: History,
    /// The files in the order in which they were read.
    pub files: Vec<InputFile>,
    /// What a person should look at, such as columns that are not kept.
    pub warnings: Diagnostics,
}

/// The history so far, and what is wrong with it.
#[derive(Default)]
pub(crate) struct Merge {
    columns: HistoryColumns,
    index_of_asset: HashMap<AssetId, u32, TextHash>,
    /// The newest row of each asset.
    latest_row: Vec<Option<usize>>,
    /// The first row of the newest instant.
    newest_start: usize,
    /// The last run that was out of order, so that its continuation in the next block is not reported twice.
    misplaced: Option<AsOf>,
    attributes: Vec<MergedAttribute>,
    /// Where rows stand, with the layout of their file.
    places: Vec<(RowPlace, Arc<Layout>)>,
    /// The rows passed over because they name no asset, and the file of the first.
    nameless: Option<(Nameless, String)>,
    files: Vec<InputFile>,
    file_is_silent: bool,
    findings: Findings,
}

/// A further column.
struct MergedAttribute {
    name: String,
    values: Vec<Option<Decimal>>,
    /// The file and the first cell for which the column is not kept.
    refused: Option<(String, RefusedCell)>,
}

impl Merge {
    pub(crate) fn new() -> Self {
        Self { file_is_silent: true, ..Self::default() }
    }

    /// Ends a file that cannot be read to its end.
    pub(crate) fn fail_file(&mut self, findings: Findings) {
        self.findings.append(findings);
        self.file_is_silent = true;
    }

    /// Ends a file: `shown` is the name that the user gave it.
    pub(crate) fn end_file(&mut self, file: InputFile, shown: &str) {
        if std::mem::replace(&mut self.file_is_silent, true) {
            let help = "write the file again, or remove it if there was no snapshot";
            let message = "the file has a header but no row";
            self.findings.add(|| Diagnostic::error(codes::HEADER_ONLY.code, shown, message, help));
        }
        // The files of an archive are hashed as the archive.
        if self.files.last() != Some(&file) {
            self.files.push(file);
        }
    }

    /// Returns true if something is wrong, so that the input will be refused.
    pub(crate) fn is_faulty(&self) -> bool {
        !self.findings.is_empty()
    }

    /// Adds the rows of a block.
    pub(crate) fn add_block(&mut self, mut block: ParsedBlock) {
        let start = self.columns.asset.len();
        self.file_is_silent &= !block.has_lines;
        self.add_nameless(&block);
        let places = block.places.iter();
        self.places.extend(places.map(|place| (place.after(start), Arc::clone(&block.layout))));
        let index_of_local: Vec<u32> = block.assets.iter().map(|asset| self.intern(asset)).collect();
        let assets = block.asset.iter().map(|&local| index_of_local[local as usize]);
        self.columns.asset.extend(assets);

        let mut findings = Findings::default();
        let mut from = start;
        for run in &block.runs {
            let run = Run { end: start + run.end, ..*run };
            if block.layout.named_as_of.is_some_and(|named| named.date() != run.as_of.date()) {
                findings.add(|| self.other_date(run.as_of, from));
            }
            self.add_run(run, from, &mut findings);
            from = run.end;
        }
        block.findings.join(findings);
        self.findings.append(std::mem::take(&mut block.findings));

        self.add_numbers(&mut block, start);
        self.columns.known_at.append(&mut block.known_at);
        self.add_attributes(&mut block, start);
    }

    /// Checks the history and returns it with the files it came from.
    pub(crate) fn finish(self, shown: &str) -> Result<SnapshotInput, Diagnostics> {
        if !self.findings.is_empty() {
            return Err(self.findings.into());
        }
        if self.columns.asset.is_empty() {
            let help = "check the column that holds assets";
            return Err(
                Diagnostic::error(codes::HEADER_ONLY.code, shown, "no row names an asset", help).into()
            );
        }
        let mut warnings = Findings::default();
        if let Some((nameless, file)) = self.nameless {
            warnings.add(|| passed_over_rows(&file, nameless));
        }
        let mut columns = self.columns;
        for attribute in self.attributes {
            match attribute.refused {
                Some((file, cell)) => warnings.add(|| passed_over(&file, &attribute.name, &cell)),
                None => {
                    columns.attributes.push(Attribute { name: attribute.name, values: attribute.values });
                }
            }
        }
        let history = History::from_columns(columns).map_err(|error| {
            let help = "give it fewer rows";
            Diagnostic::error(codes::UNREADABLE.code, shown, error.to_string(), help)
        })?;
        Ok(SnapshotInput { history, files: self.files, warnings: warnings.into() })
    }

    fn add_nameless(&mut self, block: &ParsedBlock) {
        match &mut self.nameless {
            Some((nameless, _)) => nameless.count += block.nameless.count,
            None if block.nameless.count > 0 => {
                self.nameless = Some((block.nameless, block.layout.file.clone()));
            }
            None => {}
        }
    }

    fn intern(&mut self, asset: &AssetId) -> u32 {
        if let Some(index) = self.index_of_asset.get(asset) {
            return *index;
        }
        // More assets than a u32 counts need more rows than a history may have, which is refused at the end.
        let index = u32::try_from(self.columns.assets.len()).unwrap_or(u32::MAX);
        self.index_of_asset.insert(asset.clone(), index);
        self.columns.assets.push(asset.clone());
        self.latest_row.push(None);
        index
    }

    /// Adds adjacent rows of one instant to the instants, unless they are out of order.
    fn add_run(&mut self, run: Run, from: usize, findings: &mut Findings) {
        match self.columns.instants.last().copied() {
            Some(newest) if run.as_of == newest && self.is_from_newest_file(from) => {
                self.misplaced = None;
                if let Some(end) = self.columns.ends.last_mut() {
                    *end = run.end;
                }
                self.check_duplicates(run.as_of, from..run.end, findings);
            }
            Some(newest) if run.as_of <= newest => {
                if self.misplaced != Some(run.as_of) {
                    findings.add(|| self.out_of_order(run.as_of, newest, from));
                }
                self.misplaced = Some(run.as_of);
            }
            _ => {
                self.misplaced = None;
                self.newest_start = from;
                self.columns.instants.push(run.as_of);
                self.columns.ends.push(run.end);
                self.check_duplicates(run.as_of, from..run.end, findings);
            }
        }
    }

    fn check_duplicates(&mut self, as_of: AsOf, rows: Range<usize>, findings: &mut Findings) {
        for row in rows {
            let asset = self.columns.asset[row] as usize;
            match self.latest_row[asset] {
                Some(first) if first >= self.newest_start => {
                    findings.add(|| self.duplicate(asset, as_of, first, row));
                }
                _ => self.latest_row[asset] = Some(row),
            }
        }
    }

    fn add_numbers(&mut self, block: &mut ParsedBlock, start: usize) {
        let rows = start + block.row_count();
        let [price, market_cap, volume, circulating_supply] = &mut block.numbers;
        self.columns.price.append(price);
        self.columns.market_cap.append(market_cap);
        // A file without caps leaves all of them unknown.
        self.columns.market_cap.fill(rows);
        self.columns.volume.append(volume);
        self.columns.circulating_supply.append(circulating_supply);
    }

    fn add_attributes(&mut self, block: &mut ParsedBlock, start: usize) {
        let rows = start + block.row_count();
        for (&place, cells) in block.layout.attributes.iter().zip(&mut block.attributes) {
            let attribute = attribute_of_name(&mut self.attributes, &block.layout.names[place]);
            match (&attribute.refused, cells.refused.take()) {
                (Some(_), _) => {}
                (None, Some(cell)) => {
                    attribute.values = Vec::new();
                    attribute.refused = Some((block.layout.file.clone(), cell));
                }
                (None, None) => {
                    attribute.values.resize(start, None);
                    attribute.values.append(&mut cells.values);
                }
            }
        }
        // A file of a folder need not have each column.
        for attribute in self.attributes.iter_mut().filter(|attribute| attribute.refused.is_none()) {
            attribute.values.resize(rows, None);
        }
    }

    /// Returns true if a row and the newest instant's first row stand in one file.
    fn is_from_newest_file(&self, row: usize) -> bool {
        let file = |row| self.place(row).map(|(_, layout)| &layout.file);
        file(row) == file(self.newest_start)
    }

    /// Returns the line and layout of a row.
    fn place(&self, row: usize) -> Option<(u64, &Layout)> {
        let after = self.places.partition_point(|(place, _)| place.row <= row);
        let (place, layout) = self.places.get(after.checked_sub(1)?)?;
        Some((place.line + (row - place.row) as u64, layout))
    }

    fn out_of_order(&self, as_of: AsOf, newest: AsOf, row: usize) -> Diagnostic {
        let (line, layout) = self.place(row).unzip();
        let (newest_line, newest_layout) = self.place(self.newest_start).unzip();
        let file = layout.map_or("", |layout| &layout.file);
        let newest_file = newest_layout.map_or("", |layout| &layout.file);
        let newest_line = newest_line.unwrap_or_default();
        let finding = if as_of == newest {
            let message = format!("{as_of} is already in {newest_file}");
            Diagnostic::error(
                codes::TWO_FILES.code,
                file,
                message,
                "remove one of the two files, or join them",
            )
        } else if self.columns.instants.binary_search(&as_of).is_ok() {
            let message = format!(
                "the rows of {as_of} are not adjacent: these come after {newest} ({newest_file}:{newest_line})"
            );
            Diagnostic::error(codes::UNSORTED.code, file, message, SORT)
        } else {
            let message =
                format!("instants do not ascend: {as_of} comes after {newest} ({newest_file}:{newest_line})");
            Diagnostic::error(codes::UNSORTED.code, file, message, SORT)
        };
        let column = layout.and_then(|layout| match layout.as_of {
            AsOfPlace::Column(place) => layout.names.get(place).cloned(),
            AsOfPlace::FileName(_) => None,
        });
        let finding = Diagnostic { line, column, ..finding };
        finding.quoting(&as_of.to_string())
    }

    fn other_date(&self, as_of: AsOf, row: usize) -> Diagnostic {
        let (line, layout) = self.place(row).unzip();
        let file = layout.map_or("", |layout| &layout.file);
        let message = format!("the file is named after a day, and holds rows of {as_of}");
        let finding =
            Diagnostic::error(codes::OTHER_DATE.code, file, message, "correct the name or the rows");
        Diagnostic { line, ..finding }.quoting(&as_of.to_string())
    }

    fn duplicate(&self, asset: usize, as_of: AsOf, first: usize, row: usize) -> Diagnostic {
        let (line, layout) = self.place(row).unzip();
        let asset = &self.columns.assets[asset];
        let first = self.place(first).map_or(0, |(line, _)| line);
        let message = format!("{asset} has a second row at {as_of}; the first is line {first}");
        let file = layout.map_or("", |layout| &layout.file);
        let column = layout.map(|layout| layout.names[layout.asset].clone());
        let finding = Diagnostic::error(codes::DUPLICATE.code, file, message, "remove the row that is wrong");
        let finding = Diagnostic { line, column, ..finding };
        finding.quoting(asset.as_str())
    }
}

impl RowPlace {
    fn after(self, rows: usize) -> Self {
        Self { row: rows + self.row, ..self }
    }
}

fn attribute_of_name<'a>(attributes: &'a mut Vec<MergedAttribute>, name: &str) -> &'a mut MergedAttribute {
    let index = attributes.iter().position(|attribute| attribute.name == name).unwrap_or_else(|| {
        attributes.push(MergedAttribute { name: name.to_owned(), values: Vec::new(), refused: None });
        attributes.len() - 1
    });
    &mut attributes[index]
}

fn passed_over_rows(file: &str, nameless: Nameless) -> Diagnostic {
    let message = format!("rows that name no asset are passed over: {}; this is the first", nameless.count);
    let help = "nothing to do, unless the rows matter: then give them their identifiers";
    let finding = Diagnostic::warning(codes::NAMELESS.code, file, message, help);
    Diagnostic { line: nameless.first_line, ..finding }
}

fn passed_over(file: &str, column: &str, cell: &RefusedCell) -> Diagnostic {
    let message = format!("the column is not kept: {}", cell.reason);
    let help = "nothing to do, unless the column is meant as an attribute: then correct its cells";
    Diagnostic::warning(codes::PASSED_OVER.code, file, message, help)
        .at_line(cell.line)
        .in_column(column)
        .quoting(&String::from_utf8_lossy(&cell.text))
}
