//! `job plan`.

use api::PlanOptions;
use api::view::{PlanResponse, TaskGroupUpdate};

use crate::commands::show::{self, PlanPage};
use crate::context::Context;
use crate::format::{Detail, Length, OutputArgs};
use crate::global::GlobalArgs;
use crate::job_file::{JobFile, JobFileArgs};
use crate::{CommandError, CommandResult, ErrorKind, Exit};

/// Show what would change if a job was run
///
/// Nothing is changed. The exit code is 0 when no allocation would be created or destroyed, 1 when some would be,
/// and 255 when the job could not be planned.
#[derive(clap::Args, Debug)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    file: JobFileArgs,

    /// Show the differences to the registered job
    #[arg(long, default_value = "true", value_name = "bool", action = clap::ArgAction::Set)]
    diff: bool,

    /// Print the answer as JSON
    #[arg(long)]
    json_output: bool,

    /// Format the answer with a Go template
    #[arg(long = "t", value_name = "template")]
    template: Option<String>,

    /// Go on where a policy only warns
    #[arg(long)]
    policy_override: bool,

    /// Show everything in new parts, whole ids, and what is said of every node
    #[arg(long)]
    verbose: bool,

    /// Path of the job file; - reads stdin
    #[arg(value_name = "path")]
    path: String,
}

impl PlanArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.plan(context).await.map_err(|error| error.of_kind(ErrorKind::Plan))
    }

    async fn plan(&self, context: &Context<'_>) -> CommandResult {
        let output = OutputArgs { json: self.json_output, template: self.template.clone() };
        output.check()?;
        let client = context.client(&self.global)?;
        let file = JobFile::load(&self.path, &self.file, &self.global, context)?;
        for warning in &file.warnings {
            context.ui.warn(&format!("Warning: {warning}"));
        }
        let options =
            PlanOptions { diff: self.diff, policy_override: self.policy_override, explain: self.verbose };
        let reply = file
            .scope(&client)
            .jobs()
            .plan(&file.job, options)
            .await
            .map_err(|error| CommandError::request("during plan", &error))?;
        let exit = exit_code(&reply.value);
        if let Some(text) = output.render(&reply.raw)? {
            context.ui.print(&text);
            return Ok(exit);
        }
        let page = PlanPage {
            plan: &reply.value,
            diff: self.diff,
            detail: if self.verbose { Detail::Whole } else { Detail::Folded },
            flags: &self.repeated_flags(),
            path: &self.path,
            colour: context.colour(&self.global),
        };
        context.ui.print(&show::plan(&page, context.clock, Length::verbose(self.verbose)));
        if !reply.value.explained.is_empty() {
            context.ui.print(&format!("\n{}", show::planned(&file.job, reply.value.explained.clone())));
        }
        // Apart from the page, which is what scripts have always read.
        if let Some(why) = show::plan_why(&reply.value) {
            context.ui.warn(&format!("\n{why}"));
        }
        Ok(exit)
    }

    /// Returns the flags that running the job needs again, each with a space behind it.
    fn repeated_flags(&self) -> String {
        let vars = self.file.vars.iter().map(|var| format!("-var={var:?} "));
        let files =
            self.file.var_files.iter().map(|path| format!("-var-file={:?} ", path.display().to_string()));
        vars.chain(files).collect()
    }
}

/// Says whether allocations would be created or destroyed.
fn exit_code(plan: &PlanResponse) -> Exit {
    let updates = plan.annotations.iter().flat_map(|annotations| annotations.desired_tg_updates.values());
    let changes = |update: &TaskGroupUpdate| {
        update.stop + update.place + update.migrate + update.destructive_update + update.canary > 0
    };
    if updates.into_iter().any(changes) { Exit::PLAN_CHANGES } else { Exit::OK }
}
