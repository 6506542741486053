//! `fleet`: simulated nodes as a process of their own, for `cargo xtask bench connections`.
//!
//! Each node is the real client on a QUIC connection of its own; an idle one never asks for its allocations. Commands come as lines on standard input, and each is
//! answered by one line of JSON: `counts` says what the nodes have seen, `cut` cuts every connection. The process ends
//! with its standard input, as if its host had lost power: nobody is told.
#![forbid(unsafe_code)]

use std::io::Write as _;
use std::process::ExitCode;

use agent::simulated::{Fleet, FleetOptions};
use wire::{Credentials, Region};

const USAGE: &str = "usage: fleet CA CERTIFICATE KEY SERVER FIRST COUNT running|idle";

fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "a tool for developers")]
            {
                eprintln!("fleet: {error}");
            }
            ExitCode::FAILURE
        }
    }
}

fn serve() -> Result<(), String> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [ca, certificate, key, server, first, count, kind] = args.as_slice() else {
        return Err(USAGE.to_owned());
    };
    let read = |path: &str| std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"));
    let credentials = Credentials::from_pem(&read(ca)?, &read(certificate)?, &read(key)?)
        .map_err(|error| error.to_string())?;
    let number = |text: &str| text.parse::<u32>().map_err(|error| format!("{text}: {error}"));
    let options = FleetOptions {
        first: number(first)?,
        count: number(count)?,
        region: Region::new("global").map_err(|error| error.to_string())?,
        servers: vec![server.clone()],
    };
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    let fleet = runtime.block_on(async {
        match kind.as_str() {
            "running" => Fleet::start(options, &credentials).await.map_err(|error| error.to_string()),
            "idle" => Fleet::start_idle(options, &credentials).await.map_err(|error| error.to_string()),
            _ => Err(USAGE.to_owned()),
        }
    })?;
    let mut out = std::io::stdout();
    for command in std::io::stdin().lines() {
        match command.map_err(|error| error.to_string())?.as_str() {
            "counts" => {}
            "cut" => fleet.cut(),
            other => return Err(format!("unknown command {other:?}")),
        }
        let counts = fleet.counts();
        let first = fleet.ids().next().map(|id| id.to_string());
        let answer = serde_json::json!({
            "registered": counts.registered,
            "dialled": counts.dialled,
            "assigned": counts.assigned,
            "first": first,
        });
        writeln!(out, "{answer}").and_then(|()| out.flush()).map_err(|error| error.to_string())?;
    }
    // Without a word to the servers, as if its host had lost power.
    std::process::exit(0)
}
