//! A job that is placed: what it asks for, and how long its registration takes until all of it is there.
//!
//! Limits: one group of one task of the mock driver. "Placed" is what the server says: the evaluation is complete and
//! the job's summary counts every allocation.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::super::http;
use super::super::process;
use super::super::server::Server;

/// How long one job may take.
const LIMIT: Duration = Duration::from_secs(120);
/// Time between two looks at what runs.
const LOOK: Duration = Duration::from_millis(10);

/// What a job asks for beside CPU and memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Nothing, as a batch job.
    Batch,
    /// One on every node.
    System,
    /// A kernel that a third of the nodes has, as a service.
    Affinity,
    /// To be spread over 75 racks, as a service.
    Spread,
}

/// A job of one group.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) id: String,
    pub(super) shape: Shape,
    pub(super) count: u32,
}

/// What placing cost.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cost {
    /// Seconds from the request to the end.
    pub(super) wall: f64,
    /// Seconds of the server's processor time.
    pub(super) cpu: f64,
}

impl Job {
    pub(super) fn new(id: &str, shape: Shape, count: u32) -> Self {
        Self { id: id.to_owned(), shape, count }
    }

    fn body(&self) -> Value {
        let kind = match self.shape {
            Shape::Batch => "batch",
            Shape::System => "system",
            Shape::Affinity | Shape::Spread => "service",
        };
        let mut group = json!({
            "Name": "g",
            "Tasks": [{
                "Name": "t", "Driver": "mock_driver", "Config": { "run_for": "100h" },
                "Resources": { "CPU": 50, "MemoryMB": 64 },
                "LogConfig": { "MaxFiles": 1, "MaxFileSizeMB": 1 },
            }],
            "EphemeralDisk": { "SizeMB": 10 },
        });
        if self.shape != Shape::System {
            group["Count"] = json!(self.count);
        }
        let mut job = json!({
            "ID": self.id, "Name": self.id, "Type": kind, "Datacenters": ["*"], "TaskGroups": [group],
        });
        match self.shape {
            Shape::Batch | Shape::System => {}
            Shape::Affinity => {
                job["Affinities"] = json!([{
                    "LTarget": "${attr.kernel.version}", "Operand": "=", "RTarget": "6.1.0", "Weight": 50,
                }]);
            }
            Shape::Spread => job["Spreads"] = json!([{ "Attribute": "${meta.rack}", "Weight": 50 }]),
        }
        json!({ "Job": job })
    }

    /// Registers it; returns when every allocation is placed.
    pub(super) fn place(&self, server: &Server) -> Result<Cost> {
        let body = self.body().to_string();
        let cpu = process::cpu_seconds(server.pid())?;
        let started = Instant::now();
        let answer = http::request(server.http, "PUT", "/v1/jobs", &body)?;
        let eval = answer["EvalID"].as_str().context("the registration has no evaluation")?;
        self.await_evaluation(server, eval, started)?;
        let placed = self.counted(server, &["Starting", "Running"])?;
        let wall = started.elapsed().as_secs_f64();
        if placed != u64::from(self.count) {
            bail!("{placed} of {} allocations of {} are placed", self.count, self.id);
        }
        Ok(Cost { wall, cpu: process::cpu_seconds(server.pid())? - cpu })
    }

    /// Registers it; returns when every allocation runs.
    pub(super) fn run(&self, server: &Server) -> Result<Cost> {
        let cpu = process::cpu_seconds(server.pid())?;
        let started = Instant::now();
        http::request(server.http, "PUT", "/v1/jobs", &self.body().to_string())?;
        loop {
            let running = self.counted(server, &["Running"])?;
            let wall = started.elapsed();
            if running >= u64::from(self.count) {
                let cpu = process::cpu_seconds(server.pid())? - cpu;
                return Ok(Cost { wall: wall.as_secs_f64(), cpu });
            }
            if wall > LIMIT {
                bail!(
                    "{running} of {} allocations of {} run after {} s",
                    self.count,
                    self.id,
                    LIMIT.as_secs()
                );
            }
            sleep(LOOK);
        }
    }

    /// Asks what registering it would do; nothing is stored.
    pub(super) fn plan(&self, server: &Server) -> Result<Cost> {
        let mut body = self.body();
        body["Diff"] = json!(true);
        let body = body.to_string();
        let cpu = process::cpu_seconds(server.pid())?;
        let started = Instant::now();
        let answer = http::request(server.http, "PUT", &format!("/v1/job/{}/plan", self.id), &body)?;
        let wall = started.elapsed().as_secs_f64();
        let place = &answer["Annotations"]["DesiredTGUpdates"]["g"]["Place"];
        if place.as_u64() != Some(u64::from(self.count)) {
            bail!("the plan of {} places {place} instead of {}", self.id, self.count);
        }
        Ok(Cost { wall, cpu: process::cpu_seconds(server.pid())? - cpu })
    }

    fn await_evaluation(&self, server: &Server, eval: &str, started: Instant) -> Result<()> {
        let mut seen = 0;
        loop {
            let path = format!("/v1/evaluation/{eval}?index={seen}&wait=5s");
            let eval = http::request(server.http, "GET", &path, "")?;
            match eval["Status"].as_str() {
                Some("complete") if eval["FailedTGAllocs"]["g"].is_object() => {
                    bail!("the evaluation of {} found no room for all of it: {eval}", self.id)
                }
                Some("complete") => return Ok(()),
                Some("pending") => seen = eval["ModifyIndex"].as_u64().unwrap_or(0),
                _ => bail!("the evaluation of {} ended as {eval}", self.id),
            }
            if started.elapsed() > LIMIT {
                bail!("the evaluation of {} is not complete after {} s", self.id, LIMIT.as_secs());
            }
        }
    }

    /// Allocations in these states, as the job's summary counts them.
    fn counted(&self, server: &Server, states: &[&str]) -> Result<u64> {
        let summary = http::request(server.http, "GET", &format!("/v1/job/{}/summary", self.id), "")?;
        let group = &summary["Summary"]["g"];
        Ok(states.iter().filter_map(|state| group[*state].as_u64()).sum())
    }
}
