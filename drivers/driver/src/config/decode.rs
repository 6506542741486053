//! From JSON to checked values.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::nearest::nearest;
use super::{ConfigError, ConfigErrors, Field, Kind, duration};
use crate::ConfigMap;

/// Checked values of one block, by key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decoded {
    values: BTreeMap<&'static str, Checked>,
}

#[derive(Clone, Debug, PartialEq)]
enum Checked {
    Text(String),
    Bool(bool),
    Int(i64),
    Duration(Duration),
    TextList(Vec<String>),
    TextMap(BTreeMap<String, String>),
    Block(Decoded),
}

/// Checks `config` against the table.
///
/// # Errors
/// Every mistake, in the order of the keys.
pub fn decode(fields: &'static [Field], config: &ConfigMap) -> Result<Decoded, ConfigErrors> {
    let mut errors = Vec::new();
    let decoded = block("config", fields, config, &mut errors);
    match ConfigErrors::collect(errors) {
        Some(errors) => Err(errors),
        None => Ok(decoded),
    }
}

fn block(path: &str, fields: &'static [Field], config: &ConfigMap, errors: &mut Vec<ConfigError>) -> Decoded {
    let mut decoded = Decoded::default();
    for (key, value) in config {
        let place = format!("{path}.{key}");
        let Some(field) = fields.iter().find(|field| field.name == key) else {
            errors.push(ConfigError::new(place, unknown(key, fields)));
            continue;
        };
        if !value.is_null()
            && let Some(checked) = checked(&place, field.kind, value, errors)
        {
            decoded.values.insert(field.name, checked);
        }
    }
    for field in fields.iter().filter(|field| field.required) {
        if config.get(field.name).is_none_or(Value::is_null) {
            errors.push(ConfigError::new(path, format!("missing required key {:?}", field.name)));
        }
    }
    decoded
}

fn unknown(key: &str, fields: &[Field]) -> String {
    match nearest(key, fields.iter().map(|field| field.name)) {
        Some(meant) => format!("unknown key {key:?}, did you mean {meant:?}?"),
        None => {
            let known: Vec<&str> = fields.iter().map(|field| field.name).collect();
            format!("unknown key {key:?}; known are {}", known.join(", "))
        }
    }
}

fn checked(path: &str, kind: Kind, value: &Value, errors: &mut Vec<ConfigError>) -> Option<Checked> {
    let mut wrong = |expected: &str| {
        errors.push(ConfigError::new(path, format!("expected {expected}, found {}", found(value))));
        None
    };
    match kind {
        Kind::Text => text(value).map(Checked::Text).or_else(|| wrong("text")),
        Kind::Bool => boolean(value).map(Checked::Bool).or_else(|| wrong("true or false")),
        Kind::Duration => span(value).map(Checked::Duration).or_else(|| wrong("a duration such as \"10s\"")),
        Kind::Int { min, max } => match integer(value) {
            Some(number) if (min..=max).contains(&number) => Some(Checked::Int(number)),
            _ => wrong(&format!("a whole number from {min} to {max}")),
        },
        Kind::TextList => match value {
            Value::Array(items) => text_list(path, items, errors).map(Checked::TextList),
            _ => wrong("a list of texts"),
        },
        Kind::TextMap => match objects(value) {
            Some(objects) => text_map(path, &objects, errors).map(Checked::TextMap),
            None => wrong("a map of texts"),
        },
        Kind::Block(fields) => match objects(value).as_deref() {
            Some([object]) => Some(Checked::Block(block(path, fields, object, errors))),
            _ => wrong("one block"),
        },
    }
}

fn text_list(path: &str, items: &[Value], errors: &mut Vec<ConfigError>) -> Option<Vec<String>> {
    let before = errors.len();
    let mut list = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        match text(item) {
            Some(text) => list.push(text),
            None => {
                errors.push(ConfigError::new(
                    format!("{path}[{index}]"),
                    format!("expected text, found {}", found(item)),
                ));
            }
        }
    }
    (errors.len() == before).then_some(list)
}

fn text_map(
    path: &str,
    objects: &[&ConfigMap],
    errors: &mut Vec<ConfigError>,
) -> Option<BTreeMap<String, String>> {
    let before = errors.len();
    let mut map = BTreeMap::new();
    for (key, value) in objects.iter().flat_map(|object| object.iter()) {
        match text(value) {
            Some(text) => drop(map.insert(key.clone(), text)),
            None => {
                let message = format!("expected text, found {}", found(value));
                errors.push(ConfigError::new(format!("{path}.{key}"), message));
            }
        }
    }
    (errors.len() == before).then_some(map)
}

