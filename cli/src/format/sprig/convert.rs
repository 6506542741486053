//! Conversions: JSON, base64, kinds of values, times.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gotmpl::{TemplateError, Value};

use super::arguments::text_of;
use super::{Arguments, Function};
use crate::format::go_time;

pub(super) const FUNCTIONS: [(&str, Function); 18] = [
    ("toString", |of| of.answer(of.text(0)?)),
    ("toStrings", |of| {
        Ok(Value::List(of.list(0)?.iter().map(|item| Value::String(text_of(item).into())).collect()))
    }),
    ("atoi", |of| Ok(Value::Int(of.int(0)?))),
    ("int", |of| Ok(Value::Int(of.int(0)?))),
    ("int64", |of| Ok(Value::Int(of.int(0)?))),
    ("float64", |of| Ok(Value::Float(of.float(0)?))),
    ("toJson", |of| of.answer(json(of.value(0)?).to_string())),
    ("toRawJson", |of| of.answer(json(of.value(0)?).to_string())),
    ("toPrettyJson", |of| of.answer(format!("{:#}", json(of.value(0)?)))),
    ("fromJson", |of| {
        let value: serde_json::Value =
            serde_json::from_str(&of.text(0)?).map_err(|error| of.failed(error))?;
        gotmpl::to_value(&value)
    }),
    ("b64enc", |of| of.answer(STANDARD.encode(of.text(0)?))),
    ("b64dec", |of| {
        let bytes = STANDARD.decode(of.text(0)?).map_err(|error| of.failed(error))?;
        of.answer(String::from_utf8_lossy(&bytes).into_owned())
    }),
    ("kindOf", |of| of.answer(kind(of.value(0)?).to_owned())),
    ("typeOf", |of| of.answer(kind(of.value(0)?).to_owned())),
    ("kindIs", |of| Ok(Value::Bool(kind(of.value(1)?) == of.text(0)?))),
    ("typeIs", |of| Ok(Value::Bool(kind(of.value(1)?) == of.text(0)?))),
    ("date", |of| date(of, of.value(1)?)),
    ("unixEpoch", |of| of.answer((of.int(0)? / 1_000_000_000).to_string())),
];

/// A time in Go's layout. Whole numbers are nanoseconds since the epoch, as the API has them; texts are RFC 3339.
fn date(of: &Arguments<'_>, time: &Value) -> Result<Value, TemplateError> {
    let nanos = match time {
        Value::String(text) => {
            let time: jiff::Timestamp = text.parse().map_err(|error| of.failed(error))?;
            i64::try_from(time.as_nanosecond()).unwrap_or(0)
        }
        other => super::arguments::int_of(other),
    };
    of.answer(go_time(&of.text(0)?, nanos))
}

fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Nil | Value::Function(_) => serde_json::Value::Null,
        Value::Bool(set) => (*set).into(),
        Value::Int(number) => (*number).into(),
        Value::Uint(number) => (*number).into(),
        Value::Float(number) => (*number).into(),
        Value::String(text) => (**text).into(),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(entries) => {
            let entry = |(key, value): (&std::sync::Arc<str>, &Value)| (key.to_string(), json(value));
            serde_json::Value::Object(entries.iter().map(entry).collect())
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Nil => "invalid",
        Value::Bool(_) => "bool",
        Value::Int(_) => "int",
        Value::Uint(_) => "uint",
        Value::Float(_) => "float64",
        Value::String(_) => "string",
        Value::List(_) => "slice",
        Value::Map(_) => "map",
        Value::Function(_) => "func",
    }
}
