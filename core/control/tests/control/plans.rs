//! Verification, repair, groups and pieces of plans.

use std::sync::Arc;

use control::plan_apply::PlanApplier;
use control::plan_queue::QueuedPlan;
use control::plan_split::{ENTRY_BYTES, size, split};
use control::plan_verify::verify;
use control::{CallId, Token};
use model::{AllocId, Eval, EvalStatus, Job, NodeStatus, Outcome, Timestamp};
use state::apply::PlanCommit;
use state::{Builder, Command, State};
use testkit::{node, node_id};

const NOW: Timestamp = Timestamp(1_000_000_000_000);

/// Two nodes with room for eight allocations each.
fn state(job: &Job) -> State {
    Builder::new().index(10).node(node(1)).node(node(2)).job(job.clone()).build()
}

/// A plan that places on these nodes, in order.
fn outcome(job: &Job, number: u64, nodes: &[u64]) -> Outcome {
    let mut eval: Eval = testkit::eval(number, job);
    let nodes: Vec<_> = nodes.iter().map(|number| node_id(*number)).collect();
    let mut plan = testkit::plan(&eval, job, &nodes);
    for (position, placement) in plan.placements[0].placements.iter_mut().enumerate() {
        placement.id = AllocId::derive(&[u128::from(number), position as u128]);
    }
    eval.status = EvalStatus::Complete;
    Outcome { plan, eval, created: Vec::new() }
}

#[test]
fn a_plan_that_fits_is_committed_whole_with_its_evaluation() {
    let job = testkit::job("web");
    let verified = verify(&state(&job), NOW, &[], outcome(&job, 1, &[1, 1, 2]));
    assert!(!verified.partial);
    assert_eq!(verified.result.committed, 3);
    assert_eq!(verified.commit.evals.len(), 1);
}

#[test]
fn what_does_not_fit_is_dropped_and_the_evaluation_goes_on() {
    let job = testkit::job("web");
    let verified = verify(&state(&job), NOW, &[], outcome(&job, 1, &[1; 10]));
    assert!(verified.partial);
    assert_eq!(verified.result.committed, 8);
    assert_eq!(verified.result.rejected.get(&node_id(1)), Some(&2));
    assert!(verified.commit.evals.is_empty());
}

#[test]
fn a_runner_up_takes_what_its_node_cannot() {
    let job = testkit::job("web");
    let mut outcome = outcome(&job, 1, &[1; 10]);
    for placement in &mut outcome.plan.placements[0].placements {
        placement.runners_up = vec![node_id(1), node_id(2)];
    }
    let verified = verify(&state(&job), NOW, &[], outcome);
    assert!(!verified.partial);
    assert_eq!((verified.result.committed, verified.result.repaired), (10, 2));
    assert!(verified.result.rejected.is_empty());
    assert!(
        verified.commit.plan.placements[0].placements.iter().all(|placement| placement.runners_up.is_empty())
    );
}

#[test]
fn all_at_once_commits_all_or_nothing() {
    let job = testkit::job("web");
    let mut outcome = outcome(&job, 1, &[1; 10]);
    outcome.plan.all_at_once = true;
    let verified = verify(&state(&job), NOW, &[], outcome);
    assert!(verified.partial);
    assert_eq!(verified.result.committed, 0);
    assert!(verified.commit.plan.is_empty());
}

#[test]
fn nothing_is_placed_on_a_node_that_is_not_ready() {
    let job = testkit::job("web");
    for change in 0..3 {
        let mut away = node(1);
        match change {
            0 => away.status = NodeStatus::Disconnected,
            1 => away.eligible = false,
            _ => away.status = NodeStatus::Down,
        }
        let state = Builder::from_state(state(&job)).node(away).build();
        let verified = verify(&state, NOW, &[], outcome(&job, 1, &[1, 2, 9]));
        assert_eq!(verified.result.committed, 1);
        assert_eq!(verified.result.rejected.len(), 2);
    }
}

fn submit(applier: &mut PlanApplier, call: u64, outcome: Outcome) {
    let plan = QueuedPlan { call: CallId(call), token: Token(call), outcome: Box::new(outcome) };
    applier.submit(plan).expect("valid in a test");
}

