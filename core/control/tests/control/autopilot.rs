//! Looking after the servers' own group.

use control::autopilot::{AutopilotAction, AutopilotMachine, ServerReport};
use model::{AutopilotConfig, Nanos, Timestamp};

/// A cluster described in words: `1*` leads, `2` answers, `3-40s` was silent for 40 s, `4?` has no vote, `5+300` is
/// 300 entries behind.
fn reports(text: &str) -> Vec<ServerReport> {
    text.split_whitespace()
        .map(|word| {
            let digits = word.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(word.len());
            let id: u64 = word[..digits].parse().expect("a word begins with an id");
            let number = |mark: char| {
                let rest = word.split_once(mark)?.1;
                let end = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
                rest[..end].parse::<u64>().ok()
            };
            ServerReport {
                id,
                name: format!("s{id}").as_str().into(),
                voter: !word.contains('?'),
                leads: word.contains('*'),
                silent: Some(Nanos::from_secs(number('-').unwrap_or(0).cast_signed())),
                trailing: number('+').unwrap_or(0),
                last: (1, 1),
            }
        })
        .collect()
}

struct Pilot {
    machine: AutopilotMachine,
    config: AutopilotConfig,
}

impl Pilot {
    fn new() -> Self {
        Self { machine: AutopilotMachine::default(), config: AutopilotConfig::default() }
    }

    fn look(&mut self, second: i64, text: &str) -> Option<AutopilotAction> {
        self.machine.look(Timestamp(second * 1_000_000_000), &self.config, &reports(text))
    }

    /// Health as a letter for each server, and the tolerance.
    fn health(&self) -> String {
        let health = self.machine.health();
        let letters: String = health.servers.iter().map(|one| if one.healthy { 'h' } else { 'u' }).collect();
        format!("{letters} {} {}", health.healthy, health.failure_tolerance)
    }
}

#[test]
fn silence_and_a_late_log_are_unhealthy() {
    let mut pilot = Pilot::new();
    pilot.look(1, "1* 2 3");
    assert_eq!(pilot.health(), "hhh true 1");
    pilot.look(2, "1* 2-1 3");
    assert_eq!(pilot.health(), "huh false 0");
    pilot.look(3, "1* 2 3+251");
    assert_eq!(pilot.health(), "hhu false 0");
    pilot.look(4, "1* 2 3+250 4 5");
    assert_eq!(pilot.health(), "hhhhh true 2");
}

#[test]
fn a_new_server_votes_once_it_was_healthy_for_long_enough() {
    let mut pilot = Pilot::new();
    assert_eq!(pilot.look(100, "1* 2?"), None);
    assert_eq!(pilot.look(105, "1* 2?-2"), None, "it was silent for a moment");
    assert_eq!(pilot.look(106, "1* 2?"), None);
    assert_eq!(pilot.look(115, "1* 2?"), None);
    assert_eq!(pilot.look(116, "1* 2?"), Some(AutopilotAction::Promote(2)));
}

#[test]
fn a_dead_server_is_taken_out_while_the_others_are_a_majority() {
    let mut pilot = Pilot::new();
    assert_eq!(pilot.look(100, "1* 2 3-40"), None, "a new leader gives everybody a full time");
    assert_eq!(pilot.look(131, "1* 2 3-71"), Some(AutopilotAction::Remove(3)));
    assert_eq!(pilot.look(132, "1* 2-40 3-72"), None, "one of three is no majority");
    assert_eq!(pilot.look(133, "1* 2 3-20"), None, "it was heard of again");
    pilot.config.min_quorum = 3;
    assert_eq!(pilot.look(134, "1* 2 3-72"), None);
    assert_eq!(pilot.look(135, "1* 2 3 4?"), None);
    assert_eq!(pilot.look(170, "1* 2 3 4?-34"), Some(AutopilotAction::Remove(4)), "it had no vote");
    pilot.config.cleanup_dead_servers = false;
    assert_eq!(pilot.look(171, "1* 2 3 4?-35"), None);
}

#[test]
fn a_server_that_was_never_heard_of_is_dead_in_the_end() {
    let mut pilot = Pilot::new();
    let never = |second: i64, pilot: &mut Pilot| {
        let mut reports = reports("1* 2 3");
        reports[2].silent = None;
        pilot.machine.look(Timestamp(second * 1_000_000_000), &pilot.config, &reports)
    };
    assert_eq!(never(1, &mut pilot), None);
    assert_eq!(never(31, &mut pilot), None);
    assert_eq!(never(32, &mut pilot), Some(AutopilotAction::Remove(3)));
}
