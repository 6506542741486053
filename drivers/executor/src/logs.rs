//! Log pipes and rotating log files of one task.
//!
//! A task is never held up for ever: what cannot be written (disk full, directory gone) is counted and dropped.
//! Files are opened beneath the log directory without following links, because a task may write there too. Bytes
//! are kept whole and in order: a file is filled to its size, the next byte goes to the next one.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::io::Errno;
use rustix::pipe::{PipeFlags, pipe_with};
use sandbox::beneath::Root;

const BUFFER: usize = 16 << 10;
/// Reads per wake-up of one stream, so that a flood on one does not starve requests and the other.
const READS: usize = 16;
/// Names looked at in a log directory.
const MAX_NAMES: usize = 100_000;

/// One stream: the read end of a pipe, and the files that it fills.
#[derive(Debug)]
pub(crate) struct Stream {
    pipe: Option<OwnedFd>,
    files: RotatingFiles,
}

impl Stream {
    /// Opens a stream; returns it with the write end for the task.
    pub(crate) fn open(files: RotatingFiles) -> io::Result<(Self, OwnedFd)> {
        let (read, write) = pipe_with(PipeFlags::CLOEXEC)?;
        rustix::io::ioctl_fionbio(&read, true)?;
        Ok((Self { pipe: Some(read), files }, write))
    }

    /// Returns the descriptor to poll, until the pipe is at its end.
    pub(crate) fn fd(&self) -> Option<BorrowedFd<'_>> {
        self.pipe.as_ref().map(AsFd::as_fd)
    }

    /// Moves what the pipe holds now into the files.
    pub(crate) fn drain(&mut self) {
        let mut buffer = [0_u8; BUFFER];
        for _ in 0..READS {
            let Some(pipe) = &self.pipe else { return };
            match rustix::io::read(pipe, &mut buffer) {
                Ok(0) => self.pipe = None,
                Ok(read) => self.files.append(&buffer[..read]),
                Err(Errno::AGAIN) => return,
                Err(Errno::INTR) => {}
                Err(_) => self.pipe = None,
            }
        }
    }

    /// Returns the bytes that could not be written.
    pub(crate) fn lost(&self) -> u64 {
        self.files.lost
    }
}

/// The files `<prefix>.<index>` of one stream: a bounded number, each of a bounded size.
#[derive(Debug)]
pub(crate) struct RotatingFiles {
    dir: Root,
    prefix: String,
    max_files: u64,
    max_bytes: u64,
    index: u64,
    file: Option<File>,
    size: u64,
    lost: u64,
}

impl RotatingFiles {
    /// Continues after the newest file that is there; older ones beyond the bound are removed.
    pub(crate) fn open(dir: &Path, prefix: &str, max_files: u32, max_bytes: u64) -> io::Result<Self> {
        let dir = Root::open(dir)?;
        let mut indexes: Vec<u64> =
            dir.names(MAX_NAMES)?.iter().filter_map(|name| index_of(name, prefix)).collect();
        indexes.sort_unstable();
        let mut files = Self {
            dir,
            prefix: prefix.to_owned(),
            max_files: u64::from(max_files.max(1)),
            max_bytes: max_bytes.max(1),
            index: indexes.last().copied().unwrap_or(0),
            file: None,
            size: 0,
            lost: 0,
        };
        // The first file exists as soon as the task runs, so that a reader finds it.
        files.open_current()?;
        let keep_from = (files.index + 1).saturating_sub(files.max_files);
        for index in indexes.into_iter().filter(|index| *index < keep_from) {
            // A file that cannot be removed only costs space.
            let _ = files.dir.remove_file(&files.name(index));
        }
        Ok(files)
    }

