//! Flags in the style of Go.
//!
//! Purpose: `-detach`, `--detach`, `-var k=v`, `-json=false` become what clap understands. The command tree says
//! which flags exist, which are booleans and which may be repeated; of the others the last one counts.
//! Limits: flags end at the first argument that is none, or at `--`; names are never abbreviated.

use std::any::TypeId;
use std::collections::BTreeMap;

use clap::{Arg, ArgAction, Command};

use crate::format::nearest;

/// What the words after a command's name mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Parsed {
    /// Words for clap: `--name`, `--name=value`, `--` and the arguments.
    Words(Vec<String>),
    /// Help was asked for.
    Help,
}

/// Rewrites the flags of a command that has no subcommands.
///
/// # Errors
/// One line: the flag is not known, or lacks its value, or has a wrong one.
pub(crate) fn rewrite(command: &Command, words: &[String]) -> Result<Parsed, String> {
    let mut flags = Flags::default();
    let mut rest = words.iter();
    let mut arguments: Vec<String> = Vec::new();
    while let Some(word) = rest.next() {
        let Some(body) = flag_body(word) else {
            arguments.extend((word != "--").then(|| word.clone()));
            arguments.extend(rest.by_ref().cloned());
            break;
        };
        let (name, value) = match body.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (body, None),
        };
        if name == "h" || name == "help" {
            return Ok(Parsed::Help);
        }
        let arg = find(command, name).ok_or_else(|| unknown(command, name))?;
        flags.take(arg, name, value, || rest.next().cloned())?;
    }
    if arguments.iter().any(|word| matches!(word.as_str(), "-h" | "-help" | "--help")) && !takes_rest(command)
    {
        return Ok(Parsed::Help);
    }
    let mut out = flags.words;
    out.extend(flags.single.into_values().flatten());
    out.push("--".to_owned());
    out.extend(arguments);
    Ok(Parsed::Words(out))
}

/// Moves the flags of a command to the front, wherever they stand; `--` ends them. For commands of our own: those that
/// scripts know from elsewhere keep their rule.
pub(crate) fn flags_first(command: &Command, words: &[String]) -> Vec<String> {
    let (mut flags, mut arguments) = (Vec::new(), Vec::new());
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        if word == "--" {
            arguments.extend(rest.by_ref().cloned());
            break;
        }
        let Some(body) = flag_body(word) else {
            arguments.push(word.clone());
            continue;
        };
        flags.push(word.clone());
        let takes_value = find(command, body).is_some_and(|arg| {
            !matches!(arg.get_action(), ArgAction::SetTrue)
                && arg.get_value_parser().type_id() != TypeId::of::<bool>()
        });
        if takes_value {
            flags.extend(rest.next().cloned());
        }
    }
    flags.push("--".to_owned());
    flags.extend(arguments);
    flags
}

/// Reads a boolean as Go does.
pub(crate) fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

#[derive(Default)]
struct Flags {
    /// Flags that may be repeated, in their order.
    words: Vec<String>,
    /// Of all others the last; `None` for a boolean that was switched off.
    single: BTreeMap<String, Option<String>>,
}

impl Flags {
    fn take(
        &mut self,
        arg: &Arg,
        name: &str,
        value: Option<String>,
        next: impl FnOnce() -> Option<String>,
    ) -> Result<(), String> {
        let long = arg.get_long().unwrap_or(name).to_owned();
        let is_switch = matches!(arg.get_action(), ArgAction::SetTrue);
        if is_switch || arg.get_value_parser().type_id() == TypeId::of::<bool>() {
            let text = value.unwrap_or_else(|| "true".to_owned());
            let Some(on) = parse_bool(&text) else {
                return Err(format!("invalid boolean value {text:?} for -{name}: expected true or false"));
            };
            let word = match (is_switch, on) {
                (true, true) => Some(format!("--{long}")),
                (true, false) => None,
                (false, _) => Some(format!("--{long}={on}")),
            };
            self.single.insert(long, word);
            return Ok(());
        }
        let value = value.or_else(next).ok_or_else(|| format!("flag needs an argument: -{name}"))?;
        let word = format!("--{long}={value}");
        if matches!(arg.get_action(), ArgAction::Append) {
            self.words.push(word);
        } else {
            self.single.insert(long, Some(word));
        }
        Ok(())
    }
}

