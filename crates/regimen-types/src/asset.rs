//! Assets: their identity, and what is known about them beside their prices.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A stable identifier of an asset, such as `bitcoin`: never a ticker, because tickers collide.
///
/// One to 128 bytes of printable text without control characters, commas, quotes or outer white space.
/// Cloning is cheap, and so is comparing with a clone.
#[derive(Clone, Debug, Eq)]
pub struct AssetId(Arc<str>);

/// Why a text is not an asset identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AssetIdError {
    /// The text is empty.
    #[error("an asset identifier is empty")]
    Empty,
    /// The text is longer than 128 bytes.
    #[error("an asset identifier is longer than 128 bytes")]
    TooLong,
    /// The text has a character that an identifier cannot contain.
    #[error(
        "an asset identifier holds {0:?}; commas, quotes, control characters and outer white space are not allowed"
    )]
    BadCharacter(char),
}

impl AssetId {
    /// Builds an identifier.
    ///
    /// # Errors
    /// [`AssetIdError`] if the text is empty, too long or contains a character that is not allowed.
    pub fn new(text: &str) -> Result<Self, AssetIdError> {
        if text.is_empty() {
            return Err(AssetIdError::Empty);
        }
        if text.len() > 128 {
            return Err(AssetIdError::TooLong);
        }
        let outer_space =
            [text.chars().next(), text.chars().next_back()].into_iter().flatten().find(|c| c.is_whitespace());
        let forbidden = text.chars().find(|c| c.is_control() || matches!(c, ',' | '"'));
        match forbidden.or(outer_space) {
            Some(character) => Err(AssetIdError::BadCharacter(character)),
            None => Ok(Self(Arc::from(text))),
        }
    }

    /// Returns the identifier's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PartialEq for AssetId {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl Ord for AssetId {
    fn cmp(&self, other: &Self) -> Ordering {
        if Arc::ptr_eq(&self.0, &other.0) { Ordering::Equal } else { self.0.cmp(&other.0) }
    }
}

impl PartialOrd for AssetId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for AssetId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Display for AssetId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl FromStr for AssetId {
    type Err = AssetIdError;

    fn from_str(text: &str) -> Result<Self, AssetIdError> {
        Self::new(text)
    }
}

impl std::borrow::Borrow<str> for AssetId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Serialize for AssetId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for AssetId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}

/// A category of assets, such as `stablecoin` or `wrapped`: lower-case letters, digits, `_` and `-`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Category(Arc<str>);

/// The text is not a valid category.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a category is made of lower-case letters, digits, `_` and `-`, and is not empty")]
pub struct CategoryError;

impl Category {
    /// Builds a category.
    ///
    /// # Errors
    /// [`CategoryError`] if the text is empty or has other characters than `a-z`, `0-9`, `_` and `-`.
    pub fn new(text: &str) -> Result<Self, CategoryError> {
        let allowed =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-');
        if !text.is_empty() && text.bytes().all(allowed) {
            Ok(Self(Arc::from(text)))
        } else {
            Err(CategoryError)
        }
    }

    /// Returns the category's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Category {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl FromStr for Category {
    type Err = CategoryError;

    fn from_str(text: &str) -> Result<Self, CategoryError> {
        Self::new(text)
    }
}

impl Serialize for Category {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Category {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}

/// The description of an asset beside its market data. It does not change with time.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct AssetInfo {
    /// The ticker, for people to read; not unique.
    pub symbol: Option<String>,
    /// The name, for people to read.
    pub name: Option<String>,
    /// The category for screens and groups; `None` if the list gives no category.
    pub category: Option<Category>,
}

/// The asset list: metadata by identifier.
pub type AssetList = BTreeMap<AssetId, AssetInfo>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_identifiers_that_would_break_a_log() {
        assert_eq!(AssetId::new(""), Err(AssetIdError::Empty));
        assert_eq!(AssetId::new("a,b"), Err(AssetIdError::BadCharacter(',')));
        assert_eq!(AssetId::new(" a"), Err(AssetIdError::BadCharacter(' ')));
        assert_eq!(AssetId::new("a\nb"), Err(AssetIdError::BadCharacter('\n')));
        assert_eq!(AssetId::new(&"x".repeat(129)), Err(AssetIdError::TooLong));
        assert_eq!(AssetId::new("usd-coin").map(|id| id.to_string()), Ok("usd-coin".to_owned()));
    }

    #[test]
    fn a_clone_and_a_copy_are_alike() {
        let id = |text: &str| AssetId::new(text).unwrap();
        let (one, copy) = (id("bitcoin"), id("bitcoin"));
        for same in [one.clone(), copy] {
            assert_eq!(one, same);
            assert_eq!(one.cmp(&same), Ordering::Equal);
        }
        assert!(one < id("ether") && one != id("ether") && id("ether") > one);
        assert_eq!(BTreeMap::from([(one, 1)]).get("bitcoin"), Some(&1));
    }

    #[test]
    fn categories_are_slugs() {
        assert!(Category::new("staked_derivative").is_ok());
        assert_eq!(Category::new("Stablecoin"), Err(CategoryError));
        assert_eq!(Category::new(""), Err(CategoryError));
    }
}
