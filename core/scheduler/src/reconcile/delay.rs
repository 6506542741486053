//! When a failed allocation may move: the delay grows as its policy says, attempts are limited.

use model::{Alloc, Nanos, Reschedule, RescheduleEvent, RescheduleTracker, Timestamp};

/// Earlier moves kept where attempts are not limited.
const KEPT_EVENTS: usize = 5;

/// When an allocation may move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NextMove {
    pub(crate) at: Timestamp,
    pub(crate) eligible: bool,
}

/// When its tasks ended; else when it last changed.
pub(crate) fn ended_at(alloc: &Alloc) -> Timestamp {
    let finished = alloc.tasks.values().map(|task| task.finished_at).max().unwrap_or(Timestamp::NEVER);
    if finished.is_never() { alloc.modify_time } else { finished }
}

fn policy(alloc: &Alloc) -> Option<&Reschedule> {
    alloc.task_group().and_then(|group| group.reschedule.as_ref())
}

fn events(alloc: &Alloc) -> &[RescheduleEvent] {
    alloc.reschedule().map(|tracker| tracker.events.as_slice()).unwrap_or_default()
}

/// When an allocation that failed at `failed` may move.
pub(crate) fn next_move(alloc: &Alloc, failed: Timestamp) -> NextMove {
    let Some(policy) = policy(alloc) else { return NextMove { at: failed, eligible: false } };
    let attempts = usize::try_from(policy.attempts).unwrap_or(0);
    let recent = events(alloc).iter().filter(|event| failed.since(event.time) < policy.interval).count();
    let eligible = policy.unlimited || (attempts > 0 && recent < attempts);
    NextMove { at: failed + next_delay(policy, alloc), eligible }
}

/// The delay before the next move.
fn next_delay(policy: &Reschedule, alloc: &Alloc) -> Nanos {
    let events = events(alloc);
    let base = policy.delay;
    let Some(last) = events.last() else { return base };
    let before = events.len().checked_sub(2).map(|at| events[at]);
    let delay = match (policy.delay_function.as_str(), before) {
        ("exponential", _) => Nanos(last.delay.0.saturating_mul(2)),
        ("fibonacci", Some(before)) if !(before.delay == policy.max_delay && last.delay == base) => {
            Nanos(last.delay.0.saturating_add(before.delay.0))
        }
        _ => base,
    };
    if policy.max_delay.0 <= 0 || delay <= policy.max_delay {
        return delay;
    }
    let quiet = ended_at(alloc).since(last.time) > policy.max_delay;
    if quiet { base } else { policy.max_delay }
}

/// The history of the allocation that replaces `alloc`.
pub(crate) fn next_tracker(alloc: &Alloc, now: Timestamp) -> RescheduleTracker {
    let (interval, limited, delay) = policy(alloc).map_or((Nanos::ZERO, false, Nanos::ZERO), |policy| {
        (policy.interval, policy.attempts > 0, next_delay(policy, alloc))
    });
    let events = events(alloc);
    let mut kept: Vec<RescheduleEvent> = if limited {
        events.iter().filter(|event| now.since(event.time) <= interval).copied().collect()
    } else {
        events[events.len().saturating_sub(KEPT_EVENTS)..].to_vec()
    };
    kept.push(RescheduleEvent { time: now, previous_alloc: alloc.id, previous_node: alloc.node, delay });
    RescheduleTracker { events: kept, last_failed: false }
}
