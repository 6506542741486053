//! Changing the group.
//!
//! ```text
//! add → learner (gets the log, has no vote) → promote → voter → remove
//! ```
//! A leader that fails in the middle leaves the group in a joint configuration, where the old and the new majority are
//! both needed. openraft does not end that by itself: every new leader does (`finish_change`).
//!
//! Limits: one change at a time, a half-done one is tried to end once in [`PAUSE`]; a learner is promoted only when it is nearly as far as the leader. Call all of this
//! from one task: two callers with different goals would undo each other.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use openraft::errors::{ClientWriteError, InitializeError, RaftError};
use openraft::{AsyncRuntime, ChangeMembers};

use super::node::{Node, fatal};
use super::propose::{Next, sort};
use crate::{Member, MembershipError, NodeInfo, ProposeError, ServerId};

/// One change of the group.
#[derive(Clone, Debug)]
pub(super) enum Change {
    /// Adds a server without a vote.
    Add(Member),
    /// Gives a server a vote.
    Promote(ServerId),
    /// Takes a server out.
    Remove(ServerId),
    /// Corrects name and addresses of a server.
    Update(Member),
    /// Ends a change that a leader left half done.
    Finish,
}

/// Time between two tries to end a change that was left half done.
const PAUSE: Duration = Duration::from_secs(1);

impl<Rt: AsyncRuntime> Node<Rt> {
    /// Ends a change that an earlier leader left half done, while this server leads `term`.
    pub(super) async fn finish_change(&self, term: u64) {
        let leads = || {
            let current = self.watch_leadership().current();
            current.leading && current.term == term
        };
        while leads() && self.present_status().changing {
            match self.change_members(Change::Finish).await {
                Ok(()) => tracing::info!(term, "a change of the group was finished"),
                Err(error) => tracing::debug!(%error, "a change of the group cannot be finished yet"),
            }
            Rt::sleep(PAUSE).await;
        }
    }

    /// Founds the group with `members`, on one server that has no log yet.
    pub(super) async fn found(&self, members: Vec<Member>) -> Result<(), MembershipError> {
        let members: BTreeMap<ServerId, NodeInfo> = members.into_iter().map(|m| (m.id, m.info)).collect();
        match self.raft.initialize(members).await {
            Ok(()) => Ok(()),
            Err(RaftError::APIError(InitializeError::NotAllowed(_))) => {
                Err(MembershipError::AlreadyInitialized)
            }
            Err(RaftError::APIError(InitializeError::NotInMembers(_))) => {
                Err(MembershipError::Refused("this server is not among the members".to_owned()))
            }
            Err(RaftError::Fatal(error)) => Err(fatal(error).into()),
        }
    }

    pub(super) async fn change_members(&self, change: Change) -> Result<(), MembershipError> {
        let _one = self.changing.lock().await;
        let (change, retain) = self.plan(change)?;
        let mut patience = self.patience();
        loop {
            let changing = self.raft.change_membership(change.clone(), retain);
            let changed = Rt::timeout(self.config.timing.propose, changing).await;
            let next = match changed.map_err(|_| MembershipError::Unknown)? {
                Ok(_) => return Ok(()),
                Err(RaftError::Fatal(error)) => return Err(fatal(error).into()),
                Err(RaftError::APIError(ClientWriteError::ChangeMembershipError(error))) => {
                    return Err(MembershipError::Refused(error.to_string()));
                }
                Err(RaftError::APIError(error)) => sort(error),
            };
            let error = match next {
                Next::Retry => match patience.pause().await {
                    Ok(()) => continue,
                    Err(error) => error,
                },
                Next::Fail(error) => error,
            };
            return Err(match error {
                ProposeError::NotLeader { leader } => MembershipError::NotLeader { leader },
                ProposeError::Fatal(error) => error.into(),
                ProposeError::Unavailable => {
                    MembershipError::Refused("no quorum of servers answers".to_owned())
                }
                ProposeError::Unknown | ProposeError::Overloaded { .. } | ProposeError::TooLarge { .. } => {
                    MembershipError::Unknown
                }
            });
        }
    }

    /// Hands leadership to `to`; returns once that was asked for, not once it happened.
    pub(super) async fn transfer_to(&self, to: ServerId) -> Result<(), MembershipError> {
        let status = self.present_status();
        if !status.members.iter().any(|member| member.member.id == to && member.voter) {
            return Err(MembershipError::Refused(format!("server {to} is not a voter")));
        }
        if status.leader.as_ref().map(|leader| leader.id) != Some(self.id) {
            return Err(MembershipError::NotLeader { leader: status.leader });
        }
        self.raft.trigger().transfer_leader(to).await.map_err(|error| fatal(error).into())
    }

    fn plan(&self, change: Change) -> Result<(ChangeMembers<ServerId, NodeInfo>, bool), MembershipError> {
        let status = self.present_status();
        let find = |id: ServerId| {
            let found = status.members.iter().find(|member| member.member.id == id);
            found.ok_or_else(|| MembershipError::Refused(format!("server {id} is not part of the group")))
        };
        Ok(match change {
            // Adding nobody leads from a joint configuration to its goal.
            Change::Finish => (ChangeMembers::AddVoterIds(BTreeSet::new()), false),
            Change::Add(member) => {
                (ChangeMembers::AddNodes(BTreeMap::from([(member.id, member.info)])), true)
            }
            Change::Update(member) => {
                find(member.id)?;
                (ChangeMembers::SetNodes(BTreeMap::from([(member.id, member.info)])), true)
            }
            Change::Promote(id) => {
                let behind = status.last_log.unwrap_or(0).saturating_sub(find(id)?.matched.unwrap_or(0));
                if behind > self.config.keep_entries {
                    return Err(MembershipError::Refused(format!("server {id} is {behind} entries behind")));
                }
                (ChangeMembers::AddVoterIds(BTreeSet::from([id])), true)
            }
            Change::Remove(id) if find(id)?.voter => {
                (ChangeMembers::RemoveVoters(BTreeSet::from([id])), false)
            }
            Change::Remove(id) => (ChangeMembers::RemoveNodes(BTreeSet::from([id])), true),
        })
    }
}
