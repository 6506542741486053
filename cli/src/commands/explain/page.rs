//! What the explaining commands share: which nodes are shown, and how.

use api::view::ExplainView;
use api::{Query, Reply};

use crate::commands::show;
use crate::context::Context;
use crate::format::{Length, OutputArgs};
use crate::{CommandResult, Exit};

/// Which nodes are shown.
#[derive(clap::Args, Clone, Debug, Default)]
pub(super) struct NodesArgs {
    /// Show only one group of the job
    #[arg(long, value_name = "group")]
    group: Option<String>,

    /// Show only the node with this name, or nodes whose id begins so
    #[arg(long, value_name = "node")]
    node: Option<String>,

    /// Show all nodes instead of the first 20
    #[arg(long)]
    all: bool,

    /// Show this many nodes of each group
    #[arg(long, value_name = "count")]
    per_page: Option<u32>,

    /// Leave out this many nodes at the beginning
    #[arg(long, value_name = "count")]
    page_token: Option<String>,

    /// Show whole ids
    #[arg(long)]
    verbose: bool,
}

impl NodesArgs {
    /// How long ids are.
    pub(super) fn length(&self) -> Length {
        Length::verbose(self.verbose)
    }

    /// The question for these nodes.
    pub(super) fn query(&self) -> Query {
        let mut query = Query {
            per_page: self.per_page.unwrap_or(0),
            next_token: self.page_token.clone(),
            ..Query::default()
        };
        for (key, value) in [("group", &self.group), ("node", &self.node)] {
            if let Some(value) = value {
                query = query.with(key, value.clone());
            }
        }
        if self.all { query.with("all", "true") } else { query }
    }

    /// Prints an answer.
    pub(super) fn print(
        &self,
        reply: &Reply<ExplainView>,
        output: &OutputArgs,
        context: &Context<'_>,
    ) -> CommandResult {
        let text = match output.render(&reply.raw)? {
            Some(text) => text,
            None => show::explained(&reply.value, self.length()),
        };
        context.ui.print(&text);
        Ok(Exit::OK)
    }
}
