//! `operator snapshot restore`.

use std::path::PathBuf;

use crate::context::Context;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Replace the state of all servers by a saved one
///
/// Everything that the servers know now is lost. Nodes that the saved state does not have register anew; those that only
/// it has count as lost once they stay silent. A damaged file is refused and changes nothing.
#[derive(clap::Args, Debug)]
pub(crate) struct RestoreArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// The file
    #[arg(value_name = "file")]
    file: PathBuf,
}

impl RestoreArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let name = self.file.display();
        // A file that no server would take need not be sent.
        archive::inspect(&self.file)
            .map_err(|error| CommandError::failed(format!("Error restoring {name}: {error}")))?;
        let bytes = std::fs::read(&self.file)
            .map_err(|error| CommandError::failed(format!("Error reading {name}: {error}")))?;
        let client = context.patient_client(&self.global)?;
        let asked = client.operator().restore_snapshot(bytes).await;
        asked.map_err(|error| CommandError::request("restoring snapshot", &error))?;
        context.ui.print("Snapshot Restored");
        Ok(Exit::OK)
    }
}
