//! `status`: anything by its id.

use api::view::SearchResponse;

use super::{alloc, deployment, eval, job, node};
use crate::context::Context;
use crate::format::OutputArgs;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult};

/// Contexts of the search, in the order in which matches are listed.
const CONTEXTS: [(&str, &str); 5] = [
    ("allocs", "Allocations"),
    ("deployment", "Deployments"),
    ("evals", "Evaluations"),
    ("jobs", "Jobs"),
    ("nodes", "Nodes"),
];

/// Show the status of anything by its id
///
/// Finds out whether the id is that of a job, an allocation, a node, an evaluation or a deployment, and shows it.
/// Without an id, jobs are listed.
#[derive(clap::Args, Debug)]
pub(super) struct StatusArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    output: OutputArgs,

    /// Show whole ids and more details
    #[arg(long)]
    verbose: bool,

    /// Beginning of an id
    #[arg(value_name = "id")]
    id: Option<String>,
}

impl StatusArgs {
    pub(crate) async fn run(self, context: &Context<'_>) -> CommandResult {
        self.output.check()?;
        let Some(id) = self.id.clone() else {
            return self.into_job(None).run(context).await;
        };
        let client = context.client(&self.global)?;
        let found = client
            .status()
            .search(&id, "all")
            .await
            .map_err(|error| CommandError::request(&format!("querying search with id {id:?}"), &error))?;
        match the_one(&found.value, &id)? {
            Some(("allocs", id)) => {
                alloc::StatusArgs::of(self.global, self.output, self.verbose, id).run(context).await
            }
            Some(("deployment", id)) => {
                deployment::StatusArgs::of(self.global, self.output, self.verbose, id).run(context).await
            }
            Some(("evals", id)) => {
                eval::StatusArgs::of(self.global, self.output, self.verbose, id).run(context).await
            }
            Some(("nodes", id)) => {
                node::StatusArgs::of(self.global, self.output, self.verbose, id).run(context).await
            }
            Some((_, id)) => self.into_job(Some(id)).run(context).await,
            None => Err(CommandError::failed(format!("No matches found for id {id:?}"))),
        }
    }

    fn into_job(self, id: Option<String>) -> job::StatusArgs {
        job::StatusArgs::of(self.global, self.output, self.verbose, id)
    }
}

/// Returns context and id of the only match, or of the only one that is exact.
fn the_one(found: &SearchResponse, id: &str) -> Result<Option<(&'static str, String)>, CommandError> {
    let of = |context: &str| found.matches.get(context).and_then(Clone::clone).unwrap_or_default();
    let all: Vec<(&'static str, String)> = CONTEXTS
        .iter()
        .flat_map(|&(context, _)| of(context).into_iter().map(move |id| (context, id)))
        .collect();
    let exact: Vec<&(&'static str, String)> = all.iter().filter(|(_, match_id)| match_id == id).collect();
    match (exact.as_slice(), all.as_slice()) {
        ([only], _) => Ok(Some((*only).clone())),
        (_, []) => Ok(None),
        (_, [only]) => Ok(Some(only.clone())),
        _ => {
            let groups: Vec<String> = CONTEXTS
                .iter()
                .map(|&(context, title)| (title, of(context)))
                .filter(|(_, ids)| !ids.is_empty())
                .map(|(title, ids)| format!("{title}:\n{}", ids.join(", ")))
                .collect();
            let list = groups.join("\n\n");
            Err(CommandError::failed(format!("Multiple matches found for id {id:?}\n\n{list}")))
        }
    }
}
