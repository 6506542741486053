//! The operator: keeps the group what it should be, one voter on every host.
//!
//! A server that lost its disk comes back with a new id: the old one is removed, the new one added and, once it has
//! caught up, promoted. Limits: one change per half second, from this one task only.

use std::sync::Arc;
use std::time::Duration;

use openraft::AsyncRuntime;
use openraft_rt_sim::SimRuntime;
use raft::{Consensus, Member, MembershipError, Status};

use crate::Subject;
use crate::host::Host;
use crate::world::Stage;

const PERIOD: Duration = Duration::from_millis(500);

/// Looks after the membership of the group.
pub(crate) struct Operator<S> {
    pub(crate) stage: Arc<Stage>,
    pub(crate) hosts: Vec<Arc<Host<S>>>,
}

impl<S: Subject> Operator<S> {
    /// Works until the virtual time `until`.
    pub(crate) async fn run(self, until: Duration) {
        while self.stage.now() < until && !self.stage.oracle().failed() {
            SimRuntime::sleep(PERIOD).await;
            if let Some((leader, status)) = leader(&self.stage, &self.hosts) {
                // What fails now is tried again half a second later.
                let changed = self.correct(&leader, &status).await;
                self.stage.trace("operator", &[u64::from(changed.is_ok())]);
            }
        }
    }

    async fn correct(&self, leader: &Consensus, status: &Status) -> Result<(), MembershipError> {
        if status.changing {
            // The leader ends what an earlier one left half done.
            return Ok(());
        }
        let present: Vec<Member> = self.hosts.iter().filter_map(|host| host.member()).collect();
        if present.len() == self.hosts.len() {
            let gone = |id| !present.iter().any(|member| member.id == id);
            if let Some(old) = status.members.iter().find(|member| gone(member.member.id)) {
                return leader.remove_server(old.member.id).await;
            }
        }
        for member in present {
            match status.members.iter().find(|known| known.member.id == member.id) {
                None => return leader.add_server(member).await,
                Some(known) if !known.voter => return leader.promote_server(member.id).await,
                Some(_) => {}
            }
        }
        Ok(())
    }
}

/// Returns whether there is a leader, no change under way, and exactly the running servers are its voters and as far as it is.
pub(crate) fn is_settled<S: Subject>(stage: &Stage, hosts: &[Arc<Host<S>>]) -> bool {
    let Some((_, status)) = leader(stage, hosts) else { return false };
    let present: Vec<Member> = hosts.iter().filter_map(|host| host.member()).collect();
    present.len() == hosts.len()
        && !status.changing
        && status.members.len() == hosts.len()
        && status
            .members
            .iter()
            .all(|known| known.voter && known.matched >= status.committed && present.contains(&known.member))
}

fn leader<S: Subject>(stage: &Stage, hosts: &[Arc<Host<S>>]) -> Option<(Consensus, Status)> {
    let running = hosts.iter().filter_map(|host| stage.running(host.server));
    let (_, leader) = running.into_iter().find(|(_, consensus)| consensus.leadership().current().leading)?;
    let status = leader.status();
    Some((leader, status))
}
