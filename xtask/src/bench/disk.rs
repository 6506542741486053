//! What the disk itself can do, and how busy the machine is: what the server's figures are held against.
//!
//! Limits: Linux's `/proc` only.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// Bytes of a write that is synced.
const WRITE: usize = 200;

/// Appends and syncs alone on the disk of `dir` for `time`; returns how often a second.
pub(crate) fn raw_syncs(dir: &Path, time: Duration) -> Result<f64> {
    let path = dir.join("raw-syncs");
    let mut file = File::create(&path)?;
    // As the log's files are: their room is there before they are written.
    file.set_len(16 << 20)?;
    file.sync_all()?;
    let (started, mut count) = (Instant::now(), 0_u32);
    while started.elapsed() < time {
        file.write_all(&[7; WRITE])?;
        file.sync_data()?;
        count += 1;
    }
    let rate = f64::from(count) / started.elapsed().as_secs_f64();
    fs::remove_file(path)?;
    Ok(rate)
}

/// Processor time of the machine since it started: busy, and all of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Busy {
    busy: f64,
    all: f64,
}

impl Busy {
    /// Reads it.
    pub(crate) fn now() -> Result<Self> {
        let text = fs::read_to_string("/proc/stat").context("cannot read /proc/stat")?;
        let line = text.lines().next().context("the kernel says nothing of its processors")?;
        let ticks: Vec<f64> = line.split_whitespace().skip(1).filter_map(|tick| tick.parse().ok()).collect();
        let idle: f64 = ticks.iter().skip(3).take(2).sum();
        let all: f64 = ticks.iter().take(8).sum();
        Ok(Self { busy: all - idle, all })
    }

    /// The share that was busy since then, in percent of all processors.
    pub(crate) fn percent_since(&self) -> Result<f64> {
        let now = Self::now()?;
        Ok((now.busy - self.busy) / (now.all - self.all).max(1.0) * 100.0)
    }
}
