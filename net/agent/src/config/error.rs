//! What can be wrong with a configuration.

use std::path::PathBuf;

/// What is wrong with a configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file or folder cannot be read.
    #[error("cannot read configuration {}", path.display())]
    Read {
        /// The path.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is longer than [`super::MAX_FILE`].
    #[error("configuration {} is longer than {} bytes", path.display(), super::MAX_FILE)]
    TooLong {
        /// The file.
        path: PathBuf,
    },
    /// The text is no HCL and no JSON.
    #[error("{file}:{line}: {problem}")]
    Syntax {
        /// The file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// What was expected.
        problem: String,
    },
    /// A key does not exist.
    #[error("{file}:{line}: unknown key \"{key}\"{}", hint.as_ref().map_or_else(String::new, |hint| format!(": did you mean \"{hint}\"?")))]
    UnknownKey {
        /// The file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// The key with the blocks around it.
        key: String,
        /// The nearest key that exists.
        hint: Option<String>,
    },
    /// A value has another type than its key.
    #[error("{file}:{line}: \"{key}\" must be {wanted}")]
    WrongType {
        /// The file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// The key with the blocks around it.
        key: String,
        /// What it holds.
        wanted: &'static str,
    },
    /// The settings contradict each other or lack something.
    #[error("{0}")]
    Invalid(String),
}
