//! From words to an exit code.
//!
//! Purpose: find the command, read its flags, run it, report its failure.
//! Limits: one command per call; prints through the given [`Ui`] only.

use std::ffi::OsString;
use std::sync::Arc;

use api::LeaderlessReads;
use clap::{CommandFactory, FromArgMatches};

use crate::commands::{Cli, dispatch};
use crate::context::Context;
use crate::format::{Clock, go_duration, nearest};
use crate::go_flags::{self, Parsed};
use crate::{CommandError, Environment, ErrorKind, PROGRAM, Ui, VERSION, help};

/// What a process was started with.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// Words after the program's name.
    pub args: Vec<String>,
    /// Environment variables.
    pub env: Environment,
    /// The present.
    pub clock: Clock,
}

impl Invocation {
    /// Takes arguments, environment and clock of this process.
    #[must_use]
    pub fn from_process() -> Invocation {
        let text = |word: OsString| word.to_string_lossy().into_owned();
        Invocation {
            args: std::env::args_os().skip(1).map(text).collect(),
            env: Environment::from_process(),
            clock: Clock::system(),
        }
    }
}

/// Runs a command and returns its exit code.
pub fn run(invocation: &Invocation, ui: &Ui) -> i32 {
    let root = Cli::command();
    match Found::in_tree(&root, &invocation.args) {
        Found::Version => {
            ui.print(&version_text());
            0
        }
        Found::Help { code } => {
            ui.print(&help::top(&root));
            code
        }
        Found::FlagsFirst { flag } => {
            ui.warn(&format!("{flag} must follow the command it belongs to\n"));
            ui.print(&help::top(&root));
            1
        }
        Found::Unknown { group, word, near } => {
            let path = if group.is_empty() { String::new() } else { format!("{} ", group.join(" ")) };
            let near = near.map(|near| format!(" Did you mean \"{path}{near}\"?")).unwrap_or_default();
            ui.warn(&format!("There is no command \"{path}{word}\".{near}\n"));
            let command = walk(&root, &group);
            ui.print(&if group.is_empty() {
                help::top(&root)
            } else {
                help::group(&group.join(" "), command)
            });
            ErrorKind::UnknownCommand.exit_code()
        }
        Found::Group { path, code } => {
            ui.print(&help::group(&path.join(" "), walk(&root, &path)));
            code
        }
        Found::Leaf { path, words } => leaf(invocation, ui, &root, &path, words),
    }
}

/// Returns what `-version` prints.
pub(crate) fn version_text() -> String {
    format!("{PROGRAM} v{VERSION}")
}

/// What the words before the flags mean.
enum Found<'a> {
    Version,
    Help { code: i32 },
    FlagsFirst { flag: &'a str },
    Unknown { group: Vec<&'a str>, word: &'a str, near: Option<String> },
    Group { path: Vec<&'a str>, code: i32 },
    Leaf { path: Vec<&'a str>, words: &'a [String] },
}

impl<'a> Found<'a> {
    fn in_tree(root: &clap::Command, words: &'a [String]) -> Found<'a> {
        let mut path: Vec<&str> = Vec::new();
        let mut command = root;
        for (place, word) in words.iter().enumerate() {
            match (place, word.as_str()) {
                (0, "-version" | "--version" | "-v") => return Found::Version,
                (0, "-h" | "-help" | "--help" | "help") => return Found::Help { code: 0 },
                (_, "-h" | "-help" | "--help") => return Found::Group { path, code: 0 },
                (0, flag) if flag.starts_with('-') => return Found::FlagsFirst { flag },
                _ => {}
            }
            let Some(next) = command.find_subcommand(word) else {
                let names = command.get_subcommands().filter(|command| !command.is_hide_set());
                let near = nearest(word, names.map(clap::Command::get_name)).map(str::to_owned);
                return Found::Unknown { group: path, word, near };
            };
            path.push(word);
            command = next;
            if !command.has_subcommands() {
                return Found::Leaf { path, words: &words[place + 1..] };
            }
        }
        if path.is_empty() { Found::Help { code: 127 } } else { Found::Group { path, code: 1 } }
    }
}

fn walk<'a>(root: &'a clap::Command, path: &[&str]) -> &'a clap::Command {
    path.iter().fold(root, |command, word| {
        command.find_subcommand(word).expect("the path was found in the same tree")
    })
}

fn leaf(invocation: &Invocation, ui: &Ui, root: &clap::Command, path: &[&str], words: &[String]) -> i32 {
    let command = walk(root, path);
    let name = path.join(" ");
    let usage_code = if matches!(path, ["job", "plan"] | ["plan"]) { 255 } else { 1 };
    let ours = matches!(path, ["explain" | "whatif", ..]);
    let words = if ours { go_flags::flags_first(command, words) } else { words.to_vec() };
    let flags = match go_flags::rewrite(command, &words) {
        Ok(Parsed::Help) => {
            ui.print(&help::leaf(&name, command));
            return 0;
        }
        Ok(Parsed::Words(flags)) => flags,
        Err(text) => {
            ui.warn(&format!("{text}\n\n{}", help::leaf(&name, command)));
            return usage_code;
        }
    };
    let arguments = flags.iter().position(|word| word == "--").map_or(&[][..], |end| &flags[end + 1..]);
    let (least, most) = help::argument_counts(command);
    if arguments.len() < least || most.is_some_and(|most| arguments.len() > most) {
        ui.warn(&help::argument_rule(command));
        if let Some(flag) = arguments.iter().find(|word| word.starts_with('-') && word.len() > 1) {
            ui.warn(&format!("Flags come before arguments: move {flag} to the front"));
        }
        ui.warn(&format!("For additional help try '{PROGRAM} {name} -help'"));
        return usage_code;
    }
    let all = [PROGRAM].iter().chain(path).map(|&word| word.to_owned()).chain(flags);
    let matches = Cli::command().try_get_matches_from(all);
    match matches.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => execute(invocation, ui, cli),
        Err(error) => {
            let text = error.to_string();
            let text = text.trim_start_matches("error: ").split("\n\n").next().unwrap_or_default().trim();
            // clap writes two dashes where this program shows one.
            let text = text.replace("'--", "'-");
            ui.warn(&format!("{text}\nFor additional help try '{PROGRAM} {name} -help'"));
            usage_code
        }
    }
}

fn execute(invocation: &Invocation, ui: &Ui, cli: Cli) -> i32 {
    let leaderless = Arc::new(LeaderlessReads::default());
    let context = Context {
        ui,
        env: &invocation.env,
        clock: &invocation.clock,
        args: &invocation.args,
        leaderless: &leaderless,
    };
    let outcome = dispatch(cli, &context);
    if let Some(ms) = leaderless.oldest_ms() {
        let ago = go_duration(i64::try_from(ms / 1_000).unwrap_or(0).saturating_mul(1_000_000_000));
        ui.warn(&format!(
            "Warning: the servers have no leader. This is what one server knows, which heard from a leader {ago} ago."
        ));
    }
    match outcome {
        Ok(exit) => exit.0,
        Err(CommandError { kind, message, hints }) => {
            if !message.is_empty() {
                ui.warn(&message);
            }
            for hint in &hints {
                ui.warn(hint);
            }
            kind.exit_code()
        }
    }
}
