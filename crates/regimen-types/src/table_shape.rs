//! The shape of a table of snapshots: how its rows, columns and numbers are to be understood.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::as_of_format::AsOfFormat;

/// The shape of snapshot files, set by the definition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TableShape {
    /// What a row and a column are.
    pub layout: SnapshotLayout,
    /// Where an asset's name stands within a file's name or a column's name; the whole of it by default.
    pub asset_pattern: NamePattern,
    /// The order of the rows.
    pub order: RowOrder,
    /// What separates the fields of a line.
    pub separator: Separator,
    /// What separates the whole from its decimals.
    pub decimal_mark: DecimalMark,
    /// What separates groups of three digits; `None` if nothing does.
    pub thousands_mark: Option<ThousandsMark>,
    /// The texts that stand for an unknown value, as an empty cell does.
    pub unknown: Vec<String>,
    /// How instants are written; `None` for ISO 8601.
    pub as_of_format: Option<AsOfFormat>,
}

impl TableShape {
    /// Returns true if rows are ascending, one for each instant and asset, in plain CSV.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

crate::named! {
    /// What the rows and columns of snapshot files are.
    pub enum SnapshotLayout {
        /// A row is an asset at an instant.
        Long = "long",
        /// A row is an instant, a column an asset, or one of several measures of an asset.
        Wide = "wide",
        /// A row is an instant, a file an asset.
        OneFilePerAsset = "one_file_per_asset",
    }
}

crate::named! {
    /// The order of the rows of snapshot files.
    pub enum RowOrder {
        /// Ascending by instant; anything else is refused.
        Sorted = "sorted",
        /// Any: rows are sorted by instant, with a warning if that changes their order.
        Sort = "sort",
    }
}

crate::named! {
    /// What separates the fields of a line.
    pub enum Separator {
        /// A comma.
        Comma = ",",
        /// A semicolon, as where the comma is the decimal mark.
        Semicolon = ";",
        /// A tab.
        Tab = "\t",
        /// A vertical bar.
        Bar = "|",
    }
}

impl Separator {
    /// Returns the separator as a byte of the file.
    #[must_use]
    pub fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Bar => b'|',
        }
    }
}

crate::named! {
    /// What separates the whole of a number from its decimals.
    pub enum DecimalMark {
        /// A point: 1234.5.
        Point = ".",
        /// A comma: 1234,5.
        Comma = ",",
    }
}

crate::named! {
    /// What separates groups of three digits.
    pub enum ThousandsMark {
        /// A comma: 1,234.5.
        Comma = ",",
        /// A point: 1.234,5.
        Point = ".",
        /// A space, breaking or not: 1 234,5.
        Space = " ",
        /// An apostrophe: 1'234.5.
        Apostrophe = "'",
    }
}

impl Default for SnapshotLayout {
    /// Returns that of plain CSV: a row for each instant and asset.
    fn default() -> Self {
        Self::Long
    }
}

impl Default for RowOrder {
    /// Returns that of plain CSV: ascending rows.
    fn default() -> Self {
        Self::Sorted
    }
}

impl Default for Separator {
    /// Returns that of plain CSV: a comma.
    fn default() -> Self {
        Self::Comma
    }
}

impl Default for DecimalMark {
    /// Returns that of plain CSV: a point.
    fn default() -> Self {
        Self::Point
    }
}

/// Where an asset, and perhaps a measure, stands within a name: `coin_{asset}`, `{measure} {asset}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamePattern {
    items: Vec<Item>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Item {
    Literal(String),
    Asset,
    Measure,
}

/// Why a text is not a pattern of names.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NamePatternError {
    /// The pattern does not say where the asset stands, or says so twice.
    #[error("must hold {{asset}} once")]
    Asset,
    /// The pattern says twice where the measure stands.
    #[error("must not hold {{measure}} more than once")]
    Measure,
    /// Nothing separates the asset from the measure.
    #[error("must have some text between {{asset}} and {{measure}}")]
    Adjacent,
}

/// What a name says by its pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameParts<'a> {
    /// The asset.
    pub asset: &'a str,
    /// The measure, if the pattern has one.
    pub measure: Option<&'a str>,
}

const ASSET: &str = "{asset}";
const MEASURE: &str = "{measure}";

impl NamePattern {
    /// Returns true if names state a measure beside the asset.
    #[must_use]
    pub fn has_measure(&self) -> bool {
        self.items.contains(&Item::Measure)
    }

