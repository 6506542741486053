//! The event stream.

use model::Timestamp;
use state::event::{Event, EventRing, Lagged};
use state::{Command, Entry};
use testkit::{job, node_id};

use crate::world::World;

/// The events of a command, as `topic type key filter-keys` lines.
fn events(world: &mut World, command: Command) -> (Vec<Event>, Vec<String>) {
    let before = world.state.clone();
    let mut after = before.clone();
    let entry = Entry { now: Timestamp(1), command };
    let applied = after.apply(before.index + 1, &entry);
    let events = Event::of_entry(&before, &after, &entry.command, &applied);
    let lines = events.iter().map(|event| {
        let keys = event.filter_keys.join(",");
        let key = if event.key.len() == 36 { "id" } else { &event.key };
        format!("{} {} {key} [{keys}]", event.topic.as_str(), event.event_type.0)
    });
    let lines = lines.collect();
    world.apply(entry.command);
    (events, lines)
}

#[test]
fn an_entry_gives_one_event_for_each_record() {
    let mut world = World::with_nodes(1);
    let registration = world.registration(job("web"));
    let (_, lines) = events(&mut world, Command::RegisterJob(Box::new(registration)));
    assert_eq!(lines, ["Job JobRegistered web []", "Evaluation JobRegistered id [web]"]);
    let web = world.state.job(&job("web").key()).unwrap().clone();
    let eval = world.open_eval(&web.key());
    let plan = testkit::plan(&eval, &web, &[node_id(0)]);
    let commit = state::apply::PlanCommit { plan, evals: vec![eval] };
    let (_, lines) = events(&mut world, Command::ApplyPlans(vec![commit]));
    assert_eq!(
        lines,
        ["Job PlanResult web []", "Allocation PlanResult id [web]", "Evaluation PlanResult id [web]"]
    );
    let purge = Command::DeregisterJob { key: web.key(), purge: true, no_shutdown_delay: false, eval: None };
    let (_, lines) = events(&mut world, purge);
    assert_eq!(lines, ["Job JobDeregistered web []"]);
}

#[test]
fn the_ring_forgets_the_oldest_and_says_so() {
    let mut world = World::with_nodes(1);
    let mut ring = EventRing::new(4, world.state.index);
    for name in ["a", "b", "c"] {
        let registration = world.registration(job(name));
        let (batch, _) = events(&mut world, Command::RegisterJob(Box::new(registration)));
        ring.push(world.state.index, batch);
    }
    assert_eq!(ring.len(), 4);
    let indexes: Vec<u64> = ring.since(0).unwrap().map(|batch| batch.index).collect();
    assert_eq!(indexes, [3, 4]);
    assert_eq!(ring.since(2).err(), Some(Lagged { oldest: 3 }));
    assert_eq!(ring.since(4).unwrap().count(), 1);
    assert_eq!(ring.since(9).unwrap().count(), 0);
}
