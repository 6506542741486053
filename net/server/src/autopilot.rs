//! Runs the autopilot machine while this server leads.
//!
//! Limits: one look every [`LOOK`], one change of the group at a time.

use std::time::Duration;

use control::autopilot::{AutopilotAction, AutopilotMachine, GroupHealth, ServerReport};
use model::{AutopilotConfig, Nanos};
use raft::{MemberStatus, ServerId, Status};
use state::Command;
use tokio::sync::watch;

use crate::peers::Local;
use crate::seed::now;

/// Time between two looks at the servers.
const LOOK: Duration = Duration::from_millis(500);

/// Looks after the group whenever this server leads; ends with the server.
pub(crate) async fn run(local: Local, health: watch::Sender<GroupHealth>) {
    let mut leading = local.leading.clone();
    while leading.wait_for(|leads| *leads).await.is_ok() {
        let mut machine = AutopilotMachine::default();
        while *leading.borrow_and_update() {
            let config = local.autopilot();
            if config.create_index == 0 {
                propose_first(&local, &config).await;
            }
            let status = local.consensus.status();
            let action = machine.look(now(), &config, &reports(&status));
            health.send_replace(machine.health().clone());
            if let Some(action) = action {
                act(&local, action).await;
            }
            // A change is looked at by the loop itself.
            let _ = tokio::time::timeout(LOOK, leading.changed()).await;
        }
    }
}

/// Stores the configuration of a new cluster.
async fn propose_first(local: &Local, config: &AutopilotConfig) {
    let command = Command::SetAutopilotConfig { config: Box::new(config.clone()), cas: Some(0) };
    if let Err(error) = local.propose(command).await {
        tracing::debug!(%error, "the configuration of the autopilot could not be stored yet");
    }
}

fn reports(status: &Status) -> Vec<ServerReport> {
    let last_log = status.last_log.unwrap_or(0);
    let report = |one: &MemberStatus| {
        let leads = one.member.id == status.id;
        let matched = if leads { last_log } else { one.matched.unwrap_or(0) };
        let term = if leads { status.term } else { one.matched_term.unwrap_or(0) };
        ServerReport {
            id: one.member.id.0,
            name: one.member.info.name.as_str().into(),
            voter: one.voter,
            leads,
            silent: one.last_contact.map(Nanos::from),
            trailing: last_log.saturating_sub(matched),
            last: (term, matched),
        }
    };
    status.members.iter().map(report).collect()
}

async fn act(local: &Local, action: AutopilotAction) {
    let (id, what, result) = match action {
        AutopilotAction::Promote(id) => {
            (id, "gets a vote", local.consensus.promote_server(ServerId(id)).await)
        }
        AutopilotAction::Remove(id) => {
            (id, "is dead and taken out", local.consensus.remove_server(ServerId(id)).await)
        }
    };
    let server = ServerId(id);
    match result {
        Ok(()) => tracing::info!(%server, what, "the group of servers was changed"),
        Err(error) => tracing::warn!(%server, what, %error, "the group of servers could not be changed"),
    }
}
