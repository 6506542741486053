//! Servers as a client sees them: they take every report and push what a test assigns.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use client::{BoxFuture, LinkError, Registered, ServerLink};
use model::link::{AllocPush, Assignment};
use model::{AllocId, AllocUpdate, Assigned, DesiredStatus, Job, Nanos, Node, NodeEvent};
use tokio::sync::mpsc;

#[derive(Default)]
pub(crate) struct Servers(Mutex<State>);

#[derive(Default)]
struct State {
    nodes: Vec<Node>,
    updates: BTreeMap<AllocId, AllocUpdate>,
    reports: u32,
    assignments: BTreeMap<AllocId, (Assignment, Arc<Job>)>,
    watchers: Vec<mpsc::Sender<AllocPush>>,
    pings: u32,
    left: Option<Nanos>,
    index: u64,
    down: bool,
}

impl Servers {
    /// Assigns allocations of the first group of a job, in one push.
    pub(crate) fn assign(&self, job: &Arc<Job>, ids: &[AllocId]) {
        self.assign_with(job, ids, &Assigned::default());
    }

    pub(crate) fn assign_with(&self, job: &Arc<Job>, ids: &[AllocId], assigned: &Assigned) {
        self.assign_quietly(job, ids, assigned);
        self.0.lock().expect("state").push(ids, &[], false);
    }

    fn assign_quietly(&self, job: &Arc<Job>, ids: &[AllocId], assigned: &Assigned) {
        let mut state = self.0.lock().expect("state");
        for (index, id) in (0..).zip(ids) {
            state.index += 1;
            let assignment = Assignment {
                id: *id,
                job: 0,
                group: job.task_groups[0].name.as_str().into(),
                index,
                desired: DesiredStatus::Run,
                assigned: assigned.clone(),
                previous: AllocId::NONE,
                deployment: None,
                no_shutdown_delay: false,
                alloc_modify_index: state.index,
            };
            state.assignments.insert(*id, (assignment, Arc::clone(job)));
        }
    }

    /// Assigns an allocation that replaces another.
    pub(crate) fn assign_after(&self, job: &Arc<Job>, id: AllocId, previous: AllocId) {
        self.assign_quietly(job, &[id], &Assigned::default());
        self.change(id, |assignment, _| assignment.previous = previous);
    }

    /// Changes an assignment and pushes it.
    pub(crate) fn change(&self, id: AllocId, change: impl FnOnce(&mut Assignment, &mut Arc<Job>)) {
        let mut state = self.0.lock().expect("state");
        state.index += 1;
        let index = state.index;
        let (assignment, job) = state.assignments.get_mut(&id).expect("assigned");
        change(assignment, job);
        assignment.alloc_modify_index = index;
        state.push(&[id], &[], false);
    }

    pub(crate) fn stop(&self, id: AllocId) {
        self.change(id, |assignment, _| assignment.desired = DesiredStatus::Stop);
    }

    pub(crate) fn remove(&self, id: AllocId) {
        let mut state = self.0.lock().expect("state");
        state.assignments.remove(&id);
        state.push(&[], &[id], false);
    }

    /// Ends every connection, and refuses new ones until it is up again.
    pub(crate) fn set_down(&self, down: bool) {
        let mut state = self.0.lock().expect("state");
        state.down = down;
        state.watchers.clear();
    }

    pub(crate) fn update_of(&self, id: AllocId) -> Option<AllocUpdate> {
        self.0.lock().expect("state").updates.get(&id).cloned()
    }

    pub(crate) fn updates(&self) -> Vec<AllocUpdate> {
        self.0.lock().expect("state").updates.values().cloned().collect()
    }

    pub(crate) fn reports(&self) -> u32 {
        self.0.lock().expect("state").reports
    }

    pub(crate) fn nodes(&self) -> Vec<Node> {
        self.0.lock().expect("state").nodes.clone()
    }

    pub(crate) fn pings(&self) -> u32 {
        self.0.lock().expect("state").pings
    }

    pub(crate) fn left(&self) -> Option<Nanos> {
        self.0.lock().expect("state").left
    }

    fn answer<T: Send + 'static>(
        &self,
        answer: impl FnOnce(&mut State) -> T,
    ) -> BoxFuture<'_, Result<T, LinkError>> {
        let mut state = self.0.lock().expect("state");
        let answer =
            if state.down { Err(LinkError::Unavailable("down".to_owned())) } else { Ok(answer(&mut state)) };
        Box::pin(std::future::ready(answer))
    }
}

impl State {
    fn push(&mut self, ids: &[AllocId], removed: &[AllocId], complete: bool) {
        let push = self.message(ids, removed, complete);
        self.watchers.retain(|watcher| watcher.try_send(push.clone()).is_ok());
    }

    fn message(&self, ids: &[AllocId], removed: &[AllocId], complete: bool) -> AllocPush {
        let mut push =
            AllocPush { index: self.index, complete, removed: removed.to_vec(), ..AllocPush::default() };
        for id in ids {
            let (assignment, job) = &self.assignments[id];
            let position = push.jobs.iter().position(|known| Arc::ptr_eq(known, job)).unwrap_or_else(|| {
                push.jobs.push(Arc::clone(job));
                push.jobs.len() - 1
            });
            let job = u32::try_from(position).expect("few jobs");
            push.allocs.push(Assignment { job, ..assignment.clone() });
        }
        push
    }
}

impl ServerLink for Servers {
    fn register(&self, node: Node) -> BoxFuture<'_, Result<Registered, LinkError>> {
        self.answer(|state| {
            state.nodes.push(node);
            Registered { ping_every: Duration::from_millis(50), grace: Duration::from_secs(10) }
        })
    }

    fn ping(&self) -> BoxFuture<'_, Result<(), LinkError>> {
        self.answer(|state| state.pings += 1)
    }

    fn update(&self, updates: Vec<AllocUpdate>) -> BoxFuture<'_, Result<(), LinkError>> {
        self.answer(|state| {
            state.reports += 1;
            state.updates.extend(updates.into_iter().map(|update| (update.id, update)));
        })
    }

    fn events(&self, _: Vec<NodeEvent>) -> BoxFuture<'_, Result<(), LinkError>> {
        self.answer(|_| ())
    }

    fn leaving(&self, back_in: Nanos) -> BoxFuture<'_, Result<(), LinkError>> {
        self.answer(|state| state.left = Some(back_in))
    }

    fn watch(&self) -> mpsc::Receiver<AllocPush> {
        let mut state = self.0.lock().expect("state");
        let (sender, receiver) = mpsc::channel(64);
        // As real servers do: of what has ended only the id is told.
        let over = |id: &AllocId| state.updates.get(id).is_some_and(|update| update.status.is_terminal());
        let (ended, wanted): (Vec<AllocId>, Vec<AllocId>) = state.assignments.keys().partition(|id| over(id));
        let mut message = state.message(&wanted, &[], true);
        message.ended = ended;
        sender.try_send(message).expect("room");
        state.watchers.push(sender);
        receiver
    }
}
