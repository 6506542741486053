//! Task events in words.

use model::{Nanos, TaskEvent, TaskEventKind};
use serde_json::{Map, Value, json};

/// What a kind of event says in the API.
struct Words {
    kind: &'static str,
    display: String,
    /// Legacy fields of the event itself, by name.
    fields: Vec<(&'static str, Value)>,
    details: Vec<(&'static str, String)>,
}

impl Words {
    fn new(kind: &'static str, display: impl Into<String>) -> Self {
        Self { kind, display: display.into(), fields: Vec::new(), details: Vec::new() }
    }

    fn field(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    fn detail(mut self, name: &'static str, value: impl ToString) -> Self {
        self.details.push((name, value.to_string()));
        self
    }

    /// A text that is shown, is a legacy field, and is a detail.
    fn message(kind: &'static str, field: &'static str, detail: &'static str, text: &str) -> Self {
        Self::new(kind, text).field(field, text).detail(detail, text)
    }
}

/// One event.
pub(super) fn task_event(event: &TaskEvent) -> Value {
    if let TaskEventKind::Hook { kind, message, details } = &event.kind {
        return object(
            event,
            kind,
            message,
            &[("Message", Value::from(&**message))],
            super::strings(details),
        );
    }
    let words = words(&event.kind);
    let details: Map<String, Value> =
        words.details.into_iter().map(|(key, value)| (key.to_owned(), Value::from(value))).collect();
    object(event, words.kind, &words.display, &words.fields, details.into())
}

fn object(event: &TaskEvent, kind: &str, display: &str, fields: &[(&str, Value)], details: Value) -> Value {
    let mut object = json!({
        "Details": details, "DiskLimit": 0, "DisplayMessage": display, "DownloadError": "", "DriverError": "",
        "DriverMessage": "", "ExitCode": 0, "FailedSibling": "", "FailsTask": false, "GenericSource": "",
        "KillError": "", "KillReason": "", "KillTimeout": 0, "Message": "", "RestartReason": "",
        "SetupError": "", "Signal": 0, "StartDelay": 0, "TaskSignal": "", "TaskSignalReason": "",
        "Time": event.time.0, "Type": kind, "ValidationError": "", "VaultError": "",
    });
    for (name, value) in fields {
        object[*name] = value.clone();
    }
    object
}

fn words(kind: &TaskEventKind) -> Words {
    match kind {
        TaskEventKind::Received => Words::new("Received", "Task received by client"),
        TaskEventKind::Setup { message } => Words::message("Task Setup", "Message", "message", message),
        TaskEventKind::SetupFailure { message } => {
            Words::message("Setup Failure", "SetupError", "setup_error", message).field("FailsTask", true)
        }
        TaskEventKind::Driver { message } => {
            Words::message("Driver", "DriverMessage", "driver_message", message)
        }
        TaskEventKind::DriverFailure { message } => {
            Words::message("Driver Failure", "DriverError", "driver_error", message)
        }
        TaskEventKind::Started => Words::new("Started", "Task started by client"),
        TaskEventKind::Terminated { exit_code, signal, oom_killed, message } => {
            terminated(*exit_code, *signal, *oom_killed, message)
        }
        TaskEventKind::Restarting { reason, start_delay } => {
            Words::new("Restarting", format!("Task restarting in {start_delay}"))
                .field("RestartReason", &**reason)
                .field("StartDelay", start_delay.0)
                .detail("restart_reason", reason)
                .detail("start_delay", start_delay.0)
        }
        TaskEventKind::NotRestarting { reason } => {
            Words::message("Not Restarting", "RestartReason", "restart_reason", reason)
                .field("FailsTask", true)
                .detail("fails_task", true)
        }
        TaskEventKind::RestartSignal { reason } => {
            Words::message("Restart Signaled", "RestartReason", "restart_reason", reason)
        }
        TaskEventKind::Signaling { signal, reason } => signaling(signal, reason),
        TaskEventKind::Killing { kill_timeout, reason } => killing(*kill_timeout, reason),
        TaskEventKind::Killed { error } if error.is_empty() => {
            Words::new("Killed", "Task successfully killed")
        }
        TaskEventKind::Killed { error } => Words::message("Killed", "KillError", "kill_error", error),
        TaskEventKind::SiblingFailed { task } => {
            Words::new("Sibling Task Failed", format!("Task's sibling \"{task}\" failed"))
                .field("FailedSibling", &**task)
                .detail("failed_sibling", task)
        }
        TaskEventKind::LeaderDead => Words::new("Leader Task Dead", "Leader Task in Group dead"),
        TaskEventKind::WaitingShutdownDelay { delay } => Words::new(
            "Waiting for shutdown delay",
            format!("Waiting for shutdown_delay of {delay} before killing the task."),
        ),
        TaskEventKind::Reattached => Words::new("Driver", "Task found again after a restart of the client"),
        TaskEventKind::RestoreFailure { message } => {
            Words::message("Failed Restoring Task", "Message", "message", message)
        }
        TaskEventKind::DownloadingArtifacts => {
            Words::new("Downloading Artifacts", "Client is downloading artifacts")
        }
        TaskEventKind::ArtifactFailure { message } => {
            Words::message("Failed Artifact Download", "DownloadError", "download_error", message)
        }
        TaskEventKind::AllocUnhealthy { message } => {
            Words::message("Alloc Unhealthy", "Message", "message", message)
        }
        TaskEventKind::Hook { .. } => Words::new("", ""),
    }
}

fn terminated(exit_code: i32, signal: i32, oom_killed: bool, message: &str) -> Words {
    let mut display = format!("Exit Code: {exit_code}");
    if signal != 0 {
        display.push_str(&format!(", Signal: {signal}"));
    }
    if oom_killed {
        display.push_str(", OOM Killed");
    }
    if !message.is_empty() {
        display.push_str(&format!(", Exit Message: \"{message}\""));
    }
    let words = Words::new("Terminated", display)
        .field("ExitCode", exit_code)
        .field("Signal", signal)
        .field("Message", message)
        .detail("oom_killed", oom_killed)
        .detail("exit_code", exit_code)
        .detail("signal", signal);
    if message.is_empty() { words } else { words.detail("exit_message", message) }
}

fn signaling(signal: &str, reason: &str) -> Words {
    let display = match (signal.is_empty(), reason.is_empty()) {
        (false, false) => format!("Task being sent signal {signal}: {reason}"),
        (false, true) => format!("Task being sent signal {signal}"),
        (true, false) => format!("Task being sent a signal: {reason}"),
        (true, true) => "Task being sent a signal".to_owned(),
    };
    Words::new("Signaling", display)
        .field("TaskSignal", signal)
        .field("TaskSignalReason", reason)
        .detail("signal", signal)
        .detail("task_signal_reason", reason)
}

fn killing(kill_timeout: Nanos, reason: &str) -> Words {
    let display = if !reason.is_empty() {
        format!("Killing task: {reason}")
    } else if kill_timeout == Nanos::ZERO {
        "Sent interrupt".to_owned()
    } else {
        format!("Sent interrupt. Waiting {kill_timeout} before force killing")
    };
    let words =
        Words::new("Killing", display).field("KillTimeout", kill_timeout.0).field("KillReason", reason);
    let words = if reason.is_empty() { words } else { words.detail("kill_reason", reason) };
    if kill_timeout == Nanos::ZERO { words } else { words.detail("kill_timeout", kill_timeout) }
}

#[cfg(test)]
mod tests {
    use model::Timestamp;

    use super::*;

    #[test]
    fn events_read_as_recorded() {
        let event = |kind| task_event(&TaskEvent { time: Timestamp(7), kind });
        let exit = event(TaskEventKind::Terminated {
            exit_code: 0,
            signal: 0,
            oom_killed: false,
            message: "".into(),
        });
        assert_eq!(exit["DisplayMessage"], "Exit Code: 0");
        assert_eq!(exit["Details"], json!({"oom_killed": "false", "exit_code": "0", "signal": "0"}));
        let killing = event(TaskEventKind::Killing { kill_timeout: Nanos::from_secs(5), reason: "".into() });
        assert_eq!(killing["DisplayMessage"], "Sent interrupt. Waiting 5s before force killing");
        assert_eq!(killing["Details"], json!({"kill_timeout": "5s"}));
        let restarting = event(TaskEventKind::Restarting {
            reason: "Restart within policy".into(),
            start_delay: Nanos(1_166_446_284),
        });
        assert_eq!(restarting["DisplayMessage"], "Task restarting in 1.166446284s");
    }
}
