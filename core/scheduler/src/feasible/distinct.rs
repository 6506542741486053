//! Distinct hosts and distinct properties: how many allocations of a job may share a node, or a value.

use model::{Job, TaskGroup};

use super::target::Target;

/// Whether allocations may share a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DistinctHosts {
    /// They may.
    Off,
    /// Not with others of their group.
    Group,
    /// Not with others of their job.
    Job,
}

impl DistinctHosts {
    pub(crate) fn of(job: &Job, group: &TaskGroup) -> Self {
        let asked = |constraints: &[model::Constraint]| {
            constraints
                .iter()
                .any(|constraint| constraint.operand == "distinct_hosts" && !is_false(&constraint.rtarget))
        };
        if asked(&job.constraints) {
            Self::Job
        } else if asked(&group.constraints) {
            Self::Group
        } else {
            Self::Off
        }
    }
}

/// Only a right side that reads as false turns the rule off.
fn is_false(text: &str) -> bool {
    matches!(text, "0" | "f" | "F" | "false" | "FALSE" | "False")
}

/// At most so many allocations with one value of a property.
#[derive(Debug, Clone)]
pub(crate) struct DistinctProperty {
    pub(crate) target: Target,
    /// As the job writes it, for messages.
    pub(crate) text: String,
    pub(crate) limit: u64,
    /// Counts only the allocations of the group.
    pub(crate) group_only: bool,
}

impl DistinctProperty {
    /// The properties of job and group; one with a limit that is no number above 0 lets nothing be placed.
    pub(crate) fn of(job: &Job, group: &TaskGroup) -> Vec<Self> {
        let both = [(&job.constraints, false), (&group.constraints, true)];
        let all = both
            .into_iter()
            .flat_map(|(list, group_only)| list.iter().map(move |constraint| (constraint, group_only)));
        all.filter(|(constraint, _)| constraint.operand == "distinct_property")
            .map(|(constraint, group_only)| Self {
                target: Target::parse(&constraint.ltarget),
                text: constraint.ltarget.clone(),
                limit: if constraint.rtarget.is_empty() {
                    1
                } else {
                    constraint.rtarget.parse().unwrap_or(0)
                },
                group_only,
            })
            .collect()
    }
}
