//! Free-form values: nested paths become field names such as `auth[0][username]`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::entry::{DiffType, ObjectDiff};
use super::object::{Context, diff_texts, text};

/// What changed in a free-form value; none when nothing did.
pub(super) fn diff(name: &str, old: Option<&Value>, new: Option<&Value>) -> Option<ObjectDiff> {
    let (before, after) = (flatten(old), flatten(new));
    let change = DiffType::of((!before.is_empty()).then_some(&before), (!after.is_empty()).then_some(&after));
    if change == DiffType::None {
        return None;
    }
    let fields = diff_texts(&before, &after, Context::All);
    Some(ObjectDiff { change, name: name.to_owned(), fields, objects: Vec::new() })
}

fn flatten(value: Option<&Value>) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    if let Some(Value::Object(entries)) = value {
        for (key, value) in entries {
            collect(key, value, &mut texts);
        }
    }
    texts
}

fn collect(path: &str, value: &Value, texts: &mut BTreeMap<String, String>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(&format!("{path}[{index}]"), item, texts);
            }
        }
        Value::Object(entries) => {
            for (key, item) in entries {
                collect(&format!("{path}[{key}]"), item, texts);
            }
        }
        scalar @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
            texts.extend(text(scalar).map(|text| (path.to_owned(), text)))
        }
    }
}
