//! What operators do to the group of servers.
//!
//! Limits: changes are made by the leader, one at a time; without gossip nobody hears of servers that are no members.

use std::time::Duration;

use raft::{MemberStatus, MembershipError, ServerId};

use crate::join;
use crate::server_handle::Server;

/// A server that was heard of within this time runs.
const ANSWERS_WITHIN: Duration = Duration::from_secs(3);
/// How long a hand-over of leadership may take.
const HAND_OVER: Duration = Duration::from_secs(3);
/// Time between two looks whether it happened.
const LOOK: Duration = Duration::from_millis(10);

/// Why the group of servers was not changed.
#[derive(Debug, thiserror::Error)]
pub enum MembershipFailure {
    /// No member has that id, name or address.
    #[error("no server {0:?} is part of the group")]
    Unknown(String),
    /// The leader cannot be taken out.
    #[error("server {0} leads: transfer leadership first")]
    Leads(String),
    /// It runs, so it would not be gone.
    #[error(
        "server {0} answers: only a failed server can be made to leave; stop it first, or remove it with \
         'operator raft remove-peer'"
    )]
    Alive(String),
    /// It was asked to lead but does not.
    #[error("server {0} did not take over leadership within {HAND_OVER:?}")]
    NoHandOver(String),
    /// No address led into a cluster.
    #[error("{0}")]
    NotJoined(String),
    /// Consensus refused it.
    #[error(transparent)]
    Refused(#[from] MembershipError),
}

impl Server {
    /// Takes a server out of the group; only on the leader.
    ///
    /// # Errors
    /// There is none of that id, or it leads.
    pub async fn remove_server(&self, id: &str) -> Result<(), MembershipFailure> {
        let found = self.member(|one| one.member.id.to_string() == id);
        let found = found.ok_or_else(|| MembershipFailure::Unknown(id.to_owned()))?;
        if found.member.id == self.inner.consensus.id() {
            return Err(MembershipFailure::Leads(found.member.info.name));
        }
        Ok(self.inner.consensus.remove_server(found.member.id).await?)
    }

    /// Takes a server out that has failed and will not come back, by its name; one that nobody knows has left
    /// already. Only on the leader.
    ///
    /// # Errors
    /// It still answers.
    pub async fn force_leave(&self, name: &str) -> Result<(), MembershipFailure> {
        let suffix = format!(".{}", self.inner.region.as_str());
        let bare = name.strip_suffix(&suffix).unwrap_or(name);
        let own = self.inner.consensus.id();
        // A replaced server and the one that replaces it may share a name: the one that is silent is meant.
        let silent = |one: &MemberStatus| {
            one.member.id != own && one.last_contact.is_none_or(|ago| ago > ANSWERS_WITHIN)
        };
        let named = |one: &MemberStatus| one.member.info.name == bare;
        // A leader that has just begun has not heard of anybody yet.
        let deadline = tokio::time::Instant::now() + ANSWERS_WITHIN;
        while self.member(|one| named(one) && one.member.id != own && one.last_contact.is_none()).is_some()
            && tokio::time::Instant::now() < deadline
        {
            tokio::time::sleep(LOOK).await;
        }
        match self.member(|one| named(one) && silent(one)) {
            Some(failed) => Ok(self.inner.consensus.remove_server(failed.member.id).await?),
            None if self.member(named).is_some() => Err(MembershipFailure::Alive(bare.to_owned())),
            None => Ok(()),
        }
    }

    /// Hands leadership over and waits until it is; only on the leader.
    ///
    /// # Errors
    /// The other server has no vote, or does not take it.
    pub async fn transfer_leadership(&self, to: &str) -> Result<(), MembershipFailure> {
        let found = self.member(|one| one.member.id.to_string() == to);
        let found = found.ok_or_else(|| MembershipFailure::Unknown(to.to_owned()))?;
        self.inner.consensus.transfer_leadership(found.member.id).await?;
        let deadline = tokio::time::Instant::now() + HAND_OVER;
        while tokio::time::Instant::now() < deadline {
            let leader = self.inner.consensus.leadership().current().leader;
            if leader.is_some_and(|leader| leader.id == found.member.id) {
                return Ok(());
            }
            tokio::time::sleep(LOOK).await;
        }
        Err(MembershipFailure::NoHandOver(found.member.info.name))
    }

    /// Joins the clusters at these addresses and returns how many led to one that this server is part of.
    ///
    /// # Errors
    /// None did; the text says why for each.
    pub async fn join(&self, addresses: &[String]) -> Result<usize, MembershipFailure> {
        let mut joined = 0;
        let mut problems = Vec::new();
        for address in addresses {
            let this = &self.inner.calls.local.this;
            match join::at(&self.inner.consensus, &self.inner.calls, this, address).await {
                Ok(()) => joined += 1,
                Err(problem) => problems.push(format!("{address}: {problem}")),
            }
        }
        if joined == 0 { Err(MembershipFailure::NotJoined(problems.join("; "))) } else { Ok(joined) }
    }

    fn member(&self, wanted: impl Fn(&MemberStatus) -> bool) -> Option<MemberStatus> {
        self.inner.consensus.status().members.into_iter().find(wanted)
    }

    /// Returns the id of this server in consensus.
    #[must_use]
    pub fn id(&self) -> ServerId {
        self.inner.consensus.id()
    }
}
