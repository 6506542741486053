//! What the client intends and knows, on disk: assignments, states and handles of tasks.
//!
//! Writes are collected, the last one of a key counts, and one commit takes all that came while the one before was
//! being synced. [`StateDb::synced`] waits for the commit of what was written before it. The executors' own files are
//! the truth about processes: a lost or broken database costs restarts counted so far, never a running task.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use driver::TaskHandle;
use model::link::Assignment;
use model::{AllocId, Job, Name, TaskStates};
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, oneshot};

const FILE: &str = "client.redb";
const TABLE: TableDefinition<'static, &str, &[u8]> = TableDefinition::new("state");
/// Version of what the values hold.
const FORMAT: &[u8] = b"1";
/// How long writes that nobody waits for may be held back.
const LAZY: Duration = Duration::from_millis(50);
const CACHE_BYTES: usize = 1 << 20;

/// An allocation, as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredAlloc {
    /// What the server assigned.
    pub(crate) assignment: Assignment,
    /// Key of its job in the table.
    pub(crate) job: String,
}

/// What an earlier agent left of an allocation.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    /// What the server assigned.
    pub(crate) assignment: Assignment,
    /// The version of the job that it runs.
    pub(crate) job: Arc<Job>,
    /// The last states of its tasks.
    pub(crate) tasks: TaskStates,
    /// Handles of its tasks.
    pub(crate) handles: BTreeMap<Name, TaskHandle>,
}

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

/// The commit of a write failed; the log has the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot record the client's state")]
pub(crate) struct NotRecorded;

/// The database; a simulated node has none.
#[derive(Clone, Debug)]
pub(crate) struct StateDb(Option<Arc<Inner>>);

#[derive(Debug)]
struct Inner {
    database: Arc<Database>,
    /// Bounded by the keys there are: six per task and one per waiting writer.
    pending: Mutex<Pending>,
    urgent: Notify,
    lazy: Notify,
}

#[derive(Debug, Default)]
struct Pending {
    writes: BTreeMap<String, Option<Vec<u8>>>,
    waiting: Vec<oneshot::Sender<Result<(), NotRecorded>>>,
}

impl StateDb {
    /// A database that forgets everything.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// Opens the one in `state_dir`. Blocks. One that cannot be read is put aside, because the executors know better.
    pub(crate) fn open(state_dir: &Path) -> Result<Self, StateError> {
        let path = state_dir.join(FILE);
        let database = match open(&path) {
            Err(StateError::Open { source, .. }) if is_broken(&source) => {
                let aside = state_dir.join(format!("{FILE}.unreadable"));
                tracing::warn!(%source, path = %path.display(), aside = %aside.display(), "state is unreadable; starting without it");
                let failed = |error: std::io::Error| open_error(&path, redb::Error::Io(error));
                std::fs::rename(&path, &aside).map_err(failed)?;
                open(&path)
            }
            other => other,
        }?;
        Ok(Self(Some(Arc::new(Inner {
            database: Arc::new(database),
            pending: Mutex::default(),
            urgent: Notify::new(),
            lazy: Notify::new(),
        }))))
    }

    /// Returns every allocation that is recorded. Blocks. An entry that cannot be read is left out, and said.
    pub(crate) fn read(&self) -> Vec<Recorded> {
        let Some(inner) = &self.0 else { return Vec::new() };
        match entries(&inner.database) {
            Ok(entries) => recorded(&entries),
            Err(error) => {
                tracing::warn!(%error, "cannot read the client's state");
                Vec::new()
            }
        }
    }

    /// Records which boot of the host this is; returns the one that was recorded. Blocks.
    pub(crate) fn swap_boot(&self, boot: &str) -> Option<String> {
        let inner = self.0.as_ref()?;
        let before = entries(&inner.database).ok()?.remove("boot");
        self.put("boot".to_owned(), Some(boot.as_bytes().to_vec()));
        before.and_then(|bytes| String::from_utf8(bytes).ok())
    }

    /// Records an assignment.
    pub(crate) fn put_alloc(&self, assignment: &Assignment, job: &Job) {
        if self.0.is_none() {
            return;
        }
        let key = job_key(job);
        self.put(key.clone(), encode(job));
        let stored = StoredAlloc { assignment: assignment.clone(), job: key };
        self.put(format!("alloc/{}", assignment.id), encode(&stored));
    }

    /// Records the states of an allocation's tasks.
    pub(crate) fn put_tasks(&self, alloc: AllocId, tasks: &TaskStates) {
        if self.0.is_some() {
            self.put(format!("tasks/{alloc}"), encode(tasks));
        }
    }

    /// Records how a task is found again.
    pub(crate) fn put_handle(&self, alloc: AllocId, task: &str, handle: &TaskHandle) {
        if self.0.is_some() {
            self.put(format!("handle/{alloc}/{task}"), serde_json::to_vec(handle).ok());
        }
    }

    /// Forgets how a task is found again.
    pub(crate) fn remove_handle(&self, alloc: AllocId, task: &str) {
        self.put(format!("handle/{alloc}/{task}"), None);
    }

    /// Forgets an allocation; its job too, unless another one needs it.
    pub(crate) fn remove_alloc(&self, alloc: AllocId, tasks: impl Iterator<Item = Name>, job: Option<&Job>) {
        self.put(format!("alloc/{alloc}"), None);
        self.put(format!("tasks/{alloc}"), None);
        for task in tasks {
            self.remove_handle(alloc, &task);
        }
        if let Some(job) = job {
            self.put(job_key(job), None);
        }
    }

