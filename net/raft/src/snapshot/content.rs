//! Reading and writing the body of a snapshot as a stream.
//!
//! Limits: writes are collected in pieces of 256 KiB.

use std::io::{self, Read, Write};

use crate::disk::DiskFile;

const PIECE: usize = 256 << 10;

/// Reads a part of a file.
pub(super) struct Content<'a> {
    file: &'a dyn DiskFile,
    at: u64,
    end: u64,
}

impl<'a> Content<'a> {
    pub(super) fn new(file: &'a dyn DiskFile, from: u64, len: u64) -> Self {
        Self { file, at: from, end: from + len }
    }
}

impl Read for Content<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let len = buf.len().min(left);
        let read = self.file.read_at(&mut buf[..len], self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

/// Writes to the end of a file and sums up what it wrote.
pub(super) struct Output<'a> {
    file: &'a dyn DiskFile,
    at: u64,
    piece: Vec<u8>,
    crc: crc32fast::Hasher,
    len: u64,
}

impl<'a> Output<'a> {
    pub(super) fn new(file: &'a dyn DiskFile, at: u64) -> Self {
        Self { file, at, piece: Vec::with_capacity(PIECE), crc: crc32fast::Hasher::new(), len: 0 }
    }

    /// Writes what is left and returns the end of the file, the length and the checksum of what was written.
    pub(super) fn finish(mut self) -> io::Result<(u64, u64, u32)> {
        self.flush()?;
        Ok((self.at, self.len, self.crc.finalize()))
    }
}

impl Write for Output<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.crc.update(bytes);
        self.len += bytes.len() as u64;
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.write_at(&self.piece, self.at)?;
        self.at += self.piece.len() as u64;
        self.piece.clear();
        Ok(())
    }
}
