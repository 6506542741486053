//! Services of allocations: registered by reports, gone with what offered them.

use model::{AllocId, ClientStatus, Name, NodeStatus, ServiceInstance};
use state::apply::GcBatch;
use state::{ApplyError, Command, State, Table};
use testkit::{job, node_id};

use crate::world::{World, update};

fn instance(alloc: AllocId, name: &str, port: u16) -> ServiceInstance {
    ServiceInstance {
        id: Name::from(format!("_nomad-task-{alloc}-group-web-{name}-http")),
        name: Name::from(name),
        tags: vec![Name::from("edge")],
        address: Name::from("127.0.0.1"),
        port,
    }
}

fn report(world: &mut World, alloc: AllocId, status: ClientStatus, services: Vec<ServiceInstance>) {
    let mut report = update(alloc, status);
    report.services = services;
    world.done(Command::UpdateAllocs { updates: vec![report], evals: Vec::new() });
}

/// Every service of the name `web`: allocation, port, and the indexes.
fn listed(state: &State) -> Vec<(AllocId, u16, u64, u64)> {
    assert_eq!(state.check().0, Vec::<String>::new());
    let row = |(alloc, service): (AllocId, &model::ServiceRegistration)| {
        (alloc, service.instance.port, service.create_index, service.modify_index)
    };
    state.services_named("default", "web").map(row).collect()
}

/// Two allocations on two nodes that offer `web`, in the order of their ids.
fn world() -> (World, [AllocId; 2]) {
    let mut world = World::with_nodes(2);
    let mut ids = world.run(job("web"), &[node_id(0), node_id(1)]);
    ids.sort_unstable();
    for (id, port) in [(ids[0], 8000), (ids[1], 8001)] {
        report(&mut world, id, ClientStatus::Running, vec![instance(id, "web", port)]);
    }
    (world, [ids[0], ids[1]])
}

#[test]
fn a_service_keeps_the_index_of_its_registration_while_it_changes() {
    let (mut world, [one, two]) = world();
    let first = listed(&world.state);
    assert_eq!(first.iter().map(|row| (row.0, row.1)).collect::<Vec<_>>(), [(one, 8000), (two, 8001)]);
    assert_eq!(world.state.indexes.of(Table::Services), world.state.index);
    let before = world.state.index;
    // The same again changes nothing.
    report(&mut world, one, ClientStatus::Running, vec![instance(one, "web", 8000)]);
    assert_eq!(world.state.indexes.of(Table::Services), before);
    report(&mut world, one, ClientStatus::Running, vec![instance(one, "web", 9000), instance(one, "api", 1)]);
    let changed = listed(&world.state);
    assert_eq!(changed[0], (one, 9000, first[0].2, world.state.index));
    assert_eq!(changed[1], first[1]);
    assert_eq!(world.state.services_of_alloc(one).len(), 2);
    assert_eq!(world.state.service_names().count(), 3);
}

#[test]
fn services_go_with_the_end_of_their_allocation() {
    let (mut world, [one, two]) = world();
    // What an ended allocation claims to offer does not count.
    report(&mut world, one, ClientStatus::Complete, vec![instance(one, "web", 8000)]);
    assert_eq!(listed(&world.state).iter().map(|row| row.0).collect::<Vec<_>>(), [two]);
    world.done(Command::Gc(GcBatch { allocs: vec![one], ..GcBatch::default() }));
    report(&mut world, two, ClientStatus::Failed, Vec::new());
    assert_eq!(listed(&world.state), []);
}

#[test]
fn services_go_with_their_node_and_come_back_with_it() {
    for gone in [
        |node| Command::SetNodeStatus { id: node, status: NodeStatus::Down, event: None, evals: Vec::new() },
        |node| Command::PurgeNodes { ids: vec![node], evals: Vec::new() },
    ] {
        let (mut world, ids) = world();
        let lost = *ids.iter().find(|id| world.alloc(**id).node == node_id(0)).unwrap();
        world.done(gone(node_id(0)));
        assert!(listed(&world.state).iter().all(|row| row.0 != lost));
        assert_eq!(listed(&world.state).len(), 1);
        report(&mut world, lost, ClientStatus::Running, vec![instance(lost, "web", 1)]);
        assert_eq!(listed(&world.state).len(), 2);
    }
}

#[test]
fn a_registration_is_removed_by_its_id_alone() {
    let (mut world, [one, two]) = world();
    let remove = |namespace: &str, id: &str| Command::RemoveService {
        namespace: Name::from(namespace),
        id: Name::from(id),
    };
    let id = format!("_nomad-task-{one}-group-web-web-http");
    for (namespace, id) in
        [("other", id.as_str()), ("default", "web"), ("default", &id[..50]), ("default", &id[..60])]
    {
        let refused = world.apply(remove(namespace, id)).reply;
        assert_eq!(refused, Err(ApplyError::ServiceNotFound(Name::from(id))));
    }
    world.done(remove("default", &id));
    assert_eq!(listed(&world.state).iter().map(|row| row.0).collect::<Vec<_>>(), [two]);
}

#[test]
fn services_are_part_of_snapshots() {
    let (world, _) = world();
    let mut bytes = Vec::new();
    world.state.write_snapshot(&mut bytes).unwrap();
    let read = State::read_snapshot(&mut bytes.as_slice()).unwrap();
    assert_eq!(listed(&read), listed(&world.state));
    assert_eq!((read.hash(), read.indexes), (world.state.hash(), world.state.indexes));
}
