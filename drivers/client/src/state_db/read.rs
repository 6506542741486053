//! What an earlier agent recorded.

use std::collections::BTreeMap;
use std::sync::Arc;

use driver::TaskHandle;
use lifecycle::restart::RestartWindow;
use model::link::Assignment;
use model::{AllocId, Job, Name, TaskStates, Timestamp};
use redb::{Database, ReadableDatabase, ReadableTable};
use serde::{Deserialize, Serialize};

use super::write::TABLE;

/// An allocation, as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct StoredAlloc {
    /// What the server assigned.
    pub(super) assignment: Assignment,
    /// Key of its job in the table.
    pub(super) job: String,
}

/// Restarts of one task: its name, how many, and the beginning of their window.
pub(super) type StoredRestarts = (Name, i64, Timestamp);

/// What an earlier agent left of an allocation.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    /// What the server assigned.
    pub(crate) assignment: Assignment,
    /// The version of the job that it runs.
    pub(crate) job: Arc<Job>,
    /// The last states of its tasks.
    pub(crate) tasks: TaskStates,
    /// Restarts of its tasks that still count.
    pub(crate) restarts: BTreeMap<Name, RestartWindow>,
    /// Handles of its tasks.
    pub(crate) handles: BTreeMap<Name, TaskHandle>,
}

/// Returns everything that is recorded, by key.
pub(super) fn entries(database: &Database) -> Result<BTreeMap<String, Vec<u8>>, redb::Error> {
    let read = database.begin_read()?;
    let table = read.open_table(TABLE)?;
    let mut entries = BTreeMap::new();
    for entry in table.iter()? {
        let (key, value) = entry?;
        entries.insert(key.value().to_owned(), value.value().to_vec());
    }
    Ok(entries)
}

/// Returns the allocations among `entries`. One that cannot be read is left out, and said.
pub(super) fn recorded(entries: &BTreeMap<String, Vec<u8>>) -> Vec<Recorded> {
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
            restarts: restarts(entries, id),
            handles,
        });
    }
    allocs
}

/// Returns the restarts that were recorded of an allocation's tasks.
fn restarts(entries: &BTreeMap<String, Vec<u8>>, alloc: AllocId) -> BTreeMap<Name, RestartWindow> {
    let stored = entries.get(&format!("restarts/{alloc}"));
    let stored: Vec<StoredRestarts> =
        stored.and_then(|value| rmp_serde::from_slice(value).ok()).unwrap_or_default();
    let window = |(task, count, since)| (task, RestartWindow { count, since });
    stored.into_iter().map(window).collect()
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
