//! `job history`.

use api::VersionDiff;
use api::view::{DiffKind, JobDiff, JobView, VersionsView};
use serde_json::Value;

use super::find::{find_job, in_namespace};
use crate::commands::show;
use crate::context::Context;
use crate::format::{Detail, OutputArgs};
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Show the versions of a job
#[derive(clap::Args, Debug)]
pub(crate) struct HistoryArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    output: OutputArgs,

    /// Show what each version changed
    #[arg(long)]
    p: bool,

    /// Show the whole job of each version
    #[arg(long)]
    full: bool,

    /// Show only this version
    #[arg(long, value_name = "version")]
    version: Option<u64>,

    /// With -p: compare all versions with the one that has this name
    #[arg(long, value_name = "name")]
    diff_tag: Option<String>,

    /// With -p: compare all versions with this one
    #[arg(long, value_name = "version")]
    diff_version: Option<u64>,

    /// Beginning of the id of a job
    #[arg(value_name = "job")]
    job: String,
}

impl HistoryArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.output.check()?;
        let diff = self.diff()?;
        let client = context.client(&self.global)?;
        let job = find_job(&client, context, &self.job).await?;
        let asked = in_namespace(&client, &job).jobs().history(&job.id, &diff).await;
        let reply = asked.map_err(|error| CommandError::request("retrieving job versions", &error))?;
        let wanted = |version: u64| self.version.is_none_or(|wanted| wanted == version);
        let shown: Vec<usize> = (0..reply.value.versions.len())
            .filter(|&place| wanted(reply.value.versions[place].version))
            .collect();
        if let (Some(version), true) = (self.version, shown.is_empty()) {
            let text = format!("Error retrieving job versions: job version {version} not found");
            return Err(CommandError::failed(text));
        }
        let raw = reply.raw.get("Versions").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        if self.output.is_machine() {
            let mut jobs: Vec<Value> = shown.iter().filter_map(|&place| raw.get(place).cloned()).collect();
            let value = if self.version.is_some() { jobs.remove(0) } else { Value::Array(jobs) };
            context.ui.print(&self.output.render(&value)?.unwrap_or_default());
            return Ok(Exit::OK);
        }
        let colour = context.colour(&self.global);
        let blocks: Vec<String> = shown
            .into_iter()
            .map(|place| {
                let diff = diff_of(&reply.value, place);
                let whole = self.full.then(|| raw.get(place)).flatten();
                self.block(&reply.value.versions[place], diff, whole, context, colour)
            })
            .collect();
        context.ui.print(&blocks.join("\n\n"));
        Ok(Exit::OK)
    }

    fn diff(&self) -> Result<VersionDiff, CommandError> {
        match (self.p, &self.diff_tag, self.diff_version) {
            (false, None, None) => Ok(VersionDiff::Nothing),
            (false, ..) => Err(CommandError::failed("-diff-tag and -diff-version can only be used with -p")),
            (true, Some(_), Some(_)) => {
                Err(CommandError::failed("-diff-tag and -diff-version cannot be used together"))
            }
            (true, Some(tag), None) => Ok(VersionDiff::Tag(tag.clone())),
            (true, None, Some(version)) => Ok(VersionDiff::Version(version)),
            (true, None, None) => Ok(VersionDiff::Previous),
        }
    }

    fn block(
        &self,
        job: &JobView,
        diff: Option<&JobDiff>,
        whole: Option<&Value>,
        context: &Context<'_>,
        colour: bool,
    ) -> String {
        let page = show::VersionPage { job, diff, whole, detail: Detail::Folded, colour };
        show::job_version(&page, context.clock)
    }
}

/// Returns what a version changed; `None` when it changed nothing or is the first.
fn diff_of(found: &VersionsView, place: usize) -> Option<&JobDiff> {
    found.diffs.get(place).filter(|diff| diff.kind != DiffKind::None)
}
