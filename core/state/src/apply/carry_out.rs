//! The one way to change the state.

use model::NodeStatus;

use super::nodes::set_drain;
use super::{Applied, ApplyError, Command, Entry, Reply};
use crate::State;
use crate::txn::Txn;

impl State {
    /// Carries out one entry of the log.
    ///
    /// Total: a command that cannot be carried out is answered with an [`ApplyError`] and changes nothing but
    /// the index and the time. The same state and entry give the same result on every host.
    pub fn apply(&mut self, raft_index: u64, entry: &Entry) -> Applied {
        self.advance(raft_index);
        self.now = self.now.max(entry.now);
        self.drop_late_restore();
        let mut txn = Txn::new(self);
        let reply = txn.carry_out(&entry.command);
        let changes = txn.finish();
        Applied { index: self.index, reply, changes }
    }

    /// Takes note of an entry without a command: a blank one, or one that changes the membership.
    pub const fn advance(&mut self, raft_index: u64) {
        let index = raft_index.saturating_add(self.base);
        if index > self.index {
            self.index = index;
        }
    }

    /// Lets a state that was restored go on in a log that is at `raft_index`: its indexes never go back.
    pub const fn rebase(&mut self, raft_index: u64) {
        let needed = self.index.saturating_sub(raft_index);
        if needed > self.base {
            self.base = needed;
        }
        self.advance(raft_index);
    }
}

impl Txn<'_> {
    fn carry_out(&mut self, command: &Command) -> Result<Reply, ApplyError> {
        let done = match command {
            Command::RegisterJobs(registrations) => {
                let each = registrations.iter().map(|registration| self.register_job(registration)).collect();
                return Ok(Reply::Each(each));
            }
            Command::SetSchedulerConfig { config, cas } => return Ok(self.set_scheduler_config(config, *cas)),
            Command::SetAutopilotConfig { config, cas } => return Ok(self.set_autopilot_config(config, *cas)),
            Command::RestorePiece { id, number, piece } => self.restore_piece(*id, *number, piece),
            Command::RestoreCommit { id, pieces } => self.restore_commit(*id, *pieces),
            Command::RegisterJob(registration) => self.register_job(registration),
            Command::ScaleJob { key, group, event, registration } => {
                self.scale_job(key, group, event, registration.as_deref())
            }
            Command::DeregisterJob { key, purge, no_shutdown_delay, eval } => {
                self.deregister_job(key, *purge, *no_shutdown_delay, eval.as_deref())
            }
            Command::SetJobStability { key, version, stable } => {
                self.set_job_stability(key, *version, *stable)
            }
            Command::TagJobVersion { key, version, tag } => self.tag_version(key, *version, tag),
            Command::UntagJobVersion { key, tag } => self.untag_version(key, tag),
            Command::SetDeploymentStatus { update, job, eval } => {
                self.set_deployment_status(update, job.as_deref(), eval.as_deref())
            }
            Command::PromoteDeployment { id, groups, eval } => {
                self.promote_deployment(*id, groups.as_deref(), eval.as_deref())
            }
            Command::SetAllocHealth { deployment, healthy, unhealthy, update, job, eval } => self
                .set_alloc_health(*deployment, healthy, unhealthy)
                .map(|()| self.follow_health(update.as_ref(), job.as_deref(), eval.as_deref())),
            Command::SetAllocTransitions { transitions, evals } => {
                self.set_transitions(transitions).map(|()| self.store_evals(evals))
            }
            Command::RegisterNode { node, evals } => self.register_node(node, evals),
            Command::SetNodeStatus { id, status, event, evals } => {
                if *status == NodeStatus::Down {
                    self.forget_services_on(*id);
                }
                self.change_node(*id, event.as_slice(), evals, |node| node.status = *status)
            }
            Command::SetNodeEligibility { id, eligible, event, evals } => {
                self.set_eligibility(*id, *eligible, event.as_slice(), evals)
            }
            Command::SetNodeDrain { id, drain, mark_eligible, event, evals } => {
                self.change_node(*id, event.as_slice(), evals, |node| {
                    set_drain(node, drain.as_ref(), *mark_eligible)
                })
            }
            Command::AddNodeEvents { id, events } => self.change_node(*id, events, &[], |_| {}),
            Command::PurgeNodes { ids, evals } => self.purge_nodes(ids, evals),
            Command::DeleteNamespace(name) => self.delete_namespace(name),
            Command::RemoveService { namespace, id } => self.remove_service(namespace, id),
            Command::UpsertNodePool(pool) => self.upsert_node_pool(pool),
            Command::DeleteNodePool(name) => self.delete_node_pool(name),
            Command::InitCluster { .. }
            | Command::UpsertEvals(_)
            | Command::ApplyPlans(_)
            | Command::UpdateAllocs { .. }
            | Command::Gc(_)
            | Command::SkipLaunch { .. }
            | Command::UpsertNamespace(_)
            | Command::ReconcileSummaries => {
                self.carry_out_surely(command);
                Ok(())
            }
        };
        done.map(|()| Reply::Done)
    }

    /// Carries out a command that cannot be refused.
    fn carry_out_surely(&mut self, command: &Command) {
        match command {
            Command::InitCluster { id } => self.init_cluster(id),
            Command::UpsertEvals(evals) => self.store_evals(evals),
            Command::ApplyPlans(commits) => commits.iter().for_each(|commit| self.commit_plan(commit)),
            Command::UpdateAllocs { updates, evals } => {
                self.update_allocs(updates);
                self.store_evals(evals);
            }
            Command::Gc(batch) => self.collect_garbage(batch),
            Command::SkipLaunch { key, slot } => self.skip_launch(key, *slot),
            Command::UpsertNamespace(namespace) => self.upsert_namespace(namespace),
            Command::ReconcileSummaries => self.reconcile_summaries(),
            Command::RegisterJob(_)
            | Command::RegisterJobs(_)
            | Command::ScaleJob { .. }
            | Command::DeregisterJob { .. }
            | Command::SetJobStability { .. }
            | Command::TagJobVersion { .. }
            | Command::UntagJobVersion { .. }
            | Command::RegisterNode { .. }
            | Command::SetNodeStatus { .. }
            | Command::SetNodeEligibility { .. }
            | Command::SetNodeDrain { .. }
            | Command::AddNodeEvents { .. }
            | Command::PurgeNodes { .. }
            | Command::SetAllocTransitions { .. }
            | Command::SetDeploymentStatus { .. }
            | Command::PromoteDeployment { .. }
            | Command::SetAllocHealth { .. }
            | Command::DeleteNamespace(_)
            | Command::RemoveService { .. }
            | Command::UpsertNodePool(_)
            | Command::DeleteNodePool(_)
            | Command::SetAutopilotConfig { .. }
            | Command::RestorePiece { .. }
            | Command::RestoreCommit { .. }
            | Command::SetSchedulerConfig { .. } => {}
        }
    }
}
