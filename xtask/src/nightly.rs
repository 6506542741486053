//! The long modes of what every test run does briefly: properties, simulation, planted bugs, crash points.
//!
//! Limits: takes most of a night on two cores; fuzzing is started by hand, see `core/jobspec/fuzz`.

use anyhow::Result;

use crate::run::{cargo, stage};
use crate::{crash, sim};

/// Generated cases of each property.
const CASES: &str = "100000";

/// Runs all of it; ends with the first thing that fails.
pub(crate) fn nightly() -> Result<()> {
    stage(
        "properties",
        cargo(&["test", "--profile", "ci", "--package", "scheduler", "--package", "jobspec"])
            .env("PROPTEST_CASES", CASES)
            .env("NOMADCTL_PROPERTY_CASES", CASES),
    )?;
    sim::sim(&["--plants", "all"])?;
    sim::sim(&["--seeds", "1..3000", "--for", "10m"])?;
    crash::crash(&["--points", "500"])
}
