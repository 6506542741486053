//! `job stop`.

use api::view::JobStub;
use api::{Client, StopQuery};

use super::find::{find_job, in_namespace};
use crate::context::Context;
use crate::follow::Monitor;
use crate::format::Length;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Stop a running job
///
/// Several jobs are stopped at once and then followed one after the other; the exit code is the first that is not 0.
#[derive(clap::Args, Debug)]
pub(crate) struct StopArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Return after the job was told to stop
    #[arg(long)]
    detach: bool,

    /// Priority of the evaluation instead of the job's
    #[arg(long, value_name = "priority")]
    eval_priority: Option<u32>,

    /// Stop the job in all regions
    #[arg(long = "global", id = "all_regions")]
    all_regions: bool,

    /// Skip the shutdown delays
    #[arg(long)]
    no_shutdown_delay: bool,

    /// Forget the job at once instead of waiting for the garbage collection
    #[arg(long)]
    purge: bool,

    /// Do not ask
    #[arg(long)]
    yes: bool,

    /// Show whole ids
    #[arg(long)]
    verbose: bool,

    /// Beginnings of the ids of jobs
    #[arg(value_name = "job", required = true)]
    jobs: Vec<String>,
}

impl StopArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let client = context.client(&self.global)?;
        let mut found: Vec<JobStub> = Vec::new();
        for prefix in &self.jobs {
            let job = find_job(&client, context, prefix).await?;
            if job.id != *prefix
                && !self.yes
                && !context.ui.confirm(&format!("Are you sure you want to stop job {:?}?", job.id))
            {
                context.ui.print("Cancelling job stop");
                return Ok(Exit::OK);
            }
            found.push(job);
        }
        // All are told before the first is followed, which may take long.
        let mut told: Vec<(Client, String)> = Vec::new();
        for job in &found {
            let client = in_namespace(&client, job);
            let eval_id = self.stop(&client, job).await?;
            told.push((client, eval_id));
        }
        let mut exit = Exit::OK;
        for (client, eval_id) in told.iter().filter(|(_, eval_id)| !eval_id.is_empty()) {
            if self.detach {
                context.ui.print(eval_id);
                continue;
            }
            let ended = Monitor::new(client, context, Length::verbose(self.verbose)).follow(eval_id).await?;
            exit = if exit == Exit::OK { ended } else { exit };
        }
        Ok(exit)
    }

    /// Tells a job to stop and returns its evaluation; empty when there is none.
    async fn stop(&self, client: &Client, job: &JobStub) -> Result<String, CommandError> {
        let how = StopQuery {
            purge: self.purge,
            global: self.all_regions,
            no_shutdown_delay: self.no_shutdown_delay,
            eval_priority: self.eval_priority,
        };
        let asked = client.jobs().stop(&job.id, how).await;
        Ok(asked.map_err(|error| CommandError::request("deregistering job", &error))?.value.eval_id)
    }
}
