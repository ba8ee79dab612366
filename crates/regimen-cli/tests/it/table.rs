//! CSVs as a stranger would read them: split at commas.

use std::fs;
use std::io::Read;
use std::path::Path;

/// A CSV of cells without quotes, plain or gzipped.
pub(crate) struct Table {
    text: String,
}

impl Table {
    pub(crate) fn read(path: &Path) -> Self {
        let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut text = String::new();
        if path.extension().is_some_and(|extension| extension == "gz") {
            flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
        } else {
            text = String::from_utf8(bytes).unwrap();
        }
        Self { text }
    }

    /// Iterates over rows as the cells of the named columns.
    pub(crate) fn columns<const COUNT: usize>(
        &self,
        names: [&str; COUNT],
    ) -> impl Iterator<Item = [&str; COUNT]> {
        let mut lines = self.text.lines();
        let header: Vec<&str> = lines.next().unwrap().split(',').collect();
        let places = names.map(|name| header.iter().position(|each| *each == name).unwrap());
        lines.map(move |line| {
            let cells: Vec<&str> = line.split(',').collect();
            assert_eq!(cells.len(), header.len(), "{line}");
            places.map(|place| cells[place])
        })
    }
}

/// Reads a number as the nearest double.
pub(crate) fn number(text: &str) -> f64 {
    text.parse().unwrap_or_else(|_| panic!("{text:?} is no number"))
}

/// Returns how far two numbers are apart, as a fraction of the second.
pub(crate) fn relative_distance(left: f64, right: f64) -> f64 {
    (left - right).abs() / right.abs()
}

/// Solves `x + f(x) = total` for x from 0 to `total`, where the left side rises, by bisection.
pub(crate) fn bisect(total: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.0, total);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle + f(middle) > total { high = middle } else { low = middle }
    }
    0.5 * (low + high)
}
