//! Defaults of policies: restart, reschedule, update, migrate, disconnect, scaling, periodic.
//!
//! Limits: the type of the job is text, because a draft may hold one that does not exist.

use super::fill::{fill, fill_text, inherit};
use crate::{
    DisconnectDraft, MigrateDraft, Nanos, PeriodicDraft, RescheduleDraft, RestartDraft, ScalingDraft,
    UpdateDraft,
};

const DAY: Nanos = Nanos::from_secs(86_400);

impl UpdateDraft {
    /// Fills every field.
    pub(super) fn canonicalise(&mut self) {
        fill(&mut self.stagger, Nanos::from_secs(30));
        fill(&mut self.max_parallel, 1);
        fill_text(&mut self.health_check, "checks");
        fill(&mut self.min_healthy_time, Nanos::from_secs(10));
        fill(&mut self.healthy_deadline, Nanos::from_mins(5));
        fill(&mut self.progress_deadline, Nanos::from_mins(10));
        fill(&mut self.auto_revert, false);
        fill(&mut self.auto_promote, false);
        fill(&mut self.canary, 0);
    }

    /// Takes what is not set from the job's block.
    pub(super) fn inherit(&mut self, job: &UpdateDraft) {
        inherit(&mut self.stagger, &job.stagger);
        inherit(&mut self.max_parallel, &job.max_parallel);
        inherit(&mut self.health_check, &job.health_check);
        inherit(&mut self.min_healthy_time, &job.min_healthy_time);
        inherit(&mut self.healthy_deadline, &job.healthy_deadline);
        inherit(&mut self.progress_deadline, &job.progress_deadline);
        inherit(&mut self.auto_revert, &job.auto_revert);
        inherit(&mut self.auto_promote, &job.auto_promote);
        inherit(&mut self.canary, &job.canary);
    }
}

impl RestartDraft {
    /// The policy of groups of a type of job.
    pub(super) fn of_type(job_type: &str) -> RestartDraft {
        let long_running = matches!(job_type, "service" | "system");
        RestartDraft {
            attempts: Some(if long_running { 2 } else { 3 }),
            interval: Some(if long_running { Nanos::from_mins(30) } else { DAY }),
            delay: Some(Nanos::from_secs(15)),
            mode: Some("fail".to_owned()),
            render_templates: Some(false),
        }
    }

    /// Takes what is not set from the group's policy, or from the type's.
    pub(super) fn inherit(&mut self, other: &RestartDraft) {
        inherit(&mut self.attempts, &other.attempts);
        inherit(&mut self.interval, &other.interval);
        inherit(&mut self.delay, &other.delay);
        inherit(&mut self.mode, &other.mode);
        inherit(&mut self.render_templates, &other.render_templates);
    }
}

impl RescheduleDraft {
    /// The policy of groups of a type of job; system jobs have none.
    pub(super) fn of_type(job_type: &str) -> Option<RescheduleDraft> {
        let (attempts, interval, delay, function, max_delay, unlimited) = match job_type {
            "system" | "sysbatch" => return None,
            "service" => (0, Nanos::ZERO, Nanos::from_secs(30), "exponential", Nanos::from_mins(60), true),
            "batch" => (1, DAY, Nanos::from_secs(5), "constant", Nanos::ZERO, false),
            _ => (0, Nanos::ZERO, Nanos::ZERO, "", Nanos::ZERO, false),
        };
        Some(RescheduleDraft {
            attempts: Some(attempts),
            interval: Some(interval),
            delay: Some(delay),
            delay_function: Some(function.to_owned()),
            max_delay: Some(max_delay),
            unlimited: Some(unlimited),
        })
    }

    /// Takes what is not set from the job's policy, or from the type's.
    pub(super) fn inherit(&mut self, other: &RescheduleDraft) {
        inherit(&mut self.attempts, &other.attempts);
        inherit(&mut self.interval, &other.interval);
        inherit(&mut self.delay, &other.delay);
        inherit(&mut self.delay_function, &other.delay_function);
        inherit(&mut self.max_delay, &other.max_delay);
        inherit(&mut self.unlimited, &other.unlimited);
    }
}

impl MigrateDraft {
    /// Takes what is not set from the job's block.
    pub(super) fn inherit(&mut self, job: &MigrateDraft) {
        inherit(&mut self.max_parallel, &job.max_parallel);
        inherit(&mut self.health_check, &job.health_check);
        inherit(&mut self.min_healthy_time, &job.min_healthy_time);
        inherit(&mut self.healthy_deadline, &job.healthy_deadline);
    }

    /// Fills every field.
    pub(super) fn canonicalise(&mut self) {
        fill(&mut self.max_parallel, 1);
        fill_text(&mut self.health_check, "checks");
        fill(&mut self.min_healthy_time, Nanos::from_secs(10));
        fill(&mut self.healthy_deadline, Nanos::from_mins(5));
    }
}

impl DisconnectDraft {
    pub(super) fn canonicalise(&mut self) {
        fill(&mut self.replace, true);
        fill_text(&mut self.reconcile, "best_score");
    }
}

impl ScalingDraft {
    /// Fills a group's block; the smallest count is the group's count.
    pub(super) fn canonicalise(&mut self, count: i64) {
        fill(&mut self.enabled, true);
        fill(&mut self.min, count);
        super::fill::fill_empty(&mut self.scaling_type, "horizontal");
    }
}

impl PeriodicDraft {
    pub(super) fn canonicalise(&mut self) {
        fill(&mut self.enabled, true);
        fill_text(&mut self.spec, "");
        fill(&mut self.specs, Vec::new());
        fill_text(&mut self.spec_type, "cron");
        fill(&mut self.prohibit_overlap, false);
        super::fill::fill_empty(&mut self.time_zone, "UTC");
    }
}
