//! `job validate`.

use crate::commands::show;
use crate::context::Context;
use crate::global::GlobalArgs;
use crate::job_file::{JobFile, JobFileArgs};
use crate::{CommandError, CommandResult, Exit};

/// Check a job file
///
/// The file is read here and the job is checked by an agent. Without an agent only the file is checked, and a warning
/// says so.
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
                    "The job was not checked by an agent, only its file was ({error}).\nThe drivers' \
                     configuration was not validated."
                );
                context.ui.warn(&text);
                context.ui.print("Job validation successful");
                return Ok(Exit::OK);
            }
        };
        if !answer.driver_config_validated {
            context.ui.warn("Driver configuration not validated since no agent could check it.");
        }
        if let Some(warnings) = show::warnings_block(&answer.warnings) {
            context.ui.print(&format!("{warnings}\n"));
        }
        if answer.error.is_empty() && answer.validation_errors.is_empty() {
            context.ui.print("Job validation successful");
            return Ok(Exit::OK);
        }
        let errors = if answer.error.is_empty() { answer.validation_errors.join("\n") } else { answer.error };
        Err(CommandError::failed(format!("Job validation errors:\n{errors}")))
    }
}
