//! `node pool apply`.

use serde_json::json;

use crate::commands::spec::{self, Spec};
use crate::context::Context;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Create or change a node pool
///
/// The file holds one block, node_pool "name" { … }, or with -json the pool as the API has it; - reads stdin.
#[derive(clap::Args, Debug)]
pub(crate) struct ApplyArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Read the file as JSON
    #[arg(long)]
    json: bool,

    /// File with the node pool, or - for stdin
    #[arg(value_name = "input")]
    input: String,
}

impl ApplyArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let text = spec::read(context, &self.input)?;
        let pool =
            if self.json { spec::from_json(&self.input, &text)? } else { node_pool(&self.input, &text)? };
        let name = pool.get("Name").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        let client = context.client(&self.global)?;
        let asked = client.node_pools().apply(pool).await;
        asked.map_err(|error| CommandError::request("applying node pool", &error))?;
        context.ui.print(&format!("Successfully applied node pool {name:?}!"));
        Ok(Exit::OK)
    }
}

/// The pool that HCL describes, as the API has it.
fn node_pool(file: &str, text: &str) -> Result<serde_json::Value, CommandError> {
    let file = Spec::parse(file, text)?;
    let (name, pool) = file.only_block("node_pool")?;
    pool.check_names(&["description", "node_identity_ttl"], &["meta", "scheduler_config"])?;
    let scheduler = pool.block("scheduler_config")?;
    if let Some(scheduler) = &scheduler {
        scheduler.check_names(&["scheduler_algorithm", "memory_oversubscription_enabled"], &[])?;
    }
    let scheduler = scheduler.map(|scheduler| {
        Ok::<_, CommandError>(json!({
            "SchedulerAlgorithm": scheduler.text("scheduler_algorithm")?.unwrap_or_default(),
            "MemoryOversubscriptionEnabled": scheduler.flag("memory_oversubscription_enabled")?,
        }))
    });
    let mut value = json!({
        "Name": name,
        "Description": pool.text("description")?.unwrap_or_default(),
        "Meta": pool.map("meta")?,
        "SchedulerConfiguration": scheduler.transpose()?,
    });
    if let Some(text) = pool.text("node_identity_ttl")? {
        let ttl = jobspec::parse_duration(&text).map_err(|error| pool.wrong("node_identity_ttl", &error))?;
        value["NodeIdentityTTL"] = ttl.into();
    }
    Ok(value)
}
