//! The job itself.

use std::collections::BTreeMap;

use super::{Problems, Report, admission, bounds, constraint, doubts, group, periodic};
use crate::{Job, JobKind};

/// Longest description for web interfaces, in characters.
const MAX_DESCRIPTION: usize = 1_000;

impl Job {
    /// Most allocations that a job may ask for, all groups together.
    pub const MAX_COUNT: i64 = 50_000;

    /// What is wrong with it, and what is doubtful.
    #[must_use]
    pub fn validate(&self) -> Report {
        let mut report = Report::default();
        let problems = &mut report.errors;
        bounds::check(self, problems);
        if !problems.is_empty() {
            return report;
        }
        admission::check(self, problems);
        identity(self, problems);
        let kind: Option<JobKind> = self.job_type.parse().ok();
        problems.add_if(kind.is_none(), || format!("Invalid job type: {:?}", self.job_type));
        problems.add_if(!(1..=100).contains(&self.priority), || {
            "job priority must be between [1, 100]".to_owned()
        });
        problems.add_if(self.datacenters.iter().any(String::is_empty), || {
            "Job datacenter must be non-empty string".to_owned()
        });
        problems.add_if(self.task_groups.is_empty(), || "Missing job task groups".to_owned());
        let kind = kind.unwrap_or(JobKind::Service);
        blocks(self, kind, problems);
        constraint::check_all(&self.constraints, constraint::Level::Job, problems);
        constraint::check_affinities(&self.affinities, problems);
        constraint::check_spreads(&self.spreads, problems);
        groups(self, kind, problems);
        report.warnings = doubts::of(self);
        report
    }
}

fn identity(job: &Job, problems: &mut Problems) {
    problems.add_if(job.region.is_empty(), || "Missing job region".to_owned());
    problems.add_if(job.id.is_empty(), || "Missing job ID".to_owned());
    problems.add_if(job.id.contains(' '), || "Job ID contains a space".to_owned());
    problems.add_if(job.id.contains('\0'), || "Job ID contains a null character".to_owned());
    problems.add_if(job.name.is_empty(), || "Missing job name".to_owned());
    problems.add_if(job.name.contains('\0'), || "Job Name contains a null character".to_owned());
    problems.add_if(job.namespace.is_empty(), || "Job must be in a namespace".to_owned());
}

/// Blocks that only some kinds of jobs may have.
fn blocks(job: &Job, kind: JobKind, problems: &mut Problems) {
    problems.add_if(kind.is_system() && !job.affinities.is_empty(), || {
        "System jobs may not have an affinity block".to_owned()
    });
    problems.add_if(kind.is_system() && !job.spreads.is_empty(), || {
        "System jobs may not have a spread block".to_owned()
    });
    if let Some(parameterized) = &job.parameterized {
        problems.add_if(!kind.is_batch(), || {
            format!("Parameterized job can only be used with {:?} or {:?} scheduler", "batch", "sysbatch")
        });
        let payload = parameterized.payload.as_str();
        problems.add_if(!["", "optional", "required", "forbidden"].contains(&payload), || {
            format!("Unknown payload requirement: {payload:?}")
        });
        let both: Vec<&String> = parameterized
            .meta_required
            .iter()
            .filter(|key| parameterized.meta_optional.contains(key))
            .collect();
        problems.add_if(!both.is_empty(), || {
            format!(
                "Required and optional meta keys should be disjoint. Following keys exist in both: {both:?}"
            )
        });
    }
    if let Some(periodic) = &job.periodic {
        periodic::check(periodic, kind, problems);
    }
    if let Some(ui) = &job.ui {
        problems.add_if(ui.description.chars().count() > MAX_DESCRIPTION, || {
            format!("UI description must be under {MAX_DESCRIPTION} characters")
        });
    }
}

fn groups(job: &Job, kind: JobKind, problems: &mut Problems) {
    let mut names = BTreeMap::new();
    let mut total = 0_i64;
    for (at, group) in (1_usize..).zip(&job.task_groups) {
        total = total.saturating_add(group.count.max(0));
        let name = group.name.as_str();
        if name.is_empty() {
            problems.add(format!("Job task group {at} missing name"));
        } else if let Some(first) = names.get(name) {
            problems.add(format!("Job task group {at} redefines '{name}' from group {first}"));
        } else {
            names.insert(name, at);
        }
        problems.add_if(kind.is_system() && group.count > 1, || {
            format!(
                "Job task group {at} has count {}. Count cannot exceed 1 with system scheduler",
                group.count
            )
        });
    }
    let most = Job::MAX_COUNT;
    problems.add_if(total > most, || {
        format!("total count was greater than configured job_max_count: {total} > {most}")
    });
    for group in &job.task_groups {
        problems.nest(&format!("Task group {}", group.name), &group::check(group, kind));
    }
}