#[test]
fn a_plan_is_verified_on_what_is_being_committed() {
    let job = testkit::job("web");
    let snapshot = Arc::new(state(&job));
    let mut applier = PlanApplier::default();
    let mut proposals = 0;
    let mut next = || {
        proposals += 1;
        proposals
    };
    submit(&mut applier, 1, outcome(&job, 1, &[1; 6]));
    let (commands, answers) = applier.advance(&snapshot, NOW, &mut next);
    assert_eq!((commands.len(), answers.len()), (1, 0));
    submit(&mut applier, 2, outcome(&job, 2, &[1; 6]));
    let (commands, answers) = applier.advance(&snapshot, NOW, &mut next);
    assert_eq!((commands.len(), answers.len()), (1, 0));
    let Command::ApplyPlans(commits) = &commands[0].1 else { panic!() };
    assert_eq!(commits[0].plan.placements[0].placements.len(), 2);
    let first = applier.committed(1, 11, NOW);
    assert_eq!(first[0].result.as_ref().expect("valid in a test").refresh_index, 0);
    let second = applier.committed(2, 12, NOW);
    let result = second[0].result.as_ref().expect("valid in a test");
    assert_eq!((result.committed, result.index, result.refresh_index), (2, 12, 12));
}

#[test]
fn plans_that_wait_are_committed_as_one_group_by_priority() {
    let job = testkit::job("web");
    let snapshot = Arc::new(state(&job));
    let mut applier = PlanApplier::default();
    for number in 1..=3 {
        let mut outcome = outcome(&job, number, &[1]);
        outcome.plan.priority = u8::try_from(number).expect("valid in a test");
        submit(&mut applier, number, outcome);
    }
    let (commands, _) = applier.advance(&snapshot, NOW, || 1);
    let Command::ApplyPlans(commits) = &commands[0].1 else { panic!() };
    let priorities: Vec<u8> = commits.iter().map(|commit| commit.plan.priority).collect();
    assert_eq!((commands.len(), priorities), (1, vec![3, 2, 1]));
}

#[test]
fn a_plan_of_which_nothing_is_left_waits_for_what_it_collided_with() {
    let job = testkit::job("web");
    let snapshot = Arc::new(state(&job));
    let mut applier = PlanApplier::default();
    submit(&mut applier, 1, outcome(&job, 1, &[1; 8]));
    let (_, answers) = applier.advance(&snapshot, NOW, || 1);
    assert!(answers.is_empty());
    submit(&mut applier, 2, outcome(&job, 2, &[1; 2]));
    let (commands, answers) = applier.advance(&snapshot, NOW, || 2);
    assert_eq!((commands.len(), answers.len()), (0, 0));
    let answers = applier.committed(1, 11, NOW);
    assert_eq!(answers.len(), 2);
    let result = answers[1].result.as_ref().expect("valid in a test");
    assert_eq!((result.index, result.refresh_index), (0, 11));
}

#[test]
fn a_large_plan_is_split_and_completes_its_evaluation_last() {
    let job = testkit::job("web");
    let outcome = outcome(&job, 1, &[1; 10_000]);
    let commit = PlanCommit { plan: outcome.plan, evals: vec![outcome.eval] };
    assert!(size(&commit) > ENTRY_BYTES);
    let pieces = split(commit);
    assert!(pieces.len() > 1);
    let placed: usize =
        pieces.iter().flat_map(|piece| &piece.plan.placements).map(|run| run.placements.len()).sum();
    assert_eq!(placed, 10_000);
    for (position, piece) in pieces.iter().enumerate() {
        assert!(size(piece) <= ENTRY_BYTES + 4_096);
        assert_eq!(piece.evals.len(), usize::from(position + 1 == pieces.len()));
    }
}

#[test]
fn the_estimate_of_a_commit_is_not_below_its_encoding() {
    let job = testkit::job("web");
    let outcome = outcome(&job, 1, &[1; 1_000]);
    let commit = PlanCommit { plan: outcome.plan, evals: vec![outcome.eval] };
    let estimate = size(&commit);
    let entry = state::Entry { now: NOW, command: Command::ApplyPlans(vec![commit]) };
    let encoded = state::codec::encode(&entry).expect("valid in a test").len();
    assert!(encoded <= estimate, "{encoded} bytes were estimated as {estimate}");
}
