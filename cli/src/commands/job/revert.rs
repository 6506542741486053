//! `job revert`.

use api::{Client, VersionDiff};

use super::find::{find_job, in_namespace};
use crate::commands::show;
use crate::context::Context;
use crate::follow::Monitor;
use crate::format::Length;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Go back to an earlier version of a job
///
/// The earlier version becomes the newest one. It is given by its number or by the name that `job tag apply` gave it.
#[derive(clap::Args, Debug)]
pub(crate) struct RevertArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Return after the job was reverted
    #[arg(long)]
    detach: bool,

    /// Show whole ids
    #[arg(long)]
    verbose: bool,

    /// Beginning of the id of a job
    #[arg(value_name = "job")]
    job: String,

    /// Number or name of a version
    #[arg(value_name = "version|tag")]
    version: String,
}

impl RevertArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let client = context.client(&self.global)?;
        let job = find_job(&client, context, &self.job).await?;
        let client = in_namespace(&client, &job);
        let version = self.wanted(&client, &job.id).await?;
        let asked = client.jobs().revert(&job.id, version).await;
        let answer = asked.map_err(|error| CommandError::request("retrieving job versions", &error))?.value;
        if let Some(warnings) = show::warnings_block(&answer.warnings) {
            context.ui.print(&format!("{warnings}\n"));
        }
        if answer.eval_id.is_empty() {
            return Ok(Exit::OK);
        }
        if self.detach {
            context.ui.print(&format!("Evaluation ID: {}", answer.eval_id));
            return Ok(Exit::OK);
        }
        Monitor::new(&client, context, Length::verbose(self.verbose)).follow(&answer.eval_id).await
    }

    /// Returns the number of the wanted version.
    async fn wanted(&self, client: &Client, job: &str) -> Result<u64, CommandError> {
        if let Ok(version) = self.version.parse() {
            return Ok(version);
        }
        let asked = client.jobs().history(job, &VersionDiff::Nothing).await;
        let found = asked.map_err(|error| CommandError::request("retrieving job versions", &error))?.value;
        let tagged = found
            .versions
            .iter()
            .find(|version| version.version_tag.as_ref().is_some_and(|tag| tag.name == self.version));
        tagged.map(|version| version.version).ok_or_else(|| {
            CommandError::failed(format!(
                "Error retrieving job versions: tag {:?} not found on job {job:?}",
                self.version
            ))
        })
    }
}
