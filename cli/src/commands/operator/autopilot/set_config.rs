//! `operator autopilot set-config`.

use serde_json::Value;

use crate::context::Context;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Change how the servers look after their group
///
/// What is not given stays as it is.
#[derive(clap::Args, Debug)]
pub(crate) struct SetConfigArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Take dead servers out
    #[arg(long, value_name = "true|false")]
    cleanup_dead_servers: Option<bool>,

    /// A server that was not heard of for longer is unhealthy
    #[arg(long, value_name = "duration")]
    last_contact_threshold: Option<String>,

    /// A server whose log is more entries behind is unhealthy
    #[arg(long, value_name = "entries")]
    max_trailing_logs: Option<u64>,

    /// Never leave fewer voters than this
    #[arg(long, value_name = "voters")]
    min_quorum: Option<u64>,

    /// A new server must have been healthy for so long before it votes
    #[arg(long, value_name = "duration")]
    server_stabilization_time: Option<String>,

    /// Kept for compatibility, without effect
    #[arg(long, value_name = "true|false")]
    enable_redundancy_zones: Option<bool>,

    /// Kept for compatibility, without effect
    #[arg(long, value_name = "true|false")]
    disable_upgrade_migration: Option<bool>,

    /// Kept for compatibility, without effect
    #[arg(long, value_name = "true|false")]
    enable_custom_upgrades: Option<bool>,
}

impl SetConfigArgs {
    pub(crate) async fn run(&self, context: &Context<'_>) -> CommandResult {
        let client = context.client(&self.global)?;
        let asked = client.operator().autopilot().await;
        let known =
            asked.map_err(|error| CommandError::request("querying Autopilot configuration", &error))?;
        let mut config = known.raw;
        self.change(&mut config);
        // Between reading and writing nobody else may change it unseen.
        let asked = client.operator().set_autopilot(config, known.value.modify_index).await;
        let reply =
            asked.map_err(|error| CommandError::request("setting Autopilot configuration", &error))?;
        if !reply.value {
            let text = "Autopilot configuration could not be atomically updated, please try again";
            return Err(CommandError::failed(text));
        }
        context.ui.print("Configuration updated!");
        Ok(Exit::OK)
    }

    fn change(&self, config: &mut Value) {
        let flag = |flag: Option<bool>| flag.map(Value::from);
        let number = |number: Option<u64>| number.map(Value::from);
        let text = |text: &Option<String>| text.clone().map(Value::from);
        for (name, value) in [
            ("CleanupDeadServers", flag(self.cleanup_dead_servers)),
            ("LastContactThreshold", text(&self.last_contact_threshold)),
            ("MaxTrailingLogs", number(self.max_trailing_logs)),
            ("MinQuorum", number(self.min_quorum)),
            ("ServerStabilizationTime", text(&self.server_stabilization_time)),
            ("EnableRedundancyZones", flag(self.enable_redundancy_zones)),
            ("DisableUpgradeMigration", flag(self.disable_upgrade_migration)),
            ("EnableCustomUpgrades", flag(self.enable_custom_upgrades)),
        ] {
            if let Some(value) = value {
                config[name] = value;
            }
        }
    }
}
