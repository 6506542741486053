//! Where the files of the host are.

use std::fs;
use std::path::{Path, PathBuf};

/// Roots of the host's files; tests put others in their place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sources {
    /// `/proc`.
    pub proc: PathBuf,
    /// `/sys`.
    pub sys: PathBuf,
    /// `/etc`.
    pub etc: PathBuf,
}

impl Default for Sources {
    fn default() -> Self {
        Self { proc: PathBuf::from("/proc"), sys: PathBuf::from("/sys"), etc: PathBuf::from("/etc") }
    }
}

/// Reads a small text file without its trailing newline; `None` when it is not there or not readable.
pub(crate) fn read(root: &Path, file: impl AsRef<Path>) -> Option<String> {
    fs::read_to_string(root.join(file)).ok().map(|text| text.trim_end().to_owned())
}

/// Reads a file of one number.
pub(crate) fn read_number(root: &Path, file: impl AsRef<Path>) -> Option<u64> {
    read(root, file)?.trim().parse().ok()
}
