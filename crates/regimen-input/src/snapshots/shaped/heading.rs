//! The lines before the rows, which name the columns.

use regimen_types::Separator;

use crate::text::findings::Findings;
use crate::text::header::{check_names, line_cells};

/// How the columns of a file get their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Heading {
    /// The first line names them.
    FirstLine,
    /// The second line names them; the first is about the file.
    SecondLine,
    /// No line names them: they are known.
    Known(Vec<String>),
    /// Three lines name them, as pandas writes two levels and the name of the index: the measure, the asset,
    /// and what the first column holds. A name is then `MEASURE ASSET`.
    ThreeLines,
}

/// A heading, read up to some line.
pub(crate) struct BegunHeading<'a> {
    heading: &'a Heading,
    lines: Vec<Vec<String>>,
}

impl Heading {
    pub(crate) fn begin(&self) -> BegunHeading<'_> {
        BegunHeading { heading: self, lines: Vec::new() }
    }
}

impl BegunHeading<'_> {
    /// Returns the names, if no line is needed for them.
    pub(crate) fn names_without_line(&self) -> Option<Vec<String>> {
        match self.heading {
            Heading::Known(names) => Some(names.clone()),
            _ => None,
        }
    }

    /// Takes a line, and returns the names once they are complete.
    pub(crate) fn take(
        &mut self,
        file: &str,
        number: u64,
        text: &[u8],
        separator: Separator,
    ) -> Result<Option<Vec<String>>, Findings> {
        // A line about the file need not be a row, so its quotes may be anything.
        let cells = match self.heading {
            Heading::SecondLine if self.lines.is_empty() => Vec::new(),
            _ => line_cells(file, number, text, separator)?,
        };
        self.lines.push(cells);
        let needed = match self.heading {
            Heading::FirstLine | Heading::Known(_) => 1,
            Heading::SecondLine => 2,
            Heading::ThreeLines => 3,
        };
        if self.lines.len() < needed {
            return Ok(None);
        }
        let names = match (self.heading, self.lines.as_slice()) {
            (Heading::ThreeLines, [measures, assets, first]) => joined_names(measures, assets, first),
            (_, lines) => lines.last().cloned().unwrap_or_default(),
        };
        check_names(file, number, &names)?;
        Ok(Some(names))
    }
}

fn joined_names(measures: &[String], assets: &[String], first: &[String]) -> Vec<String> {
    let columns = measures.iter().zip(assets).map(|(measure, asset)| format!("{measure} {asset}"));
    first.iter().take(1).cloned().chain(columns.skip(1)).collect()
}
