//! Writing a state.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use model::{Alloc, Job, Name, PassMetrics};
use serde::Serialize;

use super::alloc_row::{
    AllocRow, EndRow, JobPlace, JobRecordRow, JobRow, PieceRow, RootRow, ServicesRow, SubmissionRow,
    SummaryRow,
};
use super::frame::{FrameWriter, Kind, MAGIC, SNAPSHOT_FORMAT};
use crate::State;

/// Why a state could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The sink failed.
    #[error("cannot write snapshot")]
    Io(#[from] std::io::Error),
    /// A value has no MessagePack form.
    #[error("cannot encode snapshot")]
    Format(#[from] rmp_serde::encode::Error),
    /// A row is larger than a reader accepts.
    #[error("snapshot frame of {bytes} bytes is too large")]
    FrameTooLarge {
        /// Size of the frame.
        bytes: usize,
    },
}

/// What identifies a version of a job, forgotten ones included.
type VersionKey = (String, String, u64, u64);

fn version_key(job: &Job) -> VersionKey {
    (job.namespace.clone(), job.id.clone(), job.create_index, job.version)
}

impl State {
    /// Writes the state. The same state gives the same bytes.
    ///
    /// # Errors
    /// [`WriteError`]: the sink failed, or a record cannot be written.
    pub fn write_snapshot(&self, out: &mut dyn Write) -> Result<(), WriteError> {
        out.write_all(&MAGIC)?;
        out.write_all(&[SNAPSHOT_FORMAT])?;
        let root = RootRow {
            index: self.index,
            base: self.base,
            now: self.now,
            cluster_id: Name::clone(&self.cluster_id),
            indexes: self.indexes.all().to_vec(),
            config: Arc::clone(&self.config),
            restored: self.restored,
            autopilot: Arc::clone(&self.autopilot),
        };
        write_rows(out, Kind::Root, [root])?;
        write_rows(out, Kind::Namespaces, self.namespaces.values())?;
        write_rows(out, Kind::NodePools, self.node_pools.values())?;
        write_rows(out, Kind::Nodes, self.nodes.values())?;
        let jobs = self.write_jobs(out)?;
        write_rows(out, Kind::Evals, self.evals.values())?;
        write_rows(out, Kind::Deployments, self.deployments.values())?;
        self.write_allocs(out, &jobs)?;
        let services = self
            .services
            .iter()
            .map(|(alloc, services)| ServicesRow { alloc: *alloc, services: Arc::clone(services) });
        write_rows(out, Kind::Services, services)?;
        let pieces = self.restoring.iter().flat_map(|restoring| {
            let (id, since) = (restoring.id, restoring.since);
            restoring.pieces.iter().map(move |piece| PieceRow { id, since, piece: piece.clone() })
        });
        write_rows(out, Kind::Pieces, pieces)?;
        let count = |length: usize| length as u64;
        let end = EndRow {
            nodes: count(self.nodes.len()),
            jobs: count(self.jobs.len()),
            evals: count(self.evals.len()),
            deployments: count(self.deployments.len()),
            allocs: count(self.allocs.len()),
        };
        write_rows(out, Kind::End, [end])
    }

    /// Writes every job version once, those of forgotten jobs last, and tells their positions.
    fn write_jobs(&self, out: &mut dyn Write) -> Result<BTreeMap<VersionKey, u32>, WriteError> {
        let mut positions = BTreeMap::new();
        let mut rows = FrameWriter::new(Kind::JobVersions);
        for (key, versions) in &self.job_versions {
            let current = self.jobs.get(key).map(|job| job.version);
            for (version, job) in versions {
                let place = if current == Some(*version) { JobPlace::Current } else { JobPlace::Kept };
                positions.insert(version_key(job), position(&positions));
                push(out, &mut rows, &JobRow { job: Arc::clone(job), place })?;
            }
        }
        for (key, job) in self.forgotten_versions() {
            positions.insert(key, position(&positions));
            push(out, &mut rows, &JobRow { job: Arc::clone(job), place: JobPlace::Forgotten })?;
        }
        rows.flush(out)?;
        let submissions = self.submissions.iter().flat_map(|(key, versions)| {
            versions
                .values()
                .map(|submission| SubmissionRow { key: key.clone(), submission: Arc::clone(submission) })
        });
        write_rows(out, Kind::Submissions, submissions)?;
        let summaries = self
            .job_summaries
            .iter()
            .map(|(key, summary)| SummaryRow { key: key.clone(), summary: Arc::clone(summary) });
        write_rows(out, Kind::Summaries, summaries)?;
        let records = self
            .job_records
            .iter()
            .map(|(key, record)| JobRecordRow { key: key.clone(), record: Arc::clone(record) });
        write_rows(out, Kind::JobRecords, records)?;
        Ok(positions)
    }

    /// Versions that only allocations refer to.
    fn forgotten_versions(&self) -> BTreeMap<VersionKey, &Arc<Job>> {
        let mut forgotten = BTreeMap::new();
        for alloc in self.allocs.values() {
            let kept = self.job_version(&self.key_of(&alloc.job), alloc.job.version);
            if kept.is_none_or(|kept| kept.create_index != alloc.job.create_index) {
                forgotten.entry(version_key(&alloc.job)).or_insert(&alloc.job);
            }
        }
        forgotten
    }

    fn write_allocs(&self, out: &mut dyn Write, jobs: &BTreeMap<VersionKey, u32>) -> Result<(), WriteError> {
        let mut passes = Passes { positions: BTreeMap::new(), rows: FrameWriter::new(Kind::Passes) };
        let mut rows = FrameWriter::new(Kind::Allocs);
        let mut last: Option<(&Arc<Job>, u32)> = None;
        for alloc in self.allocs.values() {
            let job = match last {
                Some((job, position)) if Arc::ptr_eq(job, &alloc.job) => position,
                Some(_) | None => jobs.get(&version_key(&alloc.job)).copied().unwrap_or(u32::MAX),
            };
            last = Some((&alloc.job, job));
            let pass = passes.position(&alloc.metrics.pass)?;
            rows.push_compact(&AllocRow::of(alloc, job, pass, self.other_node_name(alloc)))?;
            if rows.is_full() || passes.rows.is_full() {
                passes.rows.flush(out)?;
                rows.flush(out)?;
            }
        }
        passes.rows.flush(out)?;
        rows.flush(out)
    }

    /// The node's name at the time of placement, if the node has another one now.
    fn other_node_name(&self, alloc: &Alloc) -> Option<Name> {
        let same = self.node(alloc.node).is_some_and(|node| node.name == alloc.node_name);
        (!same).then(|| Name::clone(&alloc.node_name))
    }
}

/// Passes by address: allocations of one run share theirs. Positions follow the order of allocations.
struct Passes {
    positions: BTreeMap<*const PassMetrics, u32>,
    rows: FrameWriter,
}

impl Passes {
    fn position(&mut self, pass: &Arc<PassMetrics>) -> Result<u32, WriteError> {
        let address = Arc::as_ptr(pass);
        if let Some(position) = self.positions.get(&address) {
            return Ok(*position);
        }
        let position = position(&self.positions);
        self.positions.insert(address, position);
        self.rows.push_named(&**pass)?;
        Ok(position)
    }
}

/// The next position of a table of fewer than 2³² rows.
fn position<K, V>(positions: &BTreeMap<K, V>) -> u32 {
    u32::try_from(positions.len()).unwrap_or(u32::MAX)
}

fn push(out: &mut dyn Write, rows: &mut FrameWriter, row: &impl Serialize) -> Result<(), WriteError> {
    rows.push_named(row)?;
    if rows.is_full() { rows.flush(out) } else { Ok(()) }
}

/// Writes a table of documents.
fn write_rows<T: Serialize>(
    out: &mut dyn Write,
    kind: Kind,
    rows: impl IntoIterator<Item = T>,
) -> Result<(), WriteError> {
    let mut frame = FrameWriter::new(kind);
    for row in rows {
        push(out, &mut frame, &row)?;
    }
    frame.flush(out)
}
