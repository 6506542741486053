//! Times and memory of the dev cluster: ready, idle, and with a hundred tasks.
//!
//! Each section starts clusters of its own, and ends them as Ctrl-C does; a section that fails leaves the figures
//! of the others standing and makes the benchmark fail at its end.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::dev_cluster::Cluster;
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

/// Some quantities and how they are measured.
struct Section {
    rows: Vec<Row>,
    measure: fn(&Path, &mut [Row]) -> Result<()>,
}

/// Measures and prints the table.
pub(crate) fn dev() -> Result<()> {
    let binary = binary()?;
    let mut failed = 0;
    let mut rows = Vec::new();
    for mut section in sections() {
        let name = section.rows.iter().map(Row::what).collect::<Vec<_>>().join("; ");
        println!("== {name}");
        if let Err(error) = (section.measure)(&binary, &mut section.rows) {
            println!("== FAILED: {error:#}");
            failed += 1;
        }
        rows.extend(section.rows);
    }
    println!("\n{}", table(&rows));
    if failed > 0 {
        bail!("{failed} of the measurements failed, see above");
    }
    Ok(())
}

fn sections() -> [Section; 5] {
    let seconds = |what| Row::new(what, Unit::Seconds);
    let megabytes = |what| Row::new(what, Unit::Megabytes);
    [
        Section {
            rows: vec![seconds("ready, 1 server and 1 client").goal(0.3).nomad(1.7)],
            measure: |binary, rows| ready(binary, SMALL, rows),
        },
        Section {
            rows: vec![seconds("ready, default (3 and 3)").goal(0.5)],
            measure: |binary, rows| ready(binary, DEFAULT, rows),
        },
        Section {
            rows: vec![megabytes("resident, 1 server and 1 client").goal(30.0).nomad(121.0)],
            measure: |binary, rows| idle(binary, SMALL, rows),
        },
        Section {
            rows: vec![megabytes("resident, default (3 and 3)").goal(60.0)],
            measure: |binary, rows| idle(binary, DEFAULT, rows),
        },
        Section {
            rows: vec![
                seconds("100 sleep tasks running").goal(0.5).nomad(6.8),
                megabytes("each executor, PSS").goal(0.5).nomad(14.5),
                megabytes("each executor, USS"),
            ],
            measure: tasks,
        },
    ]
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

fn ready(binary: &Path, args: &[&str], rows: &mut [Row]) -> Result<()> {
    for _ in 0..RUNS {
        let cluster = Cluster::start(binary, args)?;
        add(rows, [cluster.ready_after.as_secs_f64()]);
        cluster.interrupt()?;
    }
    Ok(())
}

fn idle(binary: &Path, args: &[&str], rows: &mut [Row]) -> Result<()> {
    let cluster = Cluster::start(binary, args)?;
    sleep(IDLE);
    add(rows, [process::resident(cluster.pid())?.megabytes()]);
    cluster.interrupt()
}

fn tasks(binary: &Path, rows: &mut [Row]) -> Result<()> {
    for _ in 0..RUNS {
        let cluster = Cluster::start(binary, SMALL)?;
        let time = run_tasks(&cluster)?;
        let executors = process::executors(cluster.pid())?;
        if executors.len() != TASKS {
            bail!("{} executors run {TASKS} tasks", executors.len());
        }
        let mut total = process::Share::default();
        for executor in executors {
            total.add(process::share(executor)?);
        }
        let each = |memory: process::Memory| memory.megabytes() / TASKS as f64;
        add(rows, [time.as_secs_f64(), each(total.proportional), each(total.unique)]);
        cluster.interrupt()?;
    }
    Ok(())
}

/// Adds one sample to each row.
fn add<const N: usize>(rows: &mut [Row], samples: [f64; N]) {
    assert_eq!(rows.len(), N, "a section measures each of its rows");
    for (row, sample) in rows.iter_mut().zip(samples) {
        row.add(sample);
    }
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
