//! Restarts batch after batch, and asks what to do when something goes wrong.
//!
//! Limits: one allocation after the other within a batch; a replacement is waited for [`PATIENCE`] at most.

use std::time::Duration;

use api::Client;
use api::view::AllocStub;
use tokio::time::{Instant, sleep};

use super::super::find::{find_job, in_namespace};
use super::choose::{BatchSize, Choice};
use crate::context::Context;
use crate::format::Length;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// How long a replacement may take until it runs.
const PATIENCE: Duration = Duration::from_secs(15 * 60);
/// Time between two looks at a replacement.
const LOOK: Duration = Duration::from_millis(500);

/// Restart or replace the allocations of a job
///
/// Only allocations that run are restarted; those of a job's earlier versions too.
#[derive(clap::Args, Debug)]
pub(crate) struct RestartArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Restart also the tasks that are over
    #[arg(long)]
    all_tasks: bool,

    /// How many allocations are restarted at a time: a number, or a percentage such as 20%
    #[arg(long, value_name = "size", default_value = "1")]
    batch_size: String,

    /// Time between two batches, or 'ask'
    #[arg(long, value_name = "time", default_value = "0s")]
    batch_wait: String,

    /// Only allocations of this group; may be given more than once
    #[arg(long = "group", value_name = "group")]
    groups: Vec<String>,

    /// Only this task; may be given more than once
    #[arg(long = "task", value_name = "task")]
    tasks: Vec<String>,

    /// Skip the shutdown delays; with -reschedule
    #[arg(long)]
    no_shutdown_delay: bool,

    /// What to do when an allocation cannot be restarted: ask or fail
    #[arg(long, value_name = "ask|fail", default_value = "ask", value_parser = ["ask", "fail"])]
    on_error: String,

    /// Replace allocations instead of restarting them in place
    #[arg(long)]
    reschedule: bool,

    /// Answer every question with yes
    #[arg(long)]
    yes: bool,

    /// Show whole ids
    #[arg(long)]
    verbose: bool,

    /// Beginning of the id of a job
    #[arg(value_name = "job")]
    job: String,
}

impl RestartArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let size = BatchSize::parse(&self.batch_size)?;
        let wait = self.checked_wait(context)?;
        let client = context.client(&self.global)?;
        let job = find_job(&client, context, &self.job).await?;
        let client = in_namespace(&client, &job);
        if self.reschedule && matches!(job.job_type.as_str(), "system" | "sysbatch") {
            return Err(CommandError::failed(format!(
                "Jobs of type {:?} are not allowed to be rescheduled",
                job.job_type
            )));
        }
        let choice = Choice { groups: &self.groups, tasks: &self.tasks, all_tasks: self.all_tasks };
        let asked = client.jobs().allocations(&job.id, api::JobQuery::Current).await;
        let all = asked.map_err(|error| CommandError::request("retrieving allocations", &error))?.value;
        if let Some(unknown) = choice.unknown(&all).into_iter().next() {
            return Err(CommandError::failed(unknown));
        }
        let allocs = choice.keep(all);
        if allocs.is_empty() {
            context.ui.print("No allocations to restart");
            return Ok(Exit::OK);
        }
        let restart = Restart { args: self, context, client: &client, choice };
        restart.all(&allocs, size.of(allocs.len()), wait).await
    }

    /// Checks what excludes each other and reads the wait; none is a question.
    fn checked_wait(&self, context: &Context<'_>) -> Result<Option<Duration>, CommandError> {
        if self.all_tasks && !self.tasks.is_empty() {
            return Err(CommandError::failed("The -all-tasks and -task options cannot be used together."));
        }
        if self.reschedule && (self.all_tasks || !self.tasks.is_empty()) {
            return Err(CommandError::failed(
                "The -reschedule option cannot be used with -all-tasks or -task: whole allocations are replaced.",
            ));
        }
        if self.no_shutdown_delay && !self.reschedule {
            return Err(CommandError::failed("The -no-shutdown-delay option needs -reschedule."));
        }
        if self.batch_wait == "ask" {
            if self.yes || !context.ui.input_is_terminal() {
                return Err(CommandError::failed(
                    "The -batch-wait=ask option needs a terminal and cannot be used with -yes.",
                ));
            }
            return Ok(None);
        }
        let nanos =
            jobspec::parse_duration(&self.batch_wait).ok().and_then(|nanos| u64::try_from(nanos).ok());
        let nanos = nanos.ok_or_else(|| {
            CommandError::failed(format!(
                "Invalid -batch-wait value {:?}: must be \"ask\" or a time such as 10s",
                self.batch_wait
            ))
        })?;
        Ok(Some(Duration::from_nanos(nanos)))
    }
}

/// A restart under way.
struct Restart<'a> {
    args: &'a RestartArgs,
    context: &'a Context<'a>,
    client: &'a Client,
    choice: Choice<'a>,
}

