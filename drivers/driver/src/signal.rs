//! Signals by the names that job files use.

use std::fmt;
use std::str::FromStr;

/// Names and numbers on Linux, in order.
const NAMES: [(&str, i32); 32] = [
    ("SIGNULL", 0),
    ("SIGHUP", 1),
    ("SIGINT", 2),
    ("SIGQUIT", 3),
    ("SIGILL", 4),
    ("SIGTRAP", 5),
    ("SIGABRT", 6),
    ("SIGBUS", 7),
    ("SIGFPE", 8),
    ("SIGKILL", 9),
    ("SIGUSR1", 10),
    ("SIGSEGV", 11),
    ("SIGUSR2", 12),
    ("SIGPIPE", 13),
    ("SIGALRM", 14),
    ("SIGTERM", 15),
    ("SIGSTKFLT", 16),
    ("SIGCHLD", 17),
    ("SIGCONT", 18),
    ("SIGSTOP", 19),
    ("SIGTSTP", 20),
    ("SIGTTIN", 21),
    ("SIGTTOU", 22),
    ("SIGURG", 23),
    ("SIGXCPU", 24),
    ("SIGXFSZ", 25),
    ("SIGVTALRM", 26),
    ("SIGPROF", 27),
    ("SIGWINCH", 28),
    ("SIGIO", 29),
    ("SIGPWR", 30),
    ("SIGSYS", 31),
];

/// A signal that can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal(i32);

/// A name that is no signal.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown signal {0:?}")]
pub struct UnknownSignal(pub String);

impl Signal {
    /// Sent to stop a task unless its job says otherwise.
    pub const INTERRUPT: Self = Self(2);
    /// Cannot be ignored.
    pub const KILL: Self = Self(9);

    /// Returns the signal with this number.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        (1..32).contains(&number).then_some(Self(number))
    }

    /// Returns its number.
    #[must_use]
    pub fn number(self) -> i32 {
        self.0
    }

    /// Returns its name, `SIGTERM` for example.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, number)| *number == self.0).map_or("SIGNULL", |(name, _)| name)
    }
}

/// Returns the names that a node announces as `os.signals`: those that job files may ask for.
#[must_use]
pub fn announced() -> String {
    let hidden = ["SIGSTKFLT", "SIGCHLD", "SIGURG", "SIGVTALRM", "SIGPWR"];
    let names: Vec<&str> =
        NAMES.iter().map(|(name, _)| *name).filter(|name| !hidden.contains(name)).collect();
    format!("{},SIGIOT", names.join(","))
}

impl FromStr for Signal {
    type Err = UnknownSignal;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownSignal(text.to_owned());
        if let Ok(number) = text.parse() {
            return Self::from_number(number).ok_or_else(unknown);
        }
        let upper = text.to_ascii_uppercase();
        let full = if upper.starts_with("SIG") { upper } else { format!("SIG{upper}") };
        let name = if full == "SIGIOT" { "SIGABRT" } else { &full };
        NAMES
            .iter()
            .find(|(known, number)| *known == name && *number != 0)
            .map(|(_, number)| Self(*number))
            .ok_or_else(unknown)
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_are_found_by_name_and_number() {
        for (text, number) in [("SIGTERM", 15), ("term", 15), ("SigUsr1", 10), ("9", 9), ("SIGIOT", 6)] {
            assert_eq!(text.parse::<Signal>().map(Signal::number), Ok(number), "{text}");
        }
        for text in ["", "SIG", "SIGNULL", "0", "32", "-1", "SIGFOO"] {
            assert_eq!(text.parse::<Signal>(), Err(UnknownSignal(text.to_owned())));
        }
        assert_eq!(Signal::INTERRUPT.to_string(), "SIGINT");
    }

    #[test]
    fn the_announced_names_are_those_that_nomad_nodes_announce() {
        let mut names: Vec<String> = announced().split(',').map(str::to_owned).collect();
        names.sort();
        let mut recorded: Vec<&str> = "SIGIOT,SIGPIPE,SIGTERM,SIGTRAP,SIGTSTP,SIGALRM,SIGFPE,SIGPROF,SIGSEGV,SIGXCPU,\
            SIGXFSZ,SIGNULL,SIGABRT,SIGKILL,SIGQUIT,SIGSTOP,SIGSYS,SIGUSR2,SIGWINCH,SIGBUS,SIGCONT,SIGHUP,SIGILL,SIGIO,\
            SIGTTIN,SIGTTOU,SIGUSR1,SIGINT"
            .split(',')
            .collect();
        recorded.sort_unstable();
        assert_eq!(names, recorded);
    }
}