/// Returns the objects of a value: itself, or the blocks that HCL made a list of.
fn objects(value: &Value) -> Option<Vec<&ConfigMap>> {
    match value {
        Value::Object(object) => Some(vec![object]),
        Value::Array(items) => items.iter().map(Value::as_object).collect(),
        _ => None,
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(boolean) => Some(boolean.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(boolean) => Some(*boolean),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn integer(value: &Value) -> Option<i64> {
    let whole = |number: f64| (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64);
    match value {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().and_then(whole)),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn span(value: &Value) -> Option<Duration> {
    match value {
        Value::String(text) => duration::parse(text),
        Value::Number(number) => number.as_u64().map(Duration::from_nanos),
        _ => None,
    }
}

fn found(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(boolean) => format!("{boolean}"),
        Value::Number(number) => format!("{number}"),
        Value::String(text) => format!("{:?}", text.chars().take(40).collect::<String>()),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a map".to_owned(),
    }
}

/// Defines one getter per kind; a getter of another kind than the table's is a bug of the driver.
macro_rules! getter {
    ($(#[$doc:meta])* $name:ident, $variant:ident, $type:ty) => {
        $(#[$doc])*
        #[must_use]
        pub fn $name(&self, key: &str) -> Option<$type> {
            match self.values.get(key) {
                Some(Checked::$variant(value)) => Some(value.clone()),
                Some(other) => unreachable!("key {key} holds {other:?}"),
                None => None,
            }
        }
    };
}

impl Decoded {
    getter!(
        /// Returns a text.
        text, Text, String
    );
    getter!(
        /// Returns a boolean.
        bool, Bool, bool
    );
    getter!(
        /// Returns a whole number.
        int, Int, i64
    );
    getter!(
        /// Returns a span of time.
        duration, Duration, Duration
    );
    getter!(
        /// Returns a list.
        text_list, TextList, Vec<String>
    );
    getter!(
        /// Returns a map.
        text_map, TextMap, BTreeMap<String, String>
    );
    getter!(
        /// Returns a block.
        block, Block, Decoded
    );
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const INNER: &[Field] = &[Field::required("exit_code", Kind::Int { min: 0, max: 255 })];
    const FIELDS: &[Field] = &[
        Field::required("command", Kind::Text),
        Field::optional("args", Kind::TextList),
        Field::optional("count", Kind::Int { min: 0, max: 10 }),
        Field::optional("run_for", Kind::Duration),
        Field::optional("on", Kind::Bool),
        Field::optional("labels", Kind::TextMap),
        Field::optional("exec_command", Kind::Block(INNER)),
    ];

    fn check(config: Value) -> Result<Decoded, String> {
        let Value::Object(config) = config else { panic!("an object") };
        decode(FIELDS, &config).map_err(|errors| errors.to_string())
    }

    fn error(config: Value) -> String {
        check(config).expect_err("a mistake")
    }

    #[test]
    fn values_convert_as_in_hcl() {
        let decoded = check(json!({
            "command": 7, "args": ["a", 1, true], "count": "3", "run_for": "1m", "on": "true",
            "labels": [{"a": 1}, {"b": "x"}], "exec_command": [{"exit_code": 4}],
        }))
        .expect("decoded");
        assert_eq!(decoded.text("command").as_deref(), Some("7"));
        assert_eq!(decoded.text_list("args"), Some(vec!["a".to_owned(), "1".to_owned(), "true".to_owned()]));
        assert_eq!(decoded.int("count"), Some(3));
        assert_eq!(decoded.duration("run_for"), Some(Duration::from_secs(60)));
        assert_eq!(decoded.bool("on"), Some(true));
        assert_eq!(decoded.text_map("labels").map(|map| map.len()), Some(2));
        assert_eq!(decoded.block("exec_command").and_then(|block| block.int("exit_code")), Some(4));
        assert_eq!(check(json!({"command": "x", "args": null})).expect("null").text_list("args"), None);
    }

    #[test]
    fn mistakes_name_their_place_and_what_was_meant() {
        assert_eq!(
            error(json!({"comand": "x"})),
            "config.comand: unknown key \"comand\", did you mean \"command\"?; config: missing required key \"command\""
        );
        assert_eq!(
            error(json!({"command": "x", "args": ["a", {"b": 1}]})),
            "config.args[1]: expected text, found a map"
        );
        assert_eq!(
            error(json!({"command": "x", "args": "a"})),
            "config.args: expected a list of texts, found \"a\""
        );
        assert_eq!(
            error(json!({"command": "x", "count": 11})),
            "config.count: expected a whole number from 0 to 10, found 11"
        );
        assert_eq!(
            error(json!({"command": "x", "run_for": "soon"})),
            "config.run_for: expected a duration such as \"10s\", found \"soon\""
        );
        assert_eq!(
            error(json!({"command": "x", "exec_command": [{"exit_code": 300}]})),
            "config.exec_command.exit_code: expected a whole number from 0 to 255, found 300"
        );
        assert_eq!(
            error(json!({"command": "x", "labels": {"a": []}, "on": 1})),
            "config.labels.a: expected text, found a list; config.on: expected true or false, found 1"
        );
        assert!(error(json!({"command": "x", "image": "y"})).contains("known are command, args"));
    }
}
