//! How a command ends.
//!
//! Purpose: one error for all commands, and the table of exit codes.
//! Limits: the message is for people and goes to stderr; scripts look at the code.

/// The exit code of a command that ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exit(pub i32);

impl Exit {
    /// All is well.
    pub const OK: Exit = Exit(0);
    /// `job plan`: allocations would be created or destroyed.
    pub const PLAN_CHANGES: Exit = Exit(1);
    /// A deployment ended badly, or an evaluation did.
    pub const FAILED: Exit = Exit(1);
    /// Not everything could be placed.
    pub const UNPLACED: Exit = Exit(2);
}

/// What kind of failure it was; each has one exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Wrong flags or arguments.
    Usage,
    /// The command could not do what it was asked to.
    Failed,
    /// `job plan` could not plan.
    Plan,
    /// There is no such command.
    UnknownCommand,
}

impl ErrorKind {
    /// Returns the exit code.
    #[must_use]
    pub fn exit_code(self) -> i32 {
        match self {
            ErrorKind::Usage | ErrorKind::Failed => 1,
            ErrorKind::Plan => 255,
            ErrorKind::UnknownCommand => 127,
        }
    }
}

/// Why a command failed, and what may help.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CommandError {
    /// What kind of failure.
    pub kind: ErrorKind,
    /// What happened.
    pub message: String,
    /// What may help, one line each.
    pub hints: Vec<String>,
}

/// What a command returns.
pub type CommandResult = Result<Exit, CommandError>;

impl CommandError {
    /// A failure of a kind.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> CommandError {
        CommandError { kind, message: message.into(), hints: Vec::new() }
    }

    /// A command that could not do what it was asked to.
    #[must_use]
    pub fn failed(message: impl Into<String>) -> CommandError {
        CommandError::new(ErrorKind::Failed, message)
    }

    /// A failed request, such as `Error querying jobs: …`, with hints for the common reasons.
    #[must_use]
    pub fn request(doing: &str, error: &api::ApiError) -> CommandError {
        let failed = CommandError::failed(format!("Error {doing}: {error}"));
        match error {
            api::ApiError::Connect { .. } if error.is_refused() => failed.hint(
                "No agent listens there. Start one with 'nomadctl dev', or give -address or NOMAD_ADDR.",
            ),
            api::ApiError::Status { status: 403, .. } => {
                failed.hint("Give a token that may do this with -token or NOMAD_TOKEN.")
            }
            _ => failed,
        }
    }

    /// Adds a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> CommandError {
        self.hints.push(hint.into());
        self
    }

    /// Returns the same failure as another kind.
    #[must_use]
    pub fn of_kind(self, kind: ErrorKind) -> CommandError {
        CommandError { kind, ..self }
    }
}
