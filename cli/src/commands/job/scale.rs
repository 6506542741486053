//! `job scale`.

use api::Query;
use api::view::JobView;

use super::find::{find_job, in_namespace};
use crate::commands::show;
use crate::context::Context;
use crate::follow::Monitor;
use crate::format::Length;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Change how many allocations a group has
///
/// The group may be left out when the job has only one.
#[derive(clap::Args, Debug)]
pub(crate) struct ScaleArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Scale only if the registered job has this modify index
    #[arg(long, value_name = "index")]
    check_index: Option<u64>,

    /// Return after the job was scaled
    #[arg(long)]
    detach: bool,

    /// Show whole ids
    #[arg(long)]
    verbose: bool,

    /// Beginning of the id of a job
    #[arg(value_name = "job")]
    job: String,

    /// Group, or the count when the job has only one group
    #[arg(value_name = "group")]
    group_or_count: String,

    /// How many allocations
    #[arg(value_name = "count")]
    count: Option<String>,
}

impl ScaleArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let (group, count) = match &self.count {
            Some(count) => (Some(self.group_or_count.as_str()), count),
            None => (None, &self.group_or_count),
        };
        let count: u64 = count
            .parse()
            .map_err(|_| CommandError::failed(format!("Invalid count {count:?}: expected a number")))?;
        let client = context.client(&self.global)?;
        let job = find_job(&client, context, &self.job).await?;
        let client = in_namespace(&client, &job);
        let failed = |error| CommandError::request("scaling job", &error);
        let found = client.jobs().info(&job.id, Query::default()).await.map_err(failed)?.value;
        let group = group_of(&found, group)?;
        let answer = client.jobs().scale(&job.id, &group, count, self.check_index).await;
        let answer = answer.map_err(failed)?.value;
        if let Some(warnings) = show::warnings_block(&answer.warnings) {
            context.ui.print(&format!("{warnings}\n"));
        }
        if self.detach || answer.eval_id.is_empty() {
            context.ui.print("Job scale successful");
            if !answer.eval_id.is_empty() {
                context.ui.print(&format!("Evaluation ID: {}", answer.eval_id));
            }
            return Ok(Exit::OK);
        }
        Monitor::new(&client, context, Length::verbose(self.verbose)).follow(&answer.eval_id).await
    }
}

/// Returns the group that is meant.
fn group_of(job: &JobView, named: Option<&str>) -> Result<String, CommandError> {
    let mut names = job.task_groups.iter().map(|group| group.name.as_str());
    match named {
        Some(named) if names.any(|name| name == named) => Ok(named.to_owned()),
        Some(named) => Err(CommandError::failed(format!("Group {named} not found within job"))),
        None => match job.task_groups.as_slice() {
            [only] => Ok(only.name.clone()),
            _ => {
                let names: Vec<&str> = names.collect();
                Err(CommandError::failed(format!(
                    "Group name required: the job has the groups {}",
                    names.join(", ")
                )))
            }
        },
    }
}
