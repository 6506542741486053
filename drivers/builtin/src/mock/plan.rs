//! When and how a mock task ends. Pure: `driver.rs` brings the time and waits.

use std::time::Duration;

use super::config::Config;

/// How a mock task ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// With this code, or by this signal.
    Exit { code: i32, signal: i32 },
    /// With an error of the driver.
    Error(String),
}

/// A task's end, as planned now. Times are since the task's start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// When it ends.
    pub(super) at: Duration,
    /// How it ends.
    pub(super) end: End,
}

impl Plan {
    /// Returns the plan of a task that nobody disturbs.
    pub(super) fn new(config: &Config) -> Self {
        let command = &config.command;
        let end = match &command.exit_err_msg {
            Some(message) => End::Error(message.clone()),
            None => End::Exit { code: command.exit_code, signal: command.exit_signal },
        };
        match config.plugin_exit_after {
            Some(after) if after < command.run_for => {
                Self { at: after, end: End::Error("the driver plugin exited".to_owned()) }
            }
            _ => Self { at: command.run_for, end },
        }
    }

    /// Returns whether the task has ended.
    pub(super) fn is_over(&self, now: Duration) -> bool {
        now >= self.at
    }

    /// Changes the plan for a request to stop: it ends `kill_after` later, or is killed when the timeout is over.
    #[must_use]
    pub(super) fn stopped(&self, now: Duration, kill_after: Duration, timeout: Duration) -> Self {
        let asked = if kill_after >= timeout {
            Self { at: now + timeout, end: End::Exit { code: 0, signal: 9 } }
        } else {
            Self { at: now + kill_after, end: End::Exit { code: 0, signal: 0 } }
        };
        if self.at <= asked.at { self.clone() } else { asked }
    }

    /// Changes the plan for SIGKILL.
    #[must_use]
    pub(super) fn killed(&self, now: Duration) -> Self {
        self.stopped(now, Duration::ZERO, Duration::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn plan(run_for: u64) -> Plan {
        let mut config = Config::default();
        config.command.run_for = seconds(run_for);
        config.command.exit_code = 3;
        Plan::new(&config)
    }

    #[test]
    fn an_undisturbed_task_ends_as_configured() {
        let plan = plan(10);
        assert_eq!(plan, Plan { at: seconds(10), end: End::Exit { code: 3, signal: 0 } });
        assert!(!plan.is_over(Duration::from_millis(9_999)));
        assert!(plan.is_over(seconds(10)));
    }

    #[test]
    fn a_stop_ends_it_by_itself_or_by_the_timeout() {
        let end = |kill_after, timeout| plan(100).stopped(seconds(5), seconds(kill_after), seconds(timeout));
        assert_eq!(end(2, 9), Plan { at: seconds(7), end: End::Exit { code: 0, signal: 0 } });
        assert_eq!(end(9, 2), Plan { at: seconds(7), end: End::Exit { code: 0, signal: 9 } });
        assert_eq!(plan(6).stopped(seconds(5), seconds(2), seconds(9)), plan(6), "it ends before anyway");
        assert_eq!(plan(100).killed(seconds(5)).at, seconds(5));
    }

    #[test]
    fn an_exiting_plugin_takes_the_task_along() {
        let mut config = Config::default();
        config.command.run_for = seconds(10);
        config.plugin_exit_after = Some(seconds(4));
        let plan = Plan::new(&config);
        assert_eq!((plan.at, plan.end), (seconds(4), End::Error("the driver plugin exited".to_owned())));
        config.plugin_exit_after = Some(seconds(40));
        assert_eq!(Plan::new(&config).at, seconds(10));
    }
}
