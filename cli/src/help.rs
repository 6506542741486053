//! Help texts in the style of Go.
//!
//! Purpose: `-flag=<value>` with its text below, and lists of commands, made from clap's command tree.
//! Limits: 100 columns, whatever the terminal has, so that help is the same everywhere.

use clap::{Arg, ArgAction, Args as _, Command};

use crate::global::GlobalArgs;

/// Width to which texts are wrapped.
const WIDTH: usize = 100;
/// Commands that are listed first.
const COMMON: [&str; 7] = ["run", "stop", "status", "alloc", "job", "node", "agent"];

/// Returns the help of the whole program.
#[must_use]
pub(crate) fn top(root: &Command) -> String {
    let listed = |common: bool| {
        let commands: Vec<&Command> = root
            .get_subcommands()
            .filter(|command| !command.is_hide_set() && COMMON.contains(&command.get_name()) == common)
            .collect();
        command_list(&commands)
    };
    format!(
        "Usage: {program} [-version] [-help] <command> [args]\n\nCommon commands:\n{}\n\nOther commands:\n{}",
        listed(true),
        listed(false),
        program = crate::PROGRAM
    )
}

/// Returns the help of a group of commands.
#[must_use]
pub(crate) fn group(path: &str, command: &Command) -> String {
    let visible: Vec<&Command> = command.get_subcommands().filter(|command| !command.is_hide_set()).collect();
    format!(
        "Usage: {} {path} <subcommand> [options] [args]\n\n{}\n\nSubcommands:\n{}",
        crate::PROGRAM,
        about(command),
        command_list(&visible)
    )
}

/// Returns the help of one command.
#[must_use]
pub(crate) fn leaf(path: &str, command: &Command) -> String {
    let arguments: String = command.get_positionals().map(|arg| format!(" {}", argument(arg))).collect();
    let mut text = format!("Usage: {} {path} [options]{arguments}\n\n{}", crate::PROGRAM, about(command));
    let described: Vec<&Arg> = command.get_positionals().filter(|arg| arg.get_help().is_some()).collect();
    if !described.is_empty() {
        text.push_str("\n\nArguments:\n");
        let entry = |arg: &&Arg| entry(&argument(arg), &help_of(arg));
        text.push_str(&described.iter().map(entry).collect::<Vec<_>>().join("\n"));
    }
    for (heading, flags) in headings(command) {
        let entries: Vec<String> = flags.iter().map(|arg| entry(&flag(arg), &help_of(arg))).collect();
        text.push_str(&format!("\n\n{heading}:\n{}", entries.join("\n")));
    }
    text
}

/// Says how many arguments a command takes: `This command takes one argument: <path>`.
#[must_use]
pub(crate) fn argument_rule(command: &Command) -> String {
    let names: Vec<String> = command
        .get_positionals()
        .map(|arg| {
            let name = argument(arg);
            name.trim_start_matches('[').trim_end_matches("...").trim_end_matches(']').to_owned()
        })
        .collect();
    let (least, most) = argument_counts(command);
    let count = match (least, most) {
        (0, Some(0)) => return "This command takes no arguments".to_owned(),
        (0, Some(1)) => "either no arguments or one".to_owned(),
        (1, Some(1)) => "one argument".to_owned(),
        (1, Some(2)) => "one or two arguments".to_owned(),
        (1, None) => "at least one argument".to_owned(),
        (least, None) => format!("at least {least} arguments"),
        (least, Some(most)) if least == most => format!("{least} arguments"),
        (least, Some(most)) => format!("{least} to {most} arguments"),
    };
    format!("This command takes {count}: {}", names.join(" "))
}

/// Returns the least and the largest number of arguments of a command; `None` is no limit.
#[must_use]
pub(crate) fn argument_counts(command: &Command) -> (usize, Option<usize>) {
    let least = command.get_positionals().filter(|arg| arg.is_required_set()).count();
    let open = command.get_positionals().any(|arg| matches!(arg.get_action(), ArgAction::Append));
    (least, (!open).then(|| command.get_positionals().count()))
}

fn about(command: &Command) -> String {
    let text = command.get_long_about().or_else(|| command.get_about());
    let paragraphs = text.map(|text| text.to_string()).unwrap_or_default();
    paragraphs.split("\n\n").map(|part| wrap(part, 2)).collect::<Vec<_>>().join("\n\n")
}

fn command_list(commands: &[&Command]) -> String {
    let width = commands.iter().map(|command| command.get_name().len()).max().unwrap_or(0);
    let line = |command: &&Command| {
        let about = command.get_about().map(|text| text.to_string()).unwrap_or_default();
        format!("    {:width$}    {}", command.get_name(), about.lines().next().unwrap_or_default())
    };
    commands.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Returns the flags by heading, the general ones first.
fn headings(command: &Command) -> Vec<(String, Vec<&Arg>)> {
    let name = command.get_name();
    let own = format!("{}{} Options", name[..1].to_uppercase(), &name[1..].replace('-', " "));
    let flags = command.get_arguments().filter(|arg| !arg.is_positional() && !arg.is_hide_set());
    let shared = GlobalArgs::augment_args(Command::new(""));
    let is_general = |arg: &&Arg| {
        shared
            .get_arguments()
            .any(|other| other.get_long() == arg.get_long() && other.get_help() == arg.get_help())
    };
    let (general, special): (Vec<&Arg>, Vec<&Arg>) = flags.partition(is_general);
    let mut all = vec![("General Options".to_owned(), general), (own, special)];
    all.retain(|(_, flags)| !flags.is_empty());
    all
}

fn argument(arg: &Arg) -> String {
    let name = arg
        .get_value_names()
        .and_then(|names| names.first())
        .map_or_else(|| arg.get_id().to_string(), |name| name.to_string());
    let name = format!("<{}>", name.to_ascii_lowercase());
    let dots = if matches!(arg.get_action(), ArgAction::Append) { "..." } else { "" };
    if arg.is_required_set() { format!("{name}{dots}") } else { format!("[{name}]{dots}") }
}

fn flag(arg: &Arg) -> String {
    let long = arg.get_long().unwrap_or_default();
    if matches!(arg.get_action(), ArgAction::SetTrue) {
        return format!("-{long}");
    }
    let default: Vec<String> =
        arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    let name = arg.get_value_names().and_then(|names| names.first()).map(|name| name.to_ascii_lowercase());
    match (default.first(), name) {
        (Some(default), _) => format!("-{long}={default}"),
        (None, Some(name)) => format!("-{long}=<{name}>"),
        (None, None) => format!("-{long}=<value>"),
    }
}

fn help_of(arg: &Arg) -> String {
    arg.get_help().map(|text| text.to_string()).unwrap_or_default()
}

fn entry(name: &str, help: &str) -> String {
    format!("  {name}\n{}", wrap(help, 4))
}

/// Wraps a text and indents its lines.
fn wrap(text: &str, indent: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && indent + line.len() + 1 + word.len() > WIDTH {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
        .iter()
        .map(|line| format!("{:indent$}{line}", "").trim_end().to_owned())
        .collect::<Vec<_>>()
        .join("\n")
}
