//! A leader with workers on a log that is a vector: every proposal is committed at once, in order.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use control::{Action, CallId, Event, Server, ServerOptions, Worker, WorkerAction, WorkerEvent};
use model::{JobKey, JobKind, Nanos, Timestamp};
use scheduler::{Options, schedule};
use state::{Command, Entry, Snapshot, State};

/// Steps of one [`Cluster::run`]; more mean that something goes round in circles.
const MAX_STEPS: usize = 100_000;

/// What carries an event out.
enum Step {
    Server(Event),
    Worker(usize, WorkerEvent),
}

/// What becomes of proposals.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Consensus {
    /// They are committed at once.
    Commits,
    /// They are lost at once.
    Loses,
    /// They wait until [`Cluster::release`].
    Holds,
}

pub(crate) struct Cluster {
    pub(crate) server: Server,
    pub(crate) state: Snapshot,
    pub(crate) now: Timestamp,
    /// Results of ack, nack and report by call.
    pub(crate) answers: BTreeMap<u64, bool>,
    /// Workers that take an evaluation and never answer.
    pub(crate) lazy: bool,
    /// Whether the end of a proposal is known before its effect is seen.
    pub(crate) committed_first: bool,
    pub(crate) consensus: Consensus,
    /// Proposals that were made.
    pub(crate) proposed: u32,
    /// A job at which the scheduler panics.
    pub(crate) poison: String,
    workers: Vec<Worker>,
    held: Vec<(u64, Entry)>,
    steps: VecDeque<Step>,
    wake_at: Option<Timestamp>,
    term: u128,
    next_call: u64,
}

impl Cluster {
    pub(crate) fn new(workers: usize) -> Self {
        Self::with_options(workers, ServerOptions::default())
    }

    pub(crate) fn with_options(workers: usize, options: ServerOptions) -> Self {
        let mut cluster = Self {
            server: Server::new(options),
            state: Arc::new(State::new()),
            now: Timestamp(1_000_000_000_000_000_000),
            answers: BTreeMap::new(),
            lazy: false,
            committed_first: false,
            consensus: Consensus::Commits,
            held: Vec::new(),
            proposed: 0,
            poison: String::new(),
            workers: (0..workers).map(|_| Worker::default()).collect(),
            steps: VecDeque::new(),
            wake_at: None,
            term: 0,
            next_call: 1_000,
        };
        cluster.elect();
        for worker in 0..workers {
            cluster.steps.push_back(Step::Worker(worker, WorkerEvent::Start));
        }
        cluster.run();
        cluster
    }

    /// Makes the server the leader, in a new term.
    pub(crate) fn elect(&mut self) {
        self.term += 1;
        let event = Event::BecameLeader { snapshot: Arc::clone(&self.state), seed: self.term };
        self.steps.push_back(Step::Server(event));
    }

    /// Sends an event and carries out what follows.
    pub(crate) fn send(&mut self, event: Event) {
        self.steps.push_back(Step::Server(event));
        self.run();
    }

    pub(crate) fn call(&mut self) -> CallId {
        self.next_call += 1;
        CallId(self.next_call)
    }

    /// Commits a command as the API would.
    pub(crate) fn commit(&mut self, command: Command) {
        let (_, applied) = self.apply(&Entry { now: self.now, command });
        self.steps.push_back(applied);
        self.run();
    }

    /// Lets time pass, stopping whenever the server asks for it.
    pub(crate) fn pass(&mut self, span: Nanos) {
        let until = self.now + span;
        while let Some(at) = self.wake_at.filter(|at| *at <= until) {
            self.wake_at = None;
            self.now = self.now.max(at);
            self.send(Event::Tick);
        }
        self.now = until;
    }

    /// Allocations of a job by client status and node, and evaluations by status.
    pub(crate) fn show(&self, job: &str) -> String {
        let key = JobKey::new("default", job);
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for alloc in self.state.allocs_of_job(&key) {
            let text = format!("{} {}/{}", alloc.node_name, alloc.desired, alloc.client);
            *counts.entry(text).or_default() += 1;
        }
        for eval in self.state.evals_of_job(&key) {
            *counts.entry(format!("eval {} {}", eval.trigger, eval.status)).or_default() += 1;
        }
        counts.into_iter().map(|(text, count)| format!("{count} × {text}\n")).collect()
    }

