//! `sim`: runs the control plane under fire, seed by seed; exit code 1 when a seed fails.
//!
//! Limits: each seed runs on one thread.
#![forbid(unsafe_code)]

use std::io::Write;
use std::ops::RangeInclusive;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use sim::hunt::{find, run_all};
use sim::{ControlPlane, Options, Plant, Report, run_with};

/// Seeds within which every planted bug must be found.
const HUNT: RangeInclusive<u64> = 1..=200;

const USAGE: &str = "usage: sim [--seed N | --seeds A..B] [--for DURATION] [--plant NAME] [--threads N]
       sim --plants all [--threads N]
  --seed N        run this seed (default 1)
  --seeds A..B    run the seeds from A to B, both included
  --for DURATION  virtual time under fire, such as 30s, 1m or 10m (default 1m)
  --plant NAME    breaks something on purpose; a wrong name lists what
  --plants all    looks for every such bug, in at most 200 seeds each
  --threads N     runs so many seeds at a time (default: one a core)";

fn main() -> Result<ExitCode> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let plan = match Plan::parse(&args) {
        Ok(plan) => plan,
        Err(error) => {
            writeln!(std::io::stderr(), "sim: {error}\n{USAGE}")?;
            return Ok(ExitCode::from(2));
        }
    };
    let good = if plan.hunt { hunt(plan.threads)? } else { simulate(&plan)? };
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs the seeds of the plan; says whether all passed.
fn simulate(plan: &Plan) -> Result<bool> {
    let options = Options { clients: 1, plant: plan.plant, ..Options::default() };
    let (mut failed, mut written) = (0_u64, Ok(()));
    let tell = |report: Report| {
        let mut text = line(&report);
        if !report.passed() {
            failed += 1;
            let (seed, seconds) = (report.seed, plan.duration.as_secs());
            text.push_str(&format!("\n  repeat with: cargo xtask sim --seed {seed} --for {seconds}s"));
        }
        written = writeln!(std::io::stdout(), "{text}");
        written.is_ok()
    };
    let one = |seed| run_with::<ControlPlane>(seed, plan.duration, options);
    run_all(plan.seeds.clone(), plan.threads, one, tell);
    written?;
    Ok(failed == 0)
}

/// Looks for every planted bug; says whether all were found.
fn hunt(threads: usize) -> Result<bool> {
    let mut out = std::io::stdout();
    let mut missed = false;
    for (name, plant) in Plant::ALL {
        match find(plant, HUNT, threads) {
            Some(report) => {
                let first = report.violations.first().map_or("", String::as_str);
                let short: String = first.chars().take(90).collect();
                writeln!(out, "{name:<18} found by seed {:>3}: {short}", report.seed)?;
            }
            None => {
                missed = true;
                writeln!(out, "{name:<18} NOT FOUND in seeds {} to {}", HUNT.start(), HUNT.end())?;
            }
        }
    }
    Ok(!missed)
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
    /// Looks for all planted bugs instead.
    hunt: bool,
    threads: usize,
}

impl Plan {
    fn parse(args: &[String]) -> Result<Self> {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let duration = Duration::from_secs(60);
        let mut plan = Self { seeds: 1..=1, duration, plant: Plant::Nothing, hunt: false, threads };
        let mut args = args.iter();
        while let Some(name) = args.next() {
            let value = args.next().with_context(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--seed" => {
                    let seed = value.parse().with_context(|| format!("{value:?} is no seed"))?;
                    plan.seeds = seed..=seed;
                }
                "--seeds" => plan.seeds = seeds(value)?,
                "--for" => plan.duration = self::duration(value)?,
                "--plant" => plan.plant = plant(value)?,
                "--plants" if value == "all" => plan.hunt = true,
                "--threads" => {
                    plan.threads = value.parse().with_context(|| format!("{value:?} is no number"))?;
                }
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
    let names = || Plant::ALL.map(|(name, _)| name).join(", ");
    Plant::named(text).with_context(|| format!("no bug is called {text:?}; there are {}", names()))
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
