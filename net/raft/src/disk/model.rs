//! A disk in memory with a modelled page cache, for tests and the simulation.
//!
//! A sync takes virtual time and makes durable what was written before it began. At a power cut unsynced pages are
//! kept, lost or torn one by one, unsynced changes of names are lost from some point on. Limits: one directory, no
//! reordering of name changes (a journal keeps their order).

use std::collections::BTreeMap;
use std::io;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use openraft::AsyncRuntime;

use super::pages::{Content, Fate};
use super::{Disk, DiskFile, Done};

/// How long syncs take.
#[derive(Clone, Copy, Debug)]
pub struct Latency {
    /// The shortest sync.
    pub min: Duration,
    /// The longest ordinary sync.
    pub max: Duration,
    /// One of so many syncs stalls; 0 for never.
    pub stall_one_in: u64,
    /// How long a stalled sync takes.
    pub stall: Duration,
}

impl Latency {
    /// Syncs take no time.
    #[must_use]
    pub fn none() -> Self {
        Self { min: Duration::ZERO, max: Duration::ZERO, stall_one_in: 0, stall: Duration::ZERO }
    }

    /// Syncs take what an overloaded disk takes: 20 to 300 ms, and now and then a second.
    #[must_use]
    pub fn overloaded() -> Self {
        Self {
            min: Duration::from_millis(20),
            max: Duration::from_millis(300),
            stall_one_in: 20,
            stall: Duration::from_secs(1),
        }
    }

    /// Syncs take what a flash disk of a busy host takes: 0.2 to 2.2 ms, and rarely 50 ms.
    #[must_use]
    pub fn flash() -> Self {
        Self {
            min: Duration::from_micros(200),
            max: Duration::from_micros(2200),
            stall_one_in: 200,
            stall: Duration::from_millis(50),
        }
    }
}

/// What becomes of unsynced data when the power goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PowerCut {
    /// Everything was written back in time: only the process died.
    KeepAll,
    /// Nothing unsynced survives.
    LoseAll,
    /// Each page has its own luck.
    Random,
}

/// A disk in memory that lives on the clock of the runtime `Rt`.
///
/// Clones are handles of one process; after [`ModelDisk::cut`] they all fail, and [`ModelDisk::reopen`] returns the
/// handle of the next process.
pub struct ModelDisk<Rt> {
    shared: Arc<Mutex<Platter>>,
    boot: u64,
    runtime: PhantomData<fn() -> Rt>,
}

struct Platter {
    boot: u64,
    files: BTreeMap<u64, Content>,
    names: BTreeMap<String, u64>,
    durable_names: BTreeMap<String, u64>,
    /// Changes of names since the last sync: the name and what it stands for afterwards.
    pending: Vec<Vec<(String, Option<u64>)>>,
    /// How many changes of names ever became durable.
    settled: usize,
    next_file: u64,
    latency: Latency,
    random: u64,
    operations: u64,
    fail_at: Option<u64>,
    syncs: u64,
    lying: bool,
    unsynced_names: bool,
}

impl<Rt> Clone for ModelDisk<Rt> {
    fn clone(&self) -> Self {
        Self { shared: self.shared.clone(), boot: self.boot, runtime: PhantomData }
    }
}

impl<Rt: AsyncRuntime> ModelDisk<Rt> {
    /// Returns an empty disk whose luck comes from `seed`.
    #[must_use]
    pub fn new(seed: u64, latency: Latency) -> Self {
        let platter = Platter {
            boot: 0,
            files: BTreeMap::new(),
            names: BTreeMap::new(),
            durable_names: BTreeMap::new(),
            pending: Vec::new(),
            settled: 0,
            next_file: 0,
            latency,
            random: seed,
            operations: 0,
            fail_at: None,
            syncs: 0,
            lying: false,
            unsynced_names: false,
        };
        Self { shared: Arc::new(Mutex::new(platter)), boot: 0, runtime: PhantomData }
    }

    /// Ends the present process: every handle fails from now on, and unsynced data meets its fate.
    pub fn cut(&self, how: PowerCut) {
        self.lock_any().cut(how);
    }

