//! The control loop of a server: interprets [`control::Server`] on virtual time.
//!
//! Limits: the same rules as the shell of `net/server`: nothing is decided before a barrier has shown that everything
//! committed before the term is applied; proposals run beside the loop. News may be held back for some milliseconds, so
//! that they come before or after the outcome of their proposal.

use std::collections::BTreeMap;
use std::sync::Arc;

use control::request::{self, RequestError};
use control::{Action, CallId, EvalIds, Event, PlanError, TermAction, TermEvent, TermMachine};
use futures::StreamExt;
use futures::channel::oneshot;
use model::{Nanos, Outcome, PlanResult, Timestamp};
use openraft::AsyncRuntime;
use openraft_rt_sim::SimRuntime;
use raft::{Barrier, Consensus, Encoded, Leadership, ProposeError};
use state::apply::PlanCommit;
use state::{Applied, Command, Entry, codec};

use super::call::{Ask, Told};
use super::machine::ControlPlane;
use super::start::{clock, seed};
use crate::Plant;
use crate::observed::command_hash;
use crate::subject::Boot;

/// How long news may be held back, in microseconds.
const LATE: std::ops::Range<u64> = 10..5_000;
/// One of so many news is missed where that is planted.
const MISSED: u64 = 30;

/// What reaches the loop.
#[derive(Debug)]
pub(crate) enum Input {
    /// Somebody asks the leader.
    Ask {
        ask: Ask,
        local: bool,
        answer: oneshot::Sender<Told>,
    },
    /// An entry was applied; none when a snapshot was restored instead.
    News(Option<Arc<Applied>>),
    /// News that were held back are due.
    Release,
    Led(Leadership),
    /// How an attempt to catch up with a term ended.
    Term(TermEvent),
    Committed {
        id: u64,
        result: Option<(u64, Timestamp)>,
    },
    /// A wake-up that was asked for; only the last one counts.
    Wake(u64),
}

/// The loop of one boot.
pub(super) struct Shell {
    boot: Boot<ControlPlane>,
    machine: control::Server,
    calls: BTreeMap<CallId, oneshot::Sender<Told>>,
    next_call: u64,
    wake: u64,
    term: TermMachine,
    /// Entries up to here are in the snapshot that the leader's machines began with.
    seen: u64,
    held: Vec<Arc<Applied>>,
    holding: bool,
}

impl Shell {
    pub(super) fn new(boot: Boot<ControlPlane>) -> Self {
        Self {
            boot,
            machine: control::Server::new(control::ServerOptions::default()),
            calls: BTreeMap::new(),
            next_call: 0,
            wake: 0,
            term: TermMachine::default(),
            seen: 0,
            held: Vec::new(),
            holding: false,
        }
    }

