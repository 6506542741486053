//! Commands as they were recorded: the words, what was printed, the exit code.
//!
//! Compared but for the name of the program, spaces at the ends of lines, and the hints at a web UI.

use nomadctl::Environment;

use crate::agent::Agent;
use crate::{Ran, golden, run_with, trimmed};

/// A recorded command.
pub(crate) struct Recorded {
    name: String,
    env: Vec<(String, String)>,
    words: Vec<String>,
    out: String,
    err: String,
    code: i32,
}

impl Recorded {
    /// Reads `tests/golden/texts/NAME.txt`.
    pub(crate) fn load(name: &str) -> Recorded {
        let text = golden(&format!("texts/{name}.txt"));
        let (command, rest) = text.split_once('\n').unwrap();
        let (printed, code) = rest.trim_end().rsplit_once("exit ").unwrap();
        let (out, err) = printed.split_once("--- stderr\n").unwrap_or((printed, ""));
        let mut words = split(command.strip_prefix("$ ").unwrap());
        let program = words.iter().position(|word| word == "nomad").unwrap();
        let pair = |word: String| word.split_once('=').map(|(k, v)| (k.to_owned(), v.to_owned())).unwrap();
        let env = words.drain(..program).map(pair).collect();
        words.remove(0);
        Recorded {
            name: name.to_owned(),
            env,
            words,
            out: out.to_owned(),
            err: err.to_owned(),
            code: code.parse().unwrap(),
        }
    }

    /// Runs the command against an agent, with a word replaced where a file is meant.
    pub(crate) fn run(&self, agent: &Agent, file: Option<(&str, &str)>) -> Ran {
        let mut env = self.env.clone();
        env.push(("NOMAD_ADDR".to_owned(), agent.address.clone()));
        let word = |word: &String| match file {
            Some((name, path)) if word == name => path.to_owned(),
            _ => word.clone(),
        };
        let words: Vec<String> = self.words.iter().map(word).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut ran = run_with(&words, Environment::of(env), "");
        if let Some((name, path)) = file {
            ran.out = ran.out.replace(path, name);
            ran.err = ran.err.replace(path, name);
        }
        ran
    }

    /// Compares what was printed, and the exit code.
    pub(crate) fn compare(&self, ran: &Ran) {
        assert_eq!(comparable(&ran.out), comparable(&self.out), "{}, stdout; stderr {}", self.name, ran.err);
        assert_eq!(comparable(&ran.err), comparable(&self.err), "{}, stderr", self.name);
        assert_eq!(ran.code, self.code, "{}", self.name);
    }
}

/// Runs a recorded command against an agent, compares, and returns what was asked.
pub(crate) fn check(name: &str, answers: &[(&str, u16, &str)]) -> Vec<String> {
    let recorded = Recorded::load(name);
    let agent = Agent::start(answers);
    recorded.compare(&recorded.run(&agent, None));
    agent.asked()
}

/// Like [`check`], with a file that the command reads.
pub(crate) fn check_with_file(
    name: &str,
    file: &str,
    text: &str,
    answers: &[(&str, u16, &str)],
) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(file);
    std::fs::write(&path, text).unwrap();
    let recorded = Recorded::load(name);
    let agent = Agent::start(answers);
    recorded.compare(&recorded.run(&agent, Some((file, path.to_str().unwrap()))));
    agent.asked()
}

/// Splits a line as a shell does: quotes keep spaces.
fn split(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            other => words.last_mut().unwrap().push(other),
        }
    }
    words
}

fn comparable(text: &str) -> String {
    let lines = trimmed(text).replace("nomadctl ", "nomad ");
    let kept = lines.lines().filter(|line| !line.contains("in the Web UI: ")).map(timeless);
    kept.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// Removes the time from a line of something that is followed, and how far away a launch is.
fn timeless(line: &str) -> String {
    if let Some((before, after)) = line.split_once(" (")
        && after.ends_with("from now)")
    {
        return before.to_owned();
    }
    let body = line.trim_start_matches("==>").trim_start();
    let lead = &line[..line.len() - body.len()];
    match body.split_once("Z: ") {
        Some((time, rest)) if time.starts_with("2026-") => format!("{lead}{rest}"),
        _ => line.to_owned(),
    }
}
