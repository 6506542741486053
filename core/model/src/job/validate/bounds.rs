//! What one job may cost those who check, place and store it. Nomad has no such bounds; they are far above what people
//! write.
//!
//! A job beyond them is looked at no further: its other faults could be as many as its parts.

use super::Problems;
use crate::{Affinity, Constraint, Job, Spread};

/// Most groups: an evaluation looks at every node once for each.
const MAX_GROUPS: usize = 3_000;
/// Most tasks of all groups together.
const MAX_TASKS: usize = 10_000;
/// Most constraints, affinities and spreads of all levels together.
const MAX_RULES: usize = 10_000;
/// Most rules with a pattern: each is compiled by whoever places the job, into a megabyte at most.
const MAX_PATTERNS: usize = 200;
/// Longest side of a rule, in bytes: it names the reason in every metric that counts it.
const MAX_RULE_BYTES: usize = 16 << 10;
/// Most targets of a spread.
const MAX_TARGETS: usize = 1_000;

/// What a job has too much of.
pub(super) fn check(job: &Job, problems: &mut Problems) {
    let mut at_most = |count: usize, limit: usize, what: &str| {
        problems.add_if(count > limit, || format!("job has {count} {what}; at most {limit} are allowed"));
    };
    at_most(job.task_groups.len(), MAX_GROUPS, "task groups");
    at_most(job.task_groups.iter().map(|group| group.tasks.len()).sum(), MAX_TASKS, "tasks");
    let spreads = || spreads(job);
    at_most(
        constraints(job).count() + affinities(job).count() + spreads().count(),
        MAX_RULES,
        "constraints, affinities and spreads",
    );
    let patterns = constraints(job).filter(|rule| rule.operand == "regexp").count()
        + affinities(job).filter(|rule| rule.operand == "regexp").count();
    at_most(patterns, MAX_PATTERNS, "rules with a regular expression");
    at_most(
        spreads().map(|spread| spread.targets.len()).max().unwrap_or(0),
        MAX_TARGETS,
        "targets in one spread",
    );
    let sides = constraints(job)
        .flat_map(|rule| [&rule.ltarget, &rule.operand, &rule.rtarget])
        .chain(affinities(job).flat_map(|rule| [&rule.ltarget, &rule.operand, &rule.rtarget]))
        .chain(spreads().map(|spread| &spread.attribute))
        .chain(spreads().flat_map(|spread| spread.targets.iter().map(|target| &target.value)));
    let longest = sides.map(String::len).max().unwrap_or(0);
    problems.add_if(longest > MAX_RULE_BYTES, || {
        format!("a constraint, affinity or spread has {longest} bytes of text; at most {MAX_RULE_BYTES} are allowed")
    });
}

fn constraints(job: &Job) -> impl Iterator<Item = &Constraint> {
    let groups = job.task_groups.iter().flat_map(|group| {
        group.constraints.iter().chain(group.tasks.iter().flat_map(|task| {
            let devices = task.resources.iter().flat_map(|resources| &resources.devices);
            task.constraints.iter().chain(devices.flat_map(|device| &device.constraints))
        }))
    });
    job.constraints.iter().chain(groups)
}

fn affinities(job: &Job) -> impl Iterator<Item = &Affinity> {
    let groups = job.task_groups.iter().flat_map(|group| {
        group.affinities.iter().chain(group.tasks.iter().flat_map(|task| {
            let devices = task.resources.iter().flat_map(|resources| &resources.devices);
            task.affinities.iter().chain(devices.flat_map(|device| &device.affinities))
        }))
    });
    job.affinities.iter().chain(groups)
}

fn spreads(job: &Job) -> impl Iterator<Item = &Spread> {
    job.spreads.iter().chain(job.task_groups.iter().flat_map(|group| &group.spreads))
}
