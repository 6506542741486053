//! Invariants of the whole store. Tests, the simulation and `operator debug` ask for them; `apply` never does.
//!
//! Costs a walk over every table.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;

use model::{Alloc, Job, JobKey, Name};

use crate::State;
use crate::columns::NodeColumns;
use crate::tables::{JobLinks, JobSummary};

/// Violations reported at most.
const MAX_VIOLATIONS: usize = 100;

/// Everything that is wrong with a state; nothing, unless there is a bug.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Violations(pub Vec<String>);

impl Violations {
    /// Notes a violation about `subject` unless `holds`.
    fn require(&mut self, holds: bool, subject: impl Display, rule: &str) {
        if !holds && self.0.len() < MAX_VIOLATIONS {
            self.0.push(format!("{subject}: {rule}"));
        }
    }
}

impl State {
    /// Checks every invariant, except that nodes have room ([`State::over_committed`]).
    #[must_use]
    pub fn check(&self) -> Violations {
        let mut found = Violations::default();
        self.check_allocs(&mut found);
        self.check_links(&mut found);
        self.check_jobs(&mut found);
        self.check_columns(&mut found);
        self.check_services(&mut found);
        self.check_indexes(&mut found);
        found
    }

    fn check_allocs(&self, found: &mut Violations) {
        let mut deployed = 0;
        for (id, alloc) in &self.allocs {
            found.require(*id == alloc.id, id, "allocation is stored under another id");
            found.require(
                self.allocs_by_node.contains(&(alloc.node, *id)),
                id,
                "allocation is missing in the index by node",
            );
            found.require(
                self.allocs_by_eval.contains(&(alloc.eval, *id)),
                id,
                "allocation is missing in the index by evaluation",
            );
            let in_deployment = self.allocs_by_deployment.contains(&(alloc.deployment, *id));
            found.require(
                in_deployment != alloc.deployment.is_none(),
                id,
                "allocation and the index by deployment disagree",
            );
            deployed += usize::from(!alloc.deployment.is_none());
            self.check_version(alloc, found);
        }
        let count = self.allocs.len();
        found.require(self.allocs_by_node.len() == count, "allocs_by_node", "has entries without allocation");
        found.require(self.allocs_by_eval.len() == count, "allocs_by_eval", "has entries without allocation");
        found.require(
            self.allocs_by_deployment.len() == deployed,
            "allocs_by_deployment",
            "has entries without allocation",
        );
    }

    /// The version that an allocation runs is kept as long as the job is.
    fn check_version(&self, alloc: &Alloc, found: &mut Violations) {
        let key = self.key_of(&alloc.job);
        let Some(job) = self.job(&key) else { return };
        if job.create_index == alloc.job.create_index {
            let kept = self.job_version(&key, alloc.job.version).is_some();
            found.require(kept, alloc.id, "the job version of an allocation is not kept");
        }
    }

    fn check_links(&self, found: &mut Violations) {
        let mut counted: BTreeMap<JobKey, JobLinks> = BTreeMap::new();
        for alloc in self.allocs.values() {
            let links = counted.entry(self.key_of(&alloc.job)).or_default();
            links.allocs.insert(alloc.id);
            links.live += u32::from(!alloc.is_terminal());
        }
        for (id, eval) in &self.evals {
            found.require(*id == eval.id, id, "evaluation is stored under another id");
            let links = counted.entry(eval.job.clone()).or_default();
            links.evals.insert(eval.id);
            links.open_evals += u32::from(!eval.status.is_terminal());
        }
        for (id, deployment) in &self.deployments {
            found.require(*id == deployment.id, id, "deployment is stored under another id");
            counted.entry(deployment.job.clone()).or_default().deployments.insert(deployment.id);
        }
        found.require(self.job_links.len() == counted.len(), "job_links", "jobs differ from a recount");
        for (key, links) in &self.job_links {
            found.require(
                counted.get(key) == Some(links),
                key,
                "what belongs to the job differs from a recount",
            );
        }
    }

