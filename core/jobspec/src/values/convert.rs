//! Changes a value into another type, as cty's safe and unsafe conversions do.
//!
//! Limits: null converts to null of any type; whether null is allowed is the caller's question.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::datum::{MappingKind, SequenceKind, Value};
use super::kind::{Kind, ObjectAttribute};
use super::number::Number;

/// Why a value cannot take a type; the text names the element it is about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct ConvertError(pub(crate) String);

/// Returns the value in the type `kind`.
pub(crate) fn convert(value: &Value, kind: &Kind) -> Result<Value, ConvertError> {
    match (value, kind) {
        (Value::Null, _) | (_, Kind::Any) => Ok(value.clone()),
        (Value::String(_), Kind::String)
        | (Value::Number(_), Kind::Number)
        | (Value::Bool(_), Kind::Bool) => Ok(value.clone()),
        (Value::Number(_) | Value::Bool(_), Kind::String) => {
            value.to_text().map(Value::String).ok_or_else(|| mismatch(value, kind))
        }
        (Value::String(text), Kind::Number) => parse_number(text),
        (Value::String(text), Kind::Bool) => parse_bool(text),
        (Value::Sequence(_, items), Kind::List(item)) => convert_items(items, item).map(Value::list),
        (Value::Sequence(_, items), Kind::Set(item)) => convert_items(items, item).map(Value::set),
        (Value::Sequence(_, items), Kind::Tuple(kinds)) if items.len() == kinds.len() => {
            let converted = items.iter().zip(kinds).enumerate();
            converted
                .map(|(at, (item, kind))| convert(item, kind).map_err(|error| at_index(at, error)))
                .collect::<Result<_, _>>()
                .map(Value::tuple)
        }
        (Value::Mapping(_, entries), Kind::Map(item)) => convert_map(entries, item),
        (Value::Mapping(_, entries), Kind::Object(attributes)) => convert_object(entries, attributes),
        _ => Err(mismatch(value, kind)),
    }
}

fn mismatch(value: &Value, kind: &Kind) -> ConvertError {
    let found = match value {
        Value::Sequence(SequenceKind::List | SequenceKind::Set, _) | Value::Mapping(MappingKind::Map, _) => {
            value.kind().to_string()
        }
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Sequence(SequenceKind::Tuple, _)
        | Value::Mapping(MappingKind::Object, _) => value.kind_word().to_owned(),
    };
    ConvertError(format!("{kind} required, but have {found}"))
}

fn parse_number(text: &str) -> Result<Value, ConvertError> {
    let number = Number::parse(text).map(Value::Number);
    number.ok_or_else(|| ConvertError("a number is required".to_owned()))
}

fn parse_bool(text: &str) -> Result<Value, ConvertError> {
    match text {
        "true" | "1" => Ok(Value::Bool(true)),
        "false" | "0" => Ok(Value::Bool(false)),
        "True" | "TRUE" => {
            Err(ConvertError("a bool is required; to convert from string, use lowercase \"true\"".into()))
        }
        "False" | "FALSE" => {
            Err(ConvertError("a bool is required; to convert from string, use lowercase \"false\"".into()))
        }
        _ => Err(ConvertError("a bool is required".to_owned())),
    }
}

fn convert_items(items: &[Value], item: &Kind) -> Result<Vec<Value>, ConvertError> {
    let unified = if *item == Kind::Any { unify(items.iter()) } else { Some(item.clone()) };
    let Some(kind) = unified else {
        return Err(ConvertError("all list elements must have the same type".to_owned()));
    };
    let converted = items.iter().enumerate();
    converted.map(|(at, value)| convert(value, &kind).map_err(|error| at_index(at, error))).collect()
}

fn convert_map(entries: &BTreeMap<Rc<str>, Value>, item: &Kind) -> Result<Value, ConvertError> {
    let unified = if *item == Kind::Any { unify(entries.values()) } else { Some(item.clone()) };
    let Some(kind) = unified else {
        return Err(ConvertError("all map elements must have the same type".to_owned()));
    };
    let converted = entries.iter().map(|(name, value)| match convert(value, &kind) {
        Ok(value) => Ok((name.clone(), value)),
        Err(error) => Err(ConvertError(format!("element \"{name}\": {error}"))),
    });
    converted.collect::<Result<_, _>>().map(Value::map)
}

