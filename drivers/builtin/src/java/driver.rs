//! The driver: `exec`'s, with another block and another fingerprint.

use super::config::{PROGRAM, command};
use super::fingerprint::fingerprint;
use crate::exec::{Exec, ExecOptions, Kind};

const JAVA: Kind = Kind { name: PROGRAM, decode: command, fingerprint: || Box::pin(fingerprint(JAVA.name)) };

/// Returns a `java` driver that holds no task yet.
#[must_use]
pub fn java(options: ExecOptions) -> Exec {
    Exec::of_kind(JAVA, options)
}
