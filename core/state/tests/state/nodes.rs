//! Nodes.

use std::collections::BTreeMap;

use model::{DrainStrategy, Name, Nanos, NodeEvent, NodeId, NodeStatus, SecretId, Timestamp};
use state::{ApplyError, Command};
use testkit::{node, node_id};

use crate::world::World;

fn register(node: model::Node) -> Command {
    Command::RegisterNode { node: Box::new(node), evals: Vec::new() }
}

fn set_status(id: NodeId, status: NodeStatus) -> Command {
    Command::SetNodeStatus { id, status, event: None, evals: Vec::new() }
}

fn drain(id: NodeId, drains: bool, mark_eligible: bool) -> Command {
    let drain = drains.then_some(DrainStrategy {
        deadline: Nanos::ZERO,
        ignore_system_jobs: false,
        force_deadline: Timestamp::NEVER,
        started_at: Timestamp(1),
    });
    Command::SetNodeDrain { id, drain, mark_eligible, event: None, evals: Vec::new() }
}

#[test]
fn a_node_that_registers_is_ready_and_has_a_class() {
    let world = World::with_nodes(1);
    let node = world.state.node(node_id(0)).unwrap();
    assert!(node.is_ready());
    assert_ne!(node.computed_class, 0);
    assert_eq!((node.create_index, node.modify_index), (1, 1));
    assert_eq!(node.events.iter().map(|event| &*event.message).collect::<Vec<_>>(), ["Node registered"]);
    assert_eq!(node.status_updated_at, Timestamp(1_000_000_000));
}

#[test]
fn what_the_servers_decided_survives_a_registration() {
    let mut world = World::with_nodes(1);
    world.done(drain(node_id(0), true, false));
    let mut again = node(0);
    again.meta.insert("rack".into(), "r1".into());
    world.done(register(again));
    let known = world.state.node(node_id(0)).unwrap();
    assert!(known.drain.is_some());
    assert!(!known.eligible);
    assert_eq!((&*known.meta["rack"], known.create_index), ("r1", 1));
}

#[test]
fn a_node_that_was_down_is_ready_after_it_registers_again() {
    let mut world = World::with_nodes(1);
    world.done(set_status(node_id(0), NodeStatus::Down));
    world.done(register(node(0)));
    let node = world.state.node(node_id(0)).unwrap();
    assert_eq!(node.status, NodeStatus::Ready);
    assert_eq!(&*node.events.last().unwrap().message, "Node re-registered");
}

#[test]
fn another_secret_is_refused() {
    let mut world = World::with_nodes(1);
    let mut impostor = node(0);
    impostor.secret = SecretId(1);
    assert_eq!(world.refused(register(impostor)), ApplyError::NodeSecret(node_id(0)));
}

#[test]
fn a_new_pool_comes_with_its_first_node() {
    let mut world = World::new();
    let mut edge = node(0);
    edge.pool = Name::from("edge");
    world.done(register(edge));
    assert_eq!(world.state.node_pool("edge").unwrap().create_index, 1);
}

#[test]
fn a_drained_node_takes_nothing_until_it_is_marked() {
    let mut world = World::with_nodes(1);
    let eligible = |world: &World| world.state.node(node_id(0)).unwrap().eligible;
    world.done(drain(node_id(0), true, false));
    assert!(!eligible(&world));
    let set = Command::SetNodeEligibility { id: node_id(0), eligible: true, event: None, evals: Vec::new() };
    assert_eq!(world.refused(set.clone()), ApplyError::NodeDraining(node_id(0)));
    world.done(drain(node_id(0), false, false));
    assert!(!eligible(&world));
    world.done(set);
    assert!(eligible(&world));
    world.done(drain(node_id(0), true, false));
    world.done(drain(node_id(0), false, true));
    assert!(eligible(&world));
}

#[test]
fn ten_events_are_kept() {
    let mut world = World::with_nodes(1);
    let event = |number: i64| NodeEvent {
        time: Timestamp(number),
        subsystem: Name::from("Driver"),
        message: Name::from("changed"),
        details: BTreeMap::new(),
        create_index: 0,
    };
    world.done(Command::AddNodeEvents { id: node_id(0), events: (0..12).map(event).collect() });
    let events = &world.state.node(node_id(0)).unwrap().events;
    assert_eq!((events.len(), events[0].time, events[0].create_index), (10, Timestamp(2), 2));
}

#[test]
fn nodes_are_purged_together_or_not_at_all() {
    let mut world = World::with_nodes(2);
    let ids = vec![node_id(0), node_id(7)];
    let error = world.refused(Command::PurgeNodes { ids, evals: Vec::new() });
    assert_eq!(error, ApplyError::NodeNotFound(node_id(7)));
    world.done(Command::PurgeNodes { ids: vec![node_id(0), node_id(1)], evals: Vec::new() });
    assert_eq!(world.state.node_count(), 0);
    assert!(matches!(world.refused(set_status(node_id(0), NodeStatus::Down)), ApplyError::NodeNotFound(_)));
}