    fn check_jobs(&self, found: &mut Violations) {
        for (key, job) in &self.jobs {
            found.require(*key == job.key(), key, "job is stored under another key");
            let current = self.job_version(key, job.version);
            let same = current.is_some_and(|version| Arc::ptr_eq(version, job));
            found.require(same, key, "current version is not among the versions that are kept");
            self.check_status(key, job, found);
            self.check_summary(key, job, found);
        }
        let orphans = self.job_versions.keys().filter(|key| !self.jobs.contains_key(*key));
        for key in orphans.chain(self.submissions.keys().filter(|key| !self.jobs.contains_key(*key))) {
            found.require(false, key, "versions or submissions are kept of a job that is forgotten");
        }
        for key in self.job_records.keys().filter(|key| !self.jobs.contains_key(*key)) {
            found.require(false, key, "something is remembered of a job that is forgotten");
        }
        for ((parent, token), child) in &self.dispatch_tokens {
            let same = self.job(child).is_some_and(|child| {
                child.parent_id == *parent.id && child.dispatch_idempotency_token == **token
            });
            found.require(same, child, "token is listed of another child than the one that has it");
        }
        for (parent, children) in &self.job_children {
            for child in children {
                let named = self.job(child).is_some_and(|child| child.parent_id == *parent.id);
                found.require(named, child, "job is listed as a child of another than its parent");
            }
        }
    }

    fn check_status(&self, key: &JobKey, job: &Job, found: &mut Violations) {
        let derived = [false, true].map(|forgotten| self.derived_status(key, job, forgotten).as_str());
        found.require(
            derived.contains(&job.status.as_str()),
            key,
            "status does not follow from what there is",
        );
    }

    /// Counts agree; what waits to be placed cannot be counted.
    fn check_summary(&self, key: &JobKey, job: &Job, found: &mut Violations) {
        let Some(summary) = self.job_summary(key) else {
            return found.require(false, key, "job has no summary");
        };
        let counted = self.counted_summary(key, job);
        found.require(summary.children == counted.children, key, "children differ from a recount");
        found.require(visible(summary) == visible(&counted), key, "summary differs from a recount");
    }

    fn check_columns(&self, found: &mut Violations) {
        let mut counted = NodeColumns::default();
        for node in self.nodes.values() {
            counted.put_node(node);
        }
        for alloc in self.allocs.values().filter(|alloc| !alloc.client_terminal()) {
            counted.hold(alloc, crate::columns::Room::of_alloc(alloc));
        }
        found.require(self.columns.len() == self.nodes.len(), "columns", "nodes differ from the table");
        for id in self.nodes.keys() {
            let row = |columns: &NodeColumns| {
                columns.node(*id).map(|row| crate::columns::NodeRow { generation: 0, ..row })
            };
            found.require(row(&self.columns) == row(&counted), id, "row differs from a recount");
            let held = self.columns.held(*id) == counted.held(*id);
            found.require(held, id, "ports, cores or devices in use differ from a recount");
        }
    }

    fn check_services(&self, found: &mut Violations) {
        let mut named = 0;
        for (id, services) in &self.services {
            let alloc = self.alloc(*id).filter(|alloc| !alloc.client.is_terminal());
            found.require(alloc.is_some(), id, "services are kept of an allocation that has ended");
            found.require(!services.is_empty(), id, "an empty list of services is kept");
            let namespace = alloc.map_or("", |alloc| alloc.job.namespace.as_str());
            let mut names: Vec<&Name> = services.iter().map(|service| &service.instance.name).collect();
            names.sort_unstable();
            names.dedup();
            named += names.len();
            let indexed = |name: &Name| {
                self.services_by_name.contains(&(Name::from(namespace), Name::clone(name), *id))
            };
            found.require(names.into_iter().all(indexed), id, "service is not in the index by name");
        }
        found.require(
            self.services_by_name.len() == named,
            "services_by_name",
            "has entries without service",
        );
    }

    fn check_indexes(&self, found: &mut Violations) {
        for (id, alloc) in &self.allocs {
            found.require(alloc.modify_index <= self.index, id, "allocation is from the future");
        }
        for (id, eval) in &self.evals {
            found.require(eval.modify_index <= self.index, id, "evaluation is from the future");
        }
        for (id, node) in &self.nodes {
            found.require(node.modify_index <= self.index, id, "node is from the future");
        }
        for (key, job) in &self.jobs {
            found.require(job.modify_index <= self.index, key, "job is from the future");
        }
    }
}

/// The counts of a summary that are not all 0, without what waits to be placed.
fn visible(summary: &JobSummary) -> BTreeMap<&str, model::GroupSummary> {
    let groups = summary.groups.iter().map(|(name, group)| {
        let mut group = *group;
        group.queued = 0;
        (&**name, group)
    });
    groups.filter(|(_, group)| *group != model::GroupSummary::default()).collect()
}
