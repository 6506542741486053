//! `whatif run`.

use serde_json::json;

use super::ask::AskArgs;
use crate::context::Context;
use crate::job_file::{JobFile, JobFileArgs};
use crate::{CommandResult, Exit};

/// Say what would happen if a job was run
///
/// An update is carried out to its end, with every new allocation healthy at once; 'job plan' shows its first step.
/// Shows also what would be preempted. Nothing is changed.
#[derive(clap::Args, Debug)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    ask: AskArgs,

    /// Refuse variable files with values that the job does not declare
    #[arg(long, default_value = "true", value_name = "bool", action = clap::ArgAction::Set)]
    hcl2_strict: bool,

    /// Set a variable: -var 'key=value'. May be repeated
    #[arg(long = "var", value_name = "key=value", action = clap::ArgAction::Append)]
    vars: Vec<String>,

    /// Read variables from a file. May be repeated
    #[arg(long = "var-file", value_name = "path", action = clap::ArgAction::Append)]
    var_files: Vec<std::path::PathBuf>,

    /// Path of the job file; - reads stdin
    #[arg(value_name = "path")]
    path: String,
}

impl RunArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let files = JobFileArgs {
            hcl2_strict: self.hcl2_strict,
            vars: self.vars.clone(),
            var_files: self.var_files.clone(),
            ..JobFileArgs::default()
        };
        let file = JobFile::load(&self.path, &files, &self.ask.global, context)?;
        for warning in &file.warnings {
            context.ui.warn(&format!("Warning: {warning}"));
        }
        let namespace = file.job["Namespace"].as_str().filter(|namespace| !namespace.is_empty());
        let namespace = if self.ask.global.namespace.is_some() { None } else { namespace };
        self.ask.ask(&json!({ "Run": { "Job": file.job } }), namespace, context).await?;
        Ok(Exit::OK)
    }
}
