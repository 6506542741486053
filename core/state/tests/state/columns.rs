//! Node columns. Every other test compares them with a recount, too.

use model::{AssignedPort, ClientStatus, Name};
use state::Command;
use state::columns::{CHUNK, Room};
use testkit::{job, node, node_id};

use crate::world::World;

fn used(world: &World) -> Room {
    world.state.columns().node(node_id(0)).unwrap().used
}

#[test]
fn an_allocation_holds_its_room_until_its_client_is_done() {
    let mut world = World::with_nodes(1);
    let ids = world.run(job("web"), &[node_id(0)]);
    let web = Room { cpu_mhz: 500, memory_mb: 256, disk_mb: 300, mbits: 0 };
    assert_eq!(used(&world), web);
    world.done(Command::DeregisterJob {
        key: job("web").key(),
        purge: true,
        no_shutdown_delay: false,
        eval: None,
    });
    assert_eq!(used(&world), web);
    world.report(&ids, ClientStatus::Complete);
    assert_eq!(used(&world), Room::default());
}

#[test]
fn an_update_in_place_changes_the_room() {
    let mut world = World::with_nodes(1);
    let row = world.state.columns().node(node_id(0)).unwrap();
    assert_eq!(row.capacity, Room { cpu_mhz: 4_000, memory_mb: 8_192, disk_mb: 100_000, mbits: 1_000 });
    assert!(row.ready);
    let mut smaller = node(0);
    smaller.reserved.memory_mb = 192;
    world.done(Command::RegisterNode { node: Box::new(smaller), evals: Vec::new() });
    assert_eq!(world.state.columns().node(node_id(0)).unwrap().capacity.memory_mb, 8_000);
}

#[test]
fn ports_are_held_per_node() {
    let mut world = World::with_nodes(1);
    let web = world.register(job("web"));
    let eval = world.open_eval(&web.key());
    let mut plan = testkit::plan(&eval, &web, &[node_id(0)]);
    plan.placements[0].placements[0].assigned.ports = Box::new([AssignedPort {
        label: Name::from("http"),
        value: 8080,
        to: 0,
        host_ip: Name::from("10.0.0.0"),
        host_network: Name::from("default"),
        reserved: true,
    }]);
    let id = plan.placements[0].placements[0].id;
    world.commit(plan, eval);
    let held = world.state.columns().held(node_id(0)).unwrap();
    assert_eq!((held.ports.len(), held.ports[0].port, held.ports[0].count), (1, 8080, 1));
    world.report(&[id], ClientStatus::Complete);
    assert!(world.state.columns().held(node_id(0)).is_none());
}

#[test]
fn snapshots_share_chunks_until_they_change() {
    let count = CHUNK as u64 + 1;
    let nodes = (0..count).map(node);
    let mut world = World::new();
    world.state = state::Builder::new().nodes(nodes).build();
    let snapshot = world.state.clone();
    let slot = snapshot.columns().slot(node_id(0)).unwrap();
    world.run(job("web"), &[node_id(0)]);
    let shared: Vec<bool> = (world.state.columns().chunks().iter())
        .zip(snapshot.columns().chunks())
        .map(|(new, old)| std::sync::Arc::ptr_eq(new, old))
        .collect();
    let changed = slot as usize / CHUNK;
    assert_eq!((shared[changed], shared[1 - changed]), (false, true));
    assert_eq!(snapshot.columns().node(node_id(0)).unwrap().used, Room::default());
}

#[test]
fn slots_are_used_again_with_another_generation() {
    let mut world = World::with_nodes(2);
    let slot = world.state.columns().slot(node_id(0)).unwrap();
    world.done(Command::PurgeNodes { ids: vec![node_id(0)], evals: Vec::new() });
    assert_eq!(world.state.columns().row(slot), None);
    world.done(Command::RegisterNode { node: Box::new(node(5)), evals: Vec::new() });
    assert_eq!(world.state.columns().slot(node_id(5)), Some(slot));
    assert_eq!(world.state.columns().row(slot).unwrap().generation, 1);
}

#[test]
fn a_node_that_comes_back_finds_its_allocations() {
    let mut world = World::with_nodes(1);
    world.run(job("web"), &[node_id(0)]);
    world.done(Command::PurgeNodes { ids: vec![node_id(0)], evals: Vec::new() });
    world.done(Command::RegisterNode { node: Box::new(node(0)), evals: Vec::new() });
    assert_eq!(used(&world).cpu_mhz, 500);
}
