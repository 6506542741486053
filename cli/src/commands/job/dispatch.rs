//! `job dispatch`.

use std::collections::BTreeMap;
use std::io::Read as _;

use api::view::{AllocStub, JobSummary};
use api::{Client, DispatchRequest, JobQuery};

use super::find::{find_job_where, in_namespace};
use crate::commands::show;
use crate::context::Context;
use crate::follow::Monitor;
use crate::format::{KeyValue, Length};
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Largest payload that is read, in bytes; the agent allows 16 KiB.
const MAX_PAYLOAD: u64 = 1 << 20;
/// Time between two looks at a child that is waited for.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(250);

/// Run a copy of a parameterized job
///
/// The payload is read from a file, or from stdin when it is given as -.
#[derive(clap::Args, Debug)]
pub(crate) struct DispatchArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Meta of the copy: -meta key=value. May be repeated
    #[arg(long, value_name = "key=value", action = clap::ArgAction::Append)]
    meta: Vec<String>,

    /// Return after the copy was made
    #[arg(long)]
    detach: bool,

    /// Wait until the copy is over; the exit code is 2 when an allocation failed
    #[arg(long)]
    wait: bool,

    /// Make no second copy for the same token
    #[arg(long, value_name = "token")]
    idempotency_token: Option<String>,

    /// What stands in the id of the copy
    #[arg(long, value_name = "prefix")]
    id_prefix_template: Option<String>,

    /// Priority of the copy instead of the job's
    #[arg(long, value_name = "priority")]
    priority: Option<u32>,

    /// Show whole ids
    #[arg(long)]
    verbose: bool,

    /// Beginning of the id of a parameterized job
    #[arg(value_name = "parameterized job")]
    job: String,

    /// File with the payload; - reads stdin
    #[arg(value_name = "input source")]
    input: Option<String>,
}

impl DispatchArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let request = DispatchRequest {
            payload: self.payload(context)?,
            meta: meta(&self.meta)?,
            idempotency_token: self.idempotency_token.clone().unwrap_or_default(),
            id_prefix: self.id_prefix_template.clone().unwrap_or_default(),
            priority: self.priority,
        };
        let client = context.client(&self.global)?;
        let length = Length::verbose(self.verbose);
        let parameterized = |job: &api::view::JobStub| job.parameterized_job;
        let job = find_job_where(&client, context, &self.job, "parameterized", parameterized).await?;
        let client = in_namespace(&client, &job);
        let answer = client.jobs().dispatch(&job.id, &request).await;
        let answer =
            answer.map_err(|error| CommandError::failed(format!("Failed to dispatch job: {error}")))?.value;
        let child = &answer.dispatched_job_id;
        let eval_id = Some(length.id(&answer.eval_id)).filter(|id| !id.is_empty());
        let head = KeyValue::new().add("Dispatched Job ID", child).add_some("Evaluation ID", eval_id);
        context.ui.print(&head.render());
        if self.detach || answer.eval_id.is_empty() {
            return Ok(Exit::OK);
        }
        context.ui.print("");
        if self.wait {
            return wait(&client, context, child).await;
        }
        Monitor::new(&client, context, length).follow(&answer.eval_id).await
    }

    fn payload(&self, context: &Context<'_>) -> Result<Vec<u8>, CommandError> {
        let unreadable =
            |error: std::io::Error| CommandError::failed(format!("Error reading input data: {error}"));
        let Some(path) = &self.input else { return Ok(Vec::new()) };
        if path == "-" {
            return context.ui.read_input(MAX_PAYLOAD).map_err(unreadable);
        }
        let mut bytes = Vec::new();
        let file = std::fs::File::open(path).map_err(unreadable)?;
        file.take(MAX_PAYLOAD + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > MAX_PAYLOAD {
            return Err(CommandError::failed(format!(
                "Error reading input data: {path} is larger than {MAX_PAYLOAD} bytes"
            )));
        }
        Ok(bytes)
    }
}

fn meta(flags: &[String]) -> Result<BTreeMap<String, String>, CommandError> {
    let split = |flag: &String| match flag.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err(CommandError::failed(format!("Error parsing meta value {flag:?}: expected key=value"))),
    };
    flags.iter().map(split).collect()
}

/// Waits until a child is over and shows how its groups ended.
async fn wait(client: &Client, context: &Context<'_>, child: &str) -> CommandResult {
    let failed = |error| CommandError::request("waiting for the dispatched job", &error);
    loop {
        let job = client.jobs().info(child, api::Query::default()).await.map_err(failed)?.value;
        if job.status == "dead" || context.ui.is_closed() {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    let summary: JobSummary = client.jobs().summary(child).await.map_err(failed)?.value;
    let allocs = client.jobs().allocations(child, JobQuery::Current).await.map_err(failed)?.value;
    context.ui.print(&show::summary_table(&summary));
    let bad = |alloc: &AllocStub| alloc.client_status == "failed" || alloc.client_status == "lost";
    Ok(if allocs.iter().any(bad) { Exit::UNPLACED } else { Exit::OK })
}
