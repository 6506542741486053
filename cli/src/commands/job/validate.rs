//! `job validate`.

use api::view::ValidateResponse;
use model::JobDraft;

use crate::commands::show;
use crate::context::Context;
use crate::global::GlobalArgs;
use crate::job_file::{JobFile, JobFileArgs};
use crate::{CommandError, CommandResult, Exit};

/// Check a job file
///
/// The file is read here and the job is checked by an agent. Without an agent it is checked here, and a warning says
/// so: what drivers and other jobs have to say is not known then.
#[derive(clap::Args, Debug)]
pub(crate) struct ValidateArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    file: JobFileArgs,

    /// Path of the job file; - reads stdin
    #[arg(value_name = "path")]
    path: String,
}

impl ValidateArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let file = JobFile::load(&self.path, &self.file, &self.global, context)?;
        for warning in &file.warnings {
            context.ui.warn(&format!("Warning: {warning}"));
        }
        let client = file.scope(&context.client(&self.global)?);
        let answer = match client.jobs().validate(&file.job).await {
            Ok(reply) => reply.value,
            Err(error) => {
                let text = format!(
                    "The job was not checked by an agent, only here ({error}).\nThe drivers' configuration was not \
                     validated."
                );
                context.ui.warn(&text);
                return verdict(context, &checked_here(&file)?);
            }
        };
        if !answer.driver_config_validated {
            context.ui.warn("Driver configuration not validated since no agent could check it.");
        }
        verdict(context, &answer)
    }
}

/// Checks a job as a server would, but for what only a server knows.
fn checked_here(file: &JobFile) -> Result<ValidateResponse, CommandError> {
    let draft = JobDraft::from_json(&file.job)
        .map_err(|error| CommandError::failed(format!("Error getting job struct: {error}")))?;
    let report = draft.admit("global").validate();
    let warnings = report.warnings.iter().map(|warning| format!("* {warning}"));
    let count = report.warnings.len();
    let heading = format!("{count} {}:\n", if count == 1 { "warning" } else { "warnings" });
    Ok(ValidateResponse {
        error: report.error_text().unwrap_or_default(),
        warnings: if count == 0 {
            String::new()
        } else {
            std::iter::once(heading).chain(warnings).collect::<Vec<_>>().join("\n")
        },
        ..ValidateResponse::default()
    })
}

/// Prints what was found, and ends the command.
fn verdict(context: &Context<'_>, answer: &ValidateResponse) -> CommandResult {
    if let Some(warnings) = show::warnings_block(&answer.warnings) {
        context.ui.print(&format!("{warnings}\n"));
    }
    if answer.error.is_empty() && answer.validation_errors.is_empty() {
        context.ui.print("Job validation successful");
        return Ok(Exit::OK);
    }
    let lines = answer.validation_errors.join("\n");
    let errors = if answer.error.is_empty() { &lines } else { &answer.error };
    Err(CommandError::failed(format!("Job validation errors:\n{errors}")))
}
