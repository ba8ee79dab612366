//! What each field of a file's rows is.

use regimen_types::{AttributeColumns, Diagnostic, Diagnostics, SnapshotFormat};

use super::codes::{ENCODING, MISSING_COLUMN, REPEATED_COLUMN};
use super::files::SourceFile;
use super::findings::error;
use super::table::fields_of;

/// The positions of the columns in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// The names of all columns, in order.
    pub(crate) names: Vec<String>,
    /// `None` if the date is in the file's name.
    pub(crate) as_of: Option<usize>,
    pub(crate) asset: usize,
    pub(crate) price: usize,
    pub(crate) market_cap: Option<usize>,
    pub(crate) volume: Option<usize>,
    pub(crate) circulating_supply: Option<usize>,
    pub(crate) known_at: Option<usize>,
    /// The further columns that are kept.
    pub(crate) attributes: Vec<usize>,
}

impl Layout {
    /// Finds the columns in a header line.
    pub(crate) fn of(header: &[u8], file: &SourceFile, format: &SnapshotFormat) -> Result<Self, Diagnostics> {
        let names = column_names(header, file)?;
        let mut finder = Finder { names: &names, file, missing: Vec::new() };
        let columns = &format.columns;
        let dated_by_name = file.date.is_some() && !names.contains(&columns.as_of);
        let mut layout = Self {
            as_of: if dated_by_name { None } else { finder.find("as_of", &columns.as_of) },
            asset: finder.find("asset", &columns.asset).unwrap_or_default(),
            price: finder.find("price", &columns.price).unwrap_or_default(),
            market_cap: finder.find_optional("market_cap", columns.market_cap.as_deref()),
            volume: finder.find_optional("volume", columns.volume.as_deref()),
            circulating_supply: finder
                .find_optional("circulating_supply", columns.circulating_supply.as_deref()),
            known_at: finder.find_optional("known_at", columns.known_at.as_deref()),
            attributes: Vec::new(),
            names: Vec::new(),
        };
        if let AttributeColumns::Named(wanted) = &format.attributes {
            layout.attributes = wanted.iter().filter_map(|name| finder.find_attribute(name)).collect();
        }
        if !finder.missing.is_empty() {
            return Err(Diagnostics { items: finder.missing, suppressed: 0 });
        }
        if format.attributes == AttributeColumns::AllNumeric {
            layout.attributes = (0..names.len()).filter(|position| !layout.is_mapped(*position)).collect();
        }
        layout.names = names;
        Ok(layout)
    }

    fn is_mapped(&self, position: usize) -> bool {
        let optional = [self.as_of, self.market_cap, self.volume, self.circulating_supply, self.known_at];
        position == self.asset || position == self.price || optional.contains(&Some(position))
    }
}

struct Finder<'a> {
    names: &'a [String],
    file: &'a SourceFile,
    missing: Vec<Diagnostic>,
}

impl Finder<'_> {
    fn find(&mut self, key: &str, name: &str) -> Option<usize> {
        let position = self.names.iter().position(|each| each == name);
        if position.is_none() {
            let near = self.names.iter().find(|each| each.eq_ignore_ascii_case(name) || each.as_str() == key);
            let remedy = match near {
                Some(near) => format!("set `{key} = \"{near}\"` in `[snapshots.columns]`"),
                None => format!("name the column in `[snapshots.columns]`: `{key} = \"…\"`"),
            };
            self.miss(name, remedy);
        }
        position
    }

    fn find_optional(&mut self, key: &str, name: Option<&str>) -> Option<usize> {
        let name = name?;
        let position = self.names.iter().position(|each| each == name);
        if position.is_none() {
            self.miss(
                name,
                format!("map its name in `[snapshots.columns]`, or switch it off with `{key} = \"\"`"),
            );
        }
        position
    }

    fn find_attribute(&mut self, name: &str) -> Option<usize> {
        let position = self.names.iter().position(|each| each == name);
        if position.is_none() {
            self.miss(name, "correct or remove the name in `snapshots.attributes`".to_owned());
        }
        position
    }

    fn miss(&mut self, name: &str, remedy: String) {
        let message = format!("there is no column `{name}`; the header has {}", self.names.join(", "));
        let finding = Diagnostic::error(MISSING_COLUMN, &self.file.shown, message, remedy);
        self.missing.push(finding.at_line(1).in_column(name));
    }
}

fn column_names(header: &[u8], file: &SourceFile) -> Result<Vec<String>, Diagnostics> {
    let fields = fields_of(header).ok_or_else(|| {
        error(super::codes::QUOTES, &file.shown, "the header's quotes are not closed").at_line(1)
    })?;
    let mut names: Vec<String> = Vec::with_capacity(fields.len());
    for field in fields {
        let name = String::from_utf8(field).map_err(|problem| {
            let at = problem.utf8_error().valid_up_to();
            error(ENCODING, &file.shown, format!("the header is not UTF-8 at byte {at} of a name")).at_line(1)
        })?;
        let name = name.trim().to_owned();
        if names.contains(&name) {
            let message = format!("the header names the column `{name}` twice");
            return Err(error(REPEATED_COLUMN, &file.shown, message).at_line(1).in_column(name).into());
        }
        names.push(name);
    }
    Ok(names)
}
