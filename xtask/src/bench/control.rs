//! The control plane of one server through HTTP: writes, jobs, a restart with many allocations, watches.
//!
//! Server, nodes and generator are processes of their own on this machine's cores, so figures hold all of them. How
//! soon a dead node among thousands is noticed is measured by `bench connections`.

use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::disk::{Busy, raw_syncs};
use super::fleet::Fleet;
use super::load::load;
use super::server::Server;
use super::table::{Row, Unit, table};
use super::{http, process};
use crate::run::{cargo, root, stage};

/// Seconds of each run of writes or jobs.
const SECONDS: u32 = 5;
/// Simulated nodes that jobs are placed on.
const NODES: u32 = 200;
/// Jobs that are filled with allocations before the restart, and how many each has.
const FILL: (u32, u32) = (8, 9_500);
/// Blocked queries, and how often they are woken.
const WATCHERS: (u32, u32) = (5_000, 3);
/// How long filling and restarting may take.
const LIMIT: Duration = Duration::from_secs(180);
/// Time between two looks.
const LOOK: Duration = Duration::from_millis(10);

/// Where the programs are.
struct Programs {
    server: PathBuf,
    fleet: PathBuf,
    load: PathBuf,
}

/// Measures and prints the table.
pub(crate) fn control(args: &[&str]) -> Result<()> {
    let profile = match args {
        [] => "release",
        ["--profile", profile] => profile,
        _ => bail!("usage: bench control [--profile release|ci]"),
    };
    let programs = build(profile)?;
    let mut rows = Vec::new();
    let done = measure(&programs, &mut rows);
    println!("\n{}", table(&rows));
    done
}

fn build(profile: &str) -> Result<Programs> {
    let mut build = cargo(&["build", "--quiet", "--profile", profile]);
    build.args(["--package", "nomadctl", "--bin", "nomadctl", "--package", "agent", "--example", "fleet"]);
    build.args(["--package", "api", "--example", "load"]);
    stage("build of server, nodes and generator", &mut build)?;
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    let dir = root().join(target).join(profile);
    let example = |name: &str| dir.join("examples").join(name);
    Ok(Programs { server: dir.join("nomadctl"), fleet: example("fleet"), load: example("load") })
}

fn measure(programs: &Programs, rows: &mut Vec<Row>) -> Result<()> {
    let mut server = Server::start(&programs.server)?;
    writes(programs, &server, rows)?;
    let mut fleet = Fleet::start(&programs.fleet, &server, 0, NODES)?;
    let registered = |counts: &Value| counts["registered"] == json!(NODES);
    fleet.wait(Instant::now(), LIMIT, registered)?;
    jobs(programs, &server, rows)?;
    fill(&server)?;
    restart(&mut server, rows)?;
    let (clients, rounds) = WATCHERS;
    let woken = load(&programs.load, "watch", server.http, clients, rounds)?;
    let mut row =
        Row::new("5,000 blocked queries woken by one write, p99", Unit::Seconds).goal(0.06).nomad(0.19);
    row.add(woken.p99);
    rows.push(row);
    let mut row = Row::new("server, resident after all that", Unit::Megabytes);
    row.add(process::resident(server.pid())?.megabytes());
    rows.push(row);
    Ok(())
}

/// Durable writes by 1, 64 and 256 clients, beside what the disk can do.
fn writes(programs: &Programs, server: &Server, rows: &mut Vec<Row>) -> Result<()> {
    const RAW: Duration = Duration::from_secs(2);
    for clients in [1, 64, 256] {
        let before = raw_syncs(server.dir(), RAW)?;
        let (syncs, busy) = (disk_syncs(server)?, Busy::now()?);
        let written = load(&programs.load, "writes", server.http, clients, SECONDS)?;
        let share = busy.percent_since()?;
        let syncs = (disk_syncs(server)? - syncs) / f64::from(SECONDS);
        let raw = before.max(raw_syncs(server.dir(), RAW)?);
        let what = |text: &str| format!("{clients} clients: {text}");
        let goal = (clients == 256).then_some(15_000.0);
        let mut row = Row::rate(&what("durable writes"), goal);
        row = if clients == 256 { row.nomad(8_800.0) } else { row };
        row.add(written.rate);
        rows.push(row);
        for (text, unit, value) in [
            ("p99", Unit::Seconds, written.p99),
            ("syncs of the disk", Unit::PerSecond, syncs),
            ("syncs, of what the disk can do alone", Unit::Percent, syncs / raw * 100.0),
            ("both cores busy", Unit::Percent, share),
        ] {
            let mut row = Row::named(&what(text), unit);
            row.add(value);
            rows.push(row);
        }
    }
    Ok(())
}

