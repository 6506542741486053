//! `raw_exec` and `exec` with real processes. This binary is also the executor that the driver starts, hence its own `main`.

mod exec;
mod exec_fixture;
mod fixture;
mod java;
mod leaks;
mod probes;
mod raw_exec;

use libtest_mimic::{Arguments, Trial};

fn main() {
    if executor::is_executor(std::env::args_os()) {
        std::process::exit(executor::main(std::env::args_os()));
    }
    if std::env::args().nth(1).as_deref() == Some(leaks::MODE) {
        return leaks::count();
    }
    let trial = |(name, test): &(&'static str, fn())| {
        let test = *test;
        Trial::test(*name, move || {
            test();
            Ok(())
        })
    };
    let trials = [raw_exec::TESTS, exec::TESTS, java::TESTS, probes::TESTS, leaks::TESTS]
        .into_iter()
        .flatten()
        .map(trial)
        .collect();
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    let own = i32::try_from(std::process::id()).expect("pid");
    let left = sandbox::descendants::of(own);
    assert!(conclusion.has_failed() || left.is_empty(), "processes are left, zombies included: {left:?}");
    conclusion.exit();
}
