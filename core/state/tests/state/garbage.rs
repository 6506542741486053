//! Garbage collection: what is needed stays, whatever the batch says.

use model::{ClientStatus, NodeStatus};
use state::Command;
use state::apply::GcBatch;
use testkit::{job, node_id};

use crate::world::World;

/// A batch with everything there is.
fn everything(world: &World) -> Command {
    Command::Gc(GcBatch {
        evals: world.state.evals().map(|eval| eval.id).collect(),
        allocs: world.state.allocs().map(|alloc| alloc.id).collect(),
        jobs: world.state.jobs().map(|job| job.key()).collect(),
        deployments: world.state.deployments().map(|deployment| deployment.id).collect(),
        nodes: world.state.nodes().map(|node| node.id).collect(),
    })
}

#[test]
fn nothing_goes_while_it_runs() {
    let mut world = World::with_nodes(1);
    let ids = world.run(job("web"), &[node_id(0)]);
    world.report(&ids, ClientStatus::Running);
    let batch = everything(&world);
    let applied = world.done(batch);
    assert!(applied.changes.is_empty());
    assert_eq!((world.state.alloc_count(), world.state.node_count()), (1, 1));
}

#[test]
fn everything_goes_once_it_is_over() {
    let mut world = World::with_nodes(1);
    let ids = world.run(job("web"), &[node_id(0)]);
    world.report(&ids, ClientStatus::Complete);
    world.done(Command::SetNodeStatus {
        id: node_id(0),
        status: NodeStatus::Down,
        event: None,
        evals: Vec::new(),
    });
    let batch = everything(&world);
    world.done(batch);
    assert_eq!((world.state.alloc_count(), world.state.node_count()), (0, 0));
    assert_eq!((world.state.jobs().count(), world.state.evals().count()), (0, 0));
}

#[test]
fn an_evaluation_stays_while_an_allocation_refers_to_it() {
    let mut world = World::with_nodes(2);
    let ids = world.run(job("web"), &[node_id(0), node_id(1)]);
    world.report(&ids[..1], ClientStatus::Complete);
    let batch = everything(&world);
    world.done(batch);
    assert_eq!((world.state.alloc_count(), world.state.evals().count()), (1, 1));
    let group = world.state.job_summary(&job("web").key()).unwrap().groups["web"];
    assert_eq!((group.complete, group.starting), (0, 1), "summaries count what is there");
}

#[test]
fn a_job_whose_evaluations_are_forgotten_is_dead() {
    let mut world = World::with_nodes(1);
    let ids = world.run(job("web"), &[node_id(0)]);
    world.report(&ids, ClientStatus::Complete);
    let Command::Gc(mut batch) = everything(&world) else { unreachable!() };
    batch.jobs.clear();
    world.done(Command::Gc(batch));
    assert_eq!(world.job_status(&job("web").key()), "dead");
}
