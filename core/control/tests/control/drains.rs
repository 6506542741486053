//! Which allocations of a draining node may leave.

use std::sync::Arc;

use control::EvalIds;
use control::drainer::Drainer;
use model::{Alloc, DeploymentHealth, DrainStrategy, Nanos, Node, Timestamp};
use state::{Builder, Command, State};
use testkit::{alloc, alloc_id, group, job, node, running};

const NOW: Timestamp = Timestamp(1_000_000_000_000);

fn draining(deadline: Timestamp) -> Node {
    let drain = DrainStrategy {
        deadline: Nanos::from_mins(60),
        ignore_system_jobs: false,
        force_deadline: deadline,
        started_at: NOW,
    };
    Node { drain: Some(drain), ..node(1) }
}

/// Four instances of a service, two of which may move at a time: on the draining node or beside it, healthy, unhealthy
/// or not decided yet.
fn world(deadline: Timestamp, allocs: [(u64, Option<bool>); 4]) -> State {
    let mut web = job("web");
    web.task_groups = vec![group("g", 4)];
    let mut migrate = web.task_groups[0].migrate.take().unwrap_or_default();
    migrate.max_parallel = 2;
    web.task_groups[0].migrate = Some(migrate);
    let web = Arc::new(web);
    let make = |(number, (at, healthy)): (u32, (u64, Option<bool>))| -> Alloc {
        let mut made = running(alloc(&web, number, &node(at)), NOW);
        made.health =
            healthy.map(|healthy| DeploymentHealth { healthy: Some(healthy), ..Default::default() });
        made
    };
    let allocs: Vec<Alloc> = (0..).zip(allocs).map(make).collect();
    Builder::new().node(draining(deadline)).node(node(2)).job(Arc::clone(&web)).allocs(allocs).build()
}

fn moved(state: &State, now: Timestamp) -> Vec<u64> {
    let mut drainer = Drainer::default();
    let one = state.node(node(1).id).expect("there").clone();
    drainer.note(one.id, Some(&one));
    let commands = drainer.look(state, now, &mut EvalIds::new(1));
    let numbers = |command: Command| match command {
        Command::SetAllocTransitions { transitions, .. } => transitions,
        other => panic!("{other:?}"),
    };
    let ids: Vec<_> = commands.into_iter().flat_map(numbers).map(|(id, _)| id).collect();
    (0..4).filter(|number| ids.contains(&alloc_id("web", *number))).collect()
}

#[test]
fn as_many_leave_at_a_time_as_the_group_allows() {
    let healthy = Some(true);
    let never = Timestamp::NEVER;
    let all = [(1, healthy), (1, healthy), (1, healthy), (1, healthy)];
    assert_eq!(moved(&world(never, all), NOW).len(), 2);
}

#[test]
fn the_next_leave_only_when_what_replaced_the_first_is_healthy() {
    let never = Timestamp::NEVER;
    let undecided = [(2, None), (2, None), (1, Some(true)), (1, Some(true))];
    assert_eq!(moved(&world(never, undecided), NOW), [0; 0]);
    let sick = [(2, Some(false)), (2, Some(true)), (1, Some(true)), (1, Some(true))];
    assert_eq!(moved(&world(never, sick), NOW).len(), 1);
    let well = [(2, Some(true)), (2, Some(true)), (1, Some(true)), (1, Some(true))];
    assert_eq!(moved(&world(never, well), NOW), [2, 3]);
}

#[test]
fn at_the_deadline_all_leave() {
    let undecided = [(1, None), (1, None), (1, Some(false)), (2, None)];
    assert_eq!(moved(&world(NOW, undecided), NOW), [0, 1, 2]);
}