    /// Runs until the server is switched off.
    pub(super) async fn run(mut self) {
        let Some(mut inbox) = self.boot.machine.subject().inbox() else { return };
        drop(SimRuntime::spawn(follow(self.boot.clone())));
        while let Some(input) = inbox.next().await {
            if !self.boot.is_on() {
                return;
            }
            self.take(input);
        }
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::Ask { ask, local, answer } => self.ask(ask, local, answer),
            Input::News(news) => self.news(news),
            Input::Release => self.release(),
            Input::Led(change) => {
                self.follow(TermEvent::Watched { term: change.term, leading: change.leading });
            }
            Input::Term(event) => self.follow(event),
            Input::Committed { id, result } => self.handle(Event::Committed { id, result }),
            Input::Wake(number) if number == self.wake => self.handle(Event::Tick),
            Input::Wake(_) => {}
        }
    }

    fn planted(&self, plant: Plant) -> bool {
        self.boot.site.plant == plant
    }

    fn now(&self) -> Timestamp {
        clock(&self.boot.site.stage, self.boot.server)
    }

    fn handle(&mut self, event: Event) {
        let now = self.now();
        for action in self.machine.handle(now, event) {
            self.act(now, action);
        }
    }

    fn act(&mut self, now: Timestamp, action: Action) {
        match action {
            Action::Propose { id, entry } => {
                let boot = self.boot.clone();
                drop(SimRuntime::spawn(async move {
                    let result = match propose(&boot.consensus, *entry).await {
                        Ok((index, ..)) => Some((index, boot.machine.subject().snapshot().now)),
                        Err(_) => None,
                    };
                    boot.machine.subject().tell(Input::Committed { id, result });
                }));
            }
            Action::AnswerDequeue { call, result } => {
                self.answer(call, result.map_or_else(Told::from, Told::Delivery));
            }
            Action::AnswerPlan { call, result } => self.answer(call, Told::Plan(result)),
            Action::Answer { call, result } => {
                self.answer(call, result.map_or_else(Told::from, |()| Told::Done));
            }
            Action::WakeAt(_) if self.planted(Plant::LostTimers) => {}
            Action::WakeAt(at) => {
                self.wake += 1;
                let (number, boot) = (self.wake, self.boot.clone());
                let wait = at.since(now).to_duration();
                drop(SimRuntime::spawn(async move {
                    SimRuntime::sleep(wait).await;
                    boot.machine.subject().tell(Input::Wake(number));
                }));
            }
        }
    }

    /// Answers a call; an evaluation whose worker went away meanwhile is given back at once.
    fn answer(&mut self, call: CallId, told: Told) {
        let Some(answer) = self.calls.remove(&call) else { return };
        if let Err(Told::Delivery(Some(delivery))) = answer.send(told) {
            self.next_call += 1;
            let call = CallId(self.next_call);
            self.handle(Event::Nack { call, eval: delivery.eval.id, token: delivery.token, panic: None });
        }
    }

    fn ask(&mut self, ask: Ask, local: bool, answer: oneshot::Sender<Told>) {
        if !self.term.leads() {
            // The caller may have gone.
            let _ = answer.send(Told::NotLeader);
            return;
        }
        self.next_call += 1;
        let call = CallId(self.next_call);
        let event = match ask {
            Ask::Dequeue { kinds, until } => Event::Dequeue { call, kinds, local, until },
            Ask::Ack { eval, token } => Event::Ack { call, eval, token },
            Ask::Nack { eval, token, panic } => Event::Nack { call, eval, token, panic },
            Ask::Submit { outcome, .. } if self.planted(Plant::TrustingApplier) => {
                return self.trust(*outcome, answer);
            }
            Ask::Submit { token, outcome } => Event::SubmitPlan { call, token, outcome },
            Ask::Update { node, updates } => Event::UpdateAllocs { call, node, updates },
            Ask::Ping(node) => {
                let _ = answer.send(Told::Done);
                if self.planted(Plant::DeafLeader) && node.0.is_multiple_of(2) {
                    return;
                }
                return self.handle(Event::Pings(vec![node]));
            }
            Ask::ForceGc => {
                let _ = answer.send(Told::Done);
                return self.handle(Event::ForceGc);
            }
            ask @ (Ask::RegisterNode(_)
            | Ask::RegisterJob(_)
            | Ask::DeregisterJob(_)
            | Ask::DrainNode(_)
            | Ask::Eligibility { .. }) => return self.commit(ask, answer),
        };
        self.calls.insert(call, answer);
        self.handle(event);
    }

    /// The planted bug: commits a plan as it was made, on whatever state that was.
    fn trust(&self, outcome: Outcome, answer: oneshot::Sender<Told>) {
        let Outcome { plan, eval, created } = outcome;
        let evals = std::iter::once(eval).chain(created).collect();
        let entry = Entry { now: self.now(), command: Command::ApplyPlans(vec![PlanCommit { plan, evals }]) };
        let consensus = self.boot.consensus.clone();
        drop(SimRuntime::spawn(async move {
            let told = match propose(&consensus, entry).await {
                Ok((index, ..)) => Told::Plan(Ok(PlanResult { index, ..PlanResult::default() })),
                Err(_) => Told::Plan(Err(PlanError::NotCommitted)),
            };
            let _ = answer.send(told);
        }));
    }

    /// Turns a request into a command and commits it beside the loop.
    fn commit(&self, ask: Ask, answer: oneshot::Sender<Told>) {
        let now = self.now();
        let boot = self.boot.clone();
        let early =
            self.planted(Plant::EarlyAnswers) && matches!(ask, Ask::RegisterJob(_) | Ask::DeregisterJob(_));
        let command = match command(&boot, now, ask) {
            Ok(command) => command,
            Err(error) => {
                let _ = answer.send(Told::Refused(error.to_string()));
                return;
            }
        };
        let mut answer = Some(answer);
        if early {
            let _ = answer.take().map(|answer| answer.send(Told::Done));
        }
        drop(SimRuntime::spawn(async move {
            let told = match propose(&boot.consensus, Entry { now, command }).await {
                Ok((index, command, applied)) => match &applied.reply {
                    Ok(_) => Told::Committed { index, command },
                    Err(error) => Told::Refused(error.to_string()),
                },
                Err(told) => told,
            };
            let _ = answer.map(|answer| answer.send(told));
        }));
    }

    fn follow(&mut self, event: TermEvent) {
        for action in self.term.handle(event) {
            match action {
                TermAction::CatchUp { term, pause } => {
                    drop(SimRuntime::spawn(catch_up(self.boot.clone(), term, pause)));
                }
                TermAction::Begin { term } => self.begin(term),
                TermAction::End { .. } => self.handle(Event::LostLeadership),
            }
        }
    }

    fn begin(&mut self, term: u64) {
        let snapshot = self.boot.machine.subject().snapshot();
        self.seen = snapshot.index;
        let stage = &self.boot.site.stage;
        stage.trace("leads", &[self.boot.server as u64, term, snapshot.index]);
        let seed = if self.planted(Plant::RepeatedIds) { 7 } else { seed(stage) };
        self.handle(Event::BecameLeader { snapshot, seed });
    }

    fn news(&mut self, news: Option<Arc<Applied>>) {
        let Some(applied) = news else {
            self.held.clear();
            return self.follow(TermEvent::Replaced);
        };
        if self.planted(Plant::LostNews) && self.boot.site.stage.random(|random| random.chance(1, MISSED)) {
            return;
        }
        self.held.push(applied);
        if self.holding {
            return;
        }
        let stage = &self.boot.site.stage;
        if stage.random(|random| random.chance(3, 4)) {
            return self.release();
        }
        self.holding = true;
        let (late, boot) = (stage.random(|random| random.micros(LATE)), self.boot.clone());
        drop(SimRuntime::spawn(async move {
            SimRuntime::sleep(late).await;
            boot.machine.subject().tell(Input::Release);
        }));
    }

    fn release(&mut self) {
        self.holding = false;
        let seen = self.seen;
        let fresh: Arc<[Applied]> =
            self.held.drain(..).filter(|one| one.index > seen).map(|one| (*one).clone()).collect();
        if self.term.leads() && !fresh.is_empty() {
            let snapshot = self.boot.machine.subject().snapshot();
            self.handle(Event::Applied { snapshot, applied: fresh });
        }
    }
}

