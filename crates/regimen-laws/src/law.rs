//! Laws, and what is found where one is broken.

use std::fmt;

/// A law: what holds for every case, whatever the rule.
pub trait Law: Copy + PartialEq + fmt::Debug + 'static {
    /// Returns the law's name.
    fn name(self) -> &'static str;

    /// Returns what holds, in one sentence.
    fn statement(self) -> &'static str;
}

/// Why a case does not keep a law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objection {
    /// The law says nothing about this case: the rule has no answer to it, and is allowed to have none.
    NotApplicable,
    /// The law is broken.
    Breach(Finding),
}

/// What a broken law expects of a case, and what was found instead.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Finding {
    /// What was done to the case, if anything: its caps multiplied, its order reversed.
    pub change: String,
    /// What the law expects.
    pub expected: String,
    /// What the rule did.
    pub found: String,
}

impl Objection {
    /// Builds the objection that something else was expected.
    pub fn breach(change: impl fmt::Display, expected: impl fmt::Display, found: impl fmt::Display) -> Self {
        let [change, expected, found] = [change.to_string(), expected.to_string(), found.to_string()];
        Self::Breach(Finding { change, expected, found })
    }
}

/// The judgement on one case.
pub type Judgement = Result<(), Objection>;

/// Declares the laws of one kind of rule: an enum with a name and a statement for each.
macro_rules! laws {
    ($(#[$doc:meta])* $kind:ident { $($law:ident = $name:literal: $statement:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $kind {
            $(#[doc = concat!("`", $name, "`: ", $statement, ".")] $law),+
        }

        impl $kind {
            /// All laws, in the order in which they are checked.
            pub const ALL: &'static [Self] = &[$(Self::$law),+];
        }

        impl $crate::law::Law for $kind {
            fn name(self) -> &'static str {
                match self {
                    $(Self::$law => $name),+
                }
            }

            fn statement(self) -> &'static str {
                match self {
                    $(Self::$law => $statement),+
                }
            }
        }
    };
}

pub(crate) use laws;
