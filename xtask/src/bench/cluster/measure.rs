//! The scenarios on 5,000 nodes, in their order: 17,400 allocations by several jobs, then 76,000.
//!
//! Limits: a run begins with an empty server; its nodes are idle ones, which take nothing, or in a last run nodes that
//! report what runs.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::super::fleet::Fleet;
use super::super::http;
use super::super::process;
use super::super::server::Server;
use super::super::table::{Row, Unit};
use super::Programs;
use super::job::{Cost, Job, Shape};

/// Nodes.
const NODES: u32 = 5_000;
/// How long registering them may take.
const LIMIT: Duration = Duration::from_secs(120);
/// How long the server is left alone before its memory is read.
const SETTLE: Duration = Duration::from_secs(4);
/// Dry runs in each run.
const PLANS: usize = 5;

/// The rows of one scenario: time, and the server's processor time.
struct Pair {
    wall: Row,
    cpu: Row,
}

impl Pair {
    fn new(what: &str, goal: Option<f64>, nomad: Option<f64>) -> Self {
        let mut wall = Row::named(what, Unit::Seconds);
        wall = goal.map_or(wall.clone(), |goal| wall.goal(goal));
        wall = nomad.map_or(wall.clone(), |nomad| wall.nomad(nomad));
        Self { wall, cpu: Row::named(&format!("{what}: server CPU"), Unit::Seconds) }
    }

    fn add(&mut self, cost: Cost) {
        self.wall.add(cost.wall);
        self.cpu.add(cost.cpu);
    }
}

/// What the idle nodes' runs measure.
struct Placed {
    batch: Pair,
    system: Pair,
    affinity: Pair,
    spread: Pair,
    plan: Pair,
    large: Pair,
    connection: Row,
    some: Row,
    many: Row,
}

/// Measures everything.
pub(super) fn measure(programs: &Programs, runs: usize, rows: &mut Vec<Row>) -> Result<()> {
    let mut placed = Placed::new();
    let mut done = Ok(());
    for _ in 0..runs {
        done = done.and_then(|()| placed.measure(programs));
    }
    rows.extend(placed.rows());
    done?;
    running(programs, rows)
}

impl Placed {
    fn new() -> Self {
        let pair = |what, goal, nomad| Pair::new(what, Some(goal), Some(nomad));
        Self {
            batch: pair("batch, 10,000 placed", 0.2, 9.4),
            system: pair("system job on 5,000 nodes", 0.1, 4.6),
            affinity: pair("service with affinity, 1,000 placed", 0.05, 16.0),
            spread: pair("service with spread, 1,000 placed", 0.05, 24.0),
            plan: pair("job plan, 1,000 of a service", 0.01, 0.4),
            large: pair("batch, 50,000 placed", 0.7, 75.7),
            connection: Row::new("server, each connection", Unit::Kilobytes),
            some: Row::new("server, 17,400 allocations, without connections", Unit::Megabytes)
                .goal(100.0)
                .nomad(1_100.0),
            many: Row::new("server, 76,000 allocations, without connections", Unit::Megabytes)
                .goal(170.0)
                .nomad(8_200.0),
        }
    }

    /// One run on a server of its own.
    fn measure(&mut self, programs: &Programs) -> Result<()> {
        let mut server = Server::start(&programs.server)?;
        drop(connected(programs, &server)?);
        // The nodes are in its log now, and no connection is there.
        server.restart()?;
        server.await_leader()?;
        sleep(SETTLE);
        let bare = resident(&server)?;
        let _fleet = connected(programs, &server)?;
        sleep(SETTLE);
        ready(&server)?;
        let connections = resident(&server)? - bare;
        self.connection.add(connections * 1_000.0 / f64::from(NODES));

        // First: later ones fill nodes to the last megahertz.
        self.system.add(Job::new("system", Shape::System, NODES).place(&server)?);
        self.batch.add(Job::new("batch", Shape::Batch, 10_000).place(&server)?);
        self.affinity.add(Job::new("affinity", Shape::Affinity, 1_000).place(&server)?);
        self.spread.add(Job::new("spread", Shape::Spread, 1_000).place(&server)?);
        Job::new("rest", Shape::Batch, 400).place(&server)?;
        sleep(SETTLE);
        self.some.add(resident(&server)? - connections);
        for number in 0..PLANS {
            self.plan.add(Job::new(&format!("plan-{number}"), Shape::Affinity, 1_000).plan(&server)?);
        }
        self.large.add(Job::new("large", Shape::Batch, 50_000).place(&server)?);
        Job::new("more", Shape::Batch, 8_600).place(&server)?;
        sleep(SETTLE);
        self.many.add(resident(&server)? - connections);
        Ok(())
    }

    fn rows(self) -> Vec<Row> {
        let pairs = [self.batch, self.large, self.system, self.affinity, self.spread, self.plan];
        let mut rows: Vec<Row> = pairs.into_iter().flat_map(|pair| [pair.wall, pair.cpu]).collect();
        rows.extend([self.connection, self.some, self.many]);
        rows
    }
}

/// The batches once more, until every allocation runs on its node.
fn running(programs: &Programs, rows: &mut Vec<Row>) -> Result<()> {
    let server = Server::start(&programs.server)?;
    let mut fleet = Fleet::start(&programs.fleet, &server, 0, NODES)?;
    registered(&mut fleet)?;
    sleep(SETTLE);
    ready(&server)?;
    for (what, count) in [("batch, 10,000 running", 10_000), ("batch, 50,000 running", 50_000)] {
        let mut pair = Pair::new(what, None, None);
        let done = Job::new(&format!("batch-{count}"), Shape::Batch, count).run(&server);
        if let Ok(cost) = done {
            pair.add(cost);
        }
        rows.extend([pair.wall, pair.cpu]);
        done?;
    }
    Ok(())
}

/// Idle nodes that are all registered.
fn connected(programs: &Programs, server: &Server) -> Result<Fleet> {
    let mut fleet = Fleet::start_idle(&programs.fleet, server, NODES)?;
    registered(&mut fleet)?;
    Ok(fleet)
}

fn registered(fleet: &mut Fleet) -> Result<()> {
    let all = |counts: &Value| counts["registered"] == json!(NODES);
    fleet.wait(Instant::now(), LIMIT, all).map(drop)
}

/// Waits until the server counts every node as ready.
fn ready(server: &Server) -> Result<()> {
    let started = Instant::now();
    loop {
        let nodes = http::request(server.http, "GET", "/v1/nodes", "")?;
        let ready =
            nodes.as_array().map_or(0, |nodes| nodes.iter().filter(|node| node["Status"] == "ready").count());
        if ready >= NODES as usize {
            return Ok(());
        }
        if started.elapsed() > LIMIT {
            bail!("{ready} of {NODES} nodes are ready after {} s", LIMIT.as_secs());
        }
        sleep(SETTLE / 8);
    }
}

fn resident(server: &Server) -> Result<f64> {
    Ok(process::resident(server.pid())?.megabytes())
}
