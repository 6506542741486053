//! The virtual environment with python-nomad, a client that nobody here wrote.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::run::{root, stage};

/// The version that tests run.
const PACKAGE: &str = "python-nomad==2.1.0";

/// Makes the environment unless it is there already; returns its folder.
pub(crate) fn environment() -> Result<PathBuf> {
    let folder = root().join("target").join("venv");
    let marker = folder.join(PACKAGE);
    if marker.exists() {
        return Ok(folder);
    }
    stage("python venv", Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    stage("python-nomad", Command::new(folder.join("bin/pip")).args(["install", "--quiet", PACKAGE]))?;
    std::fs::write(&marker, "")?;
    Ok(folder)
}
