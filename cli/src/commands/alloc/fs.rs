//! `alloc fs`.

use api::view::FileInfo;
use api::{Client, LogOrigin};

use super::find::alloc_or_job;
use super::tail::{Tail, Target, copy};
use crate::commands::show;
use crate::context::Context;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Lines that -tail shows unless told otherwise.
const DEFAULT_LINES: u64 = 10;

/// List and print files of an allocation
///
/// A directory is listed, a file is printed.
#[derive(clap::Args, Debug)]
pub(crate) struct FsArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Give sizes in bytes
    #[arg(long = "H")]
    exact: bool,

    /// Describe the file instead of printing it
    #[arg(long)]
    stat: bool,

    /// Go on with what is written later
    #[arg(long = "f")]
    follow: bool,

    /// Print only the end
    #[arg(long)]
    tail: bool,

    /// With -tail: how many lines
    #[arg(long = "n", value_name = "lines")]
    lines: Option<u64>,

    /// With -tail: how many bytes, instead of lines
    #[arg(long = "c", value_name = "bytes")]
    bytes: Option<u64>,

    /// Take the newest running allocation of a job instead
    #[arg(long)]
    job: bool,

    /// Show whole ids
    #[arg(long)]
    verbose: bool,

    /// Beginning of the id of an allocation; with -job the id of a job
    #[arg(value_name = "allocation")]
    id: String,

    /// Path within the allocation's directory
    #[arg(value_name = "path")]
    path: Option<String>,
}

impl FsArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let client = context.client(&self.global)?;
        let alloc = alloc_or_job(&client, context, &self.id, self.job).await?;
        let path = self.path.as_deref().unwrap_or("/");
        // The root is a directory, whatever the agent says of it.
        let stat = if path == "/" && !self.stat {
            FileInfo { is_dir: true, ..FileInfo::default() }
        } else {
            client.client().stat_file(&alloc.id, path).await.map_err(failed)?.value
        };
        if self.stat {
            context.ui.print(&show::file_stat(&stat, context.clock, self.exact));
        } else if stat.is_dir {
            let files = client.client().list_files(&alloc.id, path).await.map_err(failed)?.value;
            context.ui.print(&show::file_list(&files, context.clock, self.exact));
        } else {
            self.print(&client, context, &alloc.id, path).await?;
        }
        Ok(Exit::OK)
    }

    async fn print(
        &self,
        client: &Client,
        context: &Context<'_>,
        alloc: &str,
        path: &str,
    ) -> Result<(), CommandError> {
        let tail = match (self.tail, self.lines, self.bytes) {
            (_, _, Some(bytes)) => Some(Tail::Bytes(bytes)),
            (_, Some(lines), None) => Some(Tail::Lines(lines)),
            (true, None, None) => Some(Tail::Lines(DEFAULT_LINES)),
            (false, None, None) => None,
        };
        if tail.is_some() || self.follow {
            let origin = tail.map_or(LogOrigin::Start(0), |tail| LogOrigin::End(tail.offset()));
            let stream =
                client.client().stream_file(alloc, path, origin, self.follow).await.map_err(failed)?;
            return copy(stream, context, Target::Out, tail).await;
        }
        let mut body = client.client().read_file(alloc, path).await.map_err(failed)?;
        while let Some(bytes) = body.chunk().await.map_err(failed)? {
            context.ui.raw_out(&bytes);
        }
        Ok(())
    }
}

/// An agent's own words are enough, as in `Unexpected response code: 404 (…)`.
fn failed(error: api::ApiError) -> CommandError {
    match error {
        api::ApiError::Status { .. } => CommandError::failed(error.to_string()),
        other => CommandError::request("reading file", &other),
    }
}
