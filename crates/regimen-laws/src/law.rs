//! Laws, and the findings where one is broken.

use std::fmt;

/// A law: a statement about every case and every rule.
pub trait Law: Copy + PartialEq + fmt::Debug + 'static {
    /// Returns the law's name.
    fn name(self) -> &'static str;

    /// Returns the statement in one sentence.
    fn statement(self) -> &'static str;
}

/// Why a case does not keep a law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objection {
    /// The law does not apply to this case: the rule has no answer to it, and need not have one.
    NotApplicable,
    /// The law is broken.
    Breach(Finding),
}

/// The expected result of a case, and the one found instead.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Finding {
    /// The change made to the case, if any: its caps multiplied, its order reversed.
    pub change: String,
    /// The expected result.
    pub expected: String,
    /// The result of the rule.
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
