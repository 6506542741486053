//! `job inspect`.

use api::{ApiError, Client, Query};
use jobspec::{Format, Inputs, Limits, Source, shorten, write_job};
use serde_json::{Value, json};

use super::find::{find_job, in_namespace};
use crate::context::Context;
use crate::format::{canonical_json, render_template};
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Print a registered job
#[derive(clap::Args, Debug)]
pub(crate) struct InspectArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Print this version instead of the newest
    #[arg(long, value_name = "version")]
    version: Option<u64>,

    /// Print JSON, which is the default
    #[arg(long)]
    json: bool,

    /// Print the job as HCL: the text that it was made from, or one that means the same
    #[arg(long)]
    hcl: bool,

    /// With -hcl: print also the variables
    #[arg(long)]
    with_vars: bool,

    /// Format the job with a Go template
    #[arg(long = "t", value_name = "template")]
    template: Option<String>,

    /// Beginning of the id of a job
    #[arg(value_name = "job")]
    job: String,
}

impl InspectArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        if self.json && self.template.is_some() {
            return Err(CommandError::failed("Both json and template formatting are not allowed"));
        }
        let client = context.client(&self.global)?;
        let found = find_job(&client, context, &self.job).await?;
        let client = in_namespace(&client, &found);
        let job = self.job(&client, &found.id).await?;
        let text = if self.hcl {
            self.source(&client, &found.id, &job).await?
        } else if let Some(template) = &self.template {
            render_template(template, &job)
                .map_err(|error| CommandError::failed(format!("Error formatting the data: {error}")))?
        } else {
            canonical_json(&json!({ "Job": job }))
        };
        context.ui.print(&text);
        Ok(Exit::OK)
    }

    async fn job(&self, client: &Client, id: &str) -> Result<Value, CommandError> {
        let failed = |error| CommandError::request("inspecting job", &error);
        let Some(wanted) = self.version else {
            return Ok(client.jobs().info(id, Query::default()).await.map_err(failed)?.raw);
        };
        let versions = client.jobs().versions(id).await.map_err(failed)?.raw;
        let all = versions.get("Versions").and_then(Value::as_array);
        let version = |job: &&Value| job.get("Version").and_then(Value::as_u64) == Some(wanted);
        all.and_then(|all| all.iter().find(version).cloned())
            .ok_or_else(|| CommandError::failed(format!("Error inspecting job: version {wanted} not found")))
    }

    /// Returns the text that the job was made from; when there is none, or it is JSON, one written from the job.
    async fn source(&self, client: &Client, id: &str, job: &Value) -> Result<String, CommandError> {
        let version = job.get("Version").and_then(Value::as_u64).unwrap_or(0);
        let submission = match client.jobs().submission(id, version).await {
            Ok(reply) => reply.raw,
            Err(ApiError::Status { status: 404, .. }) => return written(job),
            Err(error) => return Err(CommandError::request("reading the source of the job", &error)),
        };
        let text = |field: &str| submission.get(field).and_then(Value::as_str).unwrap_or_default();
        if text("Format") == "json" || text("Source").is_empty() {
            return written(job);
        }
        let mut source = text("Source").to_owned();
        if self.with_vars {
            let flags = submission.get("VariableFlags").and_then(Value::as_object);
            let flags = flags.into_iter().flatten();
            let lines: Vec<String> = flags.map(|(name, value)| format!("{name} = {value}")).collect();
            source = format!("{source}\n\nVariables:\n{}\n{}", lines.join("\n"), text("Variables"));
        }
        Ok(source)
    }
}

/// Returns HCL that means the job, without the last line break.
fn written(job: &Value) -> Result<String, CommandError> {
    let failed = |error: &dyn std::error::Error| {
        CommandError::failed(format!("Error writing the job as HCL: {error}"))
            .hint("Without -hcl the job is printed as JSON, which 'job run -json' takes.")
    };
    let source = Source { file_name: "job".to_owned(), text: job.to_string(), format: Format::ApiJson };
    let parsed = jobspec::parse(source, &Inputs::default(), None, Limits::default())
        .map_err(|error| failed(&error))?;
    let text = write_job(&shorten(&parsed.job)).map_err(|error| failed(&error))?;
    Ok(text.trim_end().to_owned())
}
