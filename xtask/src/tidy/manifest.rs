//! Rules about manifests: which area may depend on what.

use std::path::Path;

use super::{Finding, area};

/// Crates that do I/O, read clocks or draw random numbers: not for `core`.
const NOT_FOR_CORE: [&str; 14] = [
    "axum",
    "hyper",
    "mio",
    "nix",
    "openraft",
    "quinn",
    "rand",
    "redb",
    "reqwest",
    "rustix",
    "rustls",
    "socket2",
    "tokio",
    "tokio-util",
];

/// Ours from `drivers`: not for `net`, except where both meet.
const DRIVERS: [&str; 6] = ["builtin", "client", "driver", "executor", "fingerprint", "sandbox"];

/// Ours from `net`: not for `drivers`.
const NET: [&str; 7] = ["agent", "api", "http_api", "raft", "server", "sim", "wire"];

/// Checks the dependencies of one manifest.
pub(super) fn check(path: &Path, text: &str, findings: &mut Vec<Finding>) {
    let banned: &[&str] = match area(path) {
        "core" => &NOT_FOR_CORE,
        "net" if !path.starts_with("net/agent") => &DRIVERS,
        "drivers" => &NET,
        _ => return,
    };
    let mut in_dependencies = false;
    for (number, line) in (1..).zip(text.lines()) {
        if line.starts_with('[') {
            in_dependencies = line.contains("dependencies");
        } else if in_dependencies {
            let name = line.split(['.', ' ', '=']).next().unwrap_or("");
            if banned.contains(&name) {
                let rule = format!("{} must not depend on {name}", area(path));
                findings.push(Finding { path: path.to_owned(), line: number, rule });
            }
        }
    }
}
