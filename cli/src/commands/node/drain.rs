//! `node drain`.

use std::collections::BTreeMap;
use std::time::Duration;

use api::{Client, DrainSpec, Query};

use super::find::{NO_NODE, named_node, querying};
use crate::context::Context;
use crate::follow::DrainMonitor;
use crate::format::Length;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Deadline that a drain has when none is given: an hour.
const DEADLINE_NS: i64 = 3_600_000_000_000;
/// How long an agent may hold a question while the drain is followed.
const WAIT: Duration = Duration::from_secs(1);
/// Pause between two questions about the allocations.
const PAUSE: Duration = Duration::from_millis(200);
const HELP: &str = "For additional help try 'nomadctl node drain -help'";

/// Move everything off a node
///
/// Allocations leave a few at a time, as the `migrate` blocks of their jobs say, and all of them at the deadline.
/// The node takes no new ones until its drain is disabled. The command follows the drain to its end.
#[derive(clap::Args, Debug)]
pub(crate) struct DrainArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Start the drain
    #[arg(long)]
    enable: bool,

    /// End the drain
    #[arg(long)]
    disable: bool,

    /// When everything that is left is stopped: 1h by default
    #[arg(long, value_name = "duration")]
    deadline: Option<String>,

    /// Stop everything at once
    #[arg(long)]
    force: bool,

    /// Wait for as long as it takes
    #[arg(long)]
    no_deadline: bool,

    /// Leave system jobs alone
    #[arg(long)]
    ignore_system: bool,

    /// Give the node no new allocations when the drain is disabled
    #[arg(long)]
    keep_ineligible: bool,

    /// Follow a drain that goes on
    #[arg(long)]
    monitor: bool,

    /// Return without following the drain
    #[arg(long)]
    detach: bool,

    /// Why the node is drained
    #[arg(long = "m", value_name = "message")]
    message: Option<String>,

    /// Metadata of the drain as key=value. May be repeated
    #[arg(long, value_name = "key=value", action = clap::ArgAction::Append)]
    meta: Vec<String>,

    /// Mean the node of the asked agent
    #[arg(long = "self", id = "own")]
    own: bool,

    /// Do not ask
    #[arg(long)]
    yes: bool,

    /// Beginning of the id of a node
    #[arg(value_name = "node")]
    id: Option<String>,
}

impl DrainArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let spec = self.spec()?;
        let meta = self.meta()?;
        let client = context.client(&self.global)?;
        let named = named_node(&client, self.own, self.id.as_deref(), Length::Short).await?;
        let id = named.ok_or_else(|| CommandError::failed(NO_NODE).hint(HELP))?;
        if !self.enable && !self.disable {
            let node = client.nodes().info(&id).await.map_err(querying)?.value;
            if !node.drain {
                context.ui.warn("No drain strategy set");
                return Ok(Exit::OK);
            }
            return follow(&client, context, &id, &format!("{id:?}: Monitoring node")).await;
        }
        if !self.yes && !self.confirm(context, &id) {
            context.ui.print("Canceling drain toggle");
            return Ok(Exit::OK);
        }
        let eligible = self.disable && !self.keep_ineligible;
        let asked = client.nodes().drain(&id, spec, eligible, &meta).await;
        asked.map_err(|error| CommandError::request("updating drain specification", &error))?;
        if self.disable {
            context.ui.print(&format!("Node {id:?} drain strategy unset"));
            return Ok(Exit::OK);
        }
        let set = format!("Node {id:?} drain strategy set");
        if self.detach {
            context.ui.print(&set);
            return Ok(Exit::OK);
        }
        follow(&client, context, &id, &set).await
    }

    /// The drain to start; none to end one, or only to look on.
    fn spec(&self) -> Result<Option<DrainSpec>, CommandError> {
        let refuse = |text: &str| Err(CommandError::failed(text).hint(HELP));
        if self.enable && self.disable || !(self.enable || self.disable || self.monitor) {
            return refuse("Either the '-enable' or '-disable' flag must be set, unless using '-monitor'");
        }
        if self.monitor && (self.enable || self.disable) {
            return refuse("The '-monitor' flag cannot be used with '-enable' or '-disable'");
        }
        let starts = [self.deadline.is_some(), self.force, self.no_deadline];
        if !self.enable {
            return if starts.contains(&true) || self.ignore_system {
                refuse("-deadline, -force, -no-deadline and -ignore-system can only be used with -enable")
            } else {
                Ok(None)
            };
        }
        let deadline_ns = match (&self.deadline, self.force, self.no_deadline) {
            (None, false, false) => DEADLINE_NS,
            (None, true, false) => -1,
            (None, false, true) => 0,
            (Some(text), false, false) => {
                jobspec::parse_duration(text).ok().filter(|deadline| *deadline > 0).ok_or_else(|| {
                    CommandError::failed(format!("Failed to parse deadline {text:?}")).hint(HELP)
                })?
            }
            _ => return refuse("Only one of -deadline, -force and -no-deadline can be used"),
        };
        Ok(Some(DrainSpec { deadline_ns, ignore_system_jobs: self.ignore_system }))
    }

    fn meta(&self) -> Result<BTreeMap<String, String>, CommandError> {
        let mut meta = BTreeMap::new();
        for pair in &self.meta {
            let Some((key, value)) = pair.split_once('=') else {
                return Err(CommandError::failed(format!("Invalid -meta {pair:?}: expected key=value")));
            };
            meta.insert(key.to_owned(), value.to_owned());
        }
        meta.extend(self.message.clone().map(|message| ("message".to_owned(), message)));
        Ok(meta)
    }

    fn confirm(&self, context: &Context<'_>, id: &str) -> bool {
        let verb = if self.enable { "enable" } else { "disable" };
        context.ui.confirm(&format!("Are you sure you want to {verb} drain mode for node {id:?}?"))
    }
}

/// Follows a drain to its end.
async fn follow(client: &Client, context: &Context<'_>, id: &str, headline: &str) -> CommandResult {
    let say = |line: &str| {
        let now = context.clock.absolute(context.clock.now_ns());
        context.ui.print(&format!("{now}: {line}"));
    };
    say("Ctrl-C to stop monitoring: will not cancel the node drain");
    say(headline);
    let mut monitor = DrainMonitor::default();
    let mut index = 0;
    while !monitor.is_done() && !context.ui.is_closed() {
        let query = Query { index, wait: Some(WAIT), ..Query::default() };
        let node = client.nodes().follow(id, query).await.map_err(querying)?;
        let allocs = client.nodes().allocations(id).await;
        let allocs = allocs.map_err(|error| CommandError::request("querying node allocations", &error))?;
        for line in monitor.observe(&node.value, &allocs.value) {
            say(&line);
        }
        // Once the drain is over only the allocations change.
        index = if node.value.drain { node.meta.index } else { 0 };
        tokio::time::sleep(PAUSE).await;
    }
    Ok(Exit::OK)
}
