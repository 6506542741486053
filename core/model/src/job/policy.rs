//! Policies: restart, reschedule, update, migrate, disconnect.

use crate::{Nanos, document};

document! {
    /// How often a failed task is restarted on its node.
    Restart / RestartDraft {
        /// Restarts within one interval.
        attempts: i64 = "Attempts" ptr show,
        /// The window in which attempts are counted.
        interval: Nanos = "Interval" ptr show,
        /// Wait before a restart.
        delay: Nanos = "Delay" ptr show,
        /// After the attempts: `fail`, or `delay` until the next interval.
        mode: String = "Mode" ptr show,
        /// Renders templates anew at each restart.
        render_templates: bool = "RenderTemplates" ptr show,
    }
}

document! {
    /// How a failed allocation moves to another node.
    Reschedule / RescheduleDraft {
        /// Moves within one interval.
        attempts: i64 = "Attempts" ptr show,
        /// The window in which attempts are counted.
        interval: Nanos = "Interval" ptr show,
        /// Wait before the first move.
        delay: Nanos = "Delay" ptr show,
        /// `constant`, `exponential` or `fibonacci`.
        delay_function: String = "DelayFunction" ptr show,
        /// Longest wait.
        max_delay: Nanos = "MaxDelay" ptr show,
        /// Moves for ever.
        unlimited: bool = "Unlimited" ptr show,
    }
}

document! {
    /// How allocations are replaced when the job changes.
    Update / UpdateDraft {
        /// Wait between batches of a system job.
        stagger: Nanos = "Stagger" ptr show,
        /// Allocations at a time; 0 turns rolling updates off.
        max_parallel: i64 = "MaxParallel" ptr show,
        /// `checks`, `task_states` or `manual`.
        health_check: String = "HealthCheck" ptr show,
        /// How long an allocation must be healthy.
        min_healthy_time: Nanos = "MinHealthyTime" ptr show,
        /// Until when it must be healthy.
        healthy_deadline: Nanos = "HealthyDeadline" ptr show,
        /// Until when a deployment must make progress; 0 fails it at the first unhealthy allocation.
        progress_deadline: Nanos = "ProgressDeadline" ptr show,
        /// Goes back to the last stable version when a deployment fails.
        auto_revert: bool = "AutoRevert" ptr show,
        /// Promotes canaries when all are healthy.
        auto_promote: bool = "AutoPromote" ptr show,
        /// Canaries; for system jobs a percentage of nodes.
        canary: i64 = "Canary" ptr show,
    }
}

document! {
    /// How allocations leave a draining node.
    Migrate / MigrateDraft {
        /// Allocations at a time.
        max_parallel: i64 = "MaxParallel" ptr show,
        /// `checks` or `task_states`.
        health_check: String = "HealthCheck" ptr show,
        /// How long a replacement must be healthy.
        min_healthy_time: Nanos = "MinHealthyTime" ptr show,
        /// Until when it must be healthy.
        healthy_deadline: Nanos = "HealthyDeadline" ptr show,
    }
}

document! {
    /// What happens to allocations while their client is disconnected.
    Disconnect / DisconnectDraft {
        /// Lost after this time; 0 means at once.
        lost_after: Option<Nanos> = "LostAfter" ptr show,
        /// The client stops them itself after this time.
        stop_on_client_after: Option<Nanos> = "StopOnClientAfter" ptr show,
        /// Whether replacements are placed meanwhile.
        replace: Option<bool> = "Replace" ptr show,
        /// Which survives a reconnect: `best_score`, `keep_original`, `keep_replacement`, `longest_running`.
        reconcile: String = "Reconcile" ptr show,
    }
}
