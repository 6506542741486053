//! Committing plans.

use model::{
    AllocStop, ClientStatus, DesiredStatus, EvalId, InPlaceUpdate, Placement, PlacementRare, Preemption,
    StopReason,
};
use state::{Change, Command};
use testkit::{alloc_id, batch_job, job, node_id};

use crate::world::World;

#[test]
fn placements_become_allocations_that_share_what_they_have_in_common() {
    let mut world = World::with_nodes(2);
    let web = world.register(job("web"));
    let eval = world.open_eval(&web.key());
    let plan = testkit::plan(&eval, &web, &[node_id(0), node_id(1)]);
    let applied = world.commit(plan, eval.clone());
    let [first, second] = [alloc_id("web", 0), alloc_id("web", 1)].map(|id| world.alloc(id));
    assert_eq!((first.create_index, first.modify_index, first.alloc_modify_index), (4, 4, 4));
    assert_eq!((&*first.node_name, first.eval, first.name().as_str()), ("node-0", eval.id, "web.web[0]"));
    assert_eq!((first.client, first.desired), (ClientStatus::Pending, DesiredStatus::Run));
    assert!(std::sync::Arc::ptr_eq(&first.metrics, &second.metrics));
    assert_eq!(applied.changes.iter().filter(|change| matches!(change, Change::Alloc { .. })).count(), 2);
    let summary = world.state.job_summary(&web.key()).unwrap();
    assert_eq!((summary.groups["web"].starting, summary.modify_index), (2, 4));
    assert_eq!(world.state.allocs_of_eval(eval.id).count(), 2);
}

#[test]
fn a_stopped_job_gets_no_placements() {
    let mut world = World::with_nodes(1);
    let web = world.register(job("web"));
    let eval = world.open_eval(&web.key());
    let plan = testkit::plan(&eval, &web, &[node_id(0)]);
    world.done(Command::DeregisterJob { key: web.key(), purge: false, no_shutdown_delay: false, eval: None });
    world.commit(plan, eval);
    assert_eq!(world.state.alloc_count(), 0);
    assert_eq!(world.job_status(&web.key()), "dead");
}

#[test]
fn a_second_plan_of_an_evaluation_that_is_over_changes_nothing() {
    let mut world = World::with_nodes(2);
    let web = world.register(job("web"));
    let eval = world.open_eval(&web.key());
    let plan = testkit::plan(&eval, &web, &[node_id(0)]);
    let mut late = testkit::plan(&eval, &web, &[node_id(1)]);
    late.placements[0].placements[0].id = alloc_id("web", 9);
    world.commit(plan, eval.clone());
    let applied = world.commit(late, eval);
    assert!(applied.reply.is_ok() && applied.changes.is_empty(), "{applied:?}");
    assert_eq!(world.state.alloc_count(), 1);
    assert!(world.state.alloc(alloc_id("web", 9)).is_none());
}

#[test]
fn queued_counts_what_evaluations_could_not_place() {
    let mut world = World::with_nodes(1);
    let web = world.register(job("web"));
    let mut eval = world.open_eval(&web.key());
    eval.queued.insert("web".into(), 3);
    world.done(Command::UpsertEvals(vec![eval.clone()]));
    let queued = |world: &World| world.state.job_summary(&web.key()).unwrap().groups["web"].queued;
    assert_eq!(queued(&world), 3);
    let plan = testkit::plan(&eval, &web, &[node_id(0)]);
    eval.queued.insert("web".into(), 2);
    world.commit(plan, eval);
    assert_eq!(queued(&world), 2);
    world.done(Command::DeregisterJob { key: web.key(), purge: false, no_shutdown_delay: false, eval: None });
    assert_eq!(queued(&world), 0);
}

fn stop(id: model::AllocId, client: Option<ClientStatus>, reason: StopReason) -> AllocStop {
    AllocStop {
        id,
        desired: DesiredStatus::Stop,
        reason,
        client,
        state: None,
        followup: EvalId::NONE,
        reschedule_failed: false,
    }
}

