//! Children of periodic and parameterized jobs, and scaling.

use model::{Job, JobKey, Name, Parameterized, Periodic, Timestamp};
use state::apply::{JobRegistration, RegisteredBy};
use state::tables::{KEPT_SCALING_EVENTS, ScalingEvent};
use state::{ApplyError, Command, State};
use testkit::job;

use crate::world::World;

const SLOT: Timestamp = Timestamp(60_000_000_000);

fn nightly(world: &mut World) -> JobKey {
    let periodic = Periodic { enabled: true, spec: "* * * * *".to_owned(), ..Periodic::default() };
    world.register(Job { job_type: "batch".to_owned(), periodic: Some(periodic), ..job("nightly") }).key()
}

fn launch(world: &mut World, parent: &JobKey, slot: Timestamp) -> Command {
    let child = world.state.job(parent).unwrap().periodic_child(slot);
    let registration = world.registration(child);
    Command::RegisterJob(Box::new(JobRegistration { by: RegisteredBy::Launch { slot }, ..registration }))
}

fn resize(world: &mut World) -> JobKey {
    let parameterized = Some(Parameterized::default());
    world.register(Job { job_type: "batch".to_owned(), parameterized, ..job("resize") }).key()
}

fn dispatch(world: &mut World, parent: &JobKey, id: &str, token: &str) -> Command {
    let child = Job {
        id: id.to_owned(),
        parent_id: parent.id.to_string(),
        dispatched: true,
        dispatch_idempotency_token: token.to_owned(),
        ..Job::clone(world.state.job(parent).unwrap())
    };
    let registration = world.registration(child);
    Command::RegisterJob(Box::new(JobRegistration { by: RegisteredBy::Dispatch, ..registration }))
}

fn restored(state: &State) -> State {
    let mut bytes = Vec::new();
    state.write_snapshot(&mut bytes).unwrap();
    State::read_snapshot(&mut bytes.as_slice()).unwrap()
}

#[test]
fn a_slot_is_launched_once() {
    let mut world = World::new();
    let parent = nightly(&mut world);
    let first = launch(&mut world, &parent, SLOT);
    world.done(first);
    assert_eq!(world.state.last_launch(&parent), SLOT);
    let child = JobKey::new("default", "nightly/periodic-60");
    assert_eq!(world.state.job_children(&parent).collect::<Vec<_>>(), [&child]);
    let again = launch(&mut world, &parent, SLOT);
    assert_eq!(world.refused(again), ApplyError::LaunchedAlready(child));
}

#[test]
fn a_slot_that_was_left_out_is_not_launched_later() {
    let mut world = World::new();
    let parent = nightly(&mut world);
    world.done(Command::SkipLaunch { key: parent.clone(), slot: SLOT });
    let late = launch(&mut world, &parent, SLOT);
    assert!(matches!(world.refused(late), ApplyError::LaunchedAlready(_)));
    world.done(Command::SkipLaunch { key: parent.clone(), slot: Timestamp(1) });
    assert_eq!(world.state.last_launch(&parent), SLOT, "it never goes back");
}

#[test]
fn a_stopped_or_forgotten_job_launches_nothing() {
    let mut world = World::new();
    let parent = nightly(&mut world);
    let late = launch(&mut world, &parent, SLOT);
    world.done(Command::DeregisterJob {
        key: parent.clone(),
        purge: false,
        no_shutdown_delay: false,
        eval: None,
    });
    assert_eq!(world.refused(late.clone()), ApplyError::JobNotFound(parent.clone()));
    world.done(Command::DeregisterJob {
        key: parent.clone(),
        purge: true,
        no_shutdown_delay: false,
        eval: None,
    });
    assert_eq!(world.refused(late), ApplyError::JobNotFound(parent));
}

#[test]
fn one_idempotency_token_makes_one_child() {
    let mut world = World::new();
    let parent = resize(&mut world);
    let command = dispatch(&mut world, &parent, "resize/dispatch-1", "once");
    world.done(command);
    let first = JobKey::new("default", "resize/dispatch-1");
    let second = dispatch(&mut world, &parent, "resize/dispatch-2", "once");
    assert_eq!(world.refused(second.clone()), ApplyError::DispatchedAlready(first.clone()));
    for id in ["resize/dispatch-3", "resize/dispatch-4"] {
        let without = dispatch(&mut world, &parent, id, "");
        world.done(without);
    }
    world.done(Command::DeregisterJob {
        key: first.clone(),
        purge: true,
        no_shutdown_delay: false,
        eval: None,
    });
    assert_eq!(world.state.dispatched_with(&parent, "once"), None, "the token is free again");
    world.done(second);
}

#[test]
fn scaling_changes_the_count_and_keeps_the_last_events() {
    let mut world = World::new();
    let web = world.register(job("web"));
    let (key, group) = (web.key(), Name::from(web.task_groups[0].name.as_str()));
    let event = ScalingEvent {
        time: Timestamp::NEVER,
        count: None,
        previous_count: 0,
        message: "busy".to_owned(),
        error: false,
        meta: None,
        eval: None,
        create_index: 0,
    };
    let mut scaled = Job::clone(&web);
    scaled.task_groups[0].count = 7;
    let registration = Some(Box::new(world.registration(scaled)));
    let counted = Box::new(ScalingEvent { count: Some(7), ..event.clone() });
    world.done(Command::ScaleJob { key: key.clone(), group: group.clone(), event: counted, registration });
    assert_eq!(world.state.job(&key).unwrap().task_groups[0].count, 7);
    let newest = |world: &World| world.state.job_record(&key).unwrap().scaling[&group][0].clone();
    assert_eq!((newest(&world).previous_count, newest(&world).create_index), (web.task_groups[0].count, 2));
    for _ in 0..KEPT_SCALING_EVENTS {
        let remark = Box::new(event.clone());
        world.done(Command::ScaleJob {
            key: key.clone(),
            group: group.clone(),
            event: remark,
            registration: None,
        });
    }
    assert_eq!(newest(&world).previous_count, 7);
    assert_eq!(world.state.job_record(&key).unwrap().scaling[&group].len(), KEPT_SCALING_EVENTS);
}

#[test]
fn launches_tokens_and_scaling_survive_a_snapshot() {
    let mut world = World::new();
    let (nightly, resize) = (nightly(&mut world), resize(&mut world));
    let commands = [launch(&mut world, &nightly, SLOT), dispatch(&mut world, &resize, "resize/d", "once")];
    for command in commands {
        world.done(command);
    }
    let restored = restored(&world.state);
    assert!(restored.check().0.is_empty());
    assert_eq!(restored.last_launch(&nightly), SLOT);
    assert!(restored.dispatched_with(&resize, "once").is_some());
    assert_eq!(restored.hash(), world.state.hash());
}
