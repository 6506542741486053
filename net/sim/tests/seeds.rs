//! Seeds that must pass, and a planted bug that must be found.

use std::time::Duration;

use sim::{Options, run};

#[test]
fn a_few_seeds_pass() {
    for seed in 1..=10 {
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

#[test]
fn a_planted_bug_is_found() {
    let options = Options { plant_leader_restore: true, ..Options::default() };
    let found =
        (100..120).map(|seed| run(seed, Duration::from_secs(60), options)).find(|report| !report.passed());
    let found =
        found.expect("leaders that go on in their old term contradict each other within twenty seeds");
    println!("{found}");
    let clean = run(found.seed, Duration::from_secs(60), Options::default());
    assert!(clean.passed(), "without the bug the same seed passes: {clean}");
}

#[test]
fn five_servers_pass() {
    let report = run(5, Duration::from_secs(30), Options { servers: 5, ..Options::default() });
    println!("{report}");
    assert!(report.passed(), "{report}");
}
