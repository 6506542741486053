//! Times and memory of the dev cluster: ready, idle, and with a hundred tasks.
//!
//! Each section starts clusters of its own, and ends them as Ctrl-C does; a section that fails leaves the figures
//! of the others standing and makes the benchmark fail at its end.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::cluster::Cluster;
use super::table::{Row, Unit, table};
use super::{http, process};
use crate::run::{cargo, root, stage};

/// Clusters started for each time; the figure is their median.
const RUNS: usize = 5;
/// How long a cluster is left alone before its memory is read.
const IDLE: Duration = Duration::from_secs(10);
/// Tasks of the job.
const TASKS: usize = 100;
/// Name of the job and of its group and task.
const JOB: &str = "bench";
/// How long all tasks may take to run before the benchmark gives up.
const ALL_RUNNING: Duration = Duration::from_secs(120);
/// Time between two looks at the job's summary.
const LOOK: Duration = Duration::from_millis(5);

/// Arguments of the smallest cluster.
const SMALL: &[&str] = &["-servers", "1", "-clients", "1"];
/// Arguments of the default cluster.
const DEFAULT: &[&str] = &[];

/// A section: measures the binary.
type Measure = fn(&Path) -> Result<Vec<Row>>;

/// Measures and prints the table.
pub(crate) fn dev() -> Result<()> {
    let binary = binary()?;
    let sections: [(&str, Measure); 5] = [
        ("time to ready, 1 server and 1 client", |binary| {
            ready(binary, SMALL, Row::new("ready, 1 server and 1 client", Unit::Seconds).goal(0.3).nomad(1.7))
        }),
        ("time to ready, default", |binary| {
            ready(binary, DEFAULT, Row::new("ready, default (3 and 3)", Unit::Seconds).goal(0.5))
        }),
        ("memory when idle, 1 server and 1 client", |binary| {
            idle(
                binary,
                SMALL,
                Row::new("resident, 1 server and 1 client", Unit::Megabytes).goal(30.0).nomad(121.0),
            )
        }),
        ("memory when idle, default", |binary| {
            idle(binary, DEFAULT, Row::new("resident, default (3 and 3)", Unit::Megabytes).goal(60.0))
        }),
        ("100 tasks on one client", tasks),
    ];
    let mut rows = Vec::new();
    let mut failed = Vec::new();
    for (name, measure) in sections {
        println!("== {name}");
        match measure(&binary) {
            Ok(measured) => rows.extend(measured),
            Err(error) => {
                println!("== {name} failed: {error:#}");
                failed.push(name);
            }
        }
    }
    println!("\n{}", table(&rows));
    if !failed.is_empty() {
        bail!("could not measure: {}", failed.join("; "));
    }
    Ok(())
}

/// The binary that `NOMADCTL_BINARY` names, or the release one, built now.
fn binary() -> Result<PathBuf> {
    let path = if let Some(given) = std::env::var_os("NOMADCTL_BINARY") {
        PathBuf::from(given)
    } else {
        stage("release build", &mut cargo(&["build", "--release", "--package", "nomadctl", "--quiet"]))?;
        let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        root().join(target).join("release").join("nomadctl")
    };
    path.canonicalize().with_context(|| format!("there is no binary {}", path.display()))
}

fn ready(binary: &Path, args: &[&str], mut row: Row) -> Result<Vec<Row>> {
    for _ in 0..RUNS {
        let cluster = Cluster::start(binary, args)?;
        row.add(cluster.ready_after.as_secs_f64());
        cluster.interrupt()?;
    }
    Ok(vec![row])
}

fn idle(binary: &Path, args: &[&str], mut row: Row) -> Result<Vec<Row>> {
    let cluster = Cluster::start(binary, args)?;
    sleep(IDLE);
    row.add(process::resident(cluster.pid())?.megabytes());
    cluster.interrupt()?;
    Ok(vec![row])
}

fn tasks(binary: &Path) -> Result<Vec<Row>> {
    let mut time = Row::new("100 sleep tasks running", Unit::Seconds).goal(0.5).nomad(6.8);
    let mut pss = Row::new("each executor, PSS", Unit::Megabytes).goal(0.5).nomad(14.5);
    let mut uss = Row::new("each executor, USS", Unit::Megabytes);
    for _ in 0..RUNS {
        let cluster = Cluster::start(binary, SMALL)?;
        time.add(run_tasks(&cluster)?.as_secs_f64());
        let executors = process::executors(cluster.pid())?;
        if executors.len() != TASKS {
            bail!("{} executors run {TASKS} tasks", executors.len());
        }
        let mut total = process::Share::default();
        for executor in executors {
            total.add(process::share(executor)?);
        }
        pss.add(total.proportional.megabytes() / TASKS as f64);
        uss.add(total.unique.megabytes() / TASKS as f64);
        cluster.interrupt()?;
    }
    Ok(vec![time, pss, uss])
}

/// Registers the job and returns the time until all its tasks run.
fn run_tasks(cluster: &Cluster) -> Result<Duration> {
    let body = job().to_string();
    let started = Instant::now();
    http::request(cluster.address, "PUT", "/v1/jobs", &body)?;
    loop {
        let answer = http::request(cluster.address, "GET", &format!("/v1/job/{JOB}/summary"), "")?;
        let elapsed = started.elapsed();
        let group = &answer["Summary"][JOB];
        if group["Running"] == json!(TASKS) {
            return Ok(elapsed);
        }
        if elapsed > ALL_RUNNING {
            bail!("not all {TASKS} tasks run {} s after registering: {group}", ALL_RUNNING.as_secs());
        }
        sleep(LOOK);
    }
}

/// The job, with the least that a task may ask for, so that any machine has room.
fn job() -> Value {
    json!({ "Job": {
        "ID": JOB,
        "Name": JOB,
        "Type": "service",
        "Datacenters": ["*"],
        "TaskGroups": [{
            "Name": JOB,
            "Count": TASKS,
            "EphemeralDisk": { "SizeMB": 10 },
            "Tasks": [{
                "Name": JOB,
                "Driver": "raw_exec",
                "Config": { "command": "/bin/sleep", "args": ["3600"] },
                "Resources": { "CPU": 1, "MemoryMB": 10 },
                "LogConfig": { "MaxFiles": 1, "MaxFileSizeMB": 1 },
            }],
        }],
    }})
}
