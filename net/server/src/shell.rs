//! The control loop: events in, the machine decides, actions out.
//!
//! One task owns [`control::Server`]. What others want of it comes through a bounded queue; proposals run as
//! tasks of their own, so that the loop never waits for the disk, and reach consensus in turn. There are as many of
//! these as the machine has proposals open, and they end with the loop.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use control::{
    Action, CallError, CallId, Delivery, Event, PlanError, TermAction, TermEvent, TermMachine, Token,
};
use model::{AllocUpdate, EvalId, JobKind, Name, Nanos, NodeId, Outcome, PlanResult, Timestamp};
use raft::{Consensus, Encoded, Leadership};
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use state::{Applied, Entry, codec};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::clients::Clients;
use crate::event_log::EventLog;
use crate::seed::{now, random};
use crate::store::{News, Store};
use crate::turns::{Turn, Turns};
use crate::watchers::Watchers;

/// Wishes that may wait for the loop.
const QUEUE: usize = 16_384;

/// Reports of its own tasks that may wait for the loop; a task waits with a further one.
const REPORTS: usize = 1_024;

/// What others want of the machine.
pub(crate) enum Wish {
    Dequeue { kinds: Vec<JobKind>, local: bool, until: Timestamp, answer: oneshot::Sender<DequeueResult> },
    Ack { eval: EvalId, token: Token, answer: oneshot::Sender<Result<(), CallError>> },
    Nack { eval: EvalId, token: Token, panic: Option<Name>, answer: oneshot::Sender<Result<(), CallError>> },
    Submit { token: Token, outcome: Box<Outcome>, answer: oneshot::Sender<Result<PlanResult, PlanError>> },
    Update { node: NodeId, updates: Vec<AllocUpdate>, answer: oneshot::Sender<Result<(), CallError>> },
    Pings(Vec<NodeId>),
    Leaving { node: NodeId, back_in: Nanos },
    ForceGc,
}

pub(crate) type DequeueResult = Result<Option<Delivery>, CallError>;

/// What comes back from tasks that the loop started.
enum Report {
    Committed {
        id: u64,
        result: Option<(u64, Timestamp)>,
    },
    /// How an attempt to catch up with a term ended.
    Term(TermEvent),
}

enum Waiting {
    Dequeue(oneshot::Sender<DequeueResult>),
    Plan(oneshot::Sender<Result<PlanResult, PlanError>>),
    Plain(oneshot::Sender<Result<(), CallError>>),
}

/// How others reach the loop.
#[derive(Clone)]
pub(crate) struct Wishes(mpsc::Sender<Wish>);

impl Wishes {
    /// Hands a wish over; false when the loop has ended.
    pub(crate) async fn send(&self, wish: Wish) -> bool {
        self.0.send(wish).await.is_ok()
    }
}

/// The loop, before it runs.
pub(crate) struct Shell {
    pub(crate) consensus: Consensus,
    pub(crate) store: Arc<Store>,
    pub(crate) clients: Arc<Clients>,
    pub(crate) events: Arc<EventLog>,
    pub(crate) watchers: Arc<Watchers>,
    pub(crate) leading: watch::Sender<bool>,
}

impl Shell {
    /// A queue for wishes, and what [`Shell::run`] reads them from.
    pub(crate) fn queue() -> (Wishes, mpsc::Receiver<Wish>) {
        let (sender, receiver) = mpsc::channel(QUEUE);
        (Wishes(sender), receiver)
    }