    /// Returns a handle for the next process on the same platter.
    #[must_use]
    pub fn reopen(&self) -> Self {
        let mut platter = self.lock_any();
        platter.fail_at = None;
        Self { shared: self.shared.clone(), boot: platter.boot, runtime: PhantomData }
    }

    /// Lets every operation after the next `operations` changing ones fail, as if the disk were unplugged.
    pub fn fail_after(&self, operations: u64) {
        let mut platter = self.lock_any();
        platter.fail_at = Some(platter.operations + operations);
    }

    /// Returns how many operations changed or synced something so far.
    #[must_use]
    pub fn operations(&self) -> u64 {
        self.lock_any().operations
    }

    /// Returns how many syncs were asked for so far.
    #[must_use]
    pub fn syncs(&self) -> u64 {
        self.lock_any().syncs
    }

    /// Changes how long syncs take from now on.
    pub fn set_latency(&self, latency: Latency) {
        self.lock_any().latency = latency;
    }

    /// Lets the disk claim syncs that it does not do, as broken ones do; to prove that a test would notice.
    pub fn lie(&self) {
        self.lock_any().lying = true;
    }

    /// Lets the disk claim syncs of names that it does not do, as if nobody asked for them.
    pub fn lie_about_names(&self) {
        self.lock_any().unsynced_names = true;
    }

    /// Flips the lowest bit of the byte at `at` of the file `name`, behind everybody's back.
    ///
    /// # Panics
    /// Panics when there is no such byte: a test that flips nothing proves nothing.
    pub fn flip(&self, name: &str, at: u64) {
        let mut platter = self.lock_any();
        let file = *platter.names.get(name).expect("the file to damage exists");
        let content = platter.files.get_mut(&file).expect("a name stands for a file");
        let byte = content.cached[at as usize] ^ 1;
        content.write(&[byte], at);
        let token = content.begin_sync();
        content.sync(token);
    }

    fn lock_any(&self) -> MutexGuard<'_, Platter> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> io::Result<MutexGuard<'_, Platter>> {
        let platter = self.lock_any();
        platter.check(self.boot)?;
        Ok(platter)
    }

    fn changing(&self) -> io::Result<MutexGuard<'_, Platter>> {
        let mut platter = self.lock()?;
        platter.count()?;
        Ok(platter)
    }
}

impl Platter {
    fn check(&self, boot: u64) -> io::Result<()> {
        if boot == self.boot { Ok(()) } else { Err(io::Error::other("the power is off")) }
    }

    fn count(&mut self) -> io::Result<()> {
        if self.fail_at.is_some_and(|at| self.operations >= at) {
            return Err(io::Error::other("the disk is unplugged"));
        }
        self.operations += 1;
        Ok(())
    }

