//! Reading a state.

use std::io::Read;
use std::sync::Arc;

use model::{
    AllocMetric, Deployment, Eval, Job, JobKey, JobSubmission, Name, Namespace, Node, NodePool, PassMetrics,
};

use super::alloc_row::{
    AllocRow, EndRow, JobPlace, JobRecordRow, JobRow, PieceRow, RootRow, ServicesRow, SubmissionRow,
    SummaryRow,
};
use super::frame::{Frame, Kind, SNAPSHOT_FORMAT, check_start};
use crate::State;
use crate::apply::Restoring;
use crate::store::Indexes;

/// Why bytes are no state.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The source failed or ended early.
    #[error("cannot read snapshot")]
    Io(#[from] std::io::Error),
    /// It does not begin as snapshots do.
    #[error("this is no snapshot of a state")]
    NoSnapshot,
    /// Another version wrote it.
    #[error("snapshot has format {found}, this version reads format {SNAPSHOT_FORMAT}")]
    OtherFormat {
        /// Its format.
        found: u8,
    },
    /// A frame is of a kind that this version does not know.
    #[error("snapshot has a frame of unknown kind {found}")]
    UnknownKind {
        /// The kind.
        found: u8,
    },
    /// A frame is at the wrong place.
    #[error("frames of the snapshot are out of order")]
    OutOfOrder,
    /// A frame is too large.
    #[error("snapshot frame of {bytes} bytes is too large")]
    FrameTooLarge {
        /// Its size.
        bytes: usize,
    },
    /// Bytes follow the rows of a frame.
    #[error("{bytes} bytes follow the rows of a snapshot frame")]
    Trailing {
        /// How many.
        bytes: usize,
    },
    /// A row is damaged.
    #[error("cannot decode snapshot")]
    Format(#[from] rmp_serde::decode::Error),
    /// An allocation refers to something that is not there.
    #[error("allocation {alloc} refers to a {what} that is not in the snapshot")]
    Dangling {
        /// The allocation.
        alloc: model::AllocId,
        /// What it refers to.
        what: &'static str,
    },
    /// Services belong to an allocation that is not there.
    #[error("services of allocation {alloc}, which is not in the snapshot")]
    Orphan {
        /// The allocation.
        alloc: model::AllocId,
    },
    /// Rows are missing.
    #[error("snapshot is not complete")]
    Incomplete,
}

impl State {
    /// Reads a state. Everything is read before anything is given out.
    ///
    /// # Errors
    /// [`ReadError`] says what is wrong; nothing is skipped.
    pub fn read_snapshot(input: &mut dyn Read) -> Result<Self, ReadError> {
        check_start(input)?;
        let mut reader = Reader::default();
        let mut buffer = Vec::new();
        loop {
            let frame = Frame::read(input, buffer)?;
            reader.take(&frame)?;
            if frame.kind == Kind::End {
                return reader.finish();
            }
            buffer = frame.into_buffer();
        }
    }
}

/// A state that is being read, with what later rows refer to by position.
#[derive(Default)]
struct Reader {
    state: State,
    newest: Option<Kind>,
    indexes: Option<Indexes>,
    jobs: Vec<(JobKey, Arc<Job>)>,
    /// Passes, each with the metrics that allocations without scores share.
    passes: Vec<Arc<AllocMetric>>,
    complete: bool,
}

impl Reader {
    fn take(&mut self, frame: &Frame) -> Result<(), ReadError> {
        let turns = [Some(Kind::Passes), Some(Kind::Allocs)];
        let in_turn = turns.contains(&Some(frame.kind)) && turns.contains(&self.newest);
        let first = self.newest.is_none() && frame.kind == Kind::Root;
        if !first && !in_turn && self.newest.is_none_or(|newest| newest > frame.kind) {
            return Err(ReadError::OutOfOrder);
        }
        self.newest = Some(frame.kind);
        let state = &mut self.state;
        match frame.kind {
            Kind::Root => frame.each(|root| {
                self.indexes = Some(take_root(state, root));
                Ok(())
            }),
            Kind::Namespaces => frame.each(|row: Namespace| {
                state.put_namespace(row);
                Ok(())
            }),
            Kind::NodePools => frame.each(|row: NodePool| {
                state.put_node_pool(row);
                Ok(())
            }),
            Kind::Nodes => frame.each(|row: Node| {
                state.put_node(row);
                Ok(())
            }),
            Kind::JobVersions => frame.each(|row| {
                self.jobs.push(take_job(state, row));
                Ok(())
            }),
            Kind::Submissions => frame.each(|row: SubmissionRow| {
                state.put_submission(row.key, JobSubmission::clone(&row.submission));
                Ok(())
            }),
            Kind::Summaries => frame.each(|row: SummaryRow| {
                state.job_summaries.insert(row.key, row.summary);
                Ok(())
            }),
            Kind::JobRecords => frame.each(|row: JobRecordRow| {
                state.job_records.insert(row.key, row.record);
                Ok(())
            }),
            Kind::Evals => frame.each(|row: Eval| {
                state.put_eval(row);
                Ok(())
            }),
            Kind::Deployments => frame.each(|row: Deployment| {
                state.put_deployment(row);
                Ok(())
            }),
            Kind::Passes => frame.each(|pass: PassMetrics| {
                self.passes.push(Arc::new(AllocMetric { pass: Arc::new(pass), ..AllocMetric::default() }));
                Ok(())
            }),
            Kind::Allocs => frame.each(|row| self.take_alloc(row)),
            Kind::Services => frame.each(|row| take_services(state, row)),
            Kind::Pieces => frame.each(|row| {
                take_piece(state, row);
                Ok(())
            }),
            Kind::End => frame.each(|end| {
                self.complete = self.counts_agree(&end);
                Ok(())
            }),
        }
    }

    fn take_alloc(&mut self, row: AllocRow) -> Result<(), ReadError> {
        let missing = |what| ReadError::Dangling { alloc: row.id(), what };
        let (key, job) = self.jobs.get(row.job as usize).cloned().ok_or_else(|| missing("job version"))?;
        let pass = self.passes.get(row.pass as usize).ok_or_else(|| missing("pass"))?;
        let metrics = if row.scores.is_empty() && row.coalesced_failures == 0 {
            Arc::clone(pass)
        } else {
            Arc::new(AllocMetric {
                pass: Arc::clone(&pass.pass),
                scores: row.scores.clone(),
                coalesced_failures: row.coalesced_failures,
            })
        };
        let node_name = match (&row.node_name, self.state.node(row.node)) {
            (Some(name), _) => Name::clone(name),
            (None, Some(node)) => Name::clone(&node.name),
            (None, None) => return Err(missing("node")),
        };
        let mut alloc = row.into_alloc(job, node_name, metrics);
        let state = &mut self.state;
        state.texts.share(&mut alloc.group);
        state.texts.share_report(&mut alloc);
        state.put_alloc(&key, Arc::new(alloc));
        Ok(())
    }

    fn counts_agree(&self, end: &EndRow) -> bool {
        let state = &self.state;
        [
            (state.nodes.len(), end.nodes),
            (state.jobs.len(), end.jobs),
            (state.evals.len(), end.evals),
            (state.deployments.len(), end.deployments),
            (state.allocs.len(), end.allocs),
        ]
        .into_iter()
        .all(|(found, written)| found as u64 == written)
    }

    fn finish(mut self) -> Result<State, ReadError> {
        let indexes = self.indexes.ok_or(ReadError::OutOfOrder)?;
        if !self.complete {
            return Err(ReadError::Incomplete);
        }
        self.state.indexes = indexes;
        Ok(self.state)
    }
}

fn take_root(state: &mut State, root: RootRow) -> Indexes {
    state.index = root.index;
    state.base = root.base;
    state.now = root.now;
    state.cluster_id = root.cluster_id;
    state.config = root.config;
    state.restored = root.restored;
    state.autopilot = root.autopilot;
    // The tables of a new region are not empty; those of the snapshot are complete.
    state.namespaces.clear();
    state.node_pools.clear();
    Indexes::from_all(&root.indexes)
}

fn take_piece(state: &mut State, row: PieceRow) {
    let mut restoring = match state.restoring.take() {
        Some(restoring) => Arc::unwrap_or_clone(restoring),
        None => Restoring { id: row.id, since: row.since, pieces: Vec::new() },
    };
    restoring.pieces.push(row.piece);
    state.restoring = Some(Arc::new(restoring));
}

fn take_services(state: &mut State, row: ServicesRow) -> Result<(), ReadError> {
    let alloc = state.alloc(row.alloc).ok_or(ReadError::Orphan { alloc: row.alloc })?;
    let namespace = Name::from(alloc.job.namespace.as_str());
    state.put_services(&namespace, row.alloc, Arc::unwrap_or_clone(row.services));
    Ok(())
}

fn take_job(state: &mut State, row: JobRow) -> (JobKey, Arc<Job>) {
    let key = state.key_of(&row.job);
    match row.place {
        JobPlace::Current => state.put_job(Arc::clone(&row.job)),
        JobPlace::Kept => state.put_job_version(key.clone(), Arc::clone(&row.job)),
        JobPlace::Forgotten => {}
    }
    (key, row.job)
}
