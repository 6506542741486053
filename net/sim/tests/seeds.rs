//! Seeds that must pass, and a planted bug that must be found.

use std::time::Duration;

use sim::hunt::{find, without_plant};
use sim::{ControlPlane, Faults, Options, Plant, Report, run, run_with};

#[test]
fn a_few_seeds_pass() {
    for seed in 1..=6 {
        let report = run(seed, Duration::from_secs(60), Options::default());
        println!("{report}");
        assert!(report.passed(), "{report}");
        assert!(report.acknowledged > 500, "too little happened: {report}");
    }
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    let first = run(7, Duration::from_secs(20), Options::default());
    let second = run(7, Duration::from_secs(20), Options::default());
    let other = run(8, Duration::from_secs(20), Options::default());
    assert_eq!(first, second);
    assert_ne!(first.trace, other.trace);
}

/// Returns the first report of at most twenty seeds that finds a planted bug; without it that seed must pass.
fn found(plant: Plant) -> Report {
    let found = find(plant, 100..=119, 1).expect("the planted bug is found within twenty seeds");
    let clean = without_plant(found.seed, plant);
    assert!(clean.passed(), "without the bug the same seed passes: {clean}");
    found
}

#[test]
fn leaders_that_go_on_in_their_old_term_are_found() {
    let text = found(Plant::LeaderRestore).violations.join("\n");
    let kinds = ["another history", "replaced by another", "a read on server"];
    assert!(kinds.iter().any(|kind| text.contains(kind)), "{text}");
}

#[test]
fn disks_that_lie_about_syncs_are_found() {
    found(Plant::LyingDisks);
}

#[test]
fn plans_that_nobody_verifies_are_found() {
    let text = found(Plant::TrustingApplier).violations.join("\n");
    assert!(text.contains("is over-committed"), "{text}");
}

#[test]
fn answers_before_the_commit_are_found() {
    let text = found(Plant::EarlyAnswers).violations.join("\n");
    assert!(text.contains("was promised"), "{text}");
}

#[test]
fn snapshots_of_an_older_state_are_found() {
    let text = found(Plant::OldSnapshots).violations.join("\n");
    assert!(text.contains("another state"), "{text}");
}

/// Every line is a seed that once failed and how long it was simulated.
#[test]
fn seeds_that_once_failed_pass() {
    let seeds = include_str!("../../../testdata/seeds/control_plane.txt");
    for line in seeds.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [seed, seconds, ..] = words[..] else { panic!("not a seed and seconds: {line:?}") };
        let report = control_plane(seed.parse().unwrap(), seconds.parse().unwrap(), Faults::Any);
        assert!(report.passed(), "{report}");
    }
}

#[test]
fn five_servers_pass() {
    let report = run(5, Duration::from_secs(30), Options { servers: 5, ..Options::default() });
    println!("{report}");
    assert!(report.passed(), "{report}");
}

/// Simulates the control plane with one plain writer beside its own clients.
fn control_plane(seed: u64, seconds: u64, faults: Faults) -> Report {
    let options = Options { clients: 1, faults, ..Options::default() };
    run_with::<ControlPlane>(seed, Duration::from_secs(seconds), options)
}

#[test]
fn a_leader_may_crash_while_jobs_are_registered() {
    let report = control_plane(1, 20, Faults::LeaderCrash);
    assert!(report.passed(), "{report}");
    assert_eq!(report.crashes, 1, "{report}");
    assert!(report.elections >= 2, "{report}");
    assert!(report.jobs >= 5, "too few jobs: {report}");
    assert!(report.placements >= 20, "too few placements: {report}");
}

#[test]
fn the_control_plane_survives_every_kind_of_fault() {
    for seed in 1..=4 {
        let report = control_plane(seed, 30, Faults::Any);
        assert!(report.passed(), "{report}");
        assert!(report.jobs >= 5, "too few jobs: {report}");
    }
}

#[test]
fn the_same_seed_gives_the_same_trace_of_the_control_plane() {
    let first = control_plane(7, 15, Faults::Any);
    assert_eq!(first, control_plane(7, 15, Faults::Any));
    assert_ne!(first.trace, control_plane(8, 15, Faults::Any).trace);
}

#[test]
fn a_leader_that_hands_over_does_not_propose_in_a_busy_loop() {
    let report = control_plane(16, 60, Faults::Any);
    assert!(report.passed(), "{report}");
}
