//! `job tag unset`.

use crate::commands::job::find::{find_job, in_namespace};
use crate::context::Context;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Take the name of a version of a job away
#[derive(clap::Args, Debug)]
pub(crate) struct UnsetArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// The name
    #[arg(long, value_name = "name")]
    name: Option<String>,

    /// Beginning of the id of a job
    #[arg(value_name = "job")]
    job: String,
}

impl UnsetArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let Some(name) = self.name.as_deref().filter(|name| !name.is_empty()) else {
            return Err(CommandError::failed("A name is required: give it with -name"));
        };
        let client = context.client(&self.global)?;
        let job = find_job(&client, context, &self.job).await?;
        let asked = in_namespace(&client, &job).jobs().untag(&job.id, name).await;
        asked.map_err(|error| CommandError::request("tagging job version", &error))?;
        context.ui.print(&format!("Tag {name:?} removed from job {:?}", job.id));
        Ok(Exit::OK)
    }
}
