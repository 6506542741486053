//! Maps, and choices between values.

use std::collections::BTreeMap;
use std::sync::Arc;

use gotmpl::{TemplateError, Value};

use super::arguments::text_of;
use super::{Arguments, Function};

type Answer = Result<Value, TemplateError>;
type Entries = BTreeMap<Arc<str>, Value>;

pub(super) const FUNCTIONS: [(&str, Function); 15] = [
    ("dict", dict),
    ("get", |of| Ok(of.map(0)?.get(of.text(1)?.as_str()).cloned().unwrap_or(Value::String("".into())))),
    ("hasKey", |of| Ok(Value::Bool(of.map(0)?.contains_key(of.text(1)?.as_str())))),
    ("keys", |of| {
        let mut keys = Vec::new();
        for at in 0..of.values.len() {
            keys.extend(of.map(at)?.keys().map(|key| Value::String(Arc::clone(key))));
        }
        Ok(Value::List(keys.into()))
    }),
    ("values", |of| Ok(Value::List(of.map(0)?.values().cloned().collect()))),
    ("pick", |of| chosen(of, true)),
    ("omit", |of| chosen(of, false)),
    ("merge", |of| merged(of, 0..of.values.len())),
    ("mergeOverwrite", |of| merged(of, (0..of.values.len()).rev())),
    ("dig", dig),
    ("default", |of| {
        let given = of.values.get(1).filter(|value| value.is_truthy());
        Ok(given.map_or_else(|| of.value(0), Ok)?.clone())
    }),
    ("coalesce", |of| Ok(of.values.iter().find(|value| value.is_truthy()).cloned().unwrap_or(Value::Nil))),
    ("ternary", |of| Ok(of.value(usize::from(!of.value(2)?.is_truthy()))?.clone())),
    ("empty", |of| Ok(Value::Bool(!of.value(0)?.is_truthy()))),
    ("required", |of| match of.value(1)? {
        value if value.is_truthy() => Ok(value.clone()),
        _ => Err(TemplateError::Exec(of.text(0)?)),
    }),
];

fn dict(of: &Arguments<'_>) -> Answer {
    let entry =
        |pair: &[Value]| (text_of(&pair[0]).into(), pair.get(1).cloned().unwrap_or(Value::String("".into())));
    Ok(Value::Map(Arc::new(of.values.chunks(2).map(entry).collect())))
}

fn chosen(of: &Arguments<'_>, named: bool) -> Answer {
    let names: Vec<String> = of.rest(1).iter().map(text_of).collect();
    let kept = of.map(0)?.iter().filter(|(key, _)| names.iter().any(|name| **name == ***key) == named);
    Ok(Value::Map(Arc::new(kept.map(|(key, value)| (Arc::clone(key), value.clone())).collect())))
}

/// All entries; of the same key the one in the earliest map of the order.
fn merged(of: &Arguments<'_>, order: impl Iterator<Item = usize>) -> Answer {
    let mut all = Entries::new();
    for at in order {
        for (key, value) in of.map(at)? {
            all.entry(Arc::clone(key)).or_insert_with(|| value.clone());
        }
    }
    Ok(Value::Map(Arc::new(all)))
}

/// `dig "a" "b" DEFAULT MAP`
fn dig(of: &Arguments<'_>) -> Answer {
    let count = of.values.len();
    if count < 3 {
        return Err(of.failed("at least a key, a default and a map are needed"));
    }
    let mut found = of.value(count - 1)?;
    for key in &of.values[..count - 2] {
        match found.field(&text_of(key)) {
            Some(value) => found = value,
            None => return Ok(of.value(count - 2)?.clone()),
        }
    }
    Ok(found.clone())
}
