//! C2M: 2,000,000 containers on 6,100 nodes.
//!
//! Limits: idle nodes, which take nothing; the jobs are registered one after another, and each is placed before the next.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::super::fleet::Fleet;
use super::super::process;
use super::super::server::Server;
use super::super::table::{Row, Unit};
use super::Programs;
use super::job::{Job, Shape};

/// Nodes.
const NODES: u32 = 6_100;
/// Jobs, and containers of each.
const JOBS: (u32, u32) = (40, 50_000);
/// How long registering the nodes may take.
const LIMIT: Duration = Duration::from_secs(180);
/// Most memory that the server may take: what is missing then is missing for others on this machine.
const MAX_MEGABYTES: f64 = 8_000.0;

/// Places all of them once.
pub(super) fn measure(programs: &Programs, rows: &mut Vec<Row>) -> Result<()> {
    let mut wall =
        Row::new("2,000,000 containers on 6,100 nodes placed", Unit::Seconds).goal(30.0).nomad(1_320.0);
    let mut cpu = Row::new("the same: server CPU", Unit::Seconds);
    let mut peak = Row::new("server, resident with all of them", Unit::Megabytes).goal(3_000.0);
    let mut connections = Row::new("of which connections", Unit::Megabytes);
    let server = Server::start(&programs.server)?;
    let empty = process::resident(server.pid())?.megabytes();
    let mut fleet = Fleet::start_idle(&programs.fleet, &server, NODES)?;
    fleet.wait(Instant::now(), LIMIT, |counts: &Value| counts["registered"] == json!(NODES))?;
    sleep(Duration::from_secs(4));
    connections.add(process::resident(server.pid())?.megabytes() - empty);
    let (count, each) = JOBS;
    let (mut seconds, mut used) = (0.0, 0.0);
    for number in 0..count {
        let cost = Job::new(&format!("c2m-{number}"), Shape::Batch, each).place(&server)?;
        seconds += cost.wall;
        used += cost.cpu;
        let resident = process::resident(server.pid())?.megabytes();
        println!("   {:>9} placed after {seconds:.1} s, server {resident:.0} MB", (number + 1) * each);
        if resident > MAX_MEGABYTES {
            bail!("the server takes {resident:.0} MB with {} containers", (number + 1) * each);
        }
    }
    wall.add(seconds);
    cpu.add(used);
    peak.add(process::resident(server.pid())?.megabytes());
    rows.extend([wall, cpu, peak, connections]);
    Ok(())
}
