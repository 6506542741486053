//! Certificate files.
//!
//! Limits: an existing file is never overwritten; keys are readable by their owner only.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use wire::ca::{CaError, CertInfo};

use crate::CommandError;
use crate::format::Clock;

/// Writes new files, the first of which is a certificate and the second its key.
pub(super) fn write_pair(cert: (&str, &str), key: (&str, &str)) -> Result<(), CommandError> {
    // Both are looked for before either is written.
    for (path, _) in [cert, key] {
        if Path::new(path).exists() {
            return Err(CommandError::failed(format!("{path} already exists")));
        }
    }
    write_new(cert, 0o644)?;
    write_new(key, 0o600)
}

fn write_new((path, text): (&str, &str), mode: u32) -> Result<(), CommandError> {
    let failed = |error: std::io::Error| CommandError::failed(format!("Error writing {path}: {error}"));
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(mode).open(path).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)
}

/// Reads a text file.
pub(super) fn read(path: &str) -> Result<String, CommandError> {
    let failed = |error: std::io::Error| CommandError::failed(format!("Error reading {path}: {error}"));
    std::fs::read_to_string(path).map_err(failed)
}

/// Words a failure with its cause.
pub(super) fn failed(error: &CaError) -> CommandError {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    CommandError::failed(format!("Error: {error}{cause}"))
}

/// Returns when a certificate expires.
pub(super) fn expiry(info: &CertInfo, clock: &Clock) -> String {
    clock.absolute(info.not_after_s.saturating_mul(1_000_000_000))
}