impl Restart<'_> {
    async fn all(&self, allocs: &[AllocStub], size: usize, wait: Option<Duration>) -> CommandResult {
        let count = counted(allocs.len());
        let ui = self.context.ui;
        if !self.args.yes
            && ui.input_is_terminal()
            && !ui.confirm(&format!("Are you sure you want to restart {count}?"))
        {
            ui.print("Job restart canceled");
            return Ok(Exit::OK);
        }
        self.say(true, &format!("Restarting {count}"));
        let mut batches = allocs.chunks(size).peekable();
        let mut failed = 0_usize;
        while let Some(batch) = batches.next() {
            for alloc in batch {
                let Err(error) = self.one(alloc).await else { continue };
                failed += 1;
                self.say(false, &error.to_string());
                if !self.goes_on() {
                    return Err(CommandError::failed(format!(
                        "Error restarting job: allocation {:?} was not restarted",
                        self.length().id(&alloc.id)
                    )));
                }
            }
            if batches.peek().is_some() && !self.pause(wait).await {
                ui.print("Job restart canceled");
                return Ok(Exit::OK);
            }
        }
        self.say(true, "Job restart finished");
        if failed > 0 {
            return Err(CommandError::failed(format!("{} of {count} could not be restarted", failed)));
        }
        ui.print("\nJob restarted successfully!");
        Ok(Exit::OK)
    }

    fn goes_on(&self) -> bool {
        self.args.on_error == "ask"
            && !self.args.yes
            && self.context.ui.input_is_terminal()
            && self.context.ui.confirm("Do you want to go on with the other allocations?")
    }

    /// Waits for the next batch; says whether it may come.
    async fn pause(&self, wait: Option<Duration>) -> bool {
        match wait {
            None => self.context.ui.confirm("Do you want to restart the next batch?"),
            Some(Duration::ZERO) => true,
            Some(wait) => {
                let text = crate::format::go_duration(i64::try_from(wait.as_nanos()).unwrap_or(i64::MAX));
                self.say(true, &format!("Waiting {text} before restarting the next batch"));
                sleep(wait).await;
                true
            }
        }
    }

    async fn one(&self, alloc: &AllocStub) -> Result<(), CommandError> {
        let (id, group) = (self.length().id(&alloc.id), &alloc.task_group);
        if self.args.reschedule {
            self.say(false, &format!("Rescheduling allocation {id:?} for group {group:?}"));
            return self.replace(alloc).await;
        }
        let restart = async |task: Option<&str>| {
            let asked = self.client.client().restart(&alloc.id, task, self.args.all_tasks).await;
            asked
                .map_err(|error| CommandError::failed(format!("Error restarting allocation {id:?}: {error}")))
        };
        if self.args.tasks.is_empty() {
            let which = if self.args.all_tasks { "all" } else { "running" };
            self.say(false, &format!("Restarting {which} tasks in allocation {id:?} for group {group:?}"));
            return restart(None).await.map(drop);
        }
        for task in self.choice.tasks_of(alloc) {
            self.say(false, &format!("Restarting task {task:?} in allocation {id:?} for group {group:?}"));
            restart(Some(task)).await?;
        }
        Ok(())
    }

    /// Stops an allocation and waits until another one runs in its place.
    async fn replace(&self, alloc: &AllocStub) -> Result<(), CommandError> {
        let stopped = self.client.allocs().stop(&alloc.id, self.args.no_shutdown_delay).await;
        stopped.map_err(|error| CommandError::request("stopping allocation", &error))?;
        let deadline = Instant::now() + PATIENCE;
        let mut id = alloc.id.clone();
        while Instant::now() < deadline {
            // A question that fails is asked again until the deadline.
            if let Ok(reply) = self.client.allocs().info(&id).await {
                if id != alloc.id && reply.value.client_status == "running" {
                    let (old, new) = (self.length().id(&alloc.id), self.length().id(&id));
                    self.say(
                        false,
                        &format!("Allocation {old:?} replaced by {new:?} for group {:?}", alloc.task_group),
                    );
                    return Ok(());
                }
                if !reply.value.next_allocation.is_empty() {
                    id = reply.value.next_allocation;
                    continue;
                }
            }
            sleep(LOOK).await;
        }
        Err(CommandError::failed(format!(
            "Error rescheduling allocation {:?}: no replacement runs after {} minutes",
            self.length().id(&alloc.id),
            PATIENCE.as_secs() / 60
        )))
    }

    fn length(&self) -> Length {
        Length::verbose(self.args.verbose)
    }

    /// Prints a line with the time; headlines begin with an arrow.
    fn say(&self, headline: bool, line: &str) {
        crate::follow::say(self.context, headline, line);
    }
}

fn counted(allocs: usize) -> String {
    format!("{allocs} allocation{}", if allocs == 1 { "" } else { "s" })
}
