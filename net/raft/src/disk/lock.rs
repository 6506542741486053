//! The owner of a data directory: an advisory lock on a file that also names the owner.
//!
//! Limits: the kernel frees the lock when its process ends, so a file that is left behind locks nothing.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::{FlockOperation, flock};

use crate::OpenError;

pub(super) const FILE: &str = "LOCK";

/// Takes the lock of `dir` and writes this process' id into it.
pub(super) fn acquire(dir: &Path) -> Result<File, OpenError> {
    let path = dir.join(FILE);
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .mode(0o600)
        .open(&path)
        .map_err(OpenError::io("open", FILE))?;
    if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
        let mut text = String::new();
        let _ = (&file).take(32).read_to_string(&mut text);
        return Err(OpenError::Locked { path: dir.to_owned(), pid: text.trim().parse().unwrap_or(0) });
    }
    let stamp = |file: &mut File| {
        file.set_len(0)?;
        file.seek(SeekFrom::Start(0))?;
        writeln!(file, "{}", std::process::id())
    };
    stamp(&mut file).map_err(OpenError::io("write", FILE))?;
    Ok(file)
}
