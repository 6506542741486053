//! Clients with real processes and servers that are only a double. This binary is also the executor that tasks run
//! under, hence its own `main`.

mod exec;
mod fixture;
mod leave;
mod reattach;
mod run;
mod servers;
mod services;
mod setup;
mod sim;

use libtest_mimic::{Arguments, Trial};

fn main() {
    if executor::is_executor(std::env::args_os()) {
        std::process::exit(executor::main(std::env::args_os()));
    }
    if let [_, mode, dir, alloc] = std::env::args().collect::<Vec<_>>().as_slice() {
        let driver = match mode.as_str() {
            reattach::AGENT => "raw_exec",
            reattach::EXEC_AGENT => "exec",
            other => panic!("no such mode: {other}"),
        };
        return reattach::agent(driver, dir.as_ref(), alloc.parse().expect("id"));
    }
    let trial = |(name, test): &(&'static str, fn())| {
        let test = *test;
        Trial::test(*name, move || {
            test();
            Ok(())
        })
    };
    let tests =
        [exec::TESTS, run::TESTS, setup::TESTS, reattach::TESTS, leave::TESTS, services::TESTS, sim::TESTS];
    let trials = tests.iter().flat_map(|tests| tests.iter()).map(trial).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
