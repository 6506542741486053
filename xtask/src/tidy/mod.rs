//! Checks of our own that no lint does.
//!
//! Limits: text only. It reads the files that git tracks or would track, and no other.

mod manifest;
mod source;

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run::root;

/// A rule that a file breaks.
struct Finding {
    path: PathBuf,
    line: usize,
    rule: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path.display(), self.line, self.rule)
    }
}

/// Checks every Rust file and manifest.
pub(crate) fn tidy() -> Result<()> {
    let mut findings = Vec::new();
    let files = tracked_files()?;
    for path in &files {
        let read = || std::fs::read_to_string(root().join(path)).with_context(|| path.display().to_string());
        if path.extension().is_some_and(|extension| extension == "rs") {
            source::check(path, &read()?, &mut findings);
        } else if path.file_name().is_some_and(|name| name == "Cargo.toml") {
            manifest::check(path, &read()?, &mut findings);
        }
    }
    for finding in &findings {
        println!("{finding}");
    }
    println!("== tidy: {} files, {} findings", files.len(), findings.len());
    if findings.is_empty() { Ok(()) } else { bail!("tidy found {} broken rules", findings.len()) }
}

fn tracked_files() -> Result<Vec<PathBuf>> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .context("cannot run git")?;
    if !output.status.success() {
        bail!("git ls-files failed: {}", output.status);
    }
    let text = String::from_utf8(output.stdout).context("git printed a path that is not UTF-8")?;
    Ok(text.lines().map(PathBuf::from).filter(|path| root().join(path).exists()).collect())
}

/// The area that a file belongs to: `core`, `net`, `drivers`, `cli` or `xtask`.
fn area(path: &Path) -> &str {
    path.iter().next().and_then(|first| first.to_str()).unwrap_or("")
}
