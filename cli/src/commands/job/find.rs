//! Jobs by the beginning of their id.

use api::view::JobStub;
use api::{Client, Query};

use crate::CommandError;
use crate::commands::show;
use crate::context::Context;

/// Returns the job whose id is `prefix`, or the only one whose id begins so.
pub(crate) async fn find_job(
    client: &Client,
    context: &Context<'_>,
    prefix: &str,
) -> Result<JobStub, CommandError> {
    let none = || CommandError::failed(format!("No job(s) with prefix or ID {prefix:?} found"));
    choose(client, context, prefix, |_| true, none).await
}

async fn choose(
    client: &Client,
    context: &Context<'_>,
    prefix: &str,
    is: impl Fn(&JobStub) -> bool,
    none: impl Fn() -> CommandError,
) -> Result<JobStub, CommandError> {
    let reply = client
        .jobs()
        .list(Query::prefix(prefix))
        .await
        .map_err(|error| CommandError::request("querying job prefix", &error))?;
    let all_namespaces = client.config().namespace.as_deref() == Some("*");
    let jobs: Vec<JobStub> = reply.value.into_iter().filter(is).collect();
    let exact = jobs.iter().filter(|job| job.id == prefix).count();
    let found = match jobs.as_slice() {
        [] => return Err(none()),
        [only] => Some(only),
        several if exact == 1 => several.iter().find(|job| job.id == prefix),
        _ => None,
    };
    found.cloned().ok_or_else(|| {
        let table = show::job_list(&jobs, context.clock, all_namespaces);
        CommandError::failed(format!("Prefix {prefix:?} matched multiple jobs\n\n{table}"))
    })
}

/// Returns the job of a kind whose id is `prefix`, or the only one of that kind whose id begins so.
pub(super) async fn find_job_where(
    client: &Client,
    context: &Context<'_>,
    prefix: &str,
    kind: &str,
    is: impl Fn(&JobStub) -> bool,
) -> Result<JobStub, CommandError> {
    let none = || CommandError::failed(format!("No {kind} job(s) with prefix or ID {prefix:?} found"));
    choose(client, context, prefix, is, none).await
}

/// Returns the client for the namespace of a job that was found.
pub(crate) fn in_namespace(client: &Client, job: &JobStub) -> Client {
    client.scoped(None, (!job.namespace.is_empty()).then_some(job.namespace.as_str()))
}
