//! The `config` block of a `mock_driver` task.

use std::time::Duration;

use driver::ConfigMap;
use driver::config::{ConfigError, ConfigErrors, Decoded, Field, Kind, decode};
use serde::{Deserialize, Serialize};

const PORTS: i64 = 65_535;

const COMMAND: [Field; 10] = [
    Field::optional("run_for", Kind::Duration),
    Field::optional("exit_code", Kind::Int { min: i32::MIN as i64, max: i32::MAX as i64 }),
    Field::optional("exit_signal", Kind::Int { min: 0, max: 31 }),
    Field::optional("exit_err_msg", Kind::Text),
    Field::optional("stdout_string", Kind::Text),
    Field::optional("stdout_repeat", Kind::Int { min: 0, max: 1_000_000 }),
    Field::optional("stdout_repeat_duration", Kind::Duration),
    Field::optional("stderr_string", Kind::Text),
    Field::optional("stderr_repeat", Kind::Int { min: 0, max: 1_000_000 }),
    Field::optional("stderr_repeat_duration", Kind::Duration),
];

const TASK: [Field; 10] = [
    Field::optional("start_error", Kind::Text),
    Field::optional("start_error_recoverable", Kind::Bool),
    Field::optional("start_block_for", Kind::Duration),
    Field::optional("kill_after", Kind::Duration),
    Field::optional("plugin_exit_after", Kind::Duration),
    Field::optional("signal_error", Kind::Text),
    Field::optional("driver_ip", Kind::Text),
    Field::optional("driver_advertise", Kind::Bool),
    Field::optional("driver_port_map", Kind::Text),
    Field::optional("exec_command", Kind::Block(&COMMAND)),
];

static FIELDS: [Field; 20] = {
    let mut fields = [COMMAND[0]; 20];
    let mut index = 0;
    while index < 10 {
        fields[index] = COMMAND[index];
        fields[index + 10] = TASK[index];
        index += 1;
    }
    fields
};

/// A checked block.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Config {
    pub(super) command: Command,
    pub(super) start_error: Option<String>,
    pub(super) start_error_recoverable: bool,
    pub(super) start_block_for: Duration,
    pub(super) kill_after: Duration,
    pub(super) plugin_exit_after: Option<Duration>,
    pub(super) signal_error: Option<String>,
}

/// What runs, prints and exits: the task, or a command in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Command {
    pub(super) run_for: Duration,
    pub(super) exit_code: i32,
    pub(super) exit_signal: i32,
    pub(super) exit_err_msg: Option<String>,
    pub(super) stdout: Print,
    pub(super) stderr: Print,
}

/// A text that is printed at the start and `repeat` times more, `every` so often.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Print {
    pub(super) text: String,
    pub(super) repeat: u32,
    pub(super) every: Duration,
}

impl Config {
    /// Checks a block.
    ///
    /// # Errors
    /// Every mistake, each with its place.
    pub(super) fn decode(config: &ConfigMap) -> Result<Self, ConfigErrors> {
        let decoded = decode(&FIELDS, config)?;
        if let Some(map) = decoded.text("driver_port_map") {
            check_port_map(&map)?;
        }
        let span = |key| decoded.duration(key).unwrap_or_default();
        Ok(Self {
            command: command(&decoded),
            start_error: filled(decoded.text("start_error")),
            start_error_recoverable: decoded.bool("start_error_recoverable").unwrap_or(false),
            start_block_for: span("start_block_for"),
            kill_after: span("kill_after"),
            plugin_exit_after: decoded.duration("plugin_exit_after").filter(|span| !span.is_zero()),
            signal_error: filled(decoded.text("signal_error")),
        })
    }
}

fn command(decoded: &Decoded) -> Command {
    let number = |key| decoded.int(key).and_then(|number| i32::try_from(number).ok()).unwrap_or(0);
    let print = |text, repeat, every| Print {
        text: decoded.text(text).unwrap_or_default(),
        repeat: decoded.int(repeat).and_then(|number| u32::try_from(number).ok()).unwrap_or(0),
        every: decoded.duration(every).unwrap_or_default(),
    };
    Command {
        run_for: decoded.duration("run_for").unwrap_or_default(),
        exit_code: number("exit_code"),
        exit_signal: number("exit_signal"),
        exit_err_msg: filled(decoded.text("exit_err_msg")),
        stdout: print("stdout_string", "stdout_repeat", "stdout_repeat_duration"),
        stderr: print("stderr_string", "stderr_repeat", "stderr_repeat_duration"),
    }
}

fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// A port map is `label:port`, one pair.
fn check_port_map(map: &str) -> Result<(), ConfigError> {
    let port = map
        .split_once(':')
        .and_then(|(label, port)| (!label.is_empty()).then(|| port.parse::<i64>().ok())?);
    match port {
        Some(port) if (1..=PORTS).contains(&port) => Ok(()),
        _ if map.is_empty() => Ok(()),
        _ => Err(ConfigError::new("config.driver_port_map", format!("expected label:port, found {map:?}"))),
    }
}
