//! When the leader's machines begin and end.

use control::{TermAction, TermEvent, TermMachine};
use model::Nanos;

const NOW: Nanos = Nanos::ZERO;
const LATER: Nanos = Nanos::from_millis(5);

const fn watched(term: u64, leading: bool) -> TermEvent {
    TermEvent::Watched { term, leading }
}

const fn catch_up(term: u64, pause: Nanos) -> TermAction {
    TermAction::CatchUp { term, pause }
}

/// Feeds events to a new machine and compares what each leads to.
fn check(steps: &[(TermEvent, &[TermAction])]) -> TermMachine {
    let mut machine = TermMachine::default();
    for (step, (event, expected)) in steps.iter().enumerate() {
        assert_eq!(machine.handle(*event), *expected, "step {step}: {event:?}");
    }
    machine
}

#[test]
fn machines_begin_once_everything_before_the_term_is_applied() {
    let machine = check(&[
        (watched(1, false), &[]),
        (watched(1, true), &[catch_up(1, NOW)]),
        (TermEvent::NotYet, &[catch_up(1, LATER)]),
        (TermEvent::CaughtUp { term: 1 }, &[TermAction::Begin { term: 1 }]),
        (watched(1, true), &[]),
    ]);
    assert!(machine.leads());
}

#[test]
fn a_flicker_within_the_term_does_not_end_the_attempts() {
    check(&[
        (watched(2, true), &[catch_up(2, NOW)]),
        // The attempt fails because consensus showed a follower for a moment that the watch skipped.
        (TermEvent::NotYet, &[catch_up(2, LATER)]),
        (watched(2, false), &[]),
        (watched(2, true), &[]),
        (TermEvent::NotYet, &[catch_up(2, LATER)]),
        (TermEvent::CaughtUp { term: 2 }, &[TermAction::Begin { term: 2 }]),
    ]);
}

#[test]
fn a_lost_term_ends_the_machines_and_an_old_attempt_begins_none() {
    check(&[
        (watched(1, true), &[catch_up(1, NOW)]),
        (watched(2, false), &[]),
        (TermEvent::CaughtUp { term: 1 }, &[]),
        (watched(3, true), &[catch_up(3, NOW)]),
        (watched(4, true), &[]),
        (TermEvent::CaughtUp { term: 3 }, &[catch_up(4, NOW)]),
        (TermEvent::CaughtUp { term: 4 }, &[TermAction::Begin { term: 4 }]),
        (watched(5, true), &[TermAction::End { term: 4 }, catch_up(5, NOW)]),
        (watched(6, false), &[]),
        (TermEvent::NotYet, &[]),
    ]);
}

#[test]
fn a_replaced_state_lets_the_machines_begin_anew_only_where_they_run() {
    check(&[
        (TermEvent::Replaced, &[]),
        (watched(1, true), &[catch_up(1, NOW)]),
        (TermEvent::Replaced, &[]),
        (TermEvent::CaughtUp { term: 1 }, &[TermAction::Begin { term: 1 }]),
        (TermEvent::Replaced, &[TermAction::Begin { term: 1 }]),
        (watched(1, false), &[TermAction::End { term: 1 }]),
    ]);
}
