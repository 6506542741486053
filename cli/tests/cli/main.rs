//! The command line: recorded answers in, text out; and whole commands against an agent in this process.
//!
//! `tests/golden` holds answers of a Nomad 2.0.5 agent and the texts that its own command line made of them.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod agent;
mod cluster;
mod commands;
mod explain;
mod fmt;
mod follow;
mod job_text;
mod jobs;
mod operator;
mod plan;
mod recorded;
mod scaling;
mod services;
mod show;
mod usage;
mod validate;
mod what_if;

use nomadctl::format::Clock;
use nomadctl::{Environment, Invocation, Ui};

/// What a command printed, and its exit code.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The present of all tests: 2026-11-22T16:10:00Z.
pub(crate) const NOW_NS: i64 = 1_795_363_800_000_000_000;

/// Runs a command as a person would, without any environment.
pub(crate) fn run(words: &[&str]) -> Ran {
    run_with(words, Environment::default(), "")
}

/// Runs a command with variables and input.
pub(crate) fn run_with(words: &[&str], env: Environment, input: &str) -> Ran {
    let (ui, captured) = Ui::captured(input);
    let args = words.iter().map(|&word| word.to_owned()).collect();
    let invocation = Invocation { args, env, clock: Clock::fixed(NOW_NS) };
    let code = nomadctl::run(&invocation, &ui);
    Ran { code, out: captured.stdout(), err: captured.stderr() }
}

/// Reads a file of `tests/golden`.
pub(crate) fn golden(name: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Reads a recorded answer.
pub(crate) fn answer<T: serde::de::DeserializeOwned>(name: &str) -> T {
    serde_json::from_str(&golden(&format!("answers/{name}.json"))).unwrap()
}

/// Returns stdout of a recorded run, without trailing spaces: they differ where Nomad pads empty cells.
pub(crate) fn recorded_stdout(text: &str) -> String {
    let lines: Vec<&str> = text.lines().skip(1).collect();
    let end = lines.iter().position(|line| *line == "--- stderr").unwrap_or(lines.len() - 1);
    trimmed(&lines[..end].join("\n"))
}

/// Removes trailing spaces from every line.
pub(crate) fn trimmed(text: &str) -> String {
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}
