//! What files seem to be, before anything is decided on them.

use std::fmt;
use std::path::PathBuf;

use regimen_types::{
    AsOf, AsOfFormat, DecimalMark, Diagnostics, NamePattern, PriceJump, SnapshotFormat, SnapshotLayout,
};

use crate::import::{ImportKind, ImportOptions, Imported, import_as_it_is, likely_kind};

/// A step between snapshots that is more than this many times the usual one is a hole.
const HOLE_STEPS: i64 = 2;
/// The factor by which a price must move to be a suspect.
const SUSPECT_FACTOR: u32 = 10;

/// What files seem to be.
#[derive(Debug)]
pub struct Inspection {
    /// The form of the files.
    pub kind: ImportKind,
    /// The first and the last instant.
    pub period: Option<(AsOf, AsOf)>,
    /// The number of snapshots.
    pub snapshot_count: usize,
    /// The number of assets.
    pub asset_count: usize,
    /// The number of rows.
    pub row_count: usize,
    /// The instants between which snapshots are missing: the step is more than twice the usual one.
    pub holes: Vec<(AsOf, AsOf)>,
    /// The prices that moved by more than a factor of ten in a step.
    pub suspects: Vec<PriceJump>,
    /// The tables `[snapshots]` and `[snapshots.columns]` that read the files; `None` if they must be
    /// imported.
    pub snapshots_table: Option<String>,
    /// What a person should look at.
    pub warnings: Diagnostics,
}

/// Finds out what files seem to be.
///
/// # Errors
/// [`Diagnostics`] if the files cannot be read, or in several ways: then the finding names them.
pub fn inspect(paths: &[PathBuf], as_of_format: Option<&AsOfFormat>) -> Result<Inspection, Diagnostics> {
    let kind = likely_kind(paths)?;
    let options = ImportOptions { kind, as_of_format: as_of_format.cloned(), asset_pattern: None };
    let (imported, format) = import_as_it_is(paths, &options)?;
    let Imported { snapshots, .. } = imported;
    let history = &snapshots.history;
    let instants = history.instants();
    let path = paths.first().map(|path| path.display().to_string()).unwrap_or_default();
    Ok(Inspection {
        kind,
        period: instants.first().copied().zip(instants.last().copied()),
        snapshot_count: history.snapshot_count(),
        asset_count: history.asset_count(),
        row_count: history.row_count(),
        holes: holes(instants),
        suspects: history.price_jumps(SUSPECT_FACTOR),
        snapshots_table: format.map(|format| table_of(&path, &format)),
        warnings: snapshots.warnings,
    })
}

fn holes(instants: &[AsOf]) -> Vec<(AsOf, AsOf)> {
    let steps = || instants.windows(2).filter_map(|pair| Some((*pair.first()?, *pair.last()?)));
    let mut lengths: Vec<i64> = steps().map(|(from, to)| to.millis_since(from)).collect();
    lengths.sort_unstable();
    let Some(usual) = lengths.get(lengths.len() / 2).copied() else { return Vec::new() };
    steps().filter(|(from, to)| to.millis_since(*from) > usual.saturating_mul(HOLE_STEPS)).collect()
}

/// Writes the tables of a definition that read files of a format.
fn table_of(path: &str, format: &SnapshotFormat) -> String {
    let (shape, columns) = (&format.shape, &format.columns);
    let mut text = format!("[snapshots]\npath = {path:?}\n");
    if shape.layout != SnapshotLayout::Long {
        text += &format!("layout = \"{}\"\n", shape.layout);
    }
    if shape.asset_pattern != NamePattern::default() {
        text += &format!("asset_pattern = {:?}\n", shape.asset_pattern.to_string());
    }
    text += &format!("order = \"{}\"\n", shape.order);
    if shape.separator.byte() != b',' {
        text += &format!("separator = {:?}\n", shape.separator.to_string());
    }
    if shape.decimal_mark != DecimalMark::default() {
        text += &format!("decimal_mark = \"{}\"\n", shape.decimal_mark);
    }
    if !shape.unknown.is_empty() {
        text += &format!("unknown = {:?}\n", shape.unknown);
    }
    if let Some(as_of_format) = &shape.as_of_format {
        text += &format!("as_of_format = {:?}\n", as_of_format.to_string());
    }
    let optional = |column: &Option<String>| column.clone().unwrap_or_default();
    text += "\n[snapshots.columns]\n";
    for (key, column) in [
        ("as_of", columns.as_of.clone()),
        ("asset", columns.asset.clone()),
        ("price", columns.price.clone()),
        ("market_cap", optional(&columns.market_cap)),
        ("volume", optional(&columns.volume)),
        ("circulating_supply", optional(&columns.circulating_supply)),
        ("known_at", optional(&columns.known_at)),
    ] {
        // A first column without a name is found without one.
        if key != "as_of" || !column.is_empty() {
            text += &format!("{key} = {column:?}\n");
        }
    }
    text
}

impl fmt::Display for Inspection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "form       {}", self.kind)?;
        if let Some((first, last)) = self.period {
            writeln!(formatter, "period     {first} to {last}, {} snapshots", self.snapshot_count)?;
        }
        writeln!(formatter, "assets     {} in {} rows", self.asset_count, self.row_count)?;
        writeln!(formatter, "holes      {}", self.holes.len())?;
        for (from, to) in &self.holes {
            writeln!(formatter, "           none between {from} and {to}")?;
        }
        writeln!(formatter, "suspects   {}", self.suspects.len())?;
        for PriceJump { asset, before, after, .. } in &self.suspects {
            let (was, at, is) = (before.value, after.as_of, after.value);
            writeln!(formatter, "           {asset} from {was} to {is} at {at}")?;
        }
        match &self.snapshots_table {
            Some(table) => write!(formatter, "\n{table}"),
            None => writeln!(formatter, "\nregimen import FILES --as {} --out market.csv", self.kind),
        }
    }
}