    fn random(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.random ^ (self.random >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn delay(&mut self) -> Duration {
        self.syncs += 1;
        let latency = self.latency;
        if latency.stall_one_in > 0 && self.random().is_multiple_of(latency.stall_one_in) {
            return latency.stall;
        }
        let span = (latency.max - latency.min).as_nanos() as u64;
        latency.min + Duration::from_nanos(self.random() % (span + 1))
    }

    fn rename_all(&mut self, changes: Vec<(String, Option<u64>)>) {
        for (name, file) in &changes {
            match file {
                Some(file) => self.names.insert(name.clone(), *file),
                None => self.names.remove(name),
            };
        }
        self.pending.push(changes);
    }

    /// Makes the first `upto` changes of names durable, counted from the beginning of time.
    fn sync_names(&mut self, upto: usize) {
        let upto = upto.saturating_sub(self.settled);
        self.settled += upto;
        for (name, file) in self.pending.drain(..upto).flatten() {
            match file {
                Some(file) => self.durable_names.insert(name, file),
                None => self.durable_names.remove(&name),
            };
        }
    }

    fn cut(&mut self, how: PowerCut) {
        self.boot += 1;
        let kept = match how {
            PowerCut::KeepAll => self.pending.len(),
            PowerCut::LoseAll => 0,
            PowerCut::Random => (self.random() % (self.pending.len() as u64 + 1)) as usize,
        };
        self.sync_names(self.settled + kept);
        self.pending.clear();
        self.names.clone_from(&self.durable_names);
        let mut files = std::mem::take(&mut self.files);
        files.retain(|file, _| self.names.values().any(|named| named == file));
        for content in files.values_mut() {
            content.cut(|| match how {
                PowerCut::KeepAll => Fate::Kept,
                PowerCut::LoseAll => Fate::Lost,
                PowerCut::Random => {
                    [Fate::Kept, Fate::Kept, Fate::Lost, Fate::Torn][(self.random() % 4) as usize]
                }
            });
        }
        self.files = files;
    }

    fn named(&self, name: &str) -> io::Result<u64> {
        self.names.get(name).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl<Rt: AsyncRuntime> Disk for ModelDisk<Rt> {
    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.lock()?.names.keys().cloned().collect())
    }

    fn create(&self, name: &str, reserve: u64) -> io::Result<Arc<dyn DiskFile>> {
        let mut platter = self.changing()?;
        let file = platter.next_file;
        platter.next_file += 1;
        let mut content = Content::default();
        content.set_len(reserve);
        platter.files.insert(file, content);
        platter.rename_all(vec![(name.to_owned(), Some(file))]);
        Ok(Arc::new(ModelFile { disk: self.clone(), file }))
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        let file = self.lock()?.named(name)?;
        Ok(Arc::new(ModelFile { disk: self.clone(), file }))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut platter = self.changing()?;
        let file = platter.named(from)?;
        platter.rename_all(vec![(to.to_owned(), Some(file)), (from.to_owned(), None)]);
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut platter = self.changing()?;
        platter.named(name)?;
        platter.rename_all(vec![(name.to_owned(), None)]);
        Ok(())
    }

    fn sync_dir(&self) -> Done<'_> {
        Box::pin(async {
            let (upto, delay) = {
                let mut platter = self.changing()?;
                (platter.settled + platter.pending.len(), platter.delay())
            };
            Rt::sleep(delay).await;
            let mut platter = self.lock()?;
            if !platter.unsynced_names {
                platter.sync_names(upto);
            }
            Ok(())
        })
    }

    fn spawn(&self, _name: &'static str, job: BoxFuture<'static, ()>) {
        drop(Rt::spawn(job));
    }

    fn release(&self) {}
}

struct ModelFile<Rt> {
    disk: ModelDisk<Rt>,
    file: u64,
}

impl<Rt: AsyncRuntime> ModelFile<Rt> {
    fn with<T>(
        &self,
        mut platter: MutexGuard<'_, Platter>,
        act: impl FnOnce(&mut Content) -> T,
    ) -> io::Result<T> {
        let content = platter.files.get_mut(&self.file).ok_or(io::ErrorKind::NotFound)?;
        Ok(act(content))
    }
}

impl<Rt: AsyncRuntime> DiskFile for ModelFile<Rt> {
    fn len(&self) -> io::Result<u64> {
        self.with(self.disk.lock()?, |content| content.cached.len() as u64)
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> io::Result<usize> {
        self.with(self.disk.lock()?, |content| {
            let from = (at as usize).min(content.cached.len());
            let len = buf.len().min(content.cached.len() - from);
            buf[..len].copy_from_slice(&content.cached[from..from + len]);
            len
        })
    }

    fn write_at(&self, bytes: &[u8], at: u64) -> io::Result<()> {
        self.with(self.disk.changing()?, |content| content.write(bytes, at))
    }

    fn truncate(&self, len: u64) -> io::Result<()> {
        self.with(self.disk.changing()?, |content| content.set_len(len))
    }

    fn sync(&self) -> Done<'_> {
        Box::pin(async {
            let delay = self.disk.changing()?.delay();
            let token = self.with(self.disk.lock()?, |content| content.begin_sync())?;
            Rt::sleep(delay).await;
            let platter = self.disk.lock()?;
            if platter.lying {
                return Ok(());
            }
            self.with(platter, |content| content.sync(token))
        })
    }
}
