//! The project's own tools, run as `cargo xtask <tool>`.
//!
//! Limits: orchestration only. What a tool does with the product it does by running cargo or the binary.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a developer tool reports on the terminal")]

mod bench;
mod crash;
mod fix;
mod nightly;
mod python;
mod run;
mod sim;
mod test;
mod tidy;
mod verify;

use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
Usage: cargo xtask <tool>

  verify             format, lints, tidy and unit tests; changes nothing
  fix                formats and applies what clippy can mend
  tidy               checks of our own: module docs, file lengths, forbidden dependencies
  test [--install]   every test of the project; --install lets it install what tests need by apt
  sim [--seed N | --seeds A..B] [--for DURATION] [--plant NAME] [--threads N]
                     simulates three servers with crashes and checks that nothing diverges
  sim --plants all   looks for every planted bug
  nightly            100,000 cases of each property, planted bugs, 3,000 seeds of ten minutes, 500 crash points
  crash [--points N]
                     kills a real server at N of the first 500 system calls of its disk and looks for what it
                     had acknowledged
  bench cluster [--c2m] [--runs N] [--profile NAME]
                     placing through HTTP on 5,000 nodes, or two million containers, beside the goals
  bench control      throughput, restart and watches of the control plane, beside the goals
  bench dev          times and memory of the dev cluster, beside the goals
  bench scheduler [NODES...] [ROWS...]
                     processor time per placement on clusters of up to 100,000 nodes, beside the goals
  bench jobspec      time and memory of parsing job files of four sizes, beside the goals
  bench connections [--count N] [--profile NAME]
                     memory and times of a server with thousands of clients, beside the goals
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match dispatch(&args) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[&str]) -> Result<ExitCode> {
    match args {
        [] | ["help" | "-h" | "--help"] => print!("{HELP}"),
        ["verify"] => verify::verify()?,
        ["fix"] => fix::fix()?,
        ["tidy"] => tidy::tidy()?,
        ["test"] => return test::test(test::Install::Refuse),
        ["test", "--install"] => return test::test(test::Install::Allow),
        ["nightly"] => nightly::nightly()?,
        ["sim", rest @ ..] => sim::sim(rest)?,
        ["crash", rest @ ..] => crash::crash(rest)?,
        ["bench", "cluster", rest @ ..] => bench::cluster(rest)?,
        ["bench", "control", rest @ ..] => bench::control(rest)?,
        ["bench", "dev"] => bench::dev()?,
        ["bench", "scheduler", sizes @ ..] => bench::scheduler(sizes)?,
        ["bench", "jobspec"] => bench::jobspec()?,
        ["bench", "connections", rest @ ..] => bench::connections(rest)?,
        [tool, ..] => bail!("no tool {tool:?} with these arguments\n\n{HELP}"),
    }
    Ok(ExitCode::SUCCESS)
}
