//! `job init`.

use crate::context::Context;
use crate::{CommandError, CommandResult, Exit};

/// Name of the file that is written unless told otherwise.
const DEFAULT_FILE: &str = "example.nomad.hcl";
/// The example with comments.
const LONG: &str = include_str!("example.nomad.hcl");

/// Write an example job file
///
/// The file describes a small web service, ready to be changed and run. An existing file is not overwritten.
#[derive(clap::Args, Debug)]
pub(crate) struct InitArgs {
    /// Leave the comments out
    #[arg(long)]
    short: bool,

    /// File to write
    #[arg(value_name = "filename")]
    file: Option<String>,
}

impl InitArgs {
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        let file = self.file.as_deref().unwrap_or(DEFAULT_FILE);
        let text = if self.short { without_comments(LONG) } else { LONG.to_owned() };
        write_new(file, &text)?;
        context.ui.print(&format!("Example job file written to {file}"));
        Ok(Exit::OK)
    }
}

fn write_new(file: &str, text: &str) -> Result<(), CommandError> {
    use std::io::Write as _;
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            CommandError::failed(format!("Job file {file:?} already exists"))
        }
        _ => CommandError::failed(format!("Failed to write {file:?}: {error}")),
    };
    let mut created = std::fs::File::create_new(file).map_err(failed)?;
    created.write_all(text.as_bytes()).map_err(failed)
}

fn without_comments(text: &str) -> String {
    let kept = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let mut short = String::new();
    for line in kept {
        // Comments stand between blocks; their empty lines would be doubled.
        if !(line.is_empty() && (short.is_empty() || short.ends_with("\n\n"))) {
            short.push_str(line);
            short.push('\n');
        }
    }
    short
}
