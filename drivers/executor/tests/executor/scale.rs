//! What a hundred executors cost. The bounds leave room for an unoptimised build on a busy machine; the product's
//! own figures come from its benchmark.

use std::time::{Duration, Instant};

use super::{Host, Test, ended};

pub(crate) const TESTS: &[Test] = &[
    ("a_hundred_executors_start_quickly_and_stay_small", a_hundred_executors),
    ("the_end_of_the_shortest_task_is_never_missed", the_end_of_the_shortest_task_is_never_missed),
];

const COUNT: usize = 100;

#[expect(clippy::print_stdout, reason = "the figures are what one looks at")]
fn a_hundred_executors() {
    let hosts: Vec<Host> = (0..COUNT).map(|_| Host::new()).collect();
    let start = Instant::now();
    let executors: Vec<_> = std::thread::scope(|scope| {
        let halves: Vec<_> = hosts
            .chunks(COUNT / 2)
            .map(|half| {
                scope.spawn(move || -> Vec<_> {
                    half.iter().map(|host| host.launch(&host.shell("exec sleep 60"))).collect()
                })
            })
            .collect();
        halves.into_iter().flat_map(|half| half.join().expect("launches")).collect()
    });
    let took = start.elapsed();
    let pss_kb: u64 = executors.iter().map(|e| pss_kb(e.pid().expect("pid"))).sum::<u64>() / COUNT as u64;
    println!("{COUNT} starts in {took:?}, {pss_kb} KiB PSS each");
    for executor in &executors {
        executor.stop(9, Duration::ZERO).expect("stop");
    }
    for executor in &executors {
        assert_eq!(ended(executor).signal, 9);
    }
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert!(pss_kb <= 1024, "{pss_kb} KiB");
}

fn the_end_of_the_shortest_task_is_never_missed() {
    let host = Host::new();
    for code in 0..50 {
        let exit = ended(&host.launch(&host.shell(&format!("echo {code}; exit {code}"))));
        assert_eq!((exit.code, exit.signal, exit.output_lost), (code, 0, 0));
    }
    let expected: String = (0..50).map(|code| format!("{code}\n")).collect();
    assert_eq!(host.log("t.stdout.0"), expected);
}

fn pss_kb(pid: i32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).expect("smaps");
    let line = text.lines().find(|line| line.starts_with("Pss:")).expect("Pss");
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("number")
}
