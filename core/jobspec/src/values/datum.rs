//! One value of the expression language.
//!
//! Limits: a value is never unknown; a failed evaluation has no value.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::kind::{Kind, ObjectAttribute};
use super::number::Number;
use super::shared::Shared;

/// The three sequences: literals make tuples, types make lists and sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SequenceKind {
    Tuple,
    List,
    Set,
}

/// The two mappings: literals make objects, types make maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MappingKind {
    Object,
    Map,
}

/// One value; cloning shares strings and collections.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Number(Number),
    String(Rc<str>),
    Sequence(SequenceKind, Shared<Vec<Value>>),
    Mapping(MappingKind, Shared<BTreeMap<Rc<str>, Value>>),
}

impl Value {
    pub(crate) fn string(text: impl AsRef<str>) -> Value {
        Value::String(Rc::from(text.as_ref()))
    }

    pub(crate) fn int(int: i64) -> Value {
        Value::Number(Number::Int(int))
    }

    pub(crate) fn tuple(items: Vec<Value>) -> Value {
        Value::Sequence(SequenceKind::Tuple, Shared::items(items))
    }

    pub(crate) fn list(items: Vec<Value>) -> Value {
        Value::Sequence(SequenceKind::List, Shared::items(items))
    }

    /// Returns a set: sorted, each value once.
    pub(crate) fn set(mut items: Vec<Value>) -> Value {
        items.sort_by(Value::order);
        items.dedup();
        Value::Sequence(SequenceKind::Set, Shared::items(items))
    }

    pub(crate) fn object(entries: BTreeMap<Rc<str>, Value>) -> Value {
        Value::Mapping(MappingKind::Object, Shared::entries(entries))
    }

    pub(crate) fn map(entries: BTreeMap<Rc<str>, Value>) -> Value {
        Value::Mapping(MappingKind::Map, Shared::entries(entries))
    }

    /// Returns the bytes that the value would take if nothing in it were shared.
    pub(crate) fn bytes(&self) -> u64 {
        match self {
            Value::Null | Value::Bool(_) => 0,
            Value::Number(number) => number.bytes(),
            Value::String(text) => text.len() as u64,
            Value::Sequence(_, items) => items.bytes(),
            Value::Mapping(_, entries) => entries.bytes(),
        }
    }

    /// Returns how many collections are nested in each other.
    pub(crate) fn depth(&self) -> u32 {
        match self {
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
            Value::Sequence(_, items) => items.depth(),
            Value::Mapping(_, entries) => entries.depth(),
        }
    }

    /// Returns the bytes of the value itself; what it shares with others is not counted.
    pub(crate) fn own_bytes(&self) -> u64 {
        let elements = match self {
            Value::Null | Value::Bool(_) | Value::Number(_) => 0,
            Value::String(text) => return text.len() as u64,
            Value::Sequence(_, items) => items.len(),
            Value::Mapping(_, entries) => entries.len(),
        };
        (elements as u64).saturating_mul(std::mem::size_of::<Value>() as u64)
    }

    /// Returns the text of a string, number or bool.
    pub(crate) fn to_text(&self) -> Option<Rc<str>> {
        match self {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(Rc::from(number.to_string())),
            Value::Bool(flag) => Some(Rc::from(if *flag { "true" } else { "false" })),
            Value::Null | Value::Sequence(..) | Value::Mapping(..) => None,
        }
    }

    /// Returns the type of the value.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Value::Null => Kind::Any,
            Value::Bool(_) => Kind::Bool,
            Value::Number(_) => Kind::Number,
            Value::String(_) => Kind::String,
            Value::Sequence(SequenceKind::Tuple, items) => {
                Kind::Tuple(items.iter().map(Value::kind).collect())
            }
            Value::Sequence(SequenceKind::List, items) => Kind::List(Box::new(item_kind(items.iter()))),
            Value::Sequence(SequenceKind::Set, items) => Kind::Set(Box::new(item_kind(items.iter()))),
            Value::Mapping(MappingKind::Map, entries) => Kind::Map(Box::new(item_kind(entries.values()))),
            Value::Mapping(MappingKind::Object, entries) => Kind::Object(
                entries
                    .iter()
                    .map(|(name, value)| {
                        (name.clone(), ObjectAttribute { kind: value.kind(), optional: false })
                    })
                    .collect(),
            ),
        }
    }

    /// Returns the one-word name of the type, as diagnostics use it for what was found.
    pub(crate) fn kind_word(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "bool",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Sequence(SequenceKind::Tuple, _) => "tuple",
            Value::Sequence(SequenceKind::List, _) => "list",
            Value::Sequence(SequenceKind::Set, _) => "set",
            Value::Mapping(MappingKind::Object, _) => "object",
            Value::Mapping(MappingKind::Map, _) => "map",
        }
    }

    /// Returns a total order: by type, then by content.
    pub(crate) fn order(&self, other: &Value) -> Ordering {
        match (self, other) {
            (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
            (Value::Number(left), Value::Number(right)) => left.compare(right),
            (Value::String(left), Value::String(right)) => left.cmp(right),
            (Value::Sequence(_, left), Value::Sequence(_, right)) => {
                let pairs = left.iter().zip(right.iter()).map(|(left, right)| left.order(right));
                pairs.fold(Ordering::Equal, Ordering::then).then(left.len().cmp(&right.len()))
            }
            (Value::Mapping(_, left), Value::Mapping(_, right)) => {
                let pairs = left
                    .iter()
                    .zip(right.iter())
                    .map(|(left, right)| left.0.cmp(right.0).then_with(|| left.1.order(right.1)));
                pairs.fold(Ordering::Equal, Ordering::then).then(left.len().cmp(&right.len()))
            }
            _ => self.rank().cmp(&other.rank()),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Value::Null => 0,
            Value::Bool(_) => 1,
            Value::Number(_) => 2,
            Value::String(_) => 3,
            Value::Sequence(..) => 4,
            Value::Mapping(..) => 5,
        }
    }
}

/// Returns the common type of the items; `Any` when they differ.
fn item_kind<'a>(mut items: impl Iterator<Item = &'a Value>) -> Kind {
    let Some(first) = items.next().map(Value::kind) else { return Kind::Any };
    if items.all(|item| item.kind() == first) { first } else { Kind::Any }
}