    /// Returns what a name says; `None` if it does not have the form of the pattern.
    #[must_use]
    pub fn parts<'a>(&self, name: &'a str) -> Option<NameParts<'a>> {
        let (mut asset, mut measure) = (None, None);
        let mut rest = name;
        for (place, item) in self.items.iter().enumerate() {
            let next = self.items.get(place.saturating_add(1));
            if let Item::Literal(text) = item {
                rest = rest.strip_prefix(text.as_str())?;
                continue;
            }
            let length = match next {
                // The last literal ends the name, so it is looked for at the end.
                Some(Item::Literal(text)) if place.saturating_add(2) == self.items.len() => {
                    rest.strip_suffix(text.as_str())?.len()
                }
                Some(Item::Literal(text)) => rest.find(text.as_str())?,
                _ => rest.len(),
            };
            let (part, after) = rest.split_at_checked(length)?;
            let slot = if *item == Item::Asset { &mut asset } else { &mut measure };
            *slot = Some(part).filter(|part| !part.is_empty());
            slot.as_ref()?;
            rest = after;
        }
        let asset = asset.filter(|_| rest.is_empty())?;
        Some(NameParts { asset, measure })
    }
}

impl Default for NamePattern {
    /// Builds the pattern of names that are those of assets.
    fn default() -> Self {
        Self { items: vec![Item::Asset] }
    }
}

impl FromStr for NamePattern {
    type Err = NamePatternError;

    fn from_str(text: &str) -> Result<Self, NamePatternError> {
        let mut items = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let places =
                [(rest.find(ASSET), Item::Asset, ASSET), (rest.find(MEASURE), Item::Measure, MEASURE)];
            let next = places.into_iter().filter_map(|(place, item, mark)| Some((place?, item, mark)));
            let Some((place, item, mark)) = next.min_by_key(|(place, ..)| *place) else {
                items.push(Item::Literal(rest.to_owned()));
                break;
            };
            let (literal, after) = rest.split_at(place);
            if !literal.is_empty() {
                items.push(Item::Literal(literal.to_owned()));
            }
            items.push(item);
            rest = after.strip_prefix(mark).unwrap_or_default();
        }
        let count = |wanted: &Item| items.iter().filter(|item| *item == wanted).count();
        let is_part = |item: &Item| !matches!(item, Item::Literal(_));
        if count(&Item::Asset) != 1 {
            return Err(NamePatternError::Asset);
        }
        if count(&Item::Measure) > 1 {
            return Err(NamePatternError::Measure);
        }
        if items.windows(2).any(|pair| pair.iter().all(is_part)) {
            return Err(NamePatternError::Adjacent);
        }
        Ok(Self { items })
    }
}

impl fmt::Display for NamePattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.items.iter().try_for_each(|item| {
            formatter.write_str(match item {
                Item::Literal(text) => text,
                Item::Asset => ASSET,
                Item::Measure => MEASURE,
            })
        })
    }
}

impl Serialize for NamePattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for NamePattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        let parts = |pattern: &str, name: &str| {
            let pattern: NamePattern = pattern.parse().unwrap();
            pattern.parts(name).map(|parts| (parts.asset.to_owned(), parts.measure.map(str::to_owned)))
        };
        let asset = |name: &str| Some((name.to_owned(), None));
        assert_eq!(parts("{asset}", "bitcoin"), asset("bitcoin"));
        assert_eq!(parts("coin_{asset}", "coin_Bitcoin"), asset("Bitcoin"));
        assert_eq!(parts("{asset}-usd-max", "usd-coin-usd-max"), asset("usd-coin"));
        assert_eq!(parts("coin_{asset}", "Bitcoin"), None);
        assert_eq!(parts("coin_{asset}", "coin_"), None);
        let both = Some(("BTC-USD".to_owned(), Some("Close".to_owned())));
        assert_eq!(parts("{measure} {asset}", "Close BTC-USD"), both);
        assert_eq!(parts("{asset}_{measure}", "BTC-USD_Close"), both);
    }

    #[test]
    fn patterns_say_where_the_asset_stands() {
        for (text, error) in [
            ("coin", NamePatternError::Asset),
            ("{asset}{asset}", NamePatternError::Asset),
            ("{measure}{asset}", NamePatternError::Adjacent),
            ("{measure}-{asset}-{measure}", NamePatternError::Measure),
        ] {
            assert_eq!(text.parse::<NamePattern>(), Err(error));
        }
        assert_eq!("a{asset}b".parse::<NamePattern>().unwrap().to_string(), "a{asset}b");
    }
}
