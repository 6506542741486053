//! Which evaluations each scheduler accepts.

use model::{EvalTrigger, JobKind};

/// Whether the scheduler of a kind handles evaluations made for this reason.
pub(crate) const fn accepts(kind: JobKind, trigger: EvalTrigger) -> bool {
    match kind {
        JobKind::Service | JobKind::Batch => !matches!(trigger, EvalTrigger::Scheduled),
        JobKind::System => is_for_system(trigger),
        JobKind::Sysbatch => is_for_system(trigger) || matches!(trigger, EvalTrigger::PeriodicJob),
    }
}

const fn is_for_system(trigger: EvalTrigger) -> bool {
    matches!(
        trigger,
        EvalTrigger::JobRegister
            | EvalTrigger::NodeUpdate
            | EvalTrigger::FailedFollowUp
            | EvalTrigger::JobDeregister
            | EvalTrigger::RollingUpdate
            | EvalTrigger::Preemption
            | EvalTrigger::DeploymentWatcher
            | EvalTrigger::NodeDrain
            | EvalTrigger::AllocStop
            | EvalTrigger::QueuedAllocs
            | EvalTrigger::JobScaling
            | EvalTrigger::Reconnect
    )
}