    fn apply(&mut self, entry: &Entry) -> (u64, Step) {
        let mut state = State::clone(&self.state);
        let applied = state.apply(state.index + 1, entry);
        let index = applied.index;
        self.state = Arc::new(state);
        let event = Event::Applied { snapshot: Arc::clone(&self.state), applied: Arc::new([applied]) };
        (index, Step::Server(event))
    }

    fn run(&mut self) {
        for _ in 0..MAX_STEPS {
            match self.steps.pop_front() {
                None => {
                    assert_eq!(self.state.check().0, Vec::<String>::new());
                    assert_eq!(self.state.over_committed(), []);
                    return;
                }
                Some(Step::Server(event)) => {
                    for action in self.server.handle(self.now, event) {
                        self.act(action);
                    }
                }
                Some(Step::Worker(worker, event)) => {
                    for action in self.workers[worker].handle(self.now, event) {
                        self.work(worker, action);
                    }
                }
            }
        }
        panic!("the cluster does not come to rest");
    }

    fn agree(&mut self, id: u64, entry: &Entry) {
        let (index, applied) = self.apply(entry);
        let committed = Step::Server(Event::Committed { id, result: Some((index, self.now)) });
        if self.committed_first {
            self.steps.extend([committed, applied]);
        } else {
            self.steps.extend([applied, committed]);
        }
    }

    /// Commits what was held back, and from now on everything at once.
    pub(crate) fn release(&mut self) {
        self.consensus = Consensus::Commits;
        for (id, entry) in std::mem::take(&mut self.held) {
            self.agree(id, &entry);
        }
        self.run();
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Propose { id, entry } => {
                self.proposed += 1;
                match self.consensus {
                    Consensus::Commits => self.agree(id, &entry),
                    Consensus::Loses => {
                        self.steps.push_back(Step::Server(Event::Committed { id, result: None }));
                    }
                    Consensus::Holds => self.held.push((id, *entry)),
                }
            }
            Action::AnswerDequeue { call, result } => {
                let event = result.map_or(WorkerEvent::DequeueFailed, WorkerEvent::Delivered);
                let taken = matches!(event, WorkerEvent::Delivered(Some(_)));
                let worker = usize::try_from(call.0).expect("valid in a test");
                if !(taken && self.lazy) {
                    self.steps.push_back(Step::Worker(worker, event));
                } else {
                    self.steps.push_back(Step::Worker(worker, WorkerEvent::Start));
                }
            }
            Action::AnswerPlan { call, result } => {
                let worker = usize::try_from(call.0).expect("valid in a test");
                self.steps.push_back(Step::Worker(worker, WorkerEvent::Answered(result)));
            }
            Action::Answer { call, result } => {
                self.answers.insert(call.0, result.is_ok());
            }
            Action::WakeAt(at) => self.wake_at = Some(at),
        }
    }

    fn work(&mut self, worker: usize, action: WorkerAction) {
        let call = CallId(worker as u64);
        let step = match action {
            WorkerAction::Dequeue => {
                let until = self.now + Nanos::from_mins(60 * 24 * 365);
                Step::Server(Event::Dequeue { call, kinds: JobKind::ALL.to_vec(), local: true, until })
            }
            WorkerAction::AwaitIndex { index, .. } => {
                assert!(index <= self.state.index, "what a worker waits for is committed");
                Step::Worker(worker, WorkerEvent::CaughtUp)
            }
            WorkerAction::Schedule { eval } => {
                let options = Options { now: self.now, ..Options::default() };
                let event = match schedule(&self.state, &eval, &options) {
                    _ if *eval.job.id == *self.poison => WorkerEvent::Panicked("a planted panic".into()),
                    Ok(outcome) => WorkerEvent::Scheduled(Box::new(outcome)),
                    Err(error) => WorkerEvent::NotScheduled(error),
                };
                Step::Worker(worker, event)
            }
            WorkerAction::Submit { token, outcome } => {
                Step::Server(Event::SubmitPlan { call, token, outcome })
            }
            WorkerAction::Ack { eval, token } => Step::Server(Event::Ack { call, eval, token }),
            WorkerAction::Nack { eval, token, panic } => {
                Step::Server(Event::Nack { call, eval, token, panic })
            }
            // The wait after an error: the next leader is elected by then.
            WorkerAction::WakeAt(_) => Step::Worker(worker, WorkerEvent::Start),
        };
        self.steps.push_back(step);
    }
}
