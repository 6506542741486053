//! `sim`: runs the control plane under fire, seed by seed; exit code 1 when a seed fails.
//!
//! Limits: one seed after the other.
#![forbid(unsafe_code)]

use std::io::Write;
use std::ops::RangeInclusive;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use sim::{ControlPlane, Options, Plant, Report, run_with};

const USAGE: &str = "usage: sim [--seed N | --seeds A..B] [--for DURATION] [--plant NAME]
  --seed N        run this seed (default 1)
  --seeds A..B    run the seeds from A to B, both included
  --for DURATION  virtual time under fire, such as 30s, 1m or 10m (default 1m)
  --plant NAME    breaks something on purpose: leader-restore, lying-disks or trusting-applier";

fn main() -> Result<ExitCode> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let plan = match Plan::parse(&args) {
        Ok(plan) => plan,
        Err(error) => bail!("{error}\n{USAGE}"),
    };
    let mut out = std::io::stdout().lock();
    let mut failed = false;
    for seed in plan.seeds {
        let options = Options { clients: 1, plant: plan.plant, ..Options::default() };
        let report = run_with::<ControlPlane>(seed, plan.duration, options);
        writeln!(out, "{}", line(&report))?;
        if !report.passed() {
            failed = true;
            writeln!(out, "  repeat with: cargo xtask sim --seed {seed} --for {}s", plan.duration.as_secs())?;
        }
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn line(report: &Report) -> String {
    let mut line = format!(
        "seed {}: {} events, {} elections, {} crashes, {} jobs acknowledged, {} placements, trace {:016x}: {}",
        report.seed,
        report.events,
        report.elections,
        report.crashes,
        report.jobs,
        report.placements,
        report.trace,
        if report.passed() { "passed" } else { "FAILED" },
    );
    for violation in &report.violations {
        line.push_str("\n  ");
        line.push_str(violation);
    }
    line
}

/// What to run.
struct Plan {
    seeds: RangeInclusive<u64>,
    duration: Duration,
    plant: Plant,
}

impl Plan {
    fn parse(args: &[String]) -> Result<Self> {
        let mut plan = Self { seeds: 1..=1, duration: Duration::from_secs(60), plant: Plant::Nothing };
        let mut args = args.iter();
        while let Some(name) = args.next() {
            let value = args.next().with_context(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--seed" => {
                    let seed = value.parse().with_context(|| format!("{value:?} is no seed"))?;
                    plan.seeds = seed..=seed;
                }
                "--seeds" => plan.seeds = seeds(value)?,
                "--for" => plan.duration = duration(value)?,
                "--plant" => plan.plant = plant(value)?,
                _ => bail!("unknown option {name:?}"),
            }
        }
        Ok(plan)
    }
}

fn seeds(text: &str) -> Result<RangeInclusive<u64>> {
    let parsed = text.split_once("..").and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
    let (from, to): (u64, u64) = parsed.with_context(|| format!("{text:?} is no range such as 1..20"))?;
    if from > to {
        bail!("the range {text} is empty");
    }
    Ok(from..=to)
}

fn plant(text: &str) -> Result<Plant> {
    match text {
        "leader-restore" => Ok(Plant::LeaderRestore),
        "lying-disks" => Ok(Plant::LyingDisks),
        "trusting-applier" => Ok(Plant::TrustingApplier),
        _ => bail!("no bug is called {text:?}"),
    }
}

fn duration(text: &str) -> Result<Duration> {
    let unit = if text.ends_with('m') { 60 } else { 1 };
    let number = text.strip_suffix(['s', 'm']).and_then(|number| number.parse::<u64>().ok());
    let seconds =
        number.and_then(|number| number.checked_mul(unit)).filter(|seconds| (1..=86_400).contains(seconds));
    seconds
        .map(Duration::from_secs)
        .with_context(|| format!("{text:?} is no duration such as 30s, 1m or 10m"))
}
