//! The worker.

use std::sync::Arc;

use control::{Delivery, PlanError, Token, Worker, WorkerAction, WorkerEvent};
use model::{Eval, EvalStatus, EvalTrigger, Nanos, Outcome, Plan, PlanResult, Timestamp};
use scheduler::ScheduleError;

const NOW: Timestamp = Timestamp(1_000_000_000_000);

fn delivery() -> Delivery {
    let mut eval = testkit::eval(1, &testkit::job("web"));
    eval.modify_index = 12;
    Delivery { wait_index: eval.modify_index, eval: Arc::new(eval), token: Token(5) }
}

fn outcome() -> Box<Outcome> {
    let mut eval = Eval::clone(&delivery().eval);
    eval.status = EvalStatus::Complete;
    Box::new(Outcome { plan: Plan::new(&eval, 12), eval, created: Vec::new() })
}

/// A worker that has been given an evaluation and asks for the snapshot to plan on.
fn at_work() -> Worker {
    let mut worker = Worker::default();
    assert_eq!(worker.handle(NOW, WorkerEvent::Start), [WorkerAction::Dequeue]);
    let actions = worker.handle(NOW, WorkerEvent::Delivered(Some(delivery())));
    let deadline = NOW + Nanos::from_secs(5);
    assert_eq!(actions, [WorkerAction::AwaitIndex { index: 12, deadline }]);
    worker
}

fn plan_once(worker: &mut Worker, result: Result<PlanResult, PlanError>) -> Vec<WorkerAction> {
    assert!(matches!(worker.handle(NOW, WorkerEvent::CaughtUp)[..], [WorkerAction::Schedule { .. }]));
    let actions = worker.handle(NOW, WorkerEvent::Scheduled(outcome()));
    assert!(matches!(actions[..], [WorkerAction::Submit { token: Token(5), .. }]));
    worker.handle(NOW, WorkerEvent::Answered(result))
}

#[test]
fn a_committed_plan_is_acknowledged() {
    let mut worker = at_work();
    let actions = plan_once(&mut worker, Ok(PlanResult { index: 13, ..PlanResult::default() }));
    let ack = WorkerAction::Ack { eval: testkit::eval_id(1), token: Token(5) };
    assert_eq!(actions, [ack, WorkerAction::Dequeue]);
    assert_eq!(worker.eval(), None);
}

#[test]
fn a_trimmed_plan_is_made_again_on_the_state_it_collided_with() {
    let mut worker = at_work();
    let partial = PlanResult { index: 20, refresh_index: 20, ..PlanResult::default() };
    for _ in 0..20 {
        let actions = plan_once(&mut worker, Ok(partial.clone()));
        assert!(matches!(actions[..], [WorkerAction::AwaitIndex { index: 20, .. }]));
    }
}

#[test]
fn without_progress_the_evaluation_fails_and_another_is_blocked() {
    let mut worker = at_work();
    let rejected = PlanResult { index: 0, refresh_index: 20, ..PlanResult::default() };
    for _ in 0..4 {
        plan_once(&mut worker, Ok(rejected.clone()));
    }
    let actions = plan_once(&mut worker, Ok(rejected));
    let [WorkerAction::Submit { outcome, .. }] = &actions[..] else { panic!("{actions:?}") };
    assert_eq!(outcome.eval.status, EvalStatus::Failed);
    assert_eq!(&*outcome.eval.status_description, "maximum attempts reached (5)");
    assert_eq!(outcome.created[0].trigger, EvalTrigger::MaxPlanAttempts);
    assert_eq!(outcome.created[0].status, EvalStatus::Blocked);
    assert_eq!(outcome.created[0].previous, outcome.eval.id);
    assert!(outcome.plan.is_empty());
    let actions = worker.handle(NOW, WorkerEvent::Answered(Ok(PlanResult::default())));
    assert!(matches!(actions[..], [WorkerAction::Ack { .. }, WorkerAction::Dequeue]));
}

#[test]
fn a_worker_that_lags_or_fails_gives_the_evaluation_back() {
    for event in [
        WorkerEvent::Lagging,
        over(),
        WorkerEvent::Panicked("a planted panic".into()),
        WorkerEvent::Answered(Err(PlanError::QueueFull)),
    ] {
        let mut worker = at_work();
        let actions = worker.handle(NOW, event);
        assert!(matches!(actions[..], [WorkerAction::Nack { .. }, WorkerAction::Dequeue]));
    }
}

fn over() -> WorkerEvent {
    WorkerEvent::NotScheduled(ScheduleError::Over(testkit::eval_id(1), EvalStatus::Complete))
}

#[test]
fn a_panic_is_told_to_the_leader_and_the_worker_goes_on() {
    let mut worker = at_work();
    let actions = worker.handle(NOW, WorkerEvent::Panicked("a planted panic".into()));
    let panic = Some("a planted panic".into());
    assert_eq!(actions[0], WorkerAction::Nack { eval: testkit::eval_id(1), token: Token(5), panic });
    assert_eq!(actions[1], WorkerAction::Dequeue);
}

#[test]
fn what_the_scheduler_refuses_fails_at_once_with_its_reason() {
    let mut worker = at_work();
    let job = testkit::job("web").key();
    let error = ScheduleError::TooMany { job, group: "g".into(), count: 1_000_000_000, limit: 10_000_000 };
    let actions = worker.handle(NOW, WorkerEvent::NotScheduled(error));
    let [WorkerAction::Submit { outcome, .. }] = &actions[..] else { panic!("{actions:?}") };
    assert_eq!(outcome.eval.status, EvalStatus::Failed);
    assert!(outcome.eval.status_description.contains("asks for 1000000000 allocations"));
    assert!(outcome.plan.is_empty() && outcome.created.is_empty());
    let actions = worker.handle(NOW, WorkerEvent::Answered(Ok(PlanResult::default())));
    assert!(matches!(actions[..], [WorkerAction::Ack { .. }, WorkerAction::Dequeue]));
}

#[test]
fn without_a_leader_a_worker_asks_less_and_less_often() {
    let mut worker = Worker::default();
    let mut waits = Vec::new();
    for _ in 0..12 {
        let [WorkerAction::WakeAt(at)] = worker.handle(NOW, WorkerEvent::DequeueFailed)[..] else { panic!() };
        waits.push(at.since(NOW).to_string());
    }
    let expected = "20ms 40ms 80ms 160ms 320ms 640ms 1.28s 2.56s 5.12s 10s 10s 10s";
    assert_eq!(waits.join(" "), expected);
}
