//! `job status`.

use api::view::JobStub;
use api::{ApiError, Client, JobQuery, Query};
use serde_json::{Value, json};

use super::find::{find_job, in_namespace};
use super::launch::next_launch;
use crate::commands::show::{self, JobPage};
use crate::context::Context;
use crate::format::{Length, OutputArgs};
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Show the status of jobs
///
/// Without a job all jobs are listed.
#[derive(clap::Args, Debug, Default)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    output: OutputArgs,

    /// Show the job only, without what it runs
    #[arg(long)]
    short: bool,

    /// Show the job's evaluations
    #[arg(long)]
    evals: bool,

    /// Show also allocations of earlier jobs of the same id
    #[arg(long)]
    all_allocs: bool,

    /// Show whole ids and more details
    #[arg(long)]
    verbose: bool,

    /// Beginning of the id of a job
    #[arg(value_name = "job")]
    job: Option<String>,
}

impl StatusArgs {
    /// Arguments for another command that shows a job.
    pub(crate) fn of(
        global: GlobalArgs,
        output: OutputArgs,
        verbose: bool,
        job: Option<String>,
    ) -> StatusArgs {
        StatusArgs { global, output, verbose, job, ..StatusArgs::default() }
    }

    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.output.check()?;
        let client = context.client(&self.global)?;
        match &self.job {
            None => self.list(&client, context).await,
            Some(prefix) => {
                let found = find_job(&client, context, prefix).await?;
                self.show(&in_namespace(&client, &found), context, &found).await
            }
        }
    }

    async fn list(&self, client: &Client, context: &Context<'_>) -> CommandResult {
        let asked = client.jobs().list(Query::default()).await;
        let reply = asked.map_err(|error| CommandError::request("querying jobs", &error))?;
        if self.output.is_machine() {
            let mut pages: Vec<Value> = Vec::new();
            for job in &reply.value {
                let client = in_namespace(client, job);
                pages.push(self.ask(&client, job).await.map_err(querying)?.1);
            }
            context.ui.print(&self.output.render(&Value::Array(pages))?.unwrap_or_default());
            return Ok(Exit::OK);
        }
        let all_namespaces = client.config().namespace.as_deref() == Some("*");
        context.ui.print(&show::job_list(&reply.value, context.clock, all_namespaces));
        context.web_hint(client, "and manage Nomad jobs", "jobs");
        Ok(Exit::OK)
    }

    async fn show(&self, client: &Client, context: &Context<'_>, found: &JobStub) -> CommandResult {
        let (mut page, raw) = self.ask(client, found).await.map_err(querying)?;
        if let Some(text) = self.output.render(&json!([raw]))? {
            context.ui.print(&text);
            return Ok(Exit::OK);
        }
        if found.periodic && !found.stop {
            let job = client.jobs().info(&found.id, Query::default()).await.map_err(querying)?.raw;
            page.next_launch = next_launch(client, context.clock, &job).await;
        }
        context.ui.print(&show::job_status(&page, context.clock, Length::verbose(self.verbose)));
        context.web_hint(
            client,
            "job details and metrics",
            &format!("jobs/{}@{}", found.id, found.namespace),
        );
        Ok(Exit::OK)
    }

    /// Asks for everything about a job; returns the page and the JSON for machines.
    async fn ask(&self, client: &Client, found: &JobStub) -> Result<(JobPage, Value), ApiError> {
        let jobs = client.jobs();
        let id = &found.id;
        let job = jobs.info(id, Query::default()).await?;
        let mut page = JobPage {
            job: job.value,
            short: self.short,
            show_evals: self.evals || self.verbose,
            ..JobPage::default()
        };
        if self.short && !self.output.is_machine() {
            return Ok((page, Value::Null));
        }
        let of = if self.all_allocs { JobQuery::All } else { JobQuery::Current };
        let summary = jobs.summary(id).await?;
        let allocs = jobs.allocations(id, of).await?;
        let evals = jobs.evaluations(id).await?;
        let deployment = jobs.latest_deployment(id).await?;
        let raw = json!({
            "Summary": summary.raw,
            "Allocations": allocs.raw,
            "LatestDeployment": deployment.raw,
            "Evaluations": evals.raw,
        });
        page.summary = summary.value;
        page.allocs = allocs.value;
        page.evals = evals.value;
        page.deployment = deployment.value;
        page.children = children(client, found).await?;
        Ok((page, raw))
    }
}

fn querying(error: ApiError) -> CommandError {
    CommandError::request("querying job", &error)
}

/// Lists the jobs that a periodic or parameterized job made.
async fn children(client: &Client, found: &JobStub) -> Result<Vec<JobStub>, ApiError> {
    let prefix = match (found.periodic, found.parameterized_job) {
        (true, _) => format!("{}/periodic-", found.id),
        (false, true) => format!("{}/dispatch-", found.id),
        (false, false) => return Ok(Vec::new()),
    };
    Ok(client.jobs().list(Query::prefix(prefix)).await?.value)
}
