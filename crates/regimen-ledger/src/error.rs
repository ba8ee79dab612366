//! What the ledger, the log's replay and the valuation refuse.

use std::fmt;

use regimen_types::{ArithmeticError, AssetId, Diagnostic, IndexLevel, Price};

use crate::codes::LedgerRule;

/// The rule that a transaction breaks, and the column that breaks it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{}: {column} is {found}, expected {expected}: {} ({})",
    .rule.code(), .rule.entry().meaning, .rule.entry().remedy
)]
pub struct LedgerError {
    /// The rule that is broken.
    pub rule: LedgerRule,
    /// The column of the transaction log that breaks it.
    pub column: &'static str,
    /// The text that is there.
    pub found: String,
    /// The value expected there, as text or in words.
    pub expected: String,
}

impl LedgerError {
    pub(crate) fn new(
        rule: LedgerRule,
        column: &'static str,
        found: impl fmt::Display,
        expected: impl fmt::Display,
    ) -> Self {
        Self { rule, column, found: found.to_string(), expected: expected.to_string() }
    }

    /// Builds the refusal of a number that needs more digits than there are.
    #[must_use]
    pub fn beyond_digits(column: &'static str, error: ArithmeticError) -> Self {
        Self::new(LedgerRule::Digits, column, error, "at most 28 digits")
    }

    pub(crate) fn overflow(column: &'static str) -> impl Fn(ArithmeticError) -> Self {
        move |error| Self::beyond_digits(column, error)
    }
}

/// Where a written log breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {error}")]
pub struct LogFault {
    /// The line of the file, from 1; the header is line 1.
    pub line: u64,
    /// The rule, the column, the text found and the text expected.
    pub error: LedgerError,
}

impl LogFault {
    /// Builds the diagnostic that names `file`.
    #[must_use]
    pub fn diagnostic(&self, file: &str) -> Diagnostic {
        let LedgerError { rule, column, found, expected } = &self.error;
        let entry = rule.entry();
        let message = format!("{}; expected {expected}", entry.meaning);
        entry.error_with(file, message).at_line(self.line).in_column(*column).quoting(found)
    }
}

/// Why holdings or an index have no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ValuationError {
    /// A held or weighted asset has no price.
    #[error("{asset} has no price")]
    MissingPrice {
        /// The asset.
        asset: AssetId,
    },
    /// An asset has two weights.
    #[error("{asset} has two weights")]
    RepeatedAsset {
        /// The asset.
        asset: AssetId,
    },
    /// The weights sum to more than 1.
    #[error("the weights sum to more than 1")]
    WeightsAboveOne,
    /// No divisor keeps the level.
    #[error("no divisor keeps the index level {level}")]
    LevelLost {
        /// The level to keep.
        level: IndexLevel,
    },
    /// An asset is so cheap that its part of the index is of more units than a decimal holds.
    #[error(
        "at a price of {price} an asset's index units need more than 28 digits: screen out prices as low as that"
    )]
    PriceTooLow {
        /// The price.
        price: Price,
    },
    /// A value needs more digits than there are.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
}

impl ValuationError {
    /// Returns the rule that is broken, with its code and remedy.
    #[must_use]
    pub fn rule(&self) -> LedgerRule {
        match self {
            Self::MissingPrice { .. } => LedgerRule::PriceKnown,
            Self::RepeatedAsset { .. } => LedgerRule::WeightsDistinct,
            Self::WeightsAboveOne => LedgerRule::WeightsSum,
            Self::LevelLost { .. } => LedgerRule::Continuity,
            Self::PriceTooLow { .. } | Self::Arithmetic(_) => LedgerRule::Digits,
        }
    }
}
