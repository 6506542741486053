//! Writing an archive.
//!
//! The state is written twice: a file of a tar archive begins with its size, and holding a whole state as bytes would
//! cost as much memory as writing it again costs time.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use state::State;

use crate::summed::{Summed, sum_of};
use crate::{FORMAT, META, Meta, Origin, STATE, SUMS, WriteError};

/// Writes `state` as an archive and returns what it says of itself.
///
/// # Errors
/// The sink failed, or a record of the state cannot be written.
pub fn write(state: &State, origin: &Origin, out: &mut dyn Write) -> Result<Meta, WriteError> {
    let mut measured = Summed::new(io::sink());
    state.write_snapshot(&mut measured)?;
    let size = measured.bytes;
    let state_sum = measured.sum();
    let meta = Meta {
        version: FORMAT,
        id: format!("{}-{}-{}", origin.term, state.index, origin.created.0 / 1_000_000),
        index: state.index,
        term: origin.term,
        region: origin.region.clone(),
        created: origin.created,
        size,
    };
    let text = serde_json::to_vec_pretty(&meta)?;
    let sums = format!("{}  {META}\n{state_sum}  {STATE}\n", sum_of(&text));

    let mut tar = tar::Builder::new(GzEncoder::new(out, Compression::fast()));
    let header = |name: &str, size: u64| -> io::Result<tar::Header> {
        let mut header = tar::Header::new_gnu();
        header.set_path(name)?;
        header.set_size(size);
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(origin.created.0 / 1_000_000_000).unwrap_or(0));
        header.set_cksum();
        Ok(header)
    };
    tar.append(&header(META, text.len() as u64)?, text.as_slice())?;
    append_state(state, &header(STATE, size)?, size, tar.get_mut())?;
    tar.append(&header(SUMS, sums.len() as u64)?, sums.as_bytes())?;
    tar.into_inner()?.finish()?;
    Ok(meta)
}

/// Writes the state as a file of the archive, straight into it.
fn append_state(
    state: &State,
    header: &tar::Header,
    size: u64,
    out: &mut dyn Write,
) -> Result<(), WriteError> {
    const BLOCK: u64 = 512;
    out.write_all(header.as_bytes())?;
    state.write_snapshot(out)?;
    let rest = usize::try_from(size.next_multiple_of(BLOCK) - size).unwrap_or(0);
    out.write_all(&[0; BLOCK as usize][..rest])?;
    Ok(())
}
