//! Time and memory of parsing and canonicalising job files: 1 KB, 100 KB, 2,000 groups, and 1 MB.
//!
//! Limits: time is processor time of one thread, memory is the growth of the resident set at its peak; both are
//! measured by the benchmark of the `jobspec` crate, which this runs a few times.

use anyhow::{Context, Result, bail};

use super::table::{Row, Unit, table};
use crate::run::cargo;

/// Runs of the benchmark; a figure is their median.
const RUNS: usize = 3;

/// Measures and prints the table.
pub(crate) fn jobspec() -> Result<()> {
    let time = |what| Row::new(what, Unit::Microseconds);
    let memory = |what| Row::new(what, Unit::Megabytes);
    let mut rows = [
        ("1 KB job", time("1 KB job"), memory("1 KB job, memory")),
        ("100 KB job", time("100 KB job"), memory("100 KB job, memory")),
        ("2,000-group job", time("2,000-group job"), memory("2,000-group job, memory")),
        ("1 MB file", time("1 MB file").goal(300_000.0), memory("1 MB file, memory").goal(100.6)),
    ];
    for _ in 0..RUNS {
        let args = ["bench", "--quiet", "--package", "jobspec", "--bench", "parse"];
        let output = cargo(&args).output().context("cannot run cargo")?;
        if !output.status.success() {
            bail!("the benchmark fails:\n{}", String::from_utf8_lossy(&output.stderr));
        }
        let text = String::from_utf8(output.stdout).context("the benchmark prints text")?;
        for line in text.lines() {
            let [name, _, micros, kilobytes] = line.split('\t').collect::<Vec<_>>()[..] else { continue };
            let Some(row) = rows.iter_mut().find(|row| row.0 == name) else { bail!("no job {name:?}") };
            row.1.add(micros.parse()?);
            row.2.add(kilobytes.parse::<f64>()? * 1_024.0 / 1e6);
        }
    }
    let rows: Vec<Row> = rows.into_iter().flat_map(|(_, time, memory)| [time, memory]).collect();
    println!("{}", table(&rows));
    Ok(())
}