fn convert_object(
    entries: &BTreeMap<Rc<str>, Value>,
    attributes: &BTreeMap<Rc<str>, ObjectAttribute>,
) -> Result<Value, ConvertError> {
    let mut converted = BTreeMap::new();
    for (name, attribute) in attributes {
        let value = match entries.get(name) {
            Some(value) => convert(value, &attribute.kind)
                .map_err(|error| ConvertError(format!("attribute \"{name}\": {error}")))?,
            None if attribute.optional => Value::Null,
            None => return Err(ConvertError(format!("attribute \"{name}\" is required"))),
        };
        converted.insert(name.clone(), value);
    }
    Ok(Value::object(converted))
}

fn at_index(at: usize, error: ConvertError) -> ConvertError {
    ConvertError(format!("element {at}: {error}"))
}

/// Returns the one type that all values convert to; `None` when there is none.
pub(crate) fn unify<'a>(values: impl Iterator<Item = &'a Value>) -> Option<Kind> {
    let mut common: Option<Kind> = None;
    for value in values.filter(|value| !matches!(value, Value::Null)) {
        let kind = value.kind();
        common = Some(match common {
            None => kind,
            Some(before) => unify_pair(&before, &kind)?,
        });
    }
    Some(common.unwrap_or(Kind::Any))
}

fn unify_pair(left: &Kind, right: &Kind) -> Option<Kind> {
    match (left, right) {
        _ if left == right => Some(left.clone()),
        (Kind::Any, other) | (other, Kind::Any) => Some(other.clone()),
        (Kind::String, other) | (other, Kind::String) if other.is_primitive() => Some(Kind::String),
        (Kind::List(a), Kind::List(b)) => unify_pair(a, b).map(Kind::list),
        (Kind::Set(a), Kind::Set(b)) => unify_pair(a, b).map(|item| Kind::Set(Box::new(item))),
        (Kind::Map(a), Kind::Map(b)) => unify_pair(a, b).map(|item| Kind::Map(Box::new(item))),
        (Kind::Tuple(a), Kind::Tuple(b)) if a.len() == b.len() => {
            a.iter().zip(b).map(|(a, b)| unify_pair(a, b)).collect::<Option<_>>().map(Kind::Tuple)
        }
        (Kind::Tuple(items), Kind::List(item)) | (Kind::List(item), Kind::Tuple(items)) => {
            unify_all(items.iter().chain([item.as_ref()])).map(Kind::list)
        }
        (Kind::Tuple(a), Kind::Tuple(b)) => unify_all(a.iter().chain(b)).map(Kind::list),
        (Kind::Object(a), Kind::Object(b)) => unify_objects(a, b),
        (Kind::Object(attributes), Kind::Map(item)) | (Kind::Map(item), Kind::Object(attributes)) => {
            let kinds = attributes.values().map(|attribute| &attribute.kind);
            unify_all(kinds.chain([item.as_ref()])).map(|item| Kind::Map(Box::new(item)))
        }
        _ => None,
    }
}

fn unify_objects(
    left: &BTreeMap<Rc<str>, ObjectAttribute>,
    right: &BTreeMap<Rc<str>, ObjectAttribute>,
) -> Option<Kind> {
    if left.keys().eq(right.keys()) {
        let pairs = left.iter().zip(right.values()).map(|((name, a), b)| {
            let kind = unify_pair(&a.kind, &b.kind)?;
            Some((name.clone(), ObjectAttribute { kind, optional: false }))
        });
        return pairs.collect::<Option<_>>().map(Kind::Object);
    }
    let kinds = left.values().chain(right.values()).map(|attribute| &attribute.kind);
    unify_all(kinds).map(|item| Kind::Map(Box::new(item)))
}

fn unify_all<'a>(mut kinds: impl Iterator<Item = &'a Kind>) -> Option<Kind> {
    kinds.try_fold(Kind::Any, |common, kind| unify_pair(&common, kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn primitives_convert_through_strings_and_mismatches_name_both_types() {
        assert_eq!(convert(&Value::string("5"), &Kind::Number), Ok(Value::int(5)));
        assert_eq!(convert(&Value::Bool(true), &Kind::String), Ok(Value::string("true")));
        let error = convert(&Value::string("x"), &Kind::list(Kind::String)).unwrap_err();
        assert_eq!(error.to_string(), "list of string required, but have string");
        let nested = Value::object([(Rc::from("A"), Value::tuple(vec![]))].into());
        let error = convert(&nested, &Kind::Map(Box::new(Kind::String))).unwrap_err();
        assert_eq!(error.to_string(), "element \"A\": string required, but have tuple");
    }

    #[test]
    fn a_set_is_sorted_and_holds_each_value_once() {
        let items = Value::tuple(vec![Value::string("b"), Value::string("a"), Value::string("b")]);
        let set = convert(&items, &Kind::Set(Box::new(Kind::String))).unwrap();
        assert_eq!(set, Value::set(vec![Value::string("a"), Value::string("b")]));
    }
}