    /// Appends bytes, going on to new files as they fill.
    pub(crate) fn append(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            match self.append_some(bytes) {
                Ok(written) => bytes = &bytes[written..],
                Err(_) => {
                    self.lost = self.lost.saturating_add(bytes.len() as u64);
                    // Tried again with the next output: the disk may have room then.
                    self.file = None;
                    return;
                }
            }
        }
    }

    fn append_some(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.file.is_none() {
            self.open_current()?;
        }
        if self.size >= self.max_bytes {
            self.rotate()?;
        }
        let room = usize::try_from(self.max_bytes - self.size).unwrap_or(usize::MAX);
        let file = self.file.as_mut().ok_or(io::ErrorKind::NotFound)?;
        let written = file.write(&bytes[..bytes.len().min(room)])?;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        self.size += written as u64;
        Ok(written)
    }

    fn rotate(&mut self) -> io::Result<()> {
        self.index += 1;
        self.open_current()?;
        if let Some(oldest) = self.index.checked_sub(self.max_files) {
            let _ = self.dir.remove_file(&self.name(oldest));
        }
        Ok(())
    }

    fn open_current(&mut self) -> io::Result<()> {
        let file = self.dir.append_file(Path::new(&self.name(self.index)), 0o644)?;
        self.size = file.metadata()?.len();
        self.file = Some(file);
        Ok(())
    }

    fn name(&self, index: u64) -> String {
        format!("{}.{index}", self.prefix)
    }
}

fn index_of(name: &str, prefix: &str) -> Option<u64> {
    name.strip_prefix(prefix)?.strip_prefix('.')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn contents(dir: &Path) -> String {
        let mut names: Vec<_> =
            fs::read_dir(dir).expect("directory").map(|e| e.expect("entry").file_name()).collect();
        names.sort();
        let text = |name| fs::read_to_string(dir.join(name)).expect("text");
        names.iter().map(|name| format!("{}={} ", name.to_string_lossy(), text(name))).collect()
    }

    #[test]
    fn files_are_filled_to_the_byte_and_the_oldest_go() {
        let dir = tempfile::tempdir().expect("directory");
        let mut files = RotatingFiles::open(dir.path(), "web.stdout", 2, 4).expect("files");
        assert_eq!(contents(dir.path()), "web.stdout.0= ");
        files.append(b"abcdefg");
        assert_eq!(contents(dir.path()), "web.stdout.0=abcd web.stdout.1=efg ");
        files.append(b"hijkl");
        assert_eq!(contents(dir.path()), "web.stdout.1=efgh web.stdout.2=ijkl ");
        assert_eq!(files.lost, 0);
    }

    #[test]
    fn a_later_start_continues_the_newest_file_and_keeps_the_bound() {
        let dir = tempfile::tempdir().expect("directory");
        for index in [0, 1, 9, 10] {
            fs::write(dir.path().join(format!("a.stdout.{index}")), "x").expect("file");
        }
        fs::write(dir.path().join("a.stdout.txt"), "other").expect("file");
        let mut files = RotatingFiles::open(dir.path(), "a.stdout", 2, 3).expect("files");
        files.append(b"yy");
        assert_eq!(contents(dir.path()), "a.stdout.10=xyy a.stdout.9=x a.stdout.txt=other ");
    }

    #[test]
    fn a_link_in_the_place_of_a_log_file_is_not_followed() {
        let outer = tempfile::tempdir().expect("directory");
        let logs = outer.path().join("logs");
        fs::create_dir(&logs).expect("directory");
        std::os::unix::fs::symlink("../victim", logs.join("a.stdout.1")).expect("link");
        assert!(RotatingFiles::open(&logs, "a.stdout", 5, 3).is_err());
        fs::remove_file(logs.join("a.stdout.1")).expect("remove");
        let mut files = RotatingFiles::open(&logs, "a.stdout", 5, 3).expect("files");
        std::os::unix::fs::symlink("../victim", logs.join("a.stdout.1")).expect("link");
        files.append(b"abcdef");
        assert!(!outer.path().join("victim").exists());
        assert_eq!(files.lost, 3);
    }

    #[test]
    fn output_goes_on_when_the_directory_comes_back_short() {
        let dir = tempfile::tempdir().expect("directory");
        let mut files = RotatingFiles::open(dir.path(), "a", 5, 1 << 20).expect("files");
        let (mut stream, write) = {
            files.append(b"one ");
            Stream::open(files).expect("stream")
        };
        rustix::io::write(&write, b"two").expect("write");
        stream.drain();
        assert!(stream.fd().is_some());
        drop(write);
        stream.drain();
        assert!(stream.fd().is_none());
        assert_eq!((contents(dir.path()).as_str(), stream.lost()), ("a.0=one two ", 0));
    }
}