/// Returns what follows the one or two dashes of a flag; `-` and `--` are none.
fn flag_body(word: &str) -> Option<&str> {
    let body = word.strip_prefix("--").or_else(|| word.strip_prefix('-'))?;
    (!body.is_empty()).then_some(body)
}

fn find<'a>(command: &'a Command, name: &str) -> Option<&'a Arg> {
    command.get_arguments().find(|arg| {
        arg.get_long() == Some(name) || arg.get_all_aliases().is_some_and(|aliases| aliases.contains(&name))
    })
}

fn takes_rest(command: &Command) -> bool {
    command.get_positionals().any(|arg| arg.is_trailing_var_arg_set())
}

fn unknown(command: &Command, name: &str) -> String {
    let known = command.get_arguments().filter_map(Arg::get_long);
    let near = nearest(name, known).map(|near| format!(" (did you mean -{near}?)")).unwrap_or_default();
    format!("flag provided but not defined: -{name}{near}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command() -> Command {
        let switch = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
        let on_by_default = Arg::new("diff").long("diff").value_parser(clap::value_parser!(bool));
        let var = Arg::new("var").long("var").action(ArgAction::Append);
        Command::new("plan")
            .args([switch("json"), switch("detach"), on_by_default, var, Arg::new("address").long("address")])
            .arg(Arg::new("path"))
    }

    fn check(words: &[&str], wanted: &str) {
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        let text = match rewrite(&command(), &words) {
            Ok(Parsed::Words(words)) => words.join(" "),
            Ok(Parsed::Help) => "help".to_owned(),
            Err(text) => text,
        };
        assert_eq!(text, wanted, "{words:?}");
    }

    #[test]
    fn one_dash_or_two_and_both_forms_of_values_are_the_same() {
        for words in [["-address", "x", "f"], ["--address", "x", "f"]] {
            check(&words, "--address=x -- f");
        }
        check(&["-address=x", "f"], "--address=x -- f");
        check(&["-var", "a=b", "-var=c=d", "f"], "--var=a=b --var=c=d -- f");
    }

    #[test]
    fn booleans_can_be_switched_off_and_the_last_one_counts() {
        check(&["-json", "-detach=false", "f"], "--json -- f");
        check(&["-json", "-json=0"], "--");
        check(&["-diff=false", "-diff", "f"], "--diff=true -- f");
        check(&["-json=maybe"], "invalid boolean value \"maybe\" for -json: expected true or false");
        check(&["-json", "false"], "--json -- false");
    }

    #[test]
    fn flags_end_at_the_first_argument_and_a_single_dash_is_one() {
        check(&["-json", "f", "-detach"], "--json -- f -detach");
        check(&["-json", "-"], "--json -- -");
        check(&["--", "-json"], "-- -json");
        check(&["-json", "f", "-h"], "help");
    }

    #[test]
    fn commands_of_our_own_take_their_flags_anywhere() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        for (given, wanted) in [
            ("5 -address x -json", "-address x -json -- 5"),
            ("-json 5 -var=a=b 6", "-json -var=a=b -- 5 6"),
            ("5 -diff 6", "-diff -- 5 6"),
            ("-json -- -x", "-json -- -x"),
            ("5 -unknown", "-unknown -- 5"),
        ] {
            assert_eq!(flags_first(&command(), &words(given)).join(" "), wanted, "{given}");
        }
    }

    #[test]
    fn an_unknown_flag_names_its_neighbour() {
        check(&["-jsno"], "flag provided but not defined: -jsno (did you mean -json?)");
        check(&["-whatever"], "flag provided but not defined: -whatever");
        check(&["-address"], "flag needs an argument: -address");
    }
}
