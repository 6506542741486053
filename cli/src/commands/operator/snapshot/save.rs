//! `operator snapshot save`.

use std::path::PathBuf;

use super::fetch::fetch;
use crate::context::Context;
use crate::format::go_time;
use crate::global::GlobalArgs;
use crate::{CommandResult, Exit};

/// Save the state of the servers to a file
///
/// The file holds jobs, nodes, allocations and everything else that the servers know, secrets among it: keep it as you
/// keep them. Without a name it is called nomad-state-<date>-<seconds>.snap.
#[derive(clap::Args, Debug)]
pub(crate) struct SaveArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Let the asked server give its own state, also without a leader
    #[arg(long)]
    stale: bool,

    /// Where to save it
    #[arg(value_name = "file")]
    file: Option<PathBuf>,
}

impl SaveArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let client = context.patient_client(&self.global)?;
        let now = context.clock.now_ns();
        let named = || {
            let day = go_time("20060102", now);
            PathBuf::from(format!("nomad-state-{day}-{}.snap", now / 1_000_000_000))
        };
        let file = self.file.clone().unwrap_or_else(named);
        fetch(&client, self.stale, &file).await?;
        context.ui.print(&format!("State file written to {}", file.display()));
        Ok(Exit::OK)
    }
}
