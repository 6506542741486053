//! Replacing the whole state by a saved one.

use model::{ClientStatus, Timestamp};
use state::apply::{PIECE_BYTES, Piece};
use state::snapshot_format::census;
use state::{ApplyError, Command, Entry, Reply, State, Table};
use testkit::{job, node_id};

use crate::world::{World, update};

/// A state that was saved: two jobs, one of them runs.
fn saved() -> State {
    let mut world = World::with_nodes(2);
    let ids = world.run(job("web"), &[node_id(0), node_id(1)]);
    world.register(job("other"));
    world.done(Command::UpdateAllocs {
        updates: vec![update(ids[0], ClientStatus::Running)],
        evals: Vec::new(),
    });
    world.state
}

/// Applies commands one after another and returns the last answer.
fn apply(state: &mut State, commands: &[Command]) -> Result<Reply, ApplyError> {
    let mut last = Ok(Reply::Done);
    for command in commands {
        let raft_index = state.index - state.base + 1;
        last = state.apply(raft_index, &Entry { now: Timestamp(5), command: command.clone() }).reply;
    }
    last
}

#[test]
fn a_restored_state_has_what_was_saved() {
    let saved = saved();
    let mut other = World::with_nodes(5);
    other.register(job("mine"));
    let mut state = other.state;
    let before = state.index;
    apply(&mut state, &saved.restore_commands(1).unwrap()).unwrap();
    assert_eq!(state.content_hash(), saved.content_hash());
    assert_eq!(state.check().0, Vec::<String>::new());
    assert!(state.index > before);
    assert!(state.index > saved.index);
    assert_eq!(state.restored, state.index);
    assert!(Table::ALL.iter().all(|table| state.indexes.of(*table) == state.index));
}

#[test]
fn indexes_go_on_behind_the_higher_of_both_logs() {
    for steps in [0, 100] {
        let saved = saved();
        let mut state = State::new();
        for number in 0..steps {
            state.apply(number + 1, &Entry { now: Timestamp(1), command: Command::ReconcileSummaries });
        }
        let raft_index = state.index + 2;
        let before = state.index.max(saved.index);
        apply(&mut state, &saved.restore_commands(1).unwrap()).unwrap();
        assert!(state.index > before);
        let restored = state.index;
        let entry = Entry { now: Timestamp(1), command: Command::ReconcileSummaries };
        let applied = state.apply(raft_index + 1, &entry);
        assert_eq!(applied.index, restored + 1, "the next entry has the next index");
    }
}

#[test]
fn a_restore_without_all_its_pieces_changes_nothing() {
    let saved = saved();
    let mut commands = saved.restore_commands(1).unwrap();
    let mut state = World::with_nodes(1).state;
    let before = state.content_hash();
    let last = commands.len() - 1;
    commands.remove(0);
    let refused = apply(&mut state, &commands).unwrap_err();
    assert!(matches!(refused, ApplyError::RestoreIncomplete { .. }), "{refused} of {last}");
    assert_eq!(state.content_hash(), before);
}

#[test]
fn damaged_pieces_are_refused_and_change_nothing() {
    let mut state = World::with_nodes(1).state;
    let before = state.content_hash();
    let piece = Command::RestorePiece { id: 1, number: 0, piece: Piece((*b"garbage").into()) };
    let refused =
        apply(&mut state, &[piece.clone(), Command::RestoreCommit { id: 1, pieces: 1 }]).unwrap_err();
    assert!(matches!(refused, ApplyError::RestoreDamaged(_)), "{refused}");
    assert_eq!(state.content_hash(), before);
    let refused = apply(&mut state, &[piece, Command::RestoreCommit { id: 2, pieces: 1 }]).unwrap_err();
    assert!(matches!(refused, ApplyError::RestoreIncomplete { .. }), "of another restore: {refused}");
}

#[test]
fn a_server_that_joins_between_two_pieces_ends_with_the_same_state() {
    let saved = saved();
    let mut commands = saved.restore_commands(1).unwrap();
    let commit = commands.pop().unwrap();
    let mut leader = World::with_nodes(1).state;
    apply(&mut leader, &commands).unwrap();
    let mut bytes = Vec::new();
    leader.write_snapshot(&mut bytes).unwrap();
    let mut joined = State::read_snapshot(&mut bytes.as_slice()).unwrap();
    assert_eq!(joined.hash(), leader.hash());
    apply(&mut leader, std::slice::from_ref(&commit)).unwrap();
    apply(&mut joined, &[commit]).unwrap();
    assert_eq!(joined.hash(), leader.hash());
    assert_eq!(joined.content_hash(), saved.content_hash());
}

#[test]
fn pieces_that_come_again_are_kept_once_and_late_ones_are_dropped() {
    let mut state = State::new();
    let piece = |number| Command::RestorePiece { id: 1, number, piece: Piece(vec![1; PIECE_BYTES].into()) };
    apply(&mut state, &[piece(0), piece(0), piece(1)]).unwrap();
    let with_pieces = state.hash();
    let later = Entry { now: Timestamp(700_000_000_000), command: Command::ReconcileSummaries };
    state.apply(state.index + 1, &later);
    assert_ne!(state.hash(), with_pieces);
    let refused = apply(&mut state, &[Command::RestoreCommit { id: 1, pieces: 2 }]).unwrap_err();
    assert_eq!(refused, ApplyError::RestoreIncomplete { found: 0, wanted: 2 });
}

#[test]
fn a_census_counts_what_a_snapshot_holds() {
    let saved = saved();
    let mut bytes = Vec::new();
    saved.write_snapshot(&mut bytes).unwrap();
    let counts = census(&mut bytes.as_slice()).unwrap();
    let rows = |kind: &str| counts.iter().find(|count| count.kind == kind).map_or(0, |count| count.rows);
    assert_eq!((rows("Node"), rows("JobVersion"), rows("Alloc"), rows("NodePool")), (2, 2, 2, 2));
    assert!(counts.is_sorted_by(|left, right| left.bytes >= right.bytes));
    assert!(census(&mut &bytes[..bytes.len() / 2]).is_err());
}
