//! The file system as a [`Disk`].
//!
//! Limits: only the owner may read what is made here; syncs block, so everything that syncs runs in a thread of its own ([`Disk::spawn`]); a second process on
//! the same directory is refused.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;
use rustix::fs::{FallocateFlags, fallocate};

use super::{Disk, DiskFile, Done, lock};
use crate::OpenError;

/// A directory of the file system, locked for this process.
#[derive(Debug)]
pub struct RealDisk {
    dir: PathBuf,
    lock: Mutex<Option<File>>,
    syncs: Arc<AtomicU64>,
}

impl RealDisk {
    /// Opens `dir`, making it when it is missing, and locks it.
    ///
    /// # Errors
    /// Fails with [`OpenError::Locked`] when another process has it, and when it cannot be made.
    pub fn open(dir: impl AsRef<Path>) -> Result<Self, OpenError> {
        let dir = dir.as_ref().to_owned();
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&dir);
        made.map_err(OpenError::io("create", dir.display().to_string()))?;
        let lock = lock::acquire(&dir)?;
        Ok(Self { dir, lock: Mutex::new(Some(lock)), syncs: Arc::default() })
    }

    /// Returns how often a file or the directory was synced.
    #[must_use]
    pub fn syncs(&self) -> u64 {
        self.syncs.load(Ordering::Relaxed)
    }

    fn wrap(&self, file: File) -> Arc<dyn DiskFile> {
        Arc::new(RealFile { file, syncs: self.syncs.clone() })
    }
}

impl Disk for RealDisk {
    fn list(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.dir)? {
            let entry = entry?;
            if entry.file_type()?.is_file()
                && let Ok(name) = entry.file_name().into_string()
                && name != lock::FILE
            {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    fn create(&self, name: &str, reserve: u64) -> io::Result<Arc<dyn DiskFile>> {
        let path = self.dir.join(name);
        let file =
            OpenOptions::new().create(true).truncate(true).read(true).write(true).mode(0o600).open(path)?;
        if reserve > 0 && fallocate(&file, FallocateFlags::empty(), 0, reserve).is_err() {
            // Not every file system can reserve; a sparse file works as well, only slower.
            file.set_len(reserve)?;
        }
        Ok(self.wrap(file))
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        Ok(self.wrap(OpenOptions::new().read(true).write(true).open(self.dir.join(name))?))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        std::fs::rename(self.dir.join(from), self.dir.join(to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        std::fs::remove_file(self.dir.join(name))
    }

    fn sync_dir(&self) -> Done<'_> {
        Box::pin(async {
            self.syncs.fetch_add(1, Ordering::Relaxed);
            File::open(&self.dir)?.sync_all()
        })
    }

    fn spawn(&self, name: &'static str, job: BoxFuture<'static, ()>) {
        let thread = std::thread::Builder::new().name(name.to_owned());
        let started = thread.spawn(move || futures::executor::block_on(job));
        if let Err(error) = started {
            // The job is dropped with the closure, and whoever waits for it learns that it ended early.
            tracing::error!(%error, name, "cannot start a thread for the disk");
        }
    }

    fn release(&self) {
        self.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

struct RealFile {
    file: File,
    syncs: Arc<AtomicU64>,
}

impl DiskFile for RealFile {
    fn len(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> io::Result<usize> {
        let mut read = 0;
        while read < buf.len() {
            match self.file.read_at(&mut buf[read..], at + read as u64) {
                Ok(0) => break,
                Ok(n) => read += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(read)
    }

    fn write_at(&self, bytes: &[u8], at: u64) -> io::Result<()> {
        self.file.write_all_at(bytes, at)
    }

    fn truncate(&self, len: u64) -> io::Result<()> {
        self.file.set_len(len)
    }

    fn sync(&self) -> Done<'_> {
        Box::pin(async {
            self.syncs.fetch_add(1, Ordering::Relaxed);
            self.file.sync_data()
        })
    }
}
