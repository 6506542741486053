//! `job run`.

use api::view::RegisterResponse;
use api::{Client, RegisterRequest};
use serde_json::{Value, json};

use super::launch::next_launch;
use crate::commands::show;
use crate::context::Context;
use crate::follow::Monitor;
use crate::format::{Length, ordered_json};
use crate::global::GlobalArgs;
use crate::job_file::{JobFile, JobFileArgs};
use crate::{CommandError, CommandResult, Exit};

/// Run a new job or update an existing one
///
/// The job file is read and checked here; nothing is sent when it has mistakes. Then the evaluation and the
/// deployment are followed until everything runs. The exit code is 0 when everything was placed and is healthy, 2
/// when not everything could be placed, and 1 for all other failures. Only the parts of the job that changed are
/// touched.
#[derive(clap::Args, Debug)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    file: JobFileArgs,

    /// Run only if the registered job has this modify index; 0 for a new job
    #[arg(long, value_name = "index")]
    check_index: Option<u64>,

    /// Return after the job was registered
    #[arg(long)]
    detach: bool,

    /// Priority of the evaluation instead of the job's
    #[arg(long, value_name = "priority")]
    eval_priority: Option<u32>,

    /// Print the job as JSON instead of running it
    #[arg(long)]
    output: bool,

    /// Go on where a policy only warns
    #[arg(long)]
    policy_override: bool,

    /// Keep the counts of the registered job
    #[arg(long)]
    preserve_counts: bool,

    /// Keep the resources of the registered job
    #[arg(long)]
    preserve_resources: bool,

    /// Namespace in Consul that the job uses
    #[arg(long, value_name = "namespace")]
    consul_namespace: Option<String>,

    /// Show whole ids
    #[arg(long)]
    verbose: bool,

    /// Path of the job file; - reads stdin
    #[arg(value_name = "path")]
    path: String,
}

impl RunArgs {
    /// Runs a file on the agent at an address, with no other flag.
    pub(crate) fn for_file(path: &str, address: &str) -> RunArgs {
        RunArgs {
            global: GlobalArgs { address: Some(address.to_owned()), ..GlobalArgs::default() },
            file: JobFileArgs { hcl2_strict: true, ..JobFileArgs::default() },
            check_index: None,
            detach: false,
            eval_priority: None,
            output: false,
            policy_override: false,
            preserve_counts: false,
            preserve_resources: false,
            consul_namespace: None,
            verbose: false,
            path: path.to_owned(),
        }
    }

    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let client = context.client(&self.global)?;
        let mut file = JobFile::load(&self.path, &self.file, &self.global, context)?;
        if let Some(namespace) = &self.consul_namespace {
            file.job["ConsulNamespace"] = Value::String(namespace.clone());
        }
        for warning in &file.warnings {
            context.ui.warn(&format!("Warning: {warning}"));
        }
        if self.output {
            context.ui.print(&ordered_json(&json!({ "Job": file.job })));
            return Ok(Exit::OK);
        }
        let client = file.scope(&client);
        let answer = self.register(&client, &file).await?;
        if let Some(warnings) = show::warnings_block(&answer.warnings) {
            context.ui.print(&format!("{warnings}\n"));
        }
        self.report(&client, context, &file, &answer).await
    }

    async fn register(&self, client: &Client, file: &JobFile) -> Result<RegisterResponse, CommandError> {
        let request = RegisterRequest {
            job: file.job.clone(),
            submission: Some(file.submission.clone()),
            check_index: self.check_index,
            preserve_counts: self.preserve_counts,
            preserve_resources: self.preserve_resources,
            policy_override: self.policy_override,
            eval_priority: self.eval_priority,
        };
        let reply = client.jobs().register(&request).await.map_err(|error| match error.body() {
            Some(text) if text.contains("Enforcing job modify index") => {
                let start = text.find("Enforcing").unwrap_or(0);
                CommandError::failed(format!("{}\nJob not updated", &text[start..]))
            }
            _ => CommandError::request("submitting job", &error),
        })?;
        Ok(reply.value)
    }

    async fn report(
        &self,
        client: &Client,
        context: &Context<'_>,
        file: &JobFile,
        answer: &RegisterResponse,
    ) -> CommandResult {
        let id = file.text("ID").unwrap_or_default();
        let namespace = client.config().namespace.as_deref().unwrap_or("default");
        let page = format!("jobs/{id}@{namespace}");
        if self.detach || answer.eval_id.is_empty() {
            context.ui.print("Job registration successful");
            if !answer.eval_id.is_empty() {
                context.ui.print(&format!("Evaluation ID: {}", answer.eval_id));
            }
            if let Some(launch) = next_launch(client, context.clock, &file.job).await {
                context.ui.print(&format!("Approximate next launch time: {launch}"));
            }
            context.web_hint(client, "this job", &page);
            return Ok(Exit::OK);
        }
        context.web_hint(client, "this job", &page);
        Monitor::new(client, context, Length::verbose(self.verbose)).follow(&answer.eval_id).await
    }
}
