//! Policies of a group: restart, reschedule, update, migrate, disconnect.

use super::Problems;
use crate::{JobKind, Migrate, Nanos, Reschedule, Restart, TaskGroup, Update};

/// Checks every policy of a group.
pub(super) fn check(group: &TaskGroup, kind: JobKind, problems: &mut Problems) {
    if let Some(restart) = &group.restart {
        check_restart(restart, problems);
    }
    if let Some(reschedule) = &group.reschedule {
        problems.add_if(kind.is_system(), || {
            "System or sysbatch jobs should not have a reschedule policy".to_owned()
        });
        reschedule_policy(reschedule, problems);
    }
    if let Some(update) = &group.update {
        problems
            .add_if(kind.is_batch(), || format!("Job type {:?} does not allow update block", kind.as_str()));
        update_policy(update, problems);
    }
    if let Some(migrate) = &group.migrate {
        problems.add_if(kind != JobKind::Service, || {
            format!("Job type {:?} does not allow migrate block", kind.as_str())
        });
        migrate_policy(migrate, problems);
    }
    if let Some(disconnect) = &group.disconnect {
        let negative = |span: Option<Nanos>| span.is_some_and(|span| span.0 < 0);
        problems.add_if(negative(disconnect.lost_after), || "lost_after cannot be negative".to_owned());
        problems.add_if(disconnect.stop_on_client_after.is_some() && kind.is_system(), || {
            "stop_on_client_after can only be used with service and batch jobs".to_owned()
        });
        problems.add_if(negative(disconnect.stop_on_client_after), || {
            "stop_on_client_after cannot be negative".to_owned()
        });
        let both = disconnect.stop_on_client_after.is_some()
            && disconnect.lost_after.is_some_and(|span| span != Nanos::ZERO);
        problems.add_if(both, || {
            "Disconnect cannot be configured with both lost_after and stop_after".to_owned()
        });
        let known = ["", "best_score", "keep_original", "keep_replacement", "longest_running"];
        problems.add_if(!known.contains(&disconnect.reconcile.as_str()), || {
            format!("Invalid disconnect reconcile option {:?}", disconnect.reconcile)
        });
    }
}

/// Checks a restart policy of a group or task.
pub(super) fn check_restart(restart: &Restart, problems: &mut Problems) {
    problems.add_if(!["delay", "fail"].contains(&restart.mode.as_str()), || {
        format!("Unsupported restart mode: {:?}", restart.mode)
    });
    problems.add_if(restart.attempts == 0 && restart.mode != "fail", || {
        format!("Restart policy {:?} with 0 attempts is ambiguous", restart.mode)
    });
    problems.add_if(restart.interval < Nanos::from_secs(5), || {
        format!("Interval can not be less than {} (got {})", Nanos::from_secs(5), restart.interval)
    });
    let needed = Nanos(restart.attempts.saturating_mul(restart.delay.0));
    problems.add_if(needed > restart.interval, || {
        format!(
            "Nomad can't restart the TaskGroup {} times in an interval of {} with a delay of {}",
            restart.attempts, restart.interval, restart.delay
        )
    });
}

fn reschedule_policy(policy: &Reschedule, problems: &mut Problems) {
    if policy.attempts == 0 && !policy.unlimited {
        return;
    }
    problems.add_if(policy.attempts > 0 && policy.interval <= Nanos::ZERO, || {
        "Interval must be a non zero value if Attempts > 0".to_owned()
    });
    problems.add_if(policy.attempts > 0 && policy.unlimited, || {
        format!(
            "Reschedule Policy with Attempts = {}, Interval = {}, and Unlimited = true is ambiguous",
            policy.attempts, policy.interval
        )
    });
    problems.add_if(policy.attempts > 0 && policy.unlimited, || {
        "If Attempts >0, Unlimited cannot also be set to true".to_owned()
    });
    problems.add_if(policy.delay < Nanos::from_secs(5), || {
        format!("Delay cannot be less than {} (got {})", Nanos::from_secs(5), policy.delay)
    });
    let constant = policy.delay_function == "constant";
    problems.add_if(
        !constant && !["exponential", "fibonacci"].contains(&policy.delay_function.as_str()),
        || {
            format!(
                "Invalid delay function {:?}, must be one of [\"constant\" \"exponential\" \"fibonacci\"]",
                policy.delay_function
            )
        },
    );
    problems.add_if(!constant && policy.max_delay < Nanos::from_secs(5), || {
        format!("Max Delay cannot be less than {} (got {})", Nanos::from_secs(5), policy.max_delay)
    });
    problems.add_if(!constant && policy.max_delay < policy.delay, || {
        format!("Max Delay cannot be less than Delay {} (got {})", policy.delay, policy.max_delay)
    });
    let limited = policy.attempts > 0 && !policy.unlimited;
    problems.add_if(limited && policy.interval < Nanos::from_secs(15), || {
        format!("Interval cannot be less than {} (got {})", Nanos::from_secs(15), policy.interval)
    });
    let possible = attempts_in_interval(policy);
    let known = constant || ["exponential", "fibonacci"].contains(&policy.delay_function.as_str());
    problems.add_if(known && limited && policy.interval > Nanos::ZERO && possible < policy.attempts, || {
        format!(
            "Nomad can only make {possible} attempts in {} with initial delay {} and delay function {:?}",
            policy.interval, policy.delay, policy.delay_function
        )
    });
}

