//! Which Java a host has.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::config::PROGRAM;

/// How long a Java may take to say who it is.
const ANSWER: Duration = Duration::from_secs(10);
/// Directories of a `PATH` that are looked at.
const MAX_DIRS: usize = 64;

/// What a Java says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Version {
    /// For example `17.0.15`.
    pub(super) version: String,
    /// The library; empty while it is not known.
    pub(super) runtime: String,
    /// The machine; empty while it is not known.
    pub(super) vm: String,
}

/// A file, and when it was changed: an upgrade is another Java.
type Program = (PathBuf, i64);

/// Answers of this process, so that a Java is started once and not twice a minute.
static KNOWN: Mutex<BTreeMap<Program, Version>> = Mutex::new(BTreeMap::new());

/// Returns the Java of this process's `PATH`; `None` without one.
pub(super) fn find() -> Option<Program> {
    let path = std::env::var_os("PATH")?;
    let dirs = std::env::split_paths(&path).take(MAX_DIRS);
    let file = dirs.filter_map(|dir| fs::canonicalize(dir.join(PROGRAM)).ok()).find(|file| file.is_file())?;
    let changed = fs::metadata(&file).ok()?.mtime();
    Some((file, changed))
}

/// Returns what is known of a Java without starting it: an earlier answer, or the version that is written beside it.
pub(super) fn quick(program: &Program) -> Option<Version> {
    if let Some(known) = KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get(program) {
        return Some(known.clone());
    }
    let home = program.0.parent()?.parent()?;
    release(&fs::read_to_string(home.join("release")).ok()?)
}

/// Returns whether a Java has answered in this process.
pub(super) fn has_answered(program: &Program) -> bool {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).contains_key(program)
}

/// Starts a Java to hear who it is; the answer is kept.
///
/// # Errors
/// Text that says what went wrong.
pub(super) async fn ask(program: &Program) -> Result<Version, String> {
    let (file, _) = program;
    let output =
        tokio::process::Command::new(file).arg("-version").stdin(Stdio::null()).kill_on_drop(true).output();
    let failed = |reason: String| format!("cannot run {} -version: {reason}", file.display());
    let output = tokio::time::timeout(ANSWER, output).await.map_err(|_| failed("no answer".to_owned()))?;
    let output = output.map_err(|error| failed(error.to_string()))?;
    let version = answer(&String::from_utf8_lossy(&output.stderr));
    let version = version.ok_or_else(|| failed("the answer has no version".to_owned()))?;
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).insert(program.clone(), version.clone());
    Ok(version)
}

/// Reads what `java -version` prints.
pub(super) fn answer(text: &str) -> Option<Version> {
    let mut lines = text.lines().filter(|line| !line.starts_with("Picked up ")).map(str::trim);
    let version = lines.next()?.split('"').nth(1)?.to_owned();
    let mut next = || lines.next().unwrap_or_default().to_owned();
    Some(Version { version, runtime: next(), vm: next() })
}

/// Reads the `release` file of a Java.
pub(super) fn release(text: &str) -> Option<Version> {
    let line = text.lines().find_map(|line| line.strip_prefix("JAVA_VERSION="))?;
    Some(Version { version: line.trim_matches('"').to_owned(), ..Version::default() })
}
