//! Enums whose values have names: one declaration states the variants, what they mean, and what texts call
//! them.

/// An enum whose values have names in definitions, tables and commands. [`named!`](crate::named) implements
/// it.
pub trait Named: Copy + Sized + 'static {
    /// Every value with its name and its meaning, in the order of the declaration.
    const NAMES: &'static [(Self, &'static str, &'static str)];
}

/// The text is not the name of any value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name:?} is not one of: {known}")]
pub struct UnknownName {
    /// The text.
    pub name: String,
    /// The names that there are, separated by commas.
    pub known: String,
}

impl UnknownName {
    /// Builds the error for a text that names no value of an enum.
    #[must_use]
    pub fn among<Kind: Named>(name: &str) -> Self {
        let known: Vec<&str> = Kind::NAMES.iter().map(|(_, known, _)| *known).collect();
        Self { name: name.to_owned(), known: known.join(", ") }
    }
}

/// Declares an enum whose variants have names.
///
/// Each variant has a documentation and a name: `/// Money comes in.` above `Deposit = "deposit"`. The enum
/// gets `ALL`, `as_str`, `from_name`, `Display` and `FromStr`, serde's traits by name, and [`Named`], from
/// which the schema of a definition is built. The crate that declares one depends on serde.
///
/// ```
/// regimen_types::named! {
///     /// The side of a trade.
///     pub enum Side {
///         /// Units come in, cash goes out.
///         Buy = "buy",
///         /// Units go out, cash comes in.
///         Sell = "sell",
///     }
/// }
///
/// assert_eq!("sell".parse(), Ok(Side::Sell));
/// assert_eq!(Side::Buy.to_string(), "buy");
/// assert_eq!("hold".parse::<Side>().unwrap_err().to_string(), r#""hold" is not one of: buy, sell"#);
/// ```
#[macro_export]
macro_rules! named {
    (
        $(#[$attribute:meta])*
        $visibility:vis enum $kind:ident {
            $($(#[doc = $doc:literal])+ $variant:ident = $name:literal),+ $(,)?
        }
    ) => {
        $(#[$attribute])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize,
        )]
        $visibility enum $kind {
            $($(#[doc = $doc])+ #[serde(rename = $name)] $variant),+
        }

        impl $kind {
            /// Every value, in the order of the declaration.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            /// Returns the name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }

            /// Finds the value that has a name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        impl $crate::Named for $kind {
            const NAMES: &'static [(Self, &'static str, &'static str)] =
                &[$((Self::$variant, $name, concat!($($doc),+))),+];
        }

        impl ::std::fmt::Display for $kind {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.pad(self.as_str())
            }
        }

        impl ::std::str::FromStr for $kind {
            type Err = $crate::UnknownName;

            fn from_str(name: &str) -> Result<Self, $crate::UnknownName> {
                Self::from_name(name).ok_or_else(|| $crate::UnknownName::among::<Self>(name))
            }
        }
    };
}
