//! Groups of assets, for limits that hold for a group as a whole.

use std::fmt;
use std::sync::Arc;

use regimen_types::{Figure, Row};

/// What assigns assets to groups.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Grouping {
    /// The same category in the asset list.
    Category,
    /// The same value of an attribute, such as a sector's number.
    Attribute(String),
}

/// The name of a group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group(Arc<str>);

impl Group {
    /// Builds a group's name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(Arc::from(name))
    }
}

impl fmt::Display for Group {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl Grouping {
    /// Returns the group of a row's asset. An asset without the category or attribute has no group, and no
    /// group's limit applies to it.
    #[must_use]
    pub fn of(&self, row: &Row<'_>) -> Option<Group> {
        match self {
            Self::Category => row.info().category.as_ref().map(|category| Group::new(category.as_str())),
            Self::Attribute(name) => {
                let value = Figure::new(row.attribute(name)?).ok()?;
                Some(Group::new(&format!("{name} {value}")))
            }
        }
    }
}
