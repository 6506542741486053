//! Placing through HTTP on one durable server with 5,000 nodes: from the request to the evaluation's end.
//!
//! ```text
//!  job.rs      what is placed, and how long that takes
//!  measure.rs  the scenarios, in their order
//!  million.rs  two million containers
//! ```
//! Server, nodes and requests share this machine's cores, so times hold all of them; the server's own processor time
//! stands beside each. Each node has a connection of its own, whose memory is measured and taken off.

mod job;
mod measure;
mod million;

use std::path::PathBuf;

use anyhow::{Result, bail};

use super::table::table;
use crate::run::{cargo, root, stage};

/// Where the programs are.
struct Programs {
    server: PathBuf,
    fleet: PathBuf,
}

/// Measures and prints the table.
pub(crate) fn cluster(args: &[&str]) -> Result<()> {
    const USAGE: &str = "usage: bench cluster [--c2m] [--runs N] [--profile release|ci]";
    let (mut profile, mut million, mut runs) = ("release", false, 3);
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match (*arg, args.clone().next()) {
            ("--c2m", _) => {
                million = true;
                continue;
            }
            ("--runs", Some(count)) => runs = count.parse()?,
            ("--profile", Some(name)) => profile = name,
            _ => bail!(USAGE),
        }
        args.next();
    }
    let programs = build(profile)?;
    let mut rows = Vec::new();
    let done = if million {
        million::measure(&programs, &mut rows)
    } else {
        measure::measure(&programs, runs, &mut rows)
    };
    println!("\n{}", table(&rows));
    done
}

fn build(profile: &str) -> Result<Programs> {
    let mut build = cargo(&["build", "--quiet", "--profile", profile]);
    build.args(["--package", "nomadctl", "--bin", "nomadctl", "--package", "agent", "--example", "fleet"]);
    stage("build of server and nodes", &mut build)?;
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    let dir = root().join(target).join(profile);
    Ok(Programs { server: dir.join("nomadctl"), fleet: dir.join("examples").join("fleet") })
}
