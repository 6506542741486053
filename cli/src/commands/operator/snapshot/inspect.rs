//! `operator snapshot inspect`.

use std::path::PathBuf;

use serde_json::json;

use crate::commands::show;
use crate::context::Context;
use crate::format::ordered_json;
use crate::{CommandError, CommandResult, Exit};

/// Show what a saved state holds
///
/// No server is needed. Every byte of the file is checked.
#[derive(clap::Args, Debug)]
pub(crate) struct InspectArgs {
    /// Print it as JSON
    #[arg(long)]
    json: bool,

    /// The file
    #[arg(value_name = "file")]
    file: PathBuf,
}

impl InspectArgs {
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        let inspected = archive::inspect(&self.file).map_err(|error| {
            CommandError::failed(format!("Error inspecting {}: {error}", self.file.display()))
        })?;
        if !self.json {
            context.ui.print(&show::snapshot_contents(&inspected));
            return Ok(Exit::OK);
        }
        let stats: Vec<_> = inspected
            .census
            .iter()
            .map(|count| json!({ "Name": count.kind, "Sum": count.bytes, "Count": count.rows }))
            .collect();
        let total: u64 = inspected.census.iter().map(|count| count.bytes).sum();
        context.ui.print(&ordered_json(&json!({
            "Meta": inspected.meta, "Stats": stats, "TotalSize": total,
        })));
        Ok(Exit::OK)
    }
}
