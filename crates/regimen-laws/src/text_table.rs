//! Small tables of text, as in the report of a broken law.

use std::fmt;

/// Rows under headings, aligned when printed: numbers to the right, everything else to the left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextTable {
    rows: Vec<Vec<String>>,
}

impl TextTable {
    /// Starts a table with its headings.
    #[must_use]
    pub fn new<const COUNT: usize>(headings: [&str; COUNT]) -> Self {
        Self { rows: vec![headings.map(str::to_owned).to_vec()] }
    }

    /// Adds a row.
    pub fn push<const COUNT: usize>(&mut self, cells: [String; COUNT]) {
        self.rows.push(cells.to_vec());
    }

    /// Adds a row of any number of cells.
    pub(crate) fn push_cells(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// Leaves out columns that are empty in every row.
    #[must_use]
    pub(crate) fn without_empty_columns(mut self) -> Self {
        let columns = self.rows.first().map_or(0, Vec::len);
        let said = |column: &usize| {
            self.rows.iter().skip(1).any(|row| row.get(*column).is_some_and(|cell| !cell.is_empty()))
        };
        let kept: Vec<usize> = (0..columns).filter(said).collect();
        for row in &mut self.rows {
            *row = kept.iter().filter_map(|column| row.get(*column).cloned()).collect();
        }
        self
    }

    fn widths(&self) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column| {
            self.rows.iter().filter_map(move |row| row.get(column)).map(|cell: &String| cell.chars().count())
        };
        (0..columns).map(|column| width(column).max().unwrap_or(0)).collect()
    }

    /// Returns true if every entry of a column is a number.
    fn is_numeric(&self, column: usize) -> bool {
        let numeric = |cell: &String| cell.chars().all(|each| each.is_ascii_digit() || ".-".contains(each));
        self.rows.iter().skip(1).filter_map(|row| row.get(column)).all(numeric)
    }
}

impl fmt::Display for TextTable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        let numeric: Vec<bool> = (0..widths.len()).map(|column| self.is_numeric(column)).collect();
        for (number, row) in self.rows.iter().enumerate() {
            let mut line = String::new();
            for ((cell, width), numeric) in row.iter().zip(&widths).zip(&numeric) {
                let padding = " ".repeat(width.saturating_sub(cell.chars().count()));
                let (before, after) = if *numeric { (padding.as_str(), "") } else { ("", padding.as_str()) };
                line.push_str(&format!("{before}{cell}{after}  "));
            }
            if number > 0 {
                writeln!(formatter)?;
            }
            formatter.write_str(line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_under_each_other() {
        let mut table = TextTable::new(["asset", "cap", "note"]);
        table.push(["A".to_owned(), "10".to_owned(), String::new()]);
        table.push(["Bitcoin".to_owned(), "2.5".to_owned(), String::new()]);
        assert_eq!(table.without_empty_columns().to_string(), "asset    cap\nA         10\nBitcoin  2.5");
    }
}