/// Tells the loop who leads.
async fn follow(boot: Boot<ControlPlane>) {
    let mut watch = boot.consensus.leadership();
    while let Ok(change) = watch.changed().await {
        boot.machine.subject().tell(Input::Led(change));
    }
}

/// Waits until everything that was committed before this term is applied here.
async fn catch_up(boot: Boot<ControlPlane>, term: u64, pause: Nanos) {
    SimRuntime::sleep(pause.to_duration()).await;
    let event = match boot.consensus.barrier(Barrier::Lease).await {
        Ok(_) => TermEvent::CaughtUp { term },
        Err(_) => TermEvent::NotYet,
    };
    boot.machine.subject().tell(Input::Term(event));
}

fn command(boot: &Boot<ControlPlane>, now: Timestamp, ask: Ask) -> Result<Command, RequestError> {
    let snapshot = boot.machine.subject().snapshot();
    let mut ids = EvalIds::new(seed(&boot.site.stage));
    match ask {
        Ask::RegisterNode(node) => request::register_node(&snapshot, now, &mut ids, *node),
        Ask::DrainNode(drain) => request::drain_node(&snapshot, now, &mut ids, &drain),
        Ask::Eligibility { node, eligible } => {
            request::set_eligibility(&snapshot, now, &mut ids, node, eligible)
        }
        Ask::RegisterJob(job) => request::register_job(&snapshot, now, "global", *job),
        Ask::DeregisterJob(job) => request::deregister_job(&snapshot, now, *job),
        Ask::Dequeue { .. }
        | Ask::Ack { .. }
        | Ask::Nack { .. }
        | Ask::Submit { .. }
        | Ask::Ping(_)
        | Ask::ForceGc
        | Ask::Update { .. } => unreachable!("these are events of the machine, not commands"),
    }
}

/// Has the group agree on an entry; returns its index, its hash and what it did.
async fn propose(consensus: &Consensus, entry: Entry) -> Result<(u64, u64, Arc<Applied>), Told> {
    let bytes = codec::encode(&entry).map_err(|error| Told::Refused(error.to_string()))?;
    let command = Encoded::with_decoded(bytes, Arc::new(entry));
    let hash = command_hash(&command);
    let committed = consensus.propose(command).await.map_err(|error| match error {
        ProposeError::NotLeader { .. } | ProposeError::Unavailable | ProposeError::Overloaded { .. } => {
            Told::NotLeader
        }
        ProposeError::Unknown | ProposeError::Fatal(_) => Told::Unknown,
        ProposeError::TooLarge { .. } => Told::Refused(error.to_string()),
    })?;
    let applied = committed.reply.get::<Applied>().ok_or(Told::Unknown)?;
    Ok((committed.index, hash, applied))
}