    /// Runs until consensus stops or nobody can wish any more.
    pub(crate) async fn run(self, machine: control::Server, mut wishes: mpsc::Receiver<Wish>) {
        let (reports, mut reported) = mpsc::channel(REPORTS);
        let mut leadership = self.consensus.leadership();
        let mut running = Running {
            machine,
            calls: BTreeMap::new(),
            next_call: 0,
            wake_at: None,
            term: TermMachine::default(),
            seen: 0,
            reports,
            tasks: JoinSet::new(),
            turns: Turns::default(),
            shell: self,
        };
        running.led(leadership.current());
        loop {
            let timer = running.wake_at;
            tokio::select! {
                wish = wishes.recv() => match wish {
                    Some(wish) => running.wish(wish),
                    None => return,
                },
                change = leadership.changed() => match change {
                    Ok(change) => running.led(change),
                    Err(fatal) => {
                        tracing::error!(%fatal, "consensus has stopped");
                        return;
                    }
                },
                news = running.shell.store.news() => running.news(news),
                Some(report) = reported.recv() => running.report(report),
                () = until(timer) => {
                    running.wake_at = None;
                    running.handle(Event::Tick);
                }
            }
        }
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

struct Running {
    machine: control::Server,
    calls: BTreeMap<CallId, Waiting>,
    next_call: u64,
    wake_at: Option<Instant>,
    term: TermMachine,
    /// Entries up to here are in the snapshot that the leader's machines began with.
    seen: u64,
    reports: mpsc::Sender<Report>,
    /// Proposals in flight, as many as the machine has open, and the preparation of a term.
    tasks: JoinSet<()>,
    /// In which they reach consensus.
    turns: Turns,
    shell: Shell,
}

impl Running {
    fn handle(&mut self, event: Event) {
        let now = now();
        let mut run = Vec::new();
        for action in self.machine.handle(now, event) {
            match action {
                Action::Propose { id, entry } => run.push((id, *entry)),
                other => {
                    self.propose(std::mem::take(&mut run));
                    self.act(now, other);
                }
            }
        }
        self.propose(run);
    }

    fn act(&mut self, now: Timestamp, action: Action) {
        match action {
            Action::Propose { id, entry } => self.propose(vec![(id, *entry)]),
            Action::AnswerDequeue { call, result } => {
                if let Some(Waiting::Dequeue(answer)) = self.calls.remove(&call) {
                    self.answer_dequeue(answer, result);
                }
            }
            Action::AnswerPlan { call, result } => {
                if let Some(Waiting::Plan(answer)) = self.calls.remove(&call) {
                    // A caller that went away needs no answer.
                    let _ = answer.send(result);
                }
            }
            Action::Answer { call, result } => {
                if let Some(Waiting::Plain(answer)) = self.calls.remove(&call) {
                    let _ = answer.send(result);
                }
            }
            Action::WakeAt(at) => {
                let wait = Duration::from_nanos(at.since(now).0.max(0).unsigned_abs());
                self.wake_at = Some(Instant::now() + wait);
            }
        }
    }

    /// Gives an evaluation back at once when its worker went away while it waited.
    fn answer_dequeue(&mut self, answer: oneshot::Sender<DequeueResult>, result: DequeueResult) {
        if let Err(Ok(Some(delivery))) = answer.send(result) {
            self.next_call += 1;
            let call = CallId(self.next_call);
            self.handle(Event::Nack { call, eval: delivery.eval.id, token: delivery.token, panic: None });
        }
    }

    fn wish(&mut self, wish: Wish) {
        self.next_call += 1;
        let call = CallId(self.next_call);
        let (waiting, event) = match wish {
            Wish::Dequeue { kinds, local, until, answer } => {
                (Some(Waiting::Dequeue(answer)), Event::Dequeue { call, kinds, local, until })
            }
            Wish::Ack { eval, token, answer } => {
                (Some(Waiting::Plain(answer)), Event::Ack { call, eval, token })
            }
            Wish::Nack { eval, token, panic, answer } => {
                (Some(Waiting::Plain(answer)), Event::Nack { call, eval, token, panic })
            }
            Wish::Submit { token, outcome, answer } => {
                (Some(Waiting::Plan(answer)), Event::SubmitPlan { call, token, outcome })
            }
            Wish::Update { node, updates, answer } => {
                (Some(Waiting::Plain(answer)), Event::UpdateAllocs { call, node, updates })
            }
            Wish::Pings(nodes) => (None, Event::Pings(nodes)),
            Wish::Leaving { node, back_in } => (None, Event::Leaving { node, back_in }),
            Wish::ForceGc => (None, Event::ForceGc),
        };
        if let Some(waiting) = waiting {
            self.calls.insert(call, waiting);
        }
        self.handle(event);
    }

    fn led(&mut self, change: Leadership) {
        self.follow(TermEvent::Watched { term: change.term, leading: change.leading });
    }

    fn follow(&mut self, event: TermEvent) {
        for action in self.term.handle(event) {
            match action {
                TermAction::CatchUp { term, pause } => {
                    let (consensus, reports) = (self.shell.consensus.clone(), self.reports.clone());
                    self.tasks.spawn(async move { catch_up(&consensus, &reports, term, pause).await });
                }
                TermAction::Begin { term } => self.begin(term),
                TermAction::End { term } => {
                    self.shell.leading.send_replace(false);
                    tracing::info!(term, "leadership lost");
                    self.handle(Event::LostLeadership);
                }
            }
        }
    }

    fn begin(&mut self, term: u64) {
        let snapshot = self.shell.store.snapshot();
        self.seen = snapshot.index;
        tracing::info!(term, index = snapshot.index, "leadership gained");
        self.handle(Event::BecameLeader { snapshot, seed: random() });
        self.shell.leading.send_replace(true);
        let consensus = self.shell.consensus.clone();
        self.tasks.spawn(async move { consensus.finish_change(term).await });
    }

    fn news(&mut self, news: News) {
        let snapshot = self.shell.store.snapshot();
        self.shell.events.record(&snapshot, &news);
        self.shell.watchers.notify(&snapshot, &news);
        self.shell.clients.notify(&news);
        if news.gap {
            return self.follow(TermEvent::Replaced);
        }
        let fresh: Arc<[Applied]> =
            news.applied.iter().filter(|one| one.index > self.seen).map(|one| (**one).clone()).collect();
        if self.term.leads() && !fresh.is_empty() {
            let snapshot = self.shell.store.snapshot();
            self.handle(Event::Applied { snapshot, applied: fresh });
        }
    }

    fn report(&mut self, report: Report) {
        while self.tasks.try_join_next().is_some() {}
        match report {
            Report::Committed { id, result } => self.handle(Event::Committed { id, result }),
            Report::Term(event) => self.follow(event),
        }
    }

    /// Proposes what the machine wants proposed at one time, in its order and after all that it wanted before.
    fn propose(&mut self, run: Vec<(u64, Entry)>) {
        if run.is_empty() {
            return;
        }
        let (consensus, store, reports) =
            (self.shell.consensus.clone(), Arc::clone(&self.shell.store), self.reports.clone());
        let turn = self.turns.next();
        self.tasks.spawn(async move {
            let (ids, entries): (Vec<u64>, Vec<Entry>) = run.into_iter().unzip();
            let mut results = propose(&consensus, turn, entries).await.into_iter();
            for id in ids {
                let result = results.next().map(|applied| (applied.index, store.snapshot().now));
                // The loop ends with the server; nobody waits then.
                let _ = reports.send(Report::Committed { id, result }).await;
            }
        });
    }
}

/// Has the region agree on entries and returns what they did; after the first that is lost nothing is known of the rest.
async fn propose(consensus: &Consensus, turn: Turn, entries: Vec<Entry>) -> Vec<Arc<Applied>> {
    let (mut commands, complete) = encode(entries).await;
    let committed = match commands.pop() {
        None => return Vec::new(),
        Some(only) if commands.is_empty() => {
            turn.hand_over(consensus.propose(only)).await.map(|committed| vec![Ok(committed)])
        }
        Some(last) => {
            commands.push(last);
            turn.hand_over(consensus.propose_many(commands)).await
        }
    };
    let mut applied = Vec::new();
    for committed in committed.unwrap_or_else(|error| vec![Err(error)]) {
        match committed.map(|committed| committed.reply.get::<Applied>()) {
            Ok(Some(one)) => applied.push(one),
            Ok(None) => break,
            Err(error) => {
                tracing::warn!(%error, "a proposal of the control loop failed");
                return applied;
            }
        }
    }
    if !complete {
        tracing::warn!("a proposal of the control loop could not be encoded");
    }
    applied
}

/// Encodes entries up to the first that cannot be; tells whether that is all of them.
async fn encode(entries: Vec<Entry>) -> (Vec<Encoded>, bool) {
    let count = entries.len();
    let one = |entry: Entry| {
        let bytes = codec::encode(&entry).ok()?;
        Some(Encoded::with_decoded(bytes, Arc::new(entry)))
    };
    let commands: Vec<Option<Encoded>> = if count > 1 {
        // The pieces of a large plan: half a megabyte each.
        let (answer, encoded) = oneshot::channel();
        rayon::spawn(move || {
            // Whoever asked waits unless the server stops.
            let _ = answer.send(entries.into_par_iter().map(one).collect());
        });
        encoded.await.unwrap_or_default()
    } else {
        entries.into_iter().map(one).collect()
    };
    let commands: Vec<Encoded> = commands.into_iter().map_while(std::convert::identity).collect();
    let complete = commands.len() == count;
    (commands, complete)
}

/// Waits until everything that was committed before this term is applied here.
async fn catch_up(consensus: &Consensus, reports: &mpsc::Sender<Report>, term: u64, pause: Nanos) {
    tokio::time::sleep(pause.to_duration()).await;
    let event = match consensus.barrier(raft::Barrier::Lease).await {
        Ok(_) => TermEvent::CaughtUp { term },
        Err(_) => TermEvent::NotYet,
    };
    // The loop ends with the server; nobody waits then.
    let _ = reports.send(Report::Term(event)).await;
}
