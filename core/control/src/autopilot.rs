//! Looking after the servers' own group: who is healthy, who gets a vote, who is taken out.
//!
//! ```text
//!  joined, no vote ──(healthy for the stabilisation time)──▶ voter ──(silent for [`DEAD_AFTER`])──▶ taken out
//! ```
//! A dead server is taken out only while those that answer are a majority of the voters, and never below the
//! configured number of voters: taking servers out must not be what costs the group its quorum.
//!
//! Limits: one action a look; only the leader looks, and a new leader begins with nothing, so that everybody has a
//! full time to be heard of.

use std::collections::BTreeMap;

use model::{AutopilotConfig, Name, Nanos, Timestamp};

/// A server that was silent for longer does not answer.
const ANSWERS_WITHIN: Nanos = Nanos::from_secs(3);
/// A server that was silent for longer is dead.
const DEAD_AFTER: Nanos = Nanos::from_secs(30);

/// What the leader sees of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerReport {
    /// Its id in consensus.
    pub id: u64,
    /// Its name.
    pub name: Name,
    /// Whether it votes.
    pub voter: bool,
    /// Whether it is the leader itself.
    pub leads: bool,
    /// How long ago it answered; none when it never did.
    pub silent: Option<Nanos>,
    /// How many entries its log is behind.
    pub trailing: u64,
    /// The last entry that it is known to have: its term and index.
    pub last: (u64, u64),
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AutopilotAction {
    /// Give the server a vote.
    Promote(u64),
    /// Take the server out.
    Remove(u64),
}

/// How a server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerHealth {
    /// What was seen of it.
    pub report: ServerReport,
    /// Whether it answers.
    pub answers: bool,
    /// Whether it answers soon enough and its log is near enough to the leader's.
    pub healthy: bool,
    /// Since when that has not changed.
    pub stable_since: Timestamp,
}

/// How the servers are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupHealth {
    /// Every server, in the order of ids.
    pub servers: Vec<ServerHealth>,
    /// Whether all are healthy.
    pub healthy: bool,
    /// How many voters may fail before the rest is no majority.
    pub failure_tolerance: usize,
}

/// What is remembered of a server from look to look.
#[derive(Debug, Clone, Copy)]
struct Known {
    first_seen: Timestamp,
    healthy: bool,
    since: Timestamp,
}

/// Looks after the group of servers.
#[derive(Debug, Clone, Default)]
pub struct AutopilotMachine {
    known: BTreeMap<u64, Known>,
    health: GroupHealth,
}

impl AutopilotMachine {
    /// How the servers were at the last look.
    #[must_use]
    pub const fn health(&self) -> &GroupHealth {
        &self.health
    }

    /// Takes a look and says what to do, if anything.
    #[must_use]
    pub fn look(
        &mut self,
        now: Timestamp,
        config: &AutopilotConfig,
        reports: &[ServerReport],
    ) -> Option<AutopilotAction> {
        self.known.retain(|id, _| reports.iter().any(|report| report.id == *id));
        let servers: Vec<ServerHealth> =
            reports.iter().map(|report| self.judge(now, config, report)).collect();
        let voters = servers.iter().filter(|one| one.report.voter).count();
        let healthy = servers.iter().filter(|one| one.report.voter && one.healthy).count();
        self.health = GroupHealth {
            healthy: servers.iter().all(|one| one.healthy),
            failure_tolerance: healthy.saturating_sub(majority(voters)),
            servers,
        };
        self.promotion(now, config).or_else(|| self.removal(now, config))
    }

    fn judge(&mut self, now: Timestamp, config: &AutopilotConfig, report: &ServerReport) -> ServerHealth {
        let silent = if report.leads { Some(Nanos::ZERO) } else { report.silent };
        let answers = silent.is_some_and(|silent| silent <= ANSWERS_WITHIN);
        let healthy = silent.is_some_and(|silent| silent <= config.last_contact_threshold)
            && report.trailing <= config.max_trailing_logs;
        let known = self.known.entry(report.id).or_insert(Known { first_seen: now, healthy, since: now });
        if known.healthy != healthy {
            known.healthy = healthy;
            known.since = now;
        }
        ServerHealth { report: report.clone(), answers, healthy, stable_since: known.since }
    }

    /// The first server without a vote that was healthy for long enough.
    fn promotion(&self, now: Timestamp, config: &AutopilotConfig) -> Option<AutopilotAction> {
        let steady = |one: &&ServerHealth| {
            !one.report.voter
                && one.healthy
                && now.since(one.stable_since) >= config.server_stabilization_time
        };
        let found = self.health.servers.iter().find(steady)?;
        Some(AutopilotAction::Promote(found.report.id))
    }

    /// A server that is dead, those without a vote first, if the group can do without it.
    fn removal(&self, now: Timestamp, config: &AutopilotConfig) -> Option<AutopilotAction> {
        if !config.cleanup_dead_servers {
            return None;
        }
        let dead = |one: &&ServerHealth| {
            let seen = self.known.get(&one.report.id).map_or(now, |known| known.first_seen);
            let silent = one.report.silent.unwrap_or_else(|| now.since(seen));
            // A new leader gives everybody a full time, whatever it was told before.
            !one.report.leads && silent.min(now.since(seen)) > DEAD_AFTER
        };
        let servers = &self.health.servers;
        let found = servers.iter().filter(dead).min_by_key(|one| (one.report.voter, one.report.id))?;
        let voters = servers.iter().filter(|one| one.report.voter).count();
        let answering = servers.iter().filter(|one| one.report.voter && one.answers).count();
        let left = if found.report.voter { voters - 1 } else { voters };
        let wanted = usize::try_from(config.min_quorum).unwrap_or(usize::MAX);
        let allowed = !found.report.voter || (left >= wanted && answering >= majority(voters));
        allowed.then_some(AutopilotAction::Remove(found.report.id))
    }
}

const fn majority(voters: usize) -> usize {
    voters / 2 + 1
}
