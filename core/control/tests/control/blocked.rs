//! Evaluations that wait for room.

use std::collections::BTreeSet;
use std::sync::Arc;

use control::blocked_evals::{Blocked, BlockedEvals, Room};
use model::{Eval, EvalStatus, EvalTrigger, JobKey, JobKind, Nanos, NodeId, Timestamp};
use testkit::{eval_id, node_id};

const NOW: Timestamp = Timestamp(1_000_000_000_000);

fn blocked(number: u64, job: &str, classes: &[(u64, bool)]) -> Arc<Eval> {
    let key = JobKey::new("default", job);
    let mut eval = Eval::new(eval_id(number), key, JobKind::Service, 50, EvalTrigger::QueuedAllocs);
    eval.status = EvalStatus::Blocked;
    eval.class_eligibility = classes.iter().copied().collect();
    eval.create_index = number;
    eval.snapshot_index = 10;
    Arc::new(eval)
}

fn room(class: u64) -> BTreeSet<Room> {
    BTreeSet::from([Room { node: node_id(class), class }])
}

fn ids(evals: &[Arc<Eval>]) -> Vec<model::EvalId> {
    evals.iter().map(|eval| eval.id).collect()
}

#[test]
fn room_wakes_those_whose_class_is_not_ruled_out() {
    let mut machine = BlockedEvals::default();
    assert_eq!(machine.block(NOW, blocked(1, "a", &[(7, false)])), Blocked::Waits);
    assert_eq!(machine.block(NOW, blocked(2, "b", &[(7, true)])), Blocked::Waits);
    assert_eq!(machine.block(NOW, blocked(3, "c", &[])), Blocked::Waits);
    let mut escaped = Eval::clone(&blocked(4, "d", &[(7, false)]));
    escaped.escaped = true;
    assert_eq!(machine.block(NOW, Arc::new(escaped)), Blocked::Waits);
    let mut woken = ids(&machine.unblock(NOW, 11, &room(7)));
    let mut expected = [2, 3, 4].map(eval_id).to_vec();
    woken.sort_unstable();
    expected.sort_unstable();
    assert_eq!(woken, expected);
    assert_eq!(machine.len(), 1);
}

#[test]
fn room_made_while_the_evaluation_was_planned_is_not_missed() {
    let mut machine = BlockedEvals::default();
    assert!(machine.unblock(NOW, 11, &room(7)).is_empty());
    assert_eq!(machine.block(NOW, blocked(1, "a", &[(7, true)])), Blocked::Missed);
    assert_eq!(machine.block(NOW, blocked(2, "b", &[(7, false)])), Blocked::Waits);
    let mut later = Eval::clone(&blocked(3, "c", &[(7, true)]));
    later.snapshot_index = 11;
    assert_eq!(machine.block(NOW, Arc::new(later)), Blocked::Waits);
}

#[test]
fn a_job_has_one_blocked_evaluation_and_the_newest_stays() {
    let mut machine = BlockedEvals::default();
    let (first, second) = (blocked(1, "a", &[]), blocked(2, "a", &[]));
    assert_eq!(machine.block(NOW, Arc::clone(&first)), Blocked::Waits);
    assert_eq!(machine.block(NOW, Arc::clone(&second)), Blocked::Replaces(Arc::clone(&first)));
    assert_eq!(machine.block(NOW, first), Blocked::Superseded);
    let key = JobKey::new("default", "a");
    assert_eq!(ids(&machine.untrack(&key, NodeId::NONE)), [second.id]);
    assert!(machine.is_empty());
}

#[test]
fn evaluations_of_system_jobs_wait_for_their_node() {
    let mut machine = BlockedEvals::default();
    for number in 1..=2 {
        let mut eval = Eval::clone(&blocked(number, "agent", &[]));
        eval.kind = JobKind::System;
        eval.node = node_id(number);
        assert_eq!(machine.block(NOW, Arc::new(eval)), Blocked::Waits);
    }
    assert_eq!(ids(&machine.unblock(NOW, 11, &room(2))), [eval_id(2)]);
    assert_eq!(machine.len(), 1);
}

#[test]
fn what_conflicts_blocked_is_tried_again_in_a_minute() {
    let mut machine = BlockedEvals::default();
    let mut eval = Eval::clone(&blocked(1, "a", &[]));
    eval.trigger = EvalTrigger::MaxPlanAttempts;
    assert_eq!(machine.block(NOW, Arc::new(eval)), Blocked::Waits);
    assert!(machine.tick(NOW + Nanos::from_secs(59)).is_empty());
    assert_eq!(ids(&machine.tick(NOW + Nanos::from_secs(60))), [eval_id(1)]);
}
