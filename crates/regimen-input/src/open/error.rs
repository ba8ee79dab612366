//! Why a definition cannot be opened.

use std::fmt;
use std::io;

use regimen::{InputError, WeightTableError};
use regimen_types::{Diagnostic, Diagnostics};

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
    /// The definition, the snapshots or a file beside them has faults, or one names what the others lack.
    Findings(Diagnostics),
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
    /// What a file holds does not fit the definition.
    Unfit {
        /// The file's name without its folder; empty if the fault is in none.
        file: String,
        /// The reason.
        problem: InputError,
    },
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
            Self::UnreadableDefinition { file, problem } => {
                let message = format!("the definition cannot be read: {problem}");
                one(codes::UNREADABLE_DEFINITION.code, file, message, "name an index.toml")
            }
            Self::DefinitionNotUtf8 { file } => {
                let message = "the definition is not UTF-8".to_owned();
                one(codes::UNREADABLE_DEFINITION.code, file, message, "save it as UTF-8")
            }
            Self::NoSnapshots => {
                let help = "name them with --snapshots, or as `snapshots.path` in the definition";
                one(codes::NO_SNAPSHOTS.code, "", "there are no snapshots".to_owned(), help)
            }
            Self::OwnSignal { name } => {
                let message = format!("the signal {name:?} is the user's own, which only code can hand over");
                let help = "build the methodology in code, with `Inputs::signal`";
                one(codes::OWN_SIGNAL.code, "", message, help)
            }
            Self::BadWeights { file, problem } => {
                let help = "correct the weights; what they leave of 1 is held in cash";
                one(codes::BAD_WEIGHTS.code, file, problem.to_string(), help)
            }
            Self::Unfit { file, problem } => {
                let (code, help) = remedy_of(problem);
                one(code, file, problem.to_string(), help)
            }
        }
    }
}

/// Returns the code of an input that does not fit, and what to do about it.
fn remedy_of(problem: &InputError) -> (&'static str, &'static str) {
    match problem {
        InputError::YieldElsewhere { .. } => (
            codes::FOREIGN_RATE.code,
            "remove its rows, or add the asset to `defensive.sleeve`; rates without an asset are those of cash",
        ),
        InputError::NoGasOfChain { .. } => {
            (codes::NO_GAS.code, "add its rows, or its gas to `costs.gas.chains`")
        }
        InputError::FlowTooFine { .. } => {
            (codes::FINE_CASH_FLOW.code, "round it, or raise `portfolio.money_scale`")
        }
        _ => (codes::OWN_SIGNAL.code, "build the methodology in code, with `Methodology::new`"),
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
            Self::Unfit { problem, .. } => Some(problem),
            _ => None,
        }
    }
}

impl From<Diagnostics> for OpenError {
    fn from(findings: Diagnostics) -> Self {
        Self::Findings(findings)
    }
}
