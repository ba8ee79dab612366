//! Failures of a command, each with its exit code.

use regimen_types::Diagnostics;

/// Why a command did not succeed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The command ran, but its check failed.
    #[error("{0}")]
    CheckFailed(String),
    /// The user's input cannot be used.
    #[error("{0}")]
    Input(String),
    /// The user's input cannot be used, for reasons that have places.
    #[error("{0}")]
    Findings(Diagnostics),
    /// The engine or the machine failed.
    #[error("{0}")]
    Internal(String),
}

impl Failure {
    /// Returns the exit code: 1 for a failed check, 2 for the user's input, 3 for everything else.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::CheckFailed(_) => 1,
            Self::Input(_) | Self::Findings(_) => 2,
            Self::Internal(_) => 3,
        }
    }

    pub(crate) fn internal(error: impl std::fmt::Display) -> Self {
        Self::Internal(format!(
            "error[CLI005]: {error}\n  help: this should not happen; please report it with the command that you ran"
        ))
    }
}

impl From<Diagnostics> for Failure {
    fn from(diagnostics: Diagnostics) -> Self {
        Self::Findings(diagnostics)
    }
}