#[test]
fn a_stop_keeps_what_the_client_reported_unless_the_plan_gives_it_up() {
    let mut world = World::with_nodes(2);
    let ids = world.run(job("web"), &[node_id(0), node_id(1)]);
    world.report(&ids, ClientStatus::Running);
    let web = world.state.job(&job("web").key()).unwrap().clone();
    let eval = world.eval(&web);
    let mut plan = testkit::plan(&eval, &web, &[]);
    plan.stops = vec![
        stop(ids[0], None, StopReason::NotNeeded),
        stop(ids[1], Some(ClientStatus::Lost), StopReason::Lost),
    ];
    world.commit(plan, eval);
    let [stopped, lost] = [ids[0], ids[1]].map(|id| world.alloc(id));
    assert_eq!((stopped.desired, stopped.client), (DesiredStatus::Stop, ClientStatus::Running));
    assert_eq!(stopped.reason.text(), "alloc not needed due to job update");
    assert_eq!((lost.client, lost.modify_index), (ClientStatus::Lost, world.state.index));
    assert_eq!(world.job_status(&web.key()), "dead");
    world.report(&ids[1..], ClientStatus::Running);
    assert_eq!(world.alloc(ids[1]).client, ClientStatus::Lost, "what was given up stays given up");
}

#[test]
fn an_eviction_names_the_allocation_that_takes_the_room() {
    let mut world = World::with_nodes(1);
    let low = world.run(batch_job("low"), &[node_id(0)]);
    let high = world.register(job("high"));
    let eval = world.open_eval(&high.key());
    let mut plan = testkit::plan(&eval, &high, &[node_id(0)]);
    plan.preemptions = vec![Preemption { id: low[0], by: alloc_id("high", 0) }];
    plan.placements[0].placements[0].rare =
        Some(Box::new(PlacementRare { preempted: low.clone(), ..PlacementRare::default() }));
    world.commit(plan, eval);
    let evicted = world.alloc(low[0]);
    assert_eq!(evicted.desired, DesiredStatus::Evict);
    assert_eq!(evicted.reason.text(), format!("Preempted by alloc ID {}", alloc_id("high", 0)));
    assert_eq!(world.alloc(alloc_id("high", 0)).rare.as_ref().unwrap().preempted, low);
}

#[test]
fn a_replacement_is_linked_with_what_it_replaces() {
    let mut world = World::with_nodes(1);
    let ids = world.run(job("web"), &[node_id(0)]);
    let web = world.state.job(&job("web").key()).unwrap().clone();
    let eval = world.eval(&web);
    let mut plan = testkit::plan(&eval, &web, &[]);
    let rare = PlacementRare { previous: ids[0], ..PlacementRare::default() };
    let next = testkit::placement(alloc_id("web", 9), 0, node_id(0));
    plan.placements[0].placements = vec![Placement { rare: Some(Box::new(rare)), ..next }];
    world.commit(plan, eval);
    assert_eq!(world.alloc(ids[0]).next, alloc_id("web", 9));
    assert_eq!(world.alloc(alloc_id("web", 9)).previous, ids[0]);
}

#[test]
fn an_update_in_place_takes_the_new_version() {
    let mut world = World::with_nodes(1);
    let ids = world.run(job("web"), &[node_id(0)]);
    let mut changed = job("web");
    changed.task_groups[0].tasks[0].kill_timeout = model::Nanos::from_secs(9);
    let changed = world.register(changed);
    let eval = world.open_eval(&changed.key());
    let mut plan = testkit::plan(&eval, &changed, &[]);
    plan.updates = vec![InPlaceUpdate {
        id: ids[0],
        job_version: Some(1),
        deployment: model::DeploymentId::NONE,
        client: None,
        state: None,
        followup: EvalId::NONE,
        reason: StopReason::InPlace,
    }];
    world.commit(plan, eval);
    let alloc = world.alloc(ids[0]);
    assert_eq!((alloc.job.version, alloc.create_index), (1, 3));
    assert_eq!(alloc.reason.text(), "alloc updating in-place");
}
