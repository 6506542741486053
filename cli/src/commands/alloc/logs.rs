//! `alloc logs`.

use api::{Client, LogOrigin, LogQuery};

use super::find::{alloc_or_job, choose_task};
use super::tail::{Tail, Target, copy};
use crate::context::Context;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Lines that -tail shows unless told otherwise.
const DEFAULT_LINES: u64 = 10;

/// Print the logs of a task
///
/// Prints stdout unless -stderr is given. With -f both are followed, each to its own stream.
#[derive(clap::Args, Debug)]
pub(crate) struct LogsArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Print stdout
    #[arg(long)]
    stdout: bool,

    /// Print stderr
    #[arg(long)]
    stderr: bool,

    /// Go on with what is written later
    #[arg(long = "f")]
    follow: bool,

    /// Print only the end
    #[arg(long)]
    tail: bool,

    /// With -tail: how many lines
    #[arg(long = "n", value_name = "lines")]
    lines: Option<u64>,

    /// With -tail: how many bytes, instead of lines
    #[arg(long = "c", value_name = "bytes")]
    bytes: Option<u64>,

    /// Task whose logs are printed
    #[arg(long = "task", value_name = "task", id = "task_flag")]
    task_flag: Option<String>,

    /// Take the newest running allocation of a job instead
    #[arg(long)]
    job: bool,

    /// Only allocations of this group
    #[arg(long, value_name = "group")]
    group: Option<String>,

    /// Show whole ids
    #[arg(long)]
    verbose: bool,

    /// Beginning of the id of an allocation; with -job the id of a job
    #[arg(value_name = "allocation")]
    id: String,

    /// Task, when the allocation has several
    #[arg(value_name = "task")]
    task: Option<String>,
}

impl LogsArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let client = context.client(&self.global)?;
        let alloc = alloc_or_job(&client, context, &self.id, self.job).await?;
        if let Some(group) = self.group.as_deref().filter(|group| *group != alloc.task_group) {
            return Err(CommandError::failed(format!(
                "Allocation {} is of group {:?}, not {group:?}",
                alloc.id, alloc.task_group
            )));
        }
        let named = self.task_flag.as_deref().or(self.task.as_deref());
        let task = choose_task(&alloc, named)?;
        let print = |kind, target| self.print(&client, context, &alloc.id, &task, kind, target);
        match (self.stdout, self.stderr) {
            (false, true) => print("stderr", Target::Out).await?,
            (true, true) => self.both(print("stdout", Target::Out), print("stderr", Target::Err)).await?,
            (false, false) if self.follow => {
                self.both(print("stdout", Target::Out), print("stderr", Target::Err)).await?;
            }
            _ => print("stdout", Target::Out).await?,
        }
        Ok(Exit::OK)
    }

    async fn both(
        &self,
        out: impl Future<Output = Result<(), CommandError>>,
        err: impl Future<Output = Result<(), CommandError>>,
    ) -> Result<(), CommandError> {
        tokio::try_join!(out, err).map(|_| ())
    }

    async fn print(
        &self,
        client: &Client,
        context: &Context<'_>,
        alloc: &str,
        task: &str,
        kind: &'static str,
        target: Target,
    ) -> Result<(), CommandError> {
        let tail = self.wanted_tail();
        let origin = tail.map_or(LogOrigin::Start(0), |tail| LogOrigin::End(tail.offset()));
        let query = LogQuery { task: task.to_owned(), kind, origin, follow: self.follow };
        let stream = client.client().logs(alloc, &query).await;
        let stream = stream.map_err(|error| CommandError::request("reading file", &error))?;
        copy(stream, context, target, tail).await
    }

    fn wanted_tail(&self) -> Option<Tail> {
        match (self.tail, self.lines, self.bytes) {
            (_, _, Some(bytes)) => Some(Tail::Bytes(bytes)),
            (_, Some(lines), None) => Some(Tail::Lines(lines)),
            (true, None, None) => Some(Tail::Lines(DEFAULT_LINES)),
            (false, None, None) => None,
        }
    }
}
