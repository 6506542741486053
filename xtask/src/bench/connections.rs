//! Thousands of clients on one server: memory, registration, pings, pushes, a dead client, reconnect storms.
//!
//! Server and clients are processes of their own on loopback; every client is the real one on a QUIC connection of its
//! own, with the mock driver. Limits: clients and server share this machine's cores, so times hold both.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::fleet::Fleet;
use super::server::Server;
use super::table::{Row, Unit, table};
use super::{http, process};
use crate::run::{cargo, root, stage};

/// Connections unless told otherwise.
const COUNT: u32 = 5_000;
/// How long each step may take.
const LIMIT: Duration = Duration::from_secs(120);
/// How long the server is left alone before its memory is read.
const SETTLE: Duration = Duration::from_secs(6);
/// How long its CPU time at rest is watched.
const REST: Duration = Duration::from_secs(20);
/// Time between two looks at a node.
const LOOK: Duration = Duration::from_millis(10);
/// The job that is pushed to every node.
const JOB: &str = "everywhere";

/// What to measure.
struct Plan {
    count: u32,
    profile: String,
}

/// Measures and prints the table.
pub(crate) fn connections(args: &[&str]) -> Result<()> {
    let plan = Plan::parse(args)?;
    let (binary, program) = plan.build()?;
    let mut rows = rows();
    let done = measure(&plan, &binary, &program, &mut rows);
    println!("\n{} clients, each on a QUIC connection of its own\n{}", plan.count, table(&rows));
    done
}

impl Plan {
    fn parse(args: &[&str]) -> Result<Self> {
        let mut plan = Self { count: COUNT, profile: "release".to_owned() };
        for pair in args.chunks(2) {
            match pair {
                ["--count", count] => {
                    plan.count = count.parse().with_context(|| format!("{count:?} is no number"))?;
                }
                ["--profile", profile] => (*profile).clone_into(&mut plan.profile),
                _ => bail!("usage: bench connections [--count N] [--profile release|ci]"),
            }
        }
        Ok(plan)
    }

    /// Builds server and clients; returns their paths.
    fn build(&self) -> Result<(PathBuf, PathBuf)> {
        let profile = self.profile.as_str();
        // Together, so that both have the same features of what they share.
        let mut build = cargo(&["build", "--quiet", "--profile", profile]);
        build.args([
            "--package",
            "nomadctl",
            "--bin",
            "nomadctl",
            "--package",
            "agent",
            "--example",
            "fleet",
        ]);
        stage("build of server and clients", &mut build)?;
        let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        let dir = root().join(target).join(profile);
        Ok((dir.join("nomadctl"), dir.join("examples").join("fleet")))
    }
}

fn rows() -> Vec<Row> {
    let seconds = |what| Row::new(what, Unit::Seconds);
    vec![
        seconds("all registered"),
        Row::new("server, resident without clients", Unit::Megabytes),
        Row::new("server, resident with all clients", Unit::Megabytes).goal(350.0),
        Row::new("server, for each connection", Unit::Kilobytes),
        Row::new("server, one core at rest", Unit::Percent).goal(15.0),
        Row::new("client process, one core at rest", Unit::Percent),
        seconds("a killed client noticed").goal(3.0).nomad(85.0),
        seconds("all connections cut: all back"),
        seconds("server killed and restarted: all back"),
        seconds("system job: every client told of it"),
        seconds("system job: running everywhere"),
        Row::new("server, resident after all that", Unit::Megabytes),
    ]
}

