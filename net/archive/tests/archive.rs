//! What is saved is what is read; what was cut or damaged is refused.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use archive::{Origin, ReadError};
use model::Timestamp;
use state::{Command, Entry, State};
use testkit::node;

fn state() -> State {
    let mut state = State::new();
    for number in 0..3 {
        let command = Command::RegisterNode { node: Box::new(node(number)), evals: Vec::new() };
        state.apply(number + 1, &Entry { now: Timestamp(7), command });
    }
    state
}

fn saved(state: &State) -> Vec<u8> {
    let origin =
        Origin { region: "global".to_owned(), term: 4, created: Timestamp(1_795_363_493_746_000_000) };
    let mut bytes = Vec::new();
    archive::write(state, &origin, &mut bytes).unwrap();
    bytes
}

#[test]
fn what_is_read_is_what_was_saved() {
    let state = state();
    let saved = archive::read(saved(&state).as_slice()).unwrap();
    assert_eq!(saved.state.hash(), state.hash());
    assert_eq!((saved.meta.index, saved.meta.term, saved.meta.id.as_str()), (3, 4, "4-3-1795363493746"));
}

#[test]
fn a_file_that_was_cut_is_refused() {
    let whole = saved(&state());
    for length in 0..whole.len() {
        let refused = archive::read(&whole[..length]);
        assert!(matches!(refused, Err(ReadError::Decompress(_))), "{length} of {} bytes", whole.len());
    }
}

#[test]
fn a_flipped_bit_is_refused_or_changes_nothing() {
    let state = state();
    let whole = saved(&state);
    let mut refused = 0;
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        match archive::read(bytes.as_slice()) {
            Err(_) => refused += 1,
            Ok(saved) => assert_eq!(saved.state.hash(), state.hash(), "byte {at}"),
        }
    }
    // Some bits mean nothing: the time in the header of the compression, another place with the same zeroes.
    assert!(refused >= whole.len() * 95 / 100, "{refused} of {}", whole.len());
}

#[test]
fn strangers_are_refused_by_name() {
    let text = |bytes: &[u8]| archive::read(bytes).unwrap_err().to_string();
    assert_eq!(text(b"garbage"), "failed to decompress snapshot: unexpected EOF");
    assert_eq!(text(&[7; 100]), "failed to decompress snapshot: gzip: invalid header");
    let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    let mut header = tar::Header::new_gnu();
    header.set_size(2);
    tar.append_data(&mut header, "other", b"hi".as_slice()).unwrap();
    let bytes = tar.into_inner().unwrap().finish().unwrap();
    assert_eq!(text(&bytes), "failed to read snapshot: \"other\" is not expected there");
}
