//! Opening the file: its format, and what becomes of one that is broken.

use std::path::{Path, PathBuf};

use redb::{Database, ReadableTable};

use super::write::TABLE;

const FILE: &str = "client.redb";
/// Version of what the values hold.
const FORMAT: &[u8] = b"1";
const CACHE_BYTES: usize = 1 << 20;

/// Failure to open the database.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// It cannot be made or read.
    #[error("cannot open the client's state in {path}", path = path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// The database's answer.
        source: Box<redb::Error>,
    },
    /// Another build wrote it.
    #[error("{path} has format {found:?}, which this build does not read", path = path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// The format found.
        found: String,
    },
}

/// Opens the database in `state_dir`. A broken one is put aside, because the executors know better.
pub(super) fn open(state_dir: &Path) -> Result<Database, StateError> {
    let path = state_dir.join(FILE);
    match open_file(&path) {
        Err(StateError::Open { source, .. }) if is_broken(&source) => {
            let aside = state_dir.join(format!("{FILE}.unreadable"));
            tracing::warn!(%source, path = %path.display(), aside = %aside.display(), "state is unreadable; starting without it");
            let failed = |error: std::io::Error| open_error(&path, redb::Error::Io(error));
            std::fs::rename(&path, &aside).map_err(failed)?;
            open_file(&path)
        }
        other => other,
    }
}

fn open_error(path: &Path, source: redb::Error) -> StateError {
    StateError::Open { path: path.to_path_buf(), source: Box::new(source) }
}

fn open_file(path: &Path) -> Result<Database, StateError> {
    let failed = |source: redb::Error| open_error(path, source);
    let database =
        Database::builder().set_cache_size(CACHE_BYTES).create(path).map_err(|error| failed(error.into()))?;
    let found = format(&database).map_err(failed)?;
    match found {
        Some(found) if found != FORMAT => Err(StateError::Format {
            path: path.to_path_buf(),
            found: String::from_utf8_lossy(&found).into_owned(),
        }),
        _ => Ok(database),
    }
}

/// Whether the file itself is bad; anything else may pass, or is for people to repair.
fn is_broken(error: &redb::Error) -> bool {
    match error {
        redb::Error::Corrupted(_) => true,
        redb::Error::Io(error) => {
            matches!(error.kind(), std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof)
        }
        _ => false,
    }
}

/// Reads the format, or writes ours into an empty database.
fn format(database: &Database) -> Result<Option<Vec<u8>>, redb::Error> {
    let write = database.begin_write()?;
    let found = {
        let mut table = write.open_table(TABLE)?;
        let found = table.get("format")?.map(|value| value.value().to_vec());
        if found.is_none() {
            table.insert("format", FORMAT)?;
        }
        found
    };
    write.commit()?;
    Ok(found)
}
