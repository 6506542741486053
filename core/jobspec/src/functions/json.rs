//! JSON text to values and back.
//!
//! Limits: serde_json bounds the nesting of what is read; numbers keep 512 bits when written.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::context::FunctionContext;
use super::signature::{FunctionError, FunctionResult, text};
use crate::values::{Number, Value};

pub(super) fn jsondecode(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let text = text(args, 0);
    context.room(text.len())?;
    let json: serde_json::Value = serde_json::from_str(&text).map_err(FunctionError::failed)?;
    Ok(json_to_value(&json))
}

pub(super) fn jsonencode(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let value = args.first().unwrap_or(&Value::Null);
    context.room_for(value)?;
    let mut text = String::new();
    write_json(value, &mut text);
    context.room(text.len())?;
    Ok(Value::string(text))
}

fn json_to_value(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(flag) => Value::Bool(*flag),
        serde_json::Value::Number(number) => {
            Number::parse(&number.to_string()).map_or(Value::Null, Value::Number)
        }
        serde_json::Value::String(text) => Value::string(text),
        serde_json::Value::Array(items) => Value::tuple(items.iter().map(json_to_value).collect()),
        serde_json::Value::Object(entries) => {
            let entries = entries.iter().map(|(name, value)| (Rc::from(name.as_str()), json_to_value(value)));
            Value::object(entries.collect::<BTreeMap<_, _>>())
        }
    }
}

/// Returns the JSON of a value: whole numbers that fit become integers, others 64-bit floats.
pub(crate) fn value_to_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(flag) => serde_json::Value::Bool(*flag),
        Value::Number(number) => match number.to_i64() {
            Some(int) => serde_json::Value::from(int),
            None => serde_json::Value::from(number.to_f64()),
        },
        Value::String(text) => serde_json::Value::from(text.as_ref()),
        Value::Sequence(_, items) => items.iter().map(value_to_json).collect(),
        Value::Mapping(_, entries) => {
            entries.iter().map(|(name, value)| (name.to_string(), value_to_json(value))).collect()
        }
    }
}

fn write_json(value: &Value, text: &mut String) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(flag) => text.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => text.push_str(&number.to_string()),
        Value::String(string) => write_string(string, text),
        Value::Sequence(_, items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                text.push_str(if at == 0 { "" } else { "," });
                write_json(item, text);
            }
            text.push(']');
        }
        Value::Mapping(_, entries) => {
            text.push('{');
            for (at, (name, value)) in entries.iter().enumerate() {
                text.push_str(if at == 0 { "" } else { "," });
                write_string(name, text);
                text.push(':');
                write_json(value, text);
            }
            text.push('}');
        }
    }
}

/// Writes a string as Go does: `<`, `>`, `&` and the two line separators are escaped.
fn write_string(string: &str, text: &mut String) {
    text.push('"');
    for char in string.chars() {
        match char {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\u{0}'..='\u{1f}' => {
                text.push_str(&format!("\\u{:04x}", u32::from(char)));
            }
            _ => text.push(char),
        }
    }
    text.push('"');
}
