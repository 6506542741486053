//! `job tag apply`.

use api::Query;

use crate::commands::job::find::{find_job, in_namespace};
use crate::context::Context;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Give a version of a job a name
///
/// A version with a name is never forgotten, and can be compared with and gone back to by that name.
#[derive(clap::Args, Debug)]
pub(crate) struct ApplyArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// The name
    #[arg(long, value_name = "name")]
    name: Option<String>,

    /// What the name is about
    #[arg(long, value_name = "text")]
    description: Option<String>,

    /// The version instead of the newest
    #[arg(long, value_name = "version")]
    version: Option<u64>,

    /// Beginning of the id of a job
    #[arg(value_name = "job")]
    job: String,
}

impl ApplyArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let Some(name) = self.name.as_deref().filter(|name| !name.is_empty()) else {
            return Err(CommandError::failed("A name is required: give it with -name"));
        };
        let client = context.client(&self.global)?;
        let job = find_job(&client, context, &self.job).await?;
        let client = in_namespace(&client, &job);
        let failed = |error| CommandError::request("tagging job version", &error);
        let version = match self.version {
            Some(version) => version,
            None => client.jobs().info(&job.id, Query::default()).await.map_err(failed)?.value.version,
        };
        let description = self.description.as_deref().unwrap_or_default();
        client.jobs().tag(&job.id, version, name, description).await.map_err(failed)?;
        context.ui.print(&format!("Job version {version} tagged with name {name:?}"));
        Ok(Exit::OK)
    }
}
