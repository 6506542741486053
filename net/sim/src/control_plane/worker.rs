//! A worker: interprets [`control::Worker`] and runs the production scheduler on its server's state.
//!
//! Limits: looking whether the state is new enough is done every [`LOOK`].

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use control::{PlanError, Worker, WorkerAction, WorkerEvent};
use model::{Eval, JobKind, Nanos, PlanResult, Timestamp};
use openraft::AsyncRuntime;
use openraft_rt_sim::SimRuntime;

use super::call::{Ask, Door, Told};
use super::machine::ControlPlane;
use super::start::clock;
use crate::Plant;
use crate::subject::Boot;

const DEQUEUE_WAIT: Nanos = Nanos::from_millis(2_000);
const LOOK: Duration = Duration::from_millis(2);
/// How long the scheduler takes, in microseconds.
const THINKING: std::ops::Range<u64> = 200..20_000;

/// Works until the server is switched off.
pub(super) async fn run(boot: Boot<ControlPlane>, number: u64) {
    let door = Door { site: Arc::clone(&boot.site), server: boot.server, boot: boot.number };
    let crew = Crew { boot, door, number };
    let mut machine = Worker::default();
    let mut event = WorkerEvent::Start;
    while crew.boot.is_on() {
        let mut next = None;
        for action in machine.handle(crew.now(), event) {
            next = crew.carry_out(action).await.or(next);
        }
        event = next.unwrap_or(WorkerEvent::Start);
    }
}

struct Crew {
    boot: Boot<ControlPlane>,
    door: Door,
    number: u64,
}

impl Crew {
    fn now(&self) -> Timestamp {
        clock(&self.boot.site.stage, self.boot.server)
    }

    async fn carry_out(&self, action: WorkerAction) -> Option<WorkerEvent> {
        match action {
            WorkerAction::Dequeue => Some(self.dequeue().await),
            WorkerAction::AwaitIndex { index, deadline } => Some(self.await_index(index, deadline).await),
            WorkerAction::Schedule { eval } => Some(self.schedule(&eval).await),
            WorkerAction::Submit { token, outcome } => {
                if self.boot.site.plant == Plant::EarlyAcks {
                    self.door.ask(Ask::Ack { eval: outcome.eval.id, token }).await;
                }
                let told = self.door.ask(Ask::Submit { token, outcome }).await;
                Some(WorkerEvent::Answered(match told {
                    Told::Plan(Ok(result)) if self.boot.site.plant == Plant::PartIsWhole => {
                        Ok(PlanResult { rejected: BTreeMap::new(), refresh_index: 0, ..result })
                    }
                    Told::Plan(result) => result,
                    Told::NotLeader => Err(PlanError::NotLeader),
                    Told::Unknown
                    | Told::Refused(_)
                    | Told::Done
                    | Told::Committed { .. }
                    | Told::Delivery(_) => Err(PlanError::NotCommitted),
                }))
            }
            WorkerAction::Ack { eval, token } => {
                self.door.ask(Ask::Ack { eval, token }).await;
                None
            }
            WorkerAction::Nack { eval, token, panic } => {
                self.door.ask(Ask::Nack { eval, token, panic }).await;
                None
            }
            WorkerAction::WakeAt(at) => {
                SimRuntime::sleep(at.since(self.now()).to_duration()).await;
                Some(WorkerEvent::Start)
            }
        }
    }

    async fn dequeue(&self) -> WorkerEvent {
        let until = self.now() + DEQUEUE_WAIT;
        match self.door.ask(Ask::Dequeue { kinds: JobKind::ALL.to_vec(), until }).await {
            Told::Delivery(delivery) => WorkerEvent::Delivered(delivery),
            Told::NotLeader
            | Told::Unknown
            | Told::Refused(_)
            | Told::Done
            | Told::Committed { .. }
            | Told::Plan(_) => WorkerEvent::DequeueFailed,
        }
    }

    async fn await_index(&self, index: u64, deadline: Timestamp) -> WorkerEvent {
        while self.boot.machine.subject().snapshot().index < index {
            if self.now() >= deadline || !self.boot.is_on() {
                return WorkerEvent::Lagging;
            }
            SimRuntime::sleep(LOOK).await;
        }
        WorkerEvent::CaughtUp
    }

    /// Schedules on the state as it is now; the outcome is there after a while, when the state has gone on.
    async fn schedule(&self, eval: &Arc<Eval>) -> WorkerEvent {
        let snapshot = self.boot.machine.subject().snapshot();
        let stage = &self.boot.site.stage;
        let options = scheduler::Options { now: self.now(), annotate: true, ..scheduler::Options::default() };
        let outcome = catch_unwind(AssertUnwindSafe(|| scheduler::schedule(&snapshot, eval, &options)));
        let about = [self.boot.server as u64, self.number, snapshot.index, eval.id.0 as u64];
        stage.trace("schedule", &about);
        let thinking = stage.random(|random| random.micros(THINKING));
        SimRuntime::sleep(thinking).await;
        match outcome {
            Ok(Ok(outcome)) => WorkerEvent::Scheduled(Box::new(outcome)),
            // An evaluation that was given up meanwhile is over on a newer state; the leader refuses it as well.
            Ok(Err(error)) => WorkerEvent::NotScheduled(error),
            Err(_) => {
                let text = format!("the scheduler panicked on evaluation {} of job {}", eval.id, eval.job);
                stage.oracle().violation(text.clone());
                WorkerEvent::Panicked(text.into())
            }
        }
    }
}
