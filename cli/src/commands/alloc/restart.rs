//! `alloc restart`.

use super::find::{alloc_or_job, choose_task};
use crate::context::Context;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Restart the tasks of an allocation in place
///
/// Without a task all tasks that run are restarted.
#[derive(clap::Args, Debug)]
pub(crate) struct RestartArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Restart also the tasks that are over
    #[arg(long)]
    all_tasks: bool,

    /// Task to restart
    #[arg(long = "task", value_name = "task")]
    task_flag: Option<String>,

    /// Show whole ids
    #[arg(long)]
    verbose: bool,

    /// Beginning of the id of an allocation
    #[arg(value_name = "allocation")]
    id: String,

    /// Task to restart
    #[arg(value_name = "task")]
    task: Option<String>,
}

impl RestartArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let named = self.task_flag.as_deref().or(self.task.as_deref());
        if named.is_some() && self.all_tasks {
            return Err(CommandError::failed(
                "The -all-tasks option is not allowed when restarting a specific task.",
            ));
        }
        let client = context.client(&self.global)?;
        let alloc = alloc_or_job(&client, context, &self.id, false).await?;
        let task = named.map(|name| choose_task(&alloc, Some(name))).transpose()?;
        let asked = client.client().restart(&alloc.id, task.as_deref(), self.all_tasks).await;
        asked.map_err(|error| CommandError::failed(format!("Failed to restart allocation:\n\n{error}")))?;
        Ok(Exit::OK)
    }
}
