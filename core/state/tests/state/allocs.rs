//! What clients report, and wishes.

use model::{AllocTransition, ClientStatus, Timestamp};
use state::{ApplyError, Change, Command};
use testkit::{alloc_id, job, node_id};

use crate::world::{World, update};

#[test]
fn a_report_moves_the_allocation_in_the_summary() {
    let mut world = World::with_nodes(1);
    let ids = world.run(job("web"), &[node_id(0)]);
    let placed = world.alloc(ids[0]).alloc_modify_index;
    let applied = world.report(&ids, ClientStatus::Running);
    let alloc = world.alloc(ids[0]);
    assert_eq!((alloc.client, alloc.alloc_modify_index), (ClientStatus::Running, placed));
    assert_eq!(alloc.modify_index, world.state.index);
    let group = world.state.job_summary(&job("web").key()).unwrap().groups["web"];
    assert_eq!((group.starting, group.running), (0, 1));
    assert!(applied.changes.iter().any(|change| matches!(change, Change::Alloc { by_client: true, .. })));
}

#[test]
fn reports_of_forgotten_allocations_are_ignored() {
    let mut world = World::new();
    let applied = world.report(&[alloc_id("web", 0)], ClientStatus::Running);
    assert!(applied.changes.is_empty());
}

#[test]
fn what_ended_does_not_run_again() {
    let mut world = World::with_nodes(1);
    let ids = world.run(job("web"), &[node_id(0)]);
    world.report(&ids, ClientStatus::Failed);
    world.report(&ids, ClientStatus::Running);
    assert_eq!(world.alloc(ids[0]).client, ClientStatus::Failed);
}

#[test]
fn health_is_recorded_outside_deployments_too() {
    let mut world = World::with_nodes(1);
    let ids = world.run(job("web"), &[node_id(0)]);
    let mut healthy = update(ids[0], ClientStatus::Running);
    healthy.healthy = Some((true, Timestamp(7)));
    world.done(Command::UpdateAllocs { updates: vec![healthy], evals: Vec::new() });
    let health = world.alloc(ids[0]).health.unwrap();
    assert_eq!((health.healthy, health.time), (Some(true), Timestamp(7)));
}

#[test]
fn wishes_add_up() {
    let mut world = World::with_nodes(1);
    let ids = world.run(job("web"), &[node_id(0)]);
    let migrate = AllocTransition { migrate: Some(true), ..AllocTransition::default() };
    let hurry = AllocTransition { no_shutdown_delay: Some(true), ..AllocTransition::default() };
    world.done(Command::SetAllocTransitions { transitions: vec![(ids[0], migrate)], evals: Vec::new() });
    world.done(Command::SetAllocTransitions { transitions: vec![(ids[0], hurry)], evals: Vec::new() });
    let wishes = world.alloc(ids[0]).transition();
    assert!(wishes.should_migrate());
    assert_eq!(wishes.no_shutdown_delay, Some(true));
}

#[test]
fn wishes_about_a_missing_allocation_are_refused_together() {
    let mut world = World::with_nodes(1);
    let ids = world.run(job("web"), &[node_id(0)]);
    let migrate = AllocTransition { migrate: Some(true), ..AllocTransition::default() };
    let missing = alloc_id("ghost", 0);
    let transitions = vec![(ids[0], migrate), (missing, migrate)];
    let error = world.refused(Command::SetAllocTransitions { transitions, evals: Vec::new() });
    assert_eq!(error, ApplyError::AllocNotFound(missing));
    assert!(!world.alloc(ids[0]).transition().should_migrate());
}

#[test]
fn stopping_a_job_without_delay_tells_its_allocations() {
    let mut world = World::with_nodes(1);
    let ids = world.run(job("web"), &[node_id(0)]);
    world.done(Command::DeregisterJob {
        key: job("web").key(),
        purge: false,
        no_shutdown_delay: true,
        eval: None,
    });
    assert_eq!(world.alloc(ids[0]).transition().no_shutdown_delay, Some(true));
}
