//! Writing, in groups.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use driver::TaskHandle;
use lifecycle::restart::RestartWindow;
use model::link::Assignment;
use model::{AllocId, Job, Name, TaskStates};
use redb::{Database, TableDefinition};
use serde::Serialize;
use tokio::sync::{Notify, oneshot};

use super::open::{StateError, open};
use super::read::{Recorded, StoredAlloc, StoredRestarts, entries, recorded};

pub(super) const TABLE: TableDefinition<'static, &str, &[u8]> = TableDefinition::new("state");
/// How long writes that nobody waits for may be held back.
const LAZY: Duration = Duration::from_millis(50);

type Waiting = oneshot::Sender<Result<(), NotRecorded>>;
type Writes = BTreeMap<String, Option<Vec<u8>>>;

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
    /// Bounded by the keys there are: six per task, two per allocation and one per waiting writer.
    pending: Mutex<Pending>,
    urgent: Notify,
    lazy: Notify,
}

#[derive(Debug, Default)]
struct Pending {
    writes: Writes,
    /// Keys of the jobs that are written: each is encoded once, however many allocations run it.
    jobs: BTreeSet<String>,
    waiting: Vec<Waiting>,
}

impl StateDb {
    /// A database that forgets everything.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// Opens the one in `state_dir`. Blocks.
    pub(crate) fn open(state_dir: &Path) -> Result<Self, StateError> {
        Ok(Self(Some(Arc::new(Inner {
            database: Arc::new(open(state_dir)?),
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
        let Some(inner) = &self.0 else { return };
        let key = job_key(job);
        if inner.lock().jobs.insert(key.clone()) {
            self.put(key.clone(), encode(job));
        }
        let stored = StoredAlloc { assignment: assignment.clone(), job: key };
        self.put(format!("alloc/{}", assignment.id), encode(&stored));
    }

    /// Records the states of an allocation's tasks.
    pub(crate) fn put_tasks(&self, alloc: AllocId, tasks: &TaskStates) {
        if self.0.is_some() {
            self.put(format!("tasks/{alloc}"), encode(tasks));
        }
    }

    /// Records the restarts of an allocation's tasks that still count.
    pub(crate) fn put_restarts(&self, alloc: AllocId, restarts: &BTreeMap<Name, RestartWindow>) {
        if self.0.is_some() && !restarts.is_empty() {
            let row =
                |(task, window): (&Name, &RestartWindow)| (Name::clone(task), window.count, window.since);
            let rows: Vec<StoredRestarts> = restarts.iter().map(row).collect();
            self.put(format!("restarts/{alloc}"), encode(&rows));
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
        self.put(format!("restarts/{alloc}"), None);
        for task in tasks {
            self.remove_handle(alloc, &task);
        }
        if let (Some(job), Some(inner)) = (job, &self.0) {
            let key = job_key(job);
            inner.lock().jobs.remove(&key);
            self.put(key, None);
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
            let (writes, waiting) = inner.take();
            let result = inner.commit(writes).await;
            for waiting in waiting {
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

    fn take(&self) -> (Writes, Vec<Waiting>) {
        let mut pending = self.lock();
        (std::mem::take(&mut pending.writes), std::mem::take(&mut pending.waiting))
    }

    /// Commits writes; those of a failed commit wait for the next one.
    async fn commit(&self, writes: Writes) -> Result<(), NotRecorded> {
        let writes = Arc::new(writes);
        let (database, written) = (Arc::clone(&self.database), Arc::clone(&writes));
        let reason = match tokio::task::spawn_blocking(move || commit(&database, &written)).await {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
        tracing::error!(reason, "cannot record the client's state");
        let mut pending = self.lock();
        for (key, value) in writes.iter() {
            pending.writes.entry(key.clone()).or_insert_with(|| value.clone());
        }
        Err(NotRecorded)
    }
}

fn commit(database: &Database, writes: &Writes) -> Result<(), redb::Error> {
    if writes.is_empty() {
        return Ok(());
    }
    let write = database.begin_write()?;
    {
        let mut table = write.open_table(TABLE)?;
        for (key, value) in writes {
            match value {
                Some(value) => table.insert(key.as_str(), value.as_slice())?,
                None => table.remove(key.as_str())?,
            };
        }
    }
    write.commit()?;
    Ok(())
}

fn job_key(job: &Job) -> String {
    format!("job/{}/{}/{}/{}", job.namespace, job.id, job.create_index, job.version)
}

fn encode(value: &impl Serialize) -> Option<Vec<u8>> {
    // A value that cannot be encoded is as good as one that was lost.
    rmp_serde::to_vec_named(value).inspect_err(|error| tracing::error!(%error, "cannot encode state")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assignment(id: u128) -> Assignment {
        Assignment {
            id: AllocId(id),
            job: 0,
            group: "web".into(),
            index: 0,
            desired: model::DesiredStatus::Run,
            assigned: model::Assigned::default(),
            previous: AllocId::NONE,
            deployment: None,
            no_shutdown_delay: false,
            alloc_modify_index: 3,
        }
    }

    #[tokio::test]
    async fn what_is_synced_is_read_and_what_is_removed_is_not() {
        let dir = tempfile::tempdir().expect("directory");
        let db = StateDb::open(dir.path()).expect("database");
        let writer = tokio::spawn(db.clone().run());
        let job = testkit::job("j");
        for id in [1, 2] {
            db.put_alloc(&assignment(id), &job);
        }
        let id = driver::TaskId { alloc: "a".to_owned(), task: "web".to_owned() };
        let handle = TaskHandle::new("raw_exec", id, 7, &1).expect("handle");
        db.put_handle(AllocId(1), "web", &handle);
        let window = RestartWindow { count: 2, since: model::Timestamp(7) };
        db.put_restarts(AllocId(1), &BTreeMap::from([("web".into(), window)]));
        db.put_tasks(AllocId(1), &TaskStates::from([("web".into(), model::TaskState::pending())]));
        db.synced().await.expect("recorded");
        let read = db.read();
        assert_eq!(read.iter().map(|alloc| alloc.assignment.id.0).collect::<Vec<_>>(), [1, 2]);
        assert!(
            read.iter()
                .all(|alloc| *alloc.job == job && alloc.assignment == assignment(alloc.assignment.id.0))
        );
        assert_eq!(read[0].handles.get("web"), Some(&handle));
        assert_eq!((read[0].restarts.get("web"), read[1].restarts.len()), (Some(&window), 0));
        assert!(read[0].tasks.contains_key("web") && read[1].tasks.is_empty());

        assert_eq!((db.swap_boot("one"), StateDb::none().read().len()), (None, 0));
        db.remove_alloc(AllocId(1), ["web".into()].into_iter(), None);
        db.synced().await.expect("recorded");
        assert_eq!(db.swap_boot("two").as_deref(), Some("one"));
        assert_eq!(db.read().len(), 1);
        db.remove_alloc(AllocId(2), std::iter::empty(), Some(&job));
        db.synced().await.expect("recorded");
        assert_eq!(db.read().len(), 0);
        writer.abort();
    }
}
