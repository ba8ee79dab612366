//! Failures of a command, each with its exit code.

use std::path::Path;

use regimen_input::OpenError;
use regimen_run::RunFolderError;
use regimen_types::{Diagnostic, Diagnostics};

use crate::codes;

/// Why a command did not succeed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The command ran, but its check failed.
    #[error("{0}")]
    CheckFailed(String),
    /// The user's input cannot be used.
    #[error("{0}")]
    Input(Diagnostics),
    /// The engine or the machine failed.
    #[error("{0}")]
    Internal(Box<Diagnostic>),
}

impl Failure {
    /// Returns the exit code: 1 for a failed check, 2 for the user's input, 3 for everything else.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::CheckFailed(_) => 1,
            Self::Input(_) => 2,
            Self::Internal(_) => 3,
        }
    }

    /// Builds the failure of something that cannot happen unless the engine has a fault.
    pub(crate) fn internal(error: impl std::fmt::Display) -> Self {
        let help = "this should not happen; please report it with the command that you ran";
        Self::Internal(Diagnostic::general(codes::INTERNAL.code, error.to_string(), help).into())
    }

    /// Builds the failure of a file or folder that the system refuses to write.
    pub(crate) fn unwritable(path: &Path, problem: &std::io::Error) -> Self {
        let help = "check that the folder can be written and has room";
        let file = path.display().to_string();
        let message = format!("it cannot be written: {problem}");
        Self::Internal(Diagnostic::error(codes::UNWRITABLE.code, &file, message, help).into())
    }
}

impl From<Diagnostics> for Failure {
    fn from(findings: Diagnostics) -> Self {
        Self::Input(findings)
    }
}

impl From<Diagnostic> for Failure {
    fn from(finding: Diagnostic) -> Self {
        Self::Input(finding.into())
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        Self::Input(error.diagnostics())
    }
}

impl From<RunFolderError> for Failure {
    fn from(error: RunFolderError) -> Self {
        match error {
            RunFolderError::NotARun(_) | RunFolderError::Figure(_) | RunFolderError::Unexplained(_) => {
                error.diagnostic().into()
            }
            _ => Self::Internal(error.diagnostic().into()),
        }
    }
}
