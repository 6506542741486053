//! The interface between consensus and the disk.
//!
//! Limits: names are plain file names of one directory. Writing is immediate (into the page cache), only syncing may
//! take time, and nothing is durable before its sync: file content by [`DiskFile::sync`], names by
//! [`Disk::sync_dir`].

use std::io;
use std::sync::Arc;

use futures::channel::oneshot;
use futures::future::BoxFuture;

/// A sync in progress.
pub type Done<'a> = BoxFuture<'a, io::Result<()>>;

/// One directory of files.
pub trait Disk: Send + Sync + 'static {
    /// Returns the names of all files, sorted.
    ///
    /// # Errors
    /// Fails when the directory cannot be read.
    fn list(&self) -> io::Result<Vec<String>>;

    /// Makes an empty file, replacing one of that name, and reserves `reserve` bytes that read as zeros.
    ///
    /// # Errors
    /// Fails when there is no room or the directory is not writable.
    fn create(&self, name: &str, reserve: u64) -> io::Result<Arc<dyn DiskFile>>;

    /// Opens an existing file for reading and writing.
    ///
    /// # Errors
    /// Fails when there is no such file.
    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>>;

    /// Renames a file, replacing one of the new name.
    ///
    /// # Errors
    /// Fails when there is no such file.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file; open handles stay readable.
    ///
    /// # Errors
    /// Fails when there is no such file.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// Makes every change of names so far durable.
    fn sync_dir(&self) -> Done<'_>;

    /// Runs `job` where it may block: a thread of its own, or a task in the simulation.
    fn spawn(&self, name: &'static str, job: BoxFuture<'static, ()>);

    /// Gives the directory free for another process; nothing is written after that.
    fn release(&self);
}

/// One open file. All methods take `&self`: there is one writer, readers read what was written before.
pub trait DiskFile: Send + Sync + 'static {
    /// Returns its length in bytes, reserved ones included.
    ///
    /// # Errors
    /// Fails when the disk does.
    fn len(&self) -> io::Result<u64>;

    /// Returns whether it has no bytes.
    ///
    /// # Errors
    /// Fails when the disk does.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Reads up to `buf.len()` bytes at `at`; fewer only at the end of the file.
    ///
    /// # Errors
    /// Fails when the disk does.
    fn read_at(&self, buf: &mut [u8], at: u64) -> io::Result<usize>;

    /// Writes all of `bytes` at `at`.
    ///
    /// # Errors
    /// Fails when the disk is full or fails.
    fn write_at(&self, bytes: &[u8], at: u64) -> io::Result<()>;

    /// Cuts the file to `len` bytes, or extends it by zeros.
    ///
    /// # Errors
    /// Fails when the disk does.
    fn truncate(&self, len: u64) -> io::Result<()>;

    /// Makes everything written so far durable, the length included.
    fn sync(&self) -> Done<'_>;
}

/// Reads a whole file.
pub(crate) fn read_all(file: &dyn DiskFile) -> io::Result<Vec<u8>> {
    let len = usize::try_from(file.len()?).map_err(|_| io::ErrorKind::FileTooLarge)?;
    let mut bytes = vec![0; len];
    let read = file.read_at(&mut bytes, 0)?;
    bytes.truncate(read);
    Ok(bytes)
}

/// Runs `job` where it may block and waits for its result.
///
/// # Errors
/// Fails when the job was dropped before it ended.
pub(crate) async fn run_on<T: Send + 'static>(
    disk: &Arc<dyn Disk>,
    name: &'static str,
    job: impl Future<Output = T> + Send + 'static,
) -> io::Result<T> {
    let (sender, receiver) = oneshot::channel();
    disk.spawn(
        name,
        Box::pin(async move {
            // A receiver that went away no longer wants the result.
            let _ = sender.send(job.await);
        }),
    );
    receiver.await.map_err(|_| io::Error::other("the disk's worker ended early"))
}
