//! Configurations in JSON. Lines are those of the syntax error only; keys are found by name.

use super::tree::{Item, Value};
use super::{ConfigError, MAX_DEPTH};

/// Reads a file's text.
pub(super) fn parse(file: &str, text: &str) -> Result<Vec<Item>, ConfigError> {
    let syntax = |line, problem: String| ConfigError::Syntax { file: file.to_owned(), line, problem };
    let json: serde_json::Value =
        serde_json::from_str(text).map_err(|error| syntax(error.line(), error.to_string()))?;
    match convert(json, 0).ok_or_else(|| syntax(1, format!("nested more than {MAX_DEPTH} levels deep")))? {
        Value::Object(items) => Ok(items),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => {
            Err(syntax(1, "a configuration is an object".to_owned()))
        }
    }
}

fn convert(json: serde_json::Value, depth: usize) -> Option<Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    Some(match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(flag) => Value::Bool(flag),
        serde_json::Value::Number(number) => Value::Number(number.as_f64().unwrap_or(f64::NAN)),
        serde_json::Value::String(text) => Value::Text(text),
        serde_json::Value::Array(items) => {
            Value::List(items.into_iter().map(|item| convert(item, depth + 1)).collect::<Option<_>>()?)
        }
        serde_json::Value::Object(entries) => {
            let item = |(key, value)| Some(Item { key, line: 1, value: convert(value, depth + 1)? });
            Value::Object(entries.into_iter().map(item).collect::<Option<_>>()?)
        }
    })
}
