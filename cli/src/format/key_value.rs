//! Blocks of `Key = Value` lines.
//!
//! Limits: one line per key; an empty value is shown as `<none>`.

use super::NONE;

/// Keys and values in the order they are shown.
#[derive(Clone, Debug, Default)]
pub struct KeyValue {
    rows: Vec<(String, String)>,
}

impl KeyValue {
    /// Returns an empty block.
    #[must_use]
    pub fn new() -> KeyValue {
        KeyValue::default()
    }

    /// Adds a line.
    #[must_use]
    pub fn add(mut self, key: impl Into<String>, value: impl std::fmt::Display) -> KeyValue {
        self.rows.push((key.into(), value.to_string()));
        self
    }

    /// Adds a line when there is something to say.
    #[must_use]
    pub fn add_some(self, key: &str, value: Option<impl std::fmt::Display>) -> KeyValue {
        match value {
            Some(value) => self.add(key, value),
            None => self,
        }
    }

    /// Returns the lines without a final line break.
    #[must_use]
    pub fn render(&self) -> String {
        let width = self.rows.iter().map(|(key, _)| key.chars().count()).max().unwrap_or(0);
        let line = |(key, value): &(String, String)| {
            let value = if value.is_empty() { NONE } else { value };
            format!("{key:<width$} = {value}")
        };
        self.rows.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}