/// Jobs of one allocation, until each is placed.
fn jobs(programs: &Programs, server: &Server, rows: &mut Vec<Row>) -> Result<()> {
    for clients in [16, 64] {
        let placed = load(&programs.load, "jobs", server.http, clients, SECONDS)?;
        let mut row = Row::rate(&format!("{clients} clients: jobs of one allocation placed"), Some(2_500.0));
        row = row.nomad(200.0);
        row.add(placed.rate);
        rows.push(row);
        let mut row = Row::named(&format!("{clients} clients: p99 to placed"), Unit::Seconds);
        row = row.goal(0.02).nomad(0.294);
        row.add(placed.p99);
        rows.push(row);
    }
    Ok(())
}

/// Fills the cluster with allocations that stay.
fn fill(server: &Server) -> Result<()> {
    let (count, each) = FILL;
    for number in 0..count {
        let id = format!("fill-{number}");
        let body = json!({ "Job": {
            "ID": id, "Name": id, "Type": "service", "Datacenters": ["*"],
            "TaskGroups": [{ "Name": "g", "Count": each, "Tasks": [{
                "Name": "t", "Driver": "mock_driver", "Config": { "run_for": "100h" },
                "Resources": { "CPU": 1, "MemoryMB": 10 },
            }] }],
        } });
        http::request(server.http, "PUT", "/v1/jobs", &body.to_string())?;
    }
    let deadline = Instant::now() + LIMIT;
    loop {
        let summaries = (0..count).map(|number| {
            let summary = http::request(server.http, "GET", &format!("/v1/job/fill-{number}/summary"), "")?;
            Ok(summary["Summary"]["g"]["Running"].as_u64().unwrap_or(0))
        });
        let running: u64 = summaries.sum::<Result<u64>>()?;
        if running >= u64::from(count * each) {
            return Ok(());
        }
        if Instant::now() > deadline {
            bail!("only {running} of {} allocations run after {} s", count * each, LIMIT.as_secs());
        }
        sleep(LOOK * 20);
    }
}

/// Kills the server and waits for its first consistent read.
fn restart(server: &mut Server, rows: &mut Vec<Row>) -> Result<()> {
    let (count, each) = FILL;
    let mut row = Row::named(
        &format!("killed with {} allocations: first consistent read", count * each),
        Unit::Seconds,
    );
    row = row.goal(0.8).nomad(23.4);
    for _ in 0..3 {
        let killed = Instant::now();
        server.restart()?;
        loop {
            let read = http::request(server.http, "GET", "/v1/job/fill-0/summary?consistent", "");
            if read.is_ok_and(|summary| summary["Summary"]["g"].is_object()) {
                break;
            }
            if killed.elapsed() > LIMIT {
                bail!("no consistent read {} s after the restart", LIMIT.as_secs());
            }
            sleep(LOOK);
        }
        row.add(killed.elapsed().as_secs_f64());
        sleep(Duration::from_secs(2));
    }
    rows.push(row);
    Ok(())
}

fn disk_syncs(server: &Server) -> Result<f64> {
    let agent = http::request(server.http, "GET", "/v1/agent/self", "")?;
    let syncs = agent["stats"]["raft"]["disk_syncs"].as_str().and_then(|text| text.parse().ok());
    syncs.context("the agent does not say how often its disk was synced")
}
