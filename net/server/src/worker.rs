//! The workers: each asks the leader for an evaluation, schedules it on rayon, and submits the plan.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use control::{Delivery, PlanError, Worker, WorkerAction, WorkerEvent};
use model::{Eval, JobKind, Nanos, Outcome, Timestamp};
use tokio::sync::oneshot;

use crate::leader_call::Calls;
use crate::protocol::{PeerRequest, PeerResponse};
use crate::seed::now;
use crate::store::Store;

/// How long a dequeue waits for an evaluation.
const DEQUEUE_WAIT: Nanos = Nanos::from_millis(2_000);

/// Runs one worker until the server stops.
pub(crate) async fn run(calls: Calls, store: Arc<Store>) {
    let mut machine = Worker::default();
    let mut event = WorkerEvent::Start;
    loop {
        let mut next = None;
        for action in machine.handle(now(), event) {
            next = carry_out(&calls, &store, action).await.or(next);
        }
        event = next.unwrap_or(WorkerEvent::Start);
    }
}

/// Carries out one action; returns what came of it.
async fn carry_out(calls: &Calls, store: &Arc<Store>, action: WorkerAction) -> Option<WorkerEvent> {
    match action {
        WorkerAction::Dequeue => Some(dequeue(calls).await),
        WorkerAction::AwaitIndex { index, deadline } => Some(await_index(store, index, deadline).await),
        WorkerAction::Schedule { eval } => Some(schedule(store, eval).await),
        WorkerAction::Submit { token, outcome } => {
            let answer = calls.leader(PeerRequest::Submit { token, outcome }).await;
            Some(WorkerEvent::Answered(match answer {
                Ok(PeerResponse::Plan(result)) => Ok(result),
                Ok(PeerResponse::Busy) => Err(PlanError::QueueFull),
                Ok(other) => {
                    tracing::debug!(?other, "a plan was not taken");
                    Err(PlanError::NotCommitted)
                }
                Err(error) => {
                    tracing::debug!(error, "a plan could not be submitted");
                    Err(PlanError::NotLeader)
                }
            }))
        }
        WorkerAction::Ack { eval, token } => {
            tell(calls, PeerRequest::Ack { eval, token }).await;
            None
        }
        WorkerAction::Nack { eval, token } => {
            tell(calls, PeerRequest::Nack { eval, token }).await;
            None
        }
        WorkerAction::WakeAt(at) => {
            tokio::time::sleep(until(at)).await;
            Some(WorkerEvent::Start)
        }
    }
}

async fn tell(calls: &Calls, request: PeerRequest) {
    if let Err(error) = calls.leader(request).await {
        tracing::debug!(error, "the leader will notice by its own clock");
    }
}

fn until(at: Timestamp) -> Duration {
    at.since(now()).to_duration()
}

async fn dequeue(calls: &Calls) -> WorkerEvent {
    let request = PeerRequest::Dequeue { kinds: JobKind::ALL.to_vec(), wait: DEQUEUE_WAIT };
    match calls.leader(request).await {
        Ok(PeerResponse::Delivery(delivery)) => WorkerEvent::Delivered(delivery.map(|one| Delivery {
            eval: Arc::new(one.eval),
            token: one.token,
            wait_index: one.wait_index,
        })),
        Ok(_) | Err(_) => WorkerEvent::DequeueFailed,
    }
}

async fn await_index(store: &Store, index: u64, deadline: Timestamp) -> WorkerEvent {
    let mut newest = store.watch_index();
    let reached = newest.wait_for(|newest| *newest >= index);
    match tokio::time::timeout(until(deadline), reached).await {
        Ok(Ok(_)) => WorkerEvent::CaughtUp,
        Ok(Err(_)) | Err(_) => WorkerEvent::Lagging,
    }
}

/// Runs the scheduler where it holds up nobody; a panic fails only this evaluation.
async fn schedule(store: &Store, eval: Arc<Eval>) -> WorkerEvent {
    let snapshot = store.snapshot();
    let (answer, result) = oneshot::channel();
    rayon::spawn(move || {
        let run = AssertUnwindSafe(|| {
            let options = scheduler::Options { now: now(), annotate: true, ..scheduler::Options::default() };
            scheduler::schedule(&snapshot, &eval, &options)
        });
        let outcome: Option<Outcome> = match catch_unwind(run) {
            Ok(Ok(outcome)) => Some(outcome),
            Ok(Err(error)) => {
                tracing::error!(eval = %eval.id, %error, "the scheduler refused an evaluation");
                None
            }
            Err(_) => {
                tracing::error!(eval = %eval.id, job = %eval.job, "the scheduler panicked");
                None
            }
        };
        // The worker waits unless the server stops.
        let _ = answer.send(outcome);
    });
    match result.await {
        Ok(Some(outcome)) => WorkerEvent::Scheduled(Box::new(outcome)),
        Ok(None) | Err(_) => WorkerEvent::SchedulerFailed,
    }
}
