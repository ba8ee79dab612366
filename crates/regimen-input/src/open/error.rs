//! Why a definition cannot be opened.

use std::fmt;
use std::io;

use regimen::{NoGasOfChain, NoSuchSignal, WeightTableError};
use regimen_types::{AsOf, AssetId, Diagnostic, Diagnostics, Money};

use crate::codes;

/// Why a definition cannot be opened. It prints as its [`diagnostics`](OpenError::diagnostics).
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// The definition cannot be read.
    UnreadableDefinition {
        /// The file as the caller named it.
        file: String,
        /// The system's reason.
        problem: io::Error,
    },
    /// The definition is not UTF-8.
    DefinitionNotUtf8 {
        /// The file as the caller named it.
        file: String,
    },
    /// Neither the caller nor the definition names snapshots.
    NoSnapshots,
    /// The definition, the snapshots or a file beside them has faults.
    Findings(Diagnostics),
    /// The definition names assets that the snapshots never mention.
    UnknownAssets(Vec<UnknownAsset>),
    /// A signal is the user's own, which only code can hand over.
    OwnSignal {
        /// The signal's name.
        name: String,
    },
    /// The weights of an instant are not weights.
    BadWeights {
        /// The file's name without its folder.
        file: String,
        /// The reason.
        problem: WeightTableError,
    },
    /// A rate is given for an asset that is not in the defensive sleeve.
    ForeignRate {
        /// The file's name without its folder.
        file: String,
        /// The asset.
        asset: AssetId,
    },
    /// A chain on which assets trade has no gas.
    NoGas {
        /// The file's name without its folder.
        file: String,
        /// The chain.
        problem: NoGasOfChain,
    },
    /// A cash flow has more decimal places than the portfolio's money.
    FineCashFlow {
        /// The file's name without its folder.
        file: String,
        /// The flow's instant.
        as_of: AsOf,
        /// The flow.
        amount: Money,
        /// The decimal places of the portfolio's money.
        money_scale: u32,
    },
    /// A series was read for a signal that does not read one.
    NoSuchSignal {
        /// The file's name without its folder.
        file: String,
        /// The signal.
        problem: NoSuchSignal,
    },
}

/// An asset that a definition names and the snapshots do not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownAsset {
    /// The definition's key.
    pub key: String,
    /// The asset.
    pub asset: AssetId,
    /// Assets of the snapshots with a similar name, the nearest first.
    pub near: Vec<String>,
}

impl OpenError {
    /// Returns the findings: each with its code, its file and a remedy.
    #[must_use]
    pub fn diagnostics(&self) -> Diagnostics {
        let one = |code, file: &str, message: String, help: &str| {
            Diagnostics::from(Diagnostic::error(code, file, message, help))
        };
        match self {
            Self::Findings(findings) => findings.clone(),
            Self::UnknownAssets(assets) => {
                Diagnostics { items: assets.iter().map(UnknownAsset::diagnostic).collect(), suppressed: 0 }
            }
            Self::UnreadableDefinition { file, problem } => {
                let message = format!("the definition cannot be read: {problem}");
                one(codes::UNREADABLE_DEFINITION, file, message, "name an index.toml")
            }
            Self::DefinitionNotUtf8 { file } => {
                let message = "the definition is not UTF-8".to_owned();
                one(codes::UNREADABLE_DEFINITION, file, message, "save it as UTF-8")
            }
            Self::NoSnapshots => {
                let help = "name them with --snapshots, or as `snapshots.path` in the definition";
                one(codes::NO_SNAPSHOTS, "", "there are no snapshots".to_owned(), help)
            }
            Self::OwnSignal { name } => {
                let message = format!("the signal {name:?} is the user's own, which only code can hand over");
                let help = "build the methodology in code, with `Methodology::with_signal`";
                one(codes::OWN_SIGNAL, "", message, help)
            }
            Self::BadWeights { file, problem } => {
                let help = "correct the weights; what they leave of 1 is held in cash";
                one(codes::BAD_WEIGHTS, file, problem.to_string(), help)
            }
            Self::ForeignRate { file, asset } => {
                let message = format!("a rate is given for {asset}, which is not in the defensive sleeve");
                let help = "remove its rows, or add the asset to `defensive.sleeve`; rates without an asset are those of cash";
                one(codes::FOREIGN_RATE, file, message, help)
            }
            Self::NoGas { file, problem } => {
                let help = "add its rows, or its gas to `costs.gas.chains`";
                one(codes::NO_GAS, file, problem.to_string(), help)
            }
            Self::FineCashFlow { file, as_of, amount, money_scale } => {
                let message = format!(
                    "the cash flow of {amount} at {as_of} has more than {money_scale} decimal places"
                );
                one(codes::FINE_CASH_FLOW, file, message, "round it, or raise `portfolio.money_scale`")
            }
            Self::NoSuchSignal { file, problem } => {
                one(codes::OWN_SIGNAL, file, problem.to_string(), "name a signal that reads a file")
            }
        }
    }
}

impl UnknownAsset {
    fn diagnostic(&self) -> Diagnostic {
        let Self { key, asset, near } = self;
        let help = match near.as_slice() {
            [] => "use the identifier that the snapshots use".to_owned(),
            near => format!("did you mean {}?", near.join(" or ")),
        };
        let message = format!("`{key}` names {asset}, which does not occur in the snapshots");
        Diagnostic::general(codes::UNKNOWN_ASSET, message, help)
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.diagnostics())
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::UnreadableDefinition { problem, .. } => Some(problem),
            Self::BadWeights { problem, .. } => Some(problem),
            Self::NoGas { problem, .. } => Some(problem),
            Self::NoSuchSignal { problem, .. } => Some(problem),
            _ => None,
        }
    }
}

impl From<Diagnostics> for OpenError {
    fn from(findings: Diagnostics) -> Self {
        Self::Findings(findings)
    }
}
