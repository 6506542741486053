//! Snapshots as bytes.

use std::sync::Arc;

use model::{ClientStatus, RunState, TaskState};
use state::snapshot_format::ReadError;
use state::{Command, State};
use testkit::{job, node_id};

use crate::world::{World, update};

fn bytes(state: &State) -> Vec<u8> {
    let mut bytes = Vec::new();
    state.write_snapshot(&mut bytes).unwrap();
    bytes
}

/// Allocations that run, and one whose job was purged.
fn world() -> World {
    let mut world = World::with_nodes(3);
    let ids = world.run(job("web"), &[node_id(0), node_id(1)]);
    world.run(job("gone"), &[node_id(2)]);
    world.done(Command::DeregisterJob {
        key: job("gone").key(),
        purge: true,
        no_shutdown_delay: false,
        eval: None,
    });
    let mut report = update(ids[0], ClientStatus::Running);
    report.tasks = [("web".into(), TaskState { state: RunState::Running, ..TaskState::pending() })].into();
    world.done(Command::UpdateAllocs { updates: vec![report], evals: Vec::new() });
    world
}

#[test]
fn a_state_that_is_read_equals_the_one_that_was_written() {
    let world = world();
    let read = State::read_snapshot(&mut bytes(&world.state).as_slice()).unwrap();
    assert_eq!(read.check().0, Vec::<String>::new());
    assert_eq!(read.hash(), world.state.hash());
    assert_eq!(read.indexes, world.state.indexes);
    let web: Vec<_> = read.allocs_of_job(&job("web").key()).collect();
    assert!(Arc::ptr_eq(&web[0].job, read.job(&job("web").key()).unwrap()));
    assert!(Arc::ptr_eq(&web[0].metrics, &web[1].metrics));
}

#[test]
fn a_state_that_is_read_goes_on_like_the_one_that_was_written() {
    let mut world = world();
    let mut read = State::read_snapshot(&mut bytes(&world.state).as_slice()).unwrap();
    let id = world.state.allocs().next().unwrap().id;
    let command =
        Command::UpdateAllocs { updates: vec![update(id, ClientStatus::Failed)], evals: Vec::new() };
    let entry = state::Entry { now: model::Timestamp(1), command: command.clone() };
    read.apply(world.state.index + 1, &entry);
    world.done(command);
    read.now = world.state.now;
    assert_ne!(read.hash(), State::new().hash());
    assert_eq!(read.alloc(id).unwrap().client, world.alloc(id).client);
    assert_eq!(read.job_summary(&job("web").key()), world.state.job_summary(&job("web").key()));
}

#[test]
fn the_hash_tells_states_apart() {
    let mut world = world();
    let before = world.state.hash();
    world.register(job("another"));
    assert_ne!(world.state.hash(), before);
}

#[test]
fn no_byte_may_be_cut_off() {
    let good = bytes(&world().state);
    for length in 0..good.len() {
        assert!(State::read_snapshot(&mut &good[..length]).is_err(), "{length} of {} bytes", good.len());
    }
}

#[test]
fn strangers_and_other_formats_are_refused() {
    let mut other = bytes(&State::new());
    other[8] = 3;
    assert!(matches!(State::read_snapshot(&mut other.as_slice()), Err(ReadError::OtherFormat { found: 3 })));
    assert!(matches!(State::read_snapshot(&mut [0; 64].as_slice()), Err(ReadError::NoSnapshot)));
    let mut huge = other;
    huge[8] = 0;
    huge[14..18].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(matches!(State::read_snapshot(&mut huge.as_slice()), Err(ReadError::FrameTooLarge { .. })));
}
