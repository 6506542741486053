//! Pings and silence.

use std::fmt::Write;

use control::HeartbeatOptions;
use control::heartbeat::{Heartbeats, Pulse};
use expect_test::{Expect, expect};
use model::{Nanos, Timestamp};
use testkit::node_id;

/// Runs lines such as `0s track`, `1s ping`, `2s leaving 60`, for one node; the clock stops at each deadline.
fn check(script: &str, expected: Expect) {
    let begin = Timestamp(1_000_000_000_000);
    let options = HeartbeatOptions { notice_after: Nanos::from_secs(3), ..HeartbeatOptions::default() };
    let mut machine = Heartbeats::new(options);
    let mut out = String::new();
    let node = node_id(1);
    for line in script.lines().map(str::trim) {
        let words: Vec<&str> = line.split(' ').collect();
        let seconds: i64 = words[0].trim_end_matches('s').parse().expect("valid in a test");
        let now = begin + Nanos::from_secs(seconds);
        while let Some(at) = machine.next_deadline().filter(|at| *at <= now) {
            for pulse in machine.tick(at) {
                writeln!(out, "{} {}", at.since(begin), show(pulse)).expect("valid in a test");
            }
        }
        let pulse = match words[1] {
            "track" => {
                machine.track(now, node, true);
                None
            }
            "ping" => machine.ping(now, node),
            "leaving" => {
                machine.leaving(now, node, Nanos::from_secs(words[2].parse().expect("valid in a test")))
            }
            "forget" => {
                machine.forget(node);
                None
            }
            "look" => None,
            other => panic!("unknown word {other:?}"),
        };
        if let Some(pulse) = pulse {
            writeln!(out, "{line}: {}", show(pulse)).expect("valid in a test");
        }
    }
    expected.assert_eq(&out);
}

fn show(pulse: Pulse) -> &'static str {
    match pulse {
        Pulse::Alive(_) => "alive",
        Pulse::Silent(_) => "silent",
        Pulse::GraceOver(_) => "grace over",
    }
}

#[test]
fn a_silent_node_is_noticed_and_then_given_up() {
    check(
        "0s track
         1s ping
         2s ping
         30s look
         40s ping
         41s ping",
        expect![[r#"
            5s silent
            12s grace over
            40s ping: alive
        "#]],
    );
}

#[test]
fn a_new_leader_gives_every_node_a_full_grace() {
    check(
        "0s track
         9s look
         25s look",
        expect![[r#"
            10s silent
            10.000000001s grace over
        "#]],
    );
}

#[test]
fn an_announced_absence_extends_the_grace() {
    check(
        "0s track
         1s ping
         2s leaving 60
         61s look
         61s ping",
        expect![[r#"
            5s silent
            61s ping: alive
        "#]],
    );
    check(
        "0s ping
         2s leaving 60
         100s look",
        expect![[r#"
            0s ping: alive
            5s silent
            1m2s grace over
        "#]],
    );
}

#[test]
fn a_node_that_leaves_for_good_is_given_up_at_once() {
    check(
        "0s track
         1s leaving 0",
        expect![[r#"
            1s leaving 0: grace over
        "#]],
    );
}

#[test]
fn a_forgotten_node_has_no_deadline() {
    check(
        "0s track
         1s forget
         60s look",
        expect![[""]],
    );
}
