//! Reading an archive, with every byte checked.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use flate2::read::GzDecoder;
use state::State;
use state::apply::MAX_RESTORE_BYTES;
use state::snapshot_format::{Census, census};

use crate::summed::{Summed, sum_of};
use crate::{FORMAT, MAX_SMALL, META, Meta, ReadError, STATE, SUMS};

/// A state with what its archive says of itself.
#[derive(Debug, Clone)]
pub struct Saved {
    /// What the archive says of itself.
    pub meta: Meta,
    /// The state.
    pub state: State,
}

/// What an archive holds, without its records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// What the archive says of itself.
    pub meta: Meta,
    /// Rows and bytes by kind, largest first.
    pub census: Vec<Census>,
}

/// Loads the state that a file holds; no server is needed.
///
/// # Errors
/// [`ReadError`]: the file cannot be opened, was cut or damaged, or is of another format.
pub fn load(path: &Path) -> Result<Saved, ReadError> {
    read(open(path)?)
}

/// Reads an archive.
///
/// # Errors
/// As [`load`].
pub fn read(input: impl Read) -> Result<Saved, ReadError> {
    let (meta, state) = walk(input, |content| Ok(State::read_snapshot(content)?))?;
    Ok(Saved { meta, state })
}

/// Looks at what a file holds and checks all of it, without building the state.
///
/// # Errors
/// As [`load`], but a record that cannot be decoded is not noticed.
pub fn inspect(path: &Path) -> Result<Inspected, ReadError> {
    let (meta, census) = walk(open(path)?, |content| Ok(census(content)?))?;
    Ok(Inspected { meta, census })
}

fn open(path: &Path) -> Result<BufReader<File>, ReadError> {
    let file = File::open(path).map_err(|source| ReadError::Open { path: path.to_owned(), source })?;
    Ok(BufReader::new(file))
}

/// Reads the files of an archive in order; `take` gets the content of the state.
fn walk<T>(
    input: impl Read,
    take: impl FnOnce(&mut dyn Read) -> Result<T, ReadError>,
) -> Result<(Meta, T), ReadError> {
    // What is compressed may be much larger than its file: more than this is not even unpacked.
    let limit = MAX_RESTORE_BYTES + 4 * MAX_SMALL;
    let mut tar = tar::Archive::new(GzDecoder::new(input).take(limit));
    let (mut meta, mut found, mut written) = (None, None, None);
    let mut sums = BTreeMap::new();
    let mut take = Some(take);
    for entry in tar.entries().map_err(ReadError::Decompress)? {
        let mut entry = entry.map_err(ReadError::Decompress)?;
        let name = entry.path().map_err(ReadError::Decompress)?.to_string_lossy().into_owned();
        match name.as_str() {
            META if meta.is_none() => {
                let text = small(&mut entry, META)?;
                sums.insert(META, sum_of(&text));
                meta = Some(described(&text)?);
            }
            STATE if meta.is_some() && found.is_none() => {
                if entry.size() > MAX_RESTORE_BYTES {
                    return Err(ReadError::TooLarge { limit: MAX_RESTORE_BYTES });
                }
                let mut content = Summed::new(&mut entry);
                let take = take.take().expect("one state is read");
                found = Some(take(&mut content).map_err(cut)?);
                io::copy(&mut content, &mut io::sink()).map_err(ReadError::Decompress)?;
                sums.insert(STATE, content.sum());
            }
            SUMS if written.is_none() => {
                let text = small(&mut entry, SUMS)?;
                written = Some(String::from_utf8_lossy(&text).into_owned());
            }
            other => return Err(ReadError::Layout(format!("{other:?} is not expected there"))),
        }
    }
    // The sum of the compressed stream stands at its very end.
    io::copy(&mut tar.into_inner(), &mut io::sink()).map_err(ReadError::Decompress)?;
    check(written, &sums)?;
    let missing = |file: &str| ReadError::Layout(format!("{file} is missing"));
    Ok((meta.ok_or_else(|| missing(META))?, found.ok_or_else(|| missing(STATE))?))
}

fn small(entry: &mut impl Read, name: &str) -> Result<Vec<u8>, ReadError> {
    let mut text = Vec::new();
    entry.take(MAX_SMALL + 1).read_to_end(&mut text).map_err(ReadError::Decompress)?;
    if text.len() as u64 > MAX_SMALL {
        return Err(ReadError::Layout(format!("{name} is longer than {MAX_SMALL} bytes")));
    }
    Ok(text)
}

fn described(text: &[u8]) -> Result<Meta, ReadError> {
    // The format comes first, so that a newer layout is named instead of called damaged.
    let document: serde_json::Value = serde_json::from_slice(text)?;
    let found = document.get("Version").and_then(serde_json::Value::as_u64).unwrap_or(0);
    let found = u32::try_from(found).unwrap_or(u32::MAX);
    if found != FORMAT {
        return Err(ReadError::Format { found });
    }
    Ok(serde_json::from_value(document)?)
}

/// A state that cannot be read because its archive was cut is a cut archive.
fn cut(error: ReadError) -> ReadError {
    match error {
        ReadError::State(state::snapshot_format::ReadError::Io(source)) => ReadError::Decompress(source),
        other => other,
    }
}

fn check(written: Option<String>, sums: &BTreeMap<&str, String>) -> Result<(), ReadError> {
    let written = written.ok_or_else(|| ReadError::Layout(format!("{SUMS} is missing")))?;
    for (file, sum) in sums {
        if !written.lines().any(|line| line == format!("{sum}  {file}")) {
            return Err(ReadError::Checksum { file: (*file).to_owned() });
        }
    }
    Ok(())
}
