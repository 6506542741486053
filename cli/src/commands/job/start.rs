//! `job start`.

use api::{Query, RegisterRequest, Submission};
use serde_json::Value;

use super::find::{find_job_where, in_namespace};
use crate::context::Context;
use crate::follow::Monitor;
use crate::format::Length;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Start a stopped job again
///
/// The job is registered once more as it was when it was stopped.
#[derive(clap::Args, Debug)]
pub(crate) struct StartArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Return after the job was started
    #[arg(long)]
    detach: bool,

    /// Show whole ids
    #[arg(long)]
    verbose: bool,

    /// Beginning of the id of a stopped job
    #[arg(value_name = "job")]
    job: String,
}

impl StartArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let client = context.client(&self.global)?;
        let found = find_job_where(&client, context, &self.job, "stopped", |job| job.stop).await?;
        let client = in_namespace(&client, &found);
        let failed = |error| CommandError::request("starting job", &error);
        let stopped = client.jobs().info(&found.id, Query::default()).await.map_err(failed)?;
        let mut job = stopped.raw;
        job["Stop"] = false.into();
        let request = RegisterRequest {
            job,
            submission: submission(&client, &found.id, stopped.value.version).await,
            check_index: Some(stopped.value.job_modify_index),
            ..RegisterRequest::default()
        };
        let eval_id = client.jobs().register(&request).await.map_err(failed)?.value.eval_id;
        if self.detach || eval_id.is_empty() {
            context.ui.print("Job start successful");
            if !eval_id.is_empty() {
                context.ui.print(&format!("Evaluation ID: {eval_id}"));
            }
            return Ok(Exit::OK);
        }
        Monitor::new(&client, context, Length::verbose(self.verbose)).follow(&eval_id).await
    }
}

/// Returns the text that the newest version that has one was made from.
async fn submission(client: &api::Client, id: &str, version: u64) -> Option<Submission> {
    // The stop made a version of its own; the text belongs to the one before.
    for version in [Some(version), version.checked_sub(1)].into_iter().flatten() {
        let Ok(reply) = client.jobs().submission(id, version).await else { continue };
        let text = |field: &str| reply.raw.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
        let flags = reply.raw.get("VariableFlags").and_then(Value::as_object).into_iter().flatten();
        let flag =
            |(name, value): (&String, &Value)| (name.clone(), value.as_str().unwrap_or_default().to_owned());
        return Some(Submission {
            source: text("Source"),
            format: text("Format"),
            variable_flags: flags.map(flag).collect(),
            variables: text("Variables"),
        });
    }
    None
}
