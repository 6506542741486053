//! Deployments.

use std::sync::Arc;

use model::{AllocId, ClientStatus, Deployment, DeploymentStatus, DeploymentUpdate, Job, Name, Timestamp};
use state::{ApplyError, Command};
use testkit::{deployment_id, job, node_id};

use crate::world::{World, update};

/// A job with one canary of two allocations, both placed in deployment 1; the first is the canary.
fn deployed(world: &mut World) -> (Arc<Job>, Vec<AllocId>) {
    let mut web = job("web");
    web.task_groups[0].count = 2;
    web.task_groups[0].update.as_mut().unwrap().canary = 1;
    let web = world.register(web);
    let eval = world.open_eval(&web.key());
    let mut plan = testkit::plan_of(&eval, &web, deployment_id(1), &[node_id(0), node_id(1)]);
    plan.deployment = Some(testkit::deployment(1, &web));
    plan.placements[0].placements[0].canary = true;
    let ids = plan.placements[0].placements.iter().map(|placement| placement.id).collect();
    world.commit(plan, eval);
    (web, ids)
}

fn current(world: &World) -> &Arc<Deployment> {
    world.state.deployment(deployment_id(1)).unwrap()
}

fn change(status: DeploymentStatus) -> Command {
    let update = DeploymentUpdate { id: deployment_id(1), status, description: Name::from("by hand") };
    Command::SetDeploymentStatus { update, job: None, eval: None }
}

fn report_health(world: &mut World, id: AllocId, healthy: bool) {
    let mut report = update(id, ClientStatus::Running);
    report.healthy = Some((healthy, Timestamp(1)));
    world.done(Command::UpdateAllocs { updates: vec![report], evals: Vec::new() });
}

#[test]
fn placements_are_counted_and_start_the_clock() {
    let mut world = World::with_nodes(2);
    let (web, ids) = deployed(&mut world);
    let group = &current(&world).groups["web"];
    assert_eq!((group.placed, group.placed_canaries.as_slice()), (2, &ids[..1]));
    assert_eq!(group.require_progress_by, world.state.now + group.progress_deadline);
    assert_eq!(current(&world).job_create_index, web.create_index);
    assert!(world.alloc(ids[0]).is_canary());
    assert_eq!(world.state.allocs_of_deployment(deployment_id(1)).count(), 2);
}

#[test]
fn health_is_counted_once_and_moves() {
    let mut world = World::with_nodes(2);
    let (_, ids) = deployed(&mut world);
    let counts = |world: &World| {
        let group = &current(world).groups["web"];
        (group.healthy, group.unhealthy)
    };
    report_health(&mut world, ids[0], true);
    report_health(&mut world, ids[0], true);
    assert_eq!(counts(&world), (1, 0));
    report_health(&mut world, ids[0], false);
    assert_eq!(counts(&world), (0, 1));
    let group = &current(&world).groups["web"];
    assert!(group.require_progress_by < world.state.now + group.progress_deadline);
}

#[test]
fn promotion_needs_healthy_canaries() {
    let mut world = World::with_nodes(2);
    let (_, ids) = deployed(&mut world);
    let promote = Command::PromoteDeployment { id: deployment_id(1), groups: None, eval: None };
    let error = world.refused(promote.clone());
    assert_eq!(
        error.to_string(),
        "1 error occurred:\n\t* Task group \"web\" has 0/1 healthy allocations\n\n"
    );
    report_health(&mut world, ids[0], true);
    world.done(promote);
    assert!(current(&world).groups["web"].promoted);
    assert!(!world.alloc(ids[0]).is_canary());
    assert_eq!(world.alloc(ids[0]).health.unwrap().healthy, Some(true));
}

#[test]
fn a_successful_deployment_makes_its_version_stable() {
    let mut world = World::with_nodes(2);
    let (web, _) = deployed(&mut world);
    world.done(change(DeploymentStatus::Successful));
    assert!(world.state.job(&web.key()).unwrap().stable);
    assert_eq!(
        world.refused(change(DeploymentStatus::Failed)),
        ApplyError::DeploymentTerminal(deployment_id(1))
    );
}

#[test]
fn a_pause_does_not_count_against_the_deadline() {
    let mut world = World::with_nodes(2);
    deployed(&mut world);
    world.done(change(DeploymentStatus::Paused));
    world.done(change(DeploymentStatus::Running));
    let group = &current(&world).groups["web"];
    assert_eq!(group.require_progress_by, world.state.now + group.progress_deadline);
}

#[test]
fn a_newer_deployment_ends_the_one_before() {
    let mut world = World::with_nodes(2);
    let (web, _) = deployed(&mut world);
    let mut changed = Job::clone(&web);
    changed.priority = 3;
    let changed = world.register(changed);
    let eval = world.open_eval(&changed.key());
    let mut plan = testkit::plan(&eval, &changed, &[]);
    plan.deployment = Some(testkit::deployment(2, &changed));
    world.commit(plan, eval);
    assert_eq!(current(&world).status, DeploymentStatus::Cancelled);
    assert_eq!(&*current(&world).description, "Cancelled due to newer version of job");
    assert_eq!(world.state.latest_deployment(&web.key()).unwrap().id, deployment_id(2));
}

#[test]
fn a_failed_deployment_brings_the_older_job_back() {
    let mut world = World::with_nodes(2);
    let (web, ids) = deployed(&mut world);
    let mut older = Job::clone(&web);
    older.priority = 3;
    let update = DeploymentUpdate {
        id: deployment_id(1),
        status: DeploymentStatus::Failed,
        description: Name::from("Failed due to unhealthy allocations - rolling back to job version 0"),
    };
    world.done(Command::SetAllocHealth {
        deployment: deployment_id(1),
        healthy: Vec::new(),
        unhealthy: vec![ids[1]],
        update: Some(update),
        job: Some(Box::new(older)),
        eval: None,
    });
    assert_eq!(current(&world).status, DeploymentStatus::Failed);
    assert_eq!(current(&world).groups["web"].unhealthy, 1);
    let job = world.state.job(&web.key()).unwrap();
    assert_eq!((job.version, job.priority), (1, 3));
}

#[test]
fn health_of_a_foreign_allocation_is_refused() {
    let mut world = World::with_nodes(2);
    deployed(&mut world);
    let other = world.run(job("other"), &[node_id(0)]);
    let error = world.refused(Command::SetAllocHealth {
        deployment: deployment_id(1),
        healthy: other.clone(),
        unhealthy: Vec::new(),
        update: None,
        job: None,
        eval: None,
    });
    assert_eq!(error, ApplyError::AllocNotFound(other[0]));
}
