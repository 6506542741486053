//! `operator snapshot agent`.
//!
//! Limits: saves to a local directory; files that were not made by it are never removed.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use api::Client;

use super::fetch::fetch;
use crate::context::Context;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

const PREFIX: &str = "nomad-state-";
const SUFFIX: &str = ".snap";

/// Save the state again and again
///
/// Runs until it is interrupted. A save that fails is reported and tried again at the next time; older files are removed
/// only after a newer one was written and checked.
#[derive(clap::Args, Debug)]
pub(crate) struct AgentArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Time between two saves, such as 30m or 1h
    #[arg(long, value_name = "duration", default_value = "1h")]
    interval: String,

    /// How many files to keep
    #[arg(long, value_name = "files", default_value_t = 30)]
    retain: usize,

    /// Where to save them
    #[arg(long, value_name = "directory", default_value = ".")]
    dir: PathBuf,

    /// Let the asked server give its own state, also without a leader
    #[arg(long)]
    stale: bool,

    /// Save once and stop
    #[arg(long)]
    once: bool,
}

impl AgentArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let interval = jobspec::parse_duration(&self.interval)
            .ok()
            .and_then(|nanos| u64::try_from(nanos).ok())
            .map(Duration::from_nanos)
            .filter(|interval| *interval >= Duration::from_secs(1))
            .ok_or_else(|| {
                CommandError::failed(format!(
                    "invalid interval {:?}: a duration of at least 1s, such as 30m or 1h",
                    self.interval
                ))
            })?;
        if self.retain == 0 {
            return Err(CommandError::failed("invalid -retain 0: at least one file must be kept"));
        }
        fs::create_dir_all(&self.dir).map_err(|error| {
            CommandError::failed(format!("Error creating {}: {error}", self.dir.display()))
        })?;
        let client = context.patient_client(&self.global)?;
        loop {
            match self.save(context, &client).await {
                Ok(()) if self.once => return Ok(Exit::OK),
                Err(error) if self.once => return Err(error),
                Ok(()) => {}
                Err(error) => context.ui.warn(&error.message),
            }
            if context.ui.is_closed() {
                return Ok(Exit::OK);
            }
            tokio::select! {
                () = tokio::time::sleep(interval) => {}
                _ = tokio::signal::ctrl_c() => return Ok(Exit::OK),
            }
        }
    }

    async fn save(&self, context: &Context<'_>, client: &Client) -> Result<(), CommandError> {
        // Twenty digits sort as numbers do.
        let file = self.dir.join(format!("{PREFIX}{:020}{SUFFIX}", context.clock.now_ns()));
        let inspected = fetch(client, self.stale, &file).await?;
        context.ui.print(&format!("State at index {} written to {}", inspected.meta.index, file.display()));
        self.remove_old(context);
        Ok(())
    }

    fn remove_old(&self, context: &Context<'_>) {
        let Ok(entries) = fs::read_dir(&self.dir) else { return };
        let is_ours = |name: &str| {
            let number = name.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix(SUFFIX));
            number
                .is_some_and(|number| number.len() == 20 && number.bytes().all(|byte| byte.is_ascii_digit()))
        };
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let mut ours: Vec<String> = names.filter(|name| is_ours(name)).collect();
        ours.sort_unstable();
        let surplus = ours.len().saturating_sub(self.retain);
        for name in &ours[..surplus] {
            let path = self.dir.join(name);
            if let Err(error) = fs::remove_file(&path) {
                context.ui.warn(&format!("Error removing {}: {error}", path.display()));
            }
        }
    }
}
