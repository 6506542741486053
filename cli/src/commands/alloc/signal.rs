//! `alloc signal`.

use super::find::{alloc_or_job, choose_task};
use crate::context::Context;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Send a signal to the tasks of an allocation
///
/// Without a task all tasks that run get it.
#[derive(clap::Args, Debug)]
pub(crate) struct SignalArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Signal, such as SIGHUP
    #[arg(long = "s", value_name = "signal", default_value = "SIGKILL")]
    signal: String,

    /// Task to signal
    #[arg(long = "task", value_name = "task")]
    task_flag: Option<String>,

    /// Show whole ids
    #[arg(long)]
    verbose: bool,

    /// Beginning of the id of an allocation
    #[arg(value_name = "allocation")]
    id: String,

    /// Task to signal
    #[arg(value_name = "task")]
    task: Option<String>,
}

impl SignalArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let client = context.client(&self.global)?;
        let alloc = alloc_or_job(&client, context, &self.id, false).await?;
        let named = self.task_flag.as_deref().or(self.task.as_deref());
        let task = named.map(|name| choose_task(&alloc, Some(name))).transpose()?;
        let asked = client.client().signal(&alloc.id, task.as_deref(), &self.signal).await;
        asked.map_err(|error| CommandError::failed(format!("Failed to signal allocation:\n\n{error}")))?;
        Ok(Exit::OK)
    }
}