    /// Waits until everything that was written so far is on disk.
    pub(crate) async fn synced(&self) -> Result<(), NotRecorded> {
        let Some(inner) = &self.0 else { return Ok(()) };
        let (sender, receiver) = oneshot::channel();
        inner.lock().waiting.push(sender);
        inner.urgent.notify_one();
        receiver.await.unwrap_or(Err(NotRecorded))
    }

    /// Commits what is written, for ever; to be aborted after a last [`StateDb::synced`].
    pub(crate) async fn run(self) {
        let Some(inner) = self.0 else { return };
        loop {
            tokio::select! {
                () = inner.urgent.notified() => {}
                () = async { inner.lazy.notified().await; tokio::time::sleep(LAZY).await } => {}
            }
            let pending = std::mem::take(&mut *inner.lock());
            let database = Arc::clone(&inner.database);
            let writes = pending.writes;
            let committed = tokio::task::spawn_blocking(move || commit(&database, writes)).await;
            let result = match committed {
                Ok(Ok(())) => Ok(()),
                Ok(Err(error)) => {
                    tracing::error!(%error, "cannot record the client's state");
                    Err(NotRecorded)
                }
                Err(error) => {
                    tracing::error!(%error, "the write of the client's state was given up");
                    Err(NotRecorded)
                }
            };
            for waiting in pending.waiting {
                // Whoever went away does not need to know.
                let _ = waiting.send(result);
            }
        }
    }

    fn put(&self, key: String, value: Option<Vec<u8>>) {
        let Some(inner) = &self.0 else { return };
        inner.lock().writes.insert(key, value);
        inner.lazy.notify_one();
    }
}

impl Inner {
    fn lock(&self) -> std::sync::MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn open_error(path: &Path, source: redb::Error) -> StateError {
    StateError::Open { path: path.to_path_buf(), source: Box::new(source) }
}

fn open(path: &Path) -> Result<Database, StateError> {
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

fn commit(database: &Database, writes: BTreeMap<String, Option<Vec<u8>>>) -> Result<(), redb::Error> {
    if writes.is_empty() {
        return Ok(());
    }
    let write = database.begin_write()?;
    {
        let mut table = write.open_table(TABLE)?;
        for (key, value) in &writes {
            match value {
                Some(value) => table.insert(key.as_str(), value.as_slice())?,
                None => table.remove(key.as_str())?,
            };
        }
    }
    write.commit()?;
    Ok(())
}

fn entries(database: &Database) -> Result<BTreeMap<String, Vec<u8>>, redb::Error> {
    let read = database.begin_read()?;
    let table = read.open_table(TABLE)?;
    let mut entries = BTreeMap::new();
    for entry in table.iter()? {
        let (key, value) = entry?;
        entries.insert(key.value().to_owned(), value.value().to_vec());
    }
    Ok(entries)
}

fn recorded(entries: &BTreeMap<String, Vec<u8>>) -> Vec<Recorded> {
    let mut jobs: BTreeMap<&str, Arc<Job>> = BTreeMap::new();
    let mut allocs = Vec::new();
    for (key, value) in below(entries, "alloc/") {
        let Ok(stored) = rmp_serde::from_slice::<StoredAlloc>(value) else {
            tracing::warn!(alloc = key, "recorded allocation is unreadable");
            continue;
        };
        let Some((job_key, bytes)) = entries.get_key_value(&stored.job) else {
            tracing::warn!(alloc = key, job = stored.job, "job of a recorded allocation is missing");
            continue;
        };
        if !jobs.contains_key(job_key.as_str()) {
            match rmp_serde::from_slice(bytes) {
                Ok(job) => drop(jobs.insert(job_key, Arc::new(job))),
                Err(error) => tracing::warn!(%error, job = job_key, "recorded job is unreadable"),
            }
        }
        let Some(job) = jobs.get(job_key.as_str()).cloned() else { continue };
        let id = stored.assignment.id;
        let tasks = entries.get(&format!("tasks/{id}")).and_then(|value| rmp_serde::from_slice(value).ok());
        let handles = below(entries, &format!("handle/{id}/"))
            .filter_map(|(task, value)| Some((Name::from(task), serde_json::from_slice(value).ok()?)))
            .collect();
        allocs.push(Recorded {
            assignment: stored.assignment,
            job,
            tasks: tasks.unwrap_or_default(),
            handles,
        });
    }
    allocs
}

/// Returns the entries whose key begins with `prefix`, by the rest of the key.
fn below<'a>(
    entries: &'a BTreeMap<String, Vec<u8>>,
    prefix: &str,
) -> impl Iterator<Item = (&'a str, &'a [u8])> {
    let prefix = prefix.to_owned();
    entries
        .range(prefix.clone()..)
        .map_while(move |(key, value)| Some((key.strip_prefix(&prefix)?, value.as_slice())))
}

fn job_key(job: &Job) -> String {
    format!("job/{}/{}/{}/{}", job.namespace, job.id, job.create_index, job.version)
}

fn encode(value: &impl Serialize) -> Option<Vec<u8>> {
    // A value that cannot be encoded is as good as one that was lost.
    rmp_serde::to_vec_named(value).inspect_err(|error| tracing::error!(%error, "cannot encode state")).ok()
}
