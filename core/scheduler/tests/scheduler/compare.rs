//! Comparing what was decided with what was recorded: everything that was recorded must be there, and equal.

use serde_json::Value;

/// Scores may differ by this much.
const TOLERANCE: f64 = 1e-12;

/// Collects what differs.
#[derive(Debug, Default)]
pub(crate) struct Differences(pub Vec<String>);

impl Differences {
    /// Notes what is recorded and missing, or different, in an object or list. Keys in `skip` are not looked at.
    pub(crate) fn recorded(&mut self, place: &str, recorded: &Value, got: &Value, skip: &[&str]) {
        match (recorded, got) {
            (Value::Object(recorded), Value::Object(got)) => {
                for (key, value) in recorded.iter().filter(|entry| !skip.contains(&entry.0.as_str())) {
                    let place = format!("{place}.{key}");
                    match got.get(key) {
                        Some(got) => self.recorded(&place, value, got, skip),
                        None => self.0.push(format!("{place}: missing, recorded {value}")),
                    }
                }
            }
            (Value::Array(recorded), Value::Array(got)) => {
                if recorded.len() != got.len() {
                    self.0.push(format!(
                        "{place}: recorded {} entries {}, got {} {}",
                        recorded.len(),
                        short(recorded),
                        got.len(),
                        short(got)
                    ));
                    return;
                }
                for (index, (recorded, got)) in recorded.iter().zip(got).enumerate() {
                    self.recorded(&format!("{place}[{index}]"), recorded, got, skip);
                }
            }
            (Value::Number(recorded), Value::Number(got)) => {
                let equal =
                    recorded.as_f64().zip(got.as_f64()).is_some_and(|(a, b)| (a - b).abs() <= TOLERANCE);
                if !equal {
                    self.0.push(format!("{place}: recorded {recorded}, got {got}"));
                }
            }
            (recorded, got) if recorded == got => {}
            (recorded, got) => self.0.push(format!("{place}: recorded {recorded}, got {got}")),
        }
    }

    /// Notes keys that were decided and not recorded.
    pub(crate) fn nothing_else(&mut self, place: &str, recorded: &Value, got: &Value) {
        let Value::Object(got) = got else { return };
        for (key, value) in got {
            if recorded.get(key).is_none() {
                self.0.push(format!("{place}.{key}: got {value}, nothing recorded"));
            }
        }
    }
}

fn short(list: &[Value]) -> String {
    let text = Value::Array(list.to_vec()).to_string();
    text.chars().take(600).collect()
}