fn measure(plan: &Plan, binary: &Path, program: &Path, rows: &mut [Row]) -> Result<()> {
    let [
        registered,
        empty,
        full,
        each,
        rest,
        rest_of_clients,
        noticed,
        cut,
        restarted,
        told,
        running,
        in_the_end,
    ] = rows
    else {
        bail!("there are as many rows as measurements");
    };
    let mut server = Server::start(binary)?;
    sleep(Duration::from_secs(1));
    let before = process::resident(server.pid())?.megabytes();
    empty.add(before);

    let count = u64::from(plan.count);
    let all_registered = |counts: &Value| counts["registered"] == json!(count);
    let started = Instant::now();
    let mut fleet = Fleet::start(program, &server, 0, plan.count)?;
    registered.add(fleet.wait(started, LIMIT, all_registered)?.as_secs_f64());
    sleep(SETTLE);
    let after = process::resident(server.pid())?.megabytes();
    full.add(after);
    each.add((after - before) * 1_000.0 / f64::from(plan.count));

    let (of_server, of_clients) = (process::cpu_seconds(server.pid())?, process::cpu_seconds(fleet.pid())?);
    sleep(REST);
    let share = |cpu: f64| cpu / REST.as_secs_f64() * 100.0;
    rest.add(share(process::cpu_seconds(server.pid())? - of_server));
    rest_of_clients.add(share(process::cpu_seconds(fleet.pid())? - of_clients));

    noticed.add(notice(program, &server, plan.count)?.as_secs_f64());

    cut.add(storm(&mut fleet, count, |fleet| fleet.cut().map(drop))?.as_secs_f64());
    restarted.add(storm(&mut fleet, count, |_| server.restart())?.as_secs_f64());

    let started = Instant::now();
    http::request(server.http, "PUT", "/v1/jobs", &job().to_string())?;
    told.add(fleet.wait(started, LIMIT, |counts| counts["assigned"] == json!(count))?.as_secs_f64());
    running.add(await_running(&server, started, count)?.as_secs_f64());
    sleep(SETTLE);
    in_the_end.add(process::resident(server.pid())?.megabytes());
    Ok(())
}

/// Kills a client that is a process of its own; returns when the server has noticed.
fn notice(program: &Path, server: &Server, number: u32) -> Result<Duration> {
    let mut lonely = Fleet::start(program, server, number, 1)?;
    lonely.wait(Instant::now(), LIMIT, |counts| counts["registered"] == json!(1))?;
    sleep(Duration::from_secs(2));
    let counts = lonely.counts()?;
    let path = format!("/v1/node/{}", counts["first"].as_str().context("the fleet has no node")?);
    let killed = Instant::now();
    drop(lonely);
    loop {
        let node = http::request(server.http, "GET", &path, "")?;
        if node["Status"] != "ready" {
            return Ok(killed.elapsed());
        }
        if killed.elapsed() > LIMIT {
            bail!("a killed client still counts as {}", node["Status"]);
        }
        sleep(LOOK);
    }
}

/// Brings a storm about; returns when every client has connected again and is registered.
fn storm(fleet: &mut Fleet, count: u64, bring: impl FnOnce(&mut Fleet) -> Result<()>) -> Result<Duration> {
    let before = fleet.counts()?["dialled"].as_u64().unwrap_or(0);
    let started = Instant::now();
    bring(fleet)?;
    fleet.wait(started, LIMIT, |counts| {
        counts["registered"] == json!(count)
            && counts["dialled"].as_u64().is_some_and(|dialled| dialled >= before + count)
    })
}

fn await_running(server: &Server, started: Instant, count: u64) -> Result<Duration> {
    loop {
        let answer = http::request(server.http, "GET", &format!("/v1/job/{JOB}/summary"), "")?;
        let elapsed = started.elapsed();
        let group = &answer["Summary"][JOB];
        if group["Running"].as_u64().is_some_and(|running| running >= count) {
            return Ok(elapsed);
        }
        if elapsed > LIMIT {
            bail!("after {} s the job is only as far as {group}", LIMIT.as_secs());
        }
        sleep(LOOK);
    }
}

/// A job that runs on every node.
fn job() -> Value {
    json!({ "Job": {
        "ID": JOB,
        "Name": JOB,
        "Type": "system",
        "Datacenters": ["*"],
        "TaskGroups": [{
            "Name": JOB,
            "EphemeralDisk": { "SizeMB": 10 },
            "Tasks": [{
                "Name": JOB,
                "Driver": "mock_driver",
                "Config": { "run_for": "1h" },
                "Resources": { "CPU": 1, "MemoryMB": 10 },
                "LogConfig": { "MaxFiles": 1, "MaxFileSizeMB": 1 },
            }],
        }],
    }})
}
