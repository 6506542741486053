//! What a server knows about itself and the group.
//!
//! Limits: a moment's picture; only the leader knows how far the others are.

use std::sync::PoisonError;
use std::time::Duration;

use openraft::async_runtime::{Instant, WatchReceiver};
use openraft::{AsyncRuntime, ServerState};

use super::node::Node;
use crate::{Member, ServerId};

/// What a server is in the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Gets the log, has no vote.
    Learner,
    /// Has a vote and follows.
    Follower,
    /// Stands for election.
    Candidate,
    /// Leads.
    Leader,
    /// Has stopped.
    Stopped,
}

/// A picture of one server.
#[derive(Clone, Debug)]
pub struct Status {
    /// Its id.
    pub id: ServerId,
    /// What it is.
    pub role: Role,
    /// The term it is in.
    pub term: u64,
    /// The leader, if one is known.
    pub leader: Option<Member>,
    /// The index of the last entry in its log.
    pub last_log: Option<u64>,
    /// The index up to which it knows entries to be committed.
    pub committed: Option<u64>,
    /// The index up to which it has applied.
    pub applied: Option<u64>,
    /// The index that its snapshot covers.
    pub snapshot: Option<u64>,
    /// How long ago a quorum last confirmed it as leader; only a leader knows.
    pub quorum_acked: Option<Duration>,
    /// How long ago the leader was last heard of; none on a leader, and before the first time.
    pub leader_heard: Option<Duration>,
    /// Whether a change of the group is under way; until it ends, the old and the new majority are both needed.
    pub changing: bool,
    /// All servers of the group.
    pub members: Vec<MemberStatus>,
}

/// A picture of one server of the group.
#[derive(Clone, Debug)]
pub struct MemberStatus {
    /// Who it is.
    pub member: Member,
    /// Whether it has a vote.
    pub voter: bool,
    /// The index up to which its log equals the leader's; only the leader knows.
    pub matched: Option<u64>,
    /// The term of that entry.
    pub matched_term: Option<u64>,
    /// How long ago it last answered; only the leader knows.
    pub last_contact: Option<Duration>,
}

impl<Rt: AsyncRuntime> Node<Rt> {
    fn last_heard(&self) -> Option<Duration> {
        let heard = *self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.map(|at| at.elapsed())
    }

    pub(super) fn present_status(&self) -> Status {
        let receiver = self.raft.metrics();
        // The guard blocks consensus: it must not live longer than the clone.
        let metrics = receiver.borrow_watched().clone();
        let membership = metrics.membership_config.membership();
        let voters: Vec<ServerId> = membership.voter_ids().collect();
        let replication = metrics.replication.unwrap_or_default();
        let heartbeat = metrics.heartbeat.unwrap_or_default();
        let members = membership.nodes().map(|(id, info)| MemberStatus {
            member: Member { id: *id, info: info.clone() },
            voter: voters.contains(id),
            matched: replication.get(id).and_then(|id| id.map(|id| id.index)),
            matched_term: replication.get(id).and_then(|id| id.map(|id| id.leader_id.term)),
            last_contact: heartbeat.get(id).and_then(|at| at.as_ref().map(|at| at.elapsed())),
        });
        let members: Vec<MemberStatus> = members.collect();
        let leader = metrics.current_leader;
        Status {
            id: self.id,
            role: match metrics.state {
                ServerState::Learner => Role::Learner,
                ServerState::Follower => Role::Follower,
                ServerState::Candidate => Role::Candidate,
                ServerState::Leader => Role::Leader,
                ServerState::Shutdown => Role::Stopped,
            },
            term: metrics.current_term,
            leader: members.iter().find(|m| Some(m.member.id) == leader).map(|m| m.member.clone()),
            last_log: metrics.last_log_index,
            committed: metrics.local_committed.map(|id| id.index),
            applied: metrics.last_applied.map(|id| id.index),
            snapshot: metrics.snapshot.map(|id| id.index),
            changing: membership.get_joint_config().len() > 1
                || metrics.membership_config != metrics.committed_membership_config,
            leader_heard: if metrics.state.is_leader() { None } else { self.last_heard() },
            quorum_acked: metrics.last_quorum_acked.map(|at| at.elapsed()),
            members,
        }
    }
}