/// How many moves fit into the interval with the policy's delays.
fn attempts_in_interval(policy: &Reschedule) -> i64 {
    let (mut previous, mut delay, mut spent, mut attempts) = (0, policy.delay.0.max(1), 0_i64, 0);
    // The delays double, or nearly, until they are constant, so there are fewer than a hundred of them.
    while attempts < policy.attempts {
        let next = match policy.delay_function.as_str() {
            "exponential" => delay.saturating_mul(2),
            "fibonacci" => delay.saturating_add(previous),
            _ => delay,
        };
        let next = if policy.max_delay > Nanos::ZERO { next.min(policy.max_delay.0) } else { next };
        if next == delay && (previous == delay || policy.delay_function != "fibonacci") {
            let left = policy.interval.0.saturating_sub(spent).max(0) / delay;
            return attempts.saturating_add(left).min(policy.attempts);
        }
        spent = spent.saturating_add(delay);
        if spent > policy.interval.0 {
            break;
        }
        attempts += 1;
        previous = delay;
        delay = next;
    }
    attempts
}

fn update_policy(update: &Update, problems: &mut Problems) {
    problems.add_if(!["checks", "task_states", "manual"].contains(&update.health_check.as_str()), || {
        format!("Invalid health check given: {:?}", update.health_check)
    });
    problems.add_if(update.max_parallel < 0, || {
        format!("Max parallel can not be less than zero: {} < 0", update.max_parallel)
    });
    problems.add_if(update.canary < 0, || {
        format!("Canary count can not be less than zero: {} < 0", update.canary)
    });
    problems.add_if(update.canary == 0 && update.auto_promote, || {
        "Auto Promote requires a Canary count greater than zero".to_owned()
    });
    problems.add_if(update.min_healthy_time < Nanos::ZERO, || {
        format!("Minimum healthy time may not be less than zero: {}", update.min_healthy_time)
    });
    problems.add_if(update.healthy_deadline <= Nanos::ZERO, || {
        format!("Healthy deadline must be greater than zero: {}", update.healthy_deadline)
    });
    problems.add_if(update.progress_deadline < Nanos::ZERO, || {
        format!("Progress deadline must be zero or greater: {}", update.progress_deadline)
    });
    problems.add_if(update.min_healthy_time >= update.healthy_deadline, || {
        format!(
            "Minimum healthy time must be less than healthy deadline: {} > {}",
            update.min_healthy_time, update.healthy_deadline
        )
    });
    let progress = update.progress_deadline;
    problems.add_if(progress != Nanos::ZERO && update.healthy_deadline >= progress, || {
        format!(
            "Healthy deadline must be less than progress deadline: {} > {progress}",
            update.healthy_deadline
        )
    });
    problems.add_if(update.stagger <= Nanos::ZERO, || {
        format!("Stagger must be greater than zero: {}", update.stagger)
    });
}

fn migrate_policy(migrate: &Migrate, problems: &mut Problems) {
    problems.add_if(migrate.max_parallel < 0, || {
        format!("MaxParallel must be >= 0 but found {}", migrate.max_parallel)
    });
    problems.add_if(!["checks", "task_states"].contains(&migrate.health_check.as_str()), || {
        format!("Invalid HealthCheck: {:?}", migrate.health_check)
    });
    problems.add_if(migrate.min_healthy_time > migrate.healthy_deadline, || {
        "MinHealthyTime must be less than HealthyDeadline".to_owned()
    });
}
