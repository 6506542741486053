//! The workers: each asks the leader for an evaluation, schedules it on rayon, and submits the plan.
//!
//! While a plan is being committed its worker only waits, so there are more workers than schedule at a time: [`Desk`].

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use control::{Delivery, PlanError, Worker, WorkerAction, WorkerEvent};
use model::{Eval, JobKind, Name, Nanos, Outcome, Plan, Timestamp};
use scheduler::{Claims, ScheduleError};
use tokio::sync::{Semaphore, oneshot};

use crate::leader_call::Calls;
use crate::protocol::{PeerRequest, PeerResponse};
use crate::seed::now;
use crate::store::Store;

/// How long a dequeue waits for an evaluation.
const DEQUEUE_WAIT: Nanos = Nanos::from_millis(2_000);
/// Characters of a panic's text that are kept.
const MAX_PANIC: usize = 300;

/// Evaluations in work for each that is scheduled: their plans wait for one commit together.
const IN_WORK: usize = 16;
/// Placements of a plan that other workers keep clear of; those of a larger one they may collide with.
const MAX_CLAIMED: usize = 1_000;

/// What the workers of one server share.
pub(crate) struct Desk {
    /// How many may schedule at a time.
    seats: usize,
    free: Semaphore,
    /// Placements that are on their way to the leader.
    claims: Mutex<Arc<Claims>>,
}

impl Desk {
    /// A desk at which `seats` evaluations are scheduled at a time, one at least.
    pub(crate) fn new(seats: usize) -> Self {
        let seats = seats.max(1);
        Self { seats, free: Semaphore::new(seats), claims: Mutex::default() }
    }

    /// Evaluations that may be in work.
    pub(crate) const fn evaluations(&self) -> usize {
        self.seats * IN_WORK
    }

    fn claims(&self) -> MutexGuard<'_, Arc<Claims>> {
        self.claims.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the others keep clear of a plan's placements; returns whether that is to be ended.
    fn claim(&self, store: &Store, plan: &Plan) -> bool {
        let placements: usize = plan.placements.iter().map(|run| run.placements.len()).sum();
        let wanted = (1..=MAX_CLAIMED).contains(&placements);
        if wanted {
            Arc::make_mut(&mut self.claims()).add(&store.snapshot(), plan);
        }
        wanted
    }
}

/// A plan's claims, until it is committed or refused.
struct Claimed<'a> {
    desk: &'a Desk,
    plan: Option<Plan>,
}

impl Drop for Claimed<'_> {
    fn drop(&mut self) {
        if let Some(plan) = &self.plan {
            Arc::make_mut(&mut self.desk.claims()).remove(plan);
        }
    }
}

/// Runs one worker until the server stops.
pub(crate) async fn run(calls: Calls, store: Arc<Store>, desk: Arc<Desk>) {
    let mut machine = Worker::default();
    let mut event = WorkerEvent::Start;
    loop {
        let mut next = None;
        for action in machine.handle(now(), event) {
            next = carry_out(&calls, &store, &desk, action).await.or(next);
        }
        event = next.unwrap_or(WorkerEvent::Start);
    }
}

/// Carries out one action; returns what came of it.
async fn carry_out(
    calls: &Calls,
    store: &Arc<Store>,
    desk: &Desk,
    action: WorkerAction,
) -> Option<WorkerEvent> {
    match action {
        WorkerAction::Dequeue => Some(dequeue(calls).await),
        WorkerAction::AwaitIndex { index, deadline } => Some(await_index(store, index, deadline).await),
        WorkerAction::Schedule { eval } => Some(schedule(store, desk, eval).await),
        WorkerAction::Submit { token, outcome } => {
            let plan = desk.claim(store, &outcome.plan).then(|| outcome.plan.clone());
            let _claimed = Claimed { desk, plan };
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
        WorkerAction::Nack { eval, token, panic } => {
            tell(calls, PeerRequest::Nack { eval, token, panic }).await;
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
async fn schedule(store: &Store, desk: &Desk, eval: Arc<Eval>) -> WorkerEvent {
    let Ok(_seat) = desk.free.acquire().await else { return WorkerEvent::Lagging };
    // In this order: what is claimed no more is in the snapshot.
    let claims = Arc::clone(&desk.claims());
    let snapshot = store.snapshot();
    let (answer, result) = oneshot::channel();
    rayon::spawn(move || {
        let options =
            scheduler::Options { now: now(), annotate: true, claims: Some(&claims), ..Default::default() };
        let event = guarded(&eval, || scheduler::schedule(&snapshot, &eval, &options));
        // The worker waits unless the server stops.
        let _ = answer.send(event);
    });
    result.await.unwrap_or(WorkerEvent::Lagging)
}

/// Runs the scheduler and says what came of it, a panic included.
fn guarded(eval: &Eval, schedule: impl FnOnce() -> Result<Outcome, ScheduleError>) -> WorkerEvent {
    match catch_unwind(AssertUnwindSafe(schedule)) {
        Ok(Ok(outcome)) => WorkerEvent::Scheduled(Box::new(outcome)),
        Ok(Err(error)) => {
            tracing::error!(eval = %eval.id, %error, "the scheduler refused an evaluation");
            WorkerEvent::NotScheduled(error)
        }
        Err(payload) => {
            let text = panic_text(&*payload);
            tracing::error!(eval = %eval.id, job = %eval.job, panic = %text, "the scheduler panicked");
            WorkerEvent::Panicked(text)
        }
    }
}

/// The words of a panic, cut to what an evaluation may keep of them.
fn panic_text(payload: &(dyn Any + Send)) -> Name {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no text").chars().take(MAX_PANIC).collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use model::{EvalId, EvalTrigger, JobKey};

    use super::*;

    /// What a worker is told when the scheduler does this.
    fn told(schedule: impl FnOnce() -> Result<Outcome, ScheduleError>) -> WorkerEvent {
        let job = JobKey::new("default", "web");
        guarded(&Eval::new(EvalId(1), job, JobKind::Service, 50, EvalTrigger::JobRegister), schedule)
    }

    #[test]
    fn a_panic_fails_the_evaluation_that_met_it_and_says_why() {
        let long = "x".repeat(10 * MAX_PANIC);
        let planted = told(|| panic!("a planted panic in row {}", 7));
        assert!(matches!(planted, WorkerEvent::Panicked(text) if &*text == "a planted panic in row 7"));
        let endless = told(move || panic!("{long}"));
        assert!(matches!(endless, WorkerEvent::Panicked(text) if text.len() == MAX_PANIC));
        let strange = told(|| std::panic::panic_any(7));
        assert!(matches!(strange, WorkerEvent::Panicked(text) if &*text == "no text"));
    }

    #[test]
    fn a_panic_in_a_thread_of_the_pool_is_met_as_well() {
        let planted = told(|| {
            rayon::join(|| (), || panic!("deep down"));
            Err(ScheduleError::Over(EvalId(1), model::EvalStatus::Complete))
        });
        assert!(matches!(planted, WorkerEvent::Panicked(text) if &*text == "deep down"));
    }
}
