//! `version`.

use crate::context::Context;
use crate::{CommandResult, Exit};

/// Print the version
#[derive(clap::Args, Debug)]
pub(super) struct VersionArgs {}

impl VersionArgs {
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        context.ui.print(&crate::run::version_text());
        Ok(Exit::OK)
    }
}
