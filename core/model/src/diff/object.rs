//! One document against another: its scalar fields and what is nested in it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::config;
use super::entry::{DiffType, FieldDiff, ObjectDiff};
use super::matching;
use super::shape::{Matching, Shape};

/// Whether unchanged fields are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    /// Changed ones only.
    Changed,
    /// All.
    All,
}

/// The scalar fields of a document as text. Lists and nested documents are not among them; entries of maps of
/// strings are, as `Meta[key]`.
fn scalars(document: Option<&Value>, shape: &Shape) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    let Some(object) = document.and_then(Value::as_object) else { return texts };
    let nested: BTreeSet<&str> = shape.children.iter().map(|child| child.field).collect();
    let counts = |name: &str| {
        !nested.contains(name)
            && !shape.ignored.contains(&name)
            && (shape.only.is_empty() || shape.only.contains(&name))
    };
    for (name, value) in object.iter().filter(|(name, _)| counts(name)) {
        match value {
            Value::Object(map) => texts.extend(entries(name, map)),
            scalar @ (Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_)) => {
                texts.extend(text(scalar).map(|text| (name.clone(), text)));
            }
        }
    }
    texts
}

fn entries<'a>(name: &'a str, map: &'a Map<String, Value>) -> impl Iterator<Item = (String, String)> + 'a {
    map.iter().filter_map(move |(key, value)| Some((format!("{name}[{key}]"), text(value)?)))
}

/// The text of a scalar; none for anything else.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// What changed among the scalar fields.
pub(super) fn fields(
    old: Option<&Value>,
    new: Option<&Value>,
    shape: &Shape,
    context: Context,
) -> Vec<FieldDiff> {
    diff_texts(&scalars(old, shape), &scalars(new, shape), context)
}

/// What changed between two sets of named texts. An empty text counts as none.
pub(super) fn diff_texts(
    old: &BTreeMap<String, String>,
    new: &BTreeMap<String, String>,
    context: Context,
) -> Vec<FieldDiff> {
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let side = |texts: &BTreeMap<String, String>, name: &String| texts.get(name).cloned().unwrap_or_default();
    names
        .into_iter()
        .map(|name| {
            let (old, new) = (side(old, name), side(new, name));
            let change = match (old.is_empty(), new.is_empty()) {
                _ if old == new => DiffType::None,
                (true, _) => DiffType::Added,
                (_, true) => DiffType::Deleted,
                (false, false) => DiffType::Edited,
            };
            FieldDiff { name: name.clone(), old, new, change, annotations: Vec::new() }
        })
        .filter(|field| context == Context::All || field.change != DiffType::None)
        .collect()
}

/// What changed in what is nested, in the order of the shape; elements of one list by kind of change.
pub(super) fn objects(old: Option<&Value>, new: Option<&Value>, shape: &'static Shape) -> Vec<ObjectDiff> {
    let mut found = Vec::new();
    for child in shape.children {
        let side = |document: Option<&Value>| {
            document.and_then(|document| document.get(child.field)).filter(|value| !value.is_null()).cloned()
        };
        let (old, new) = (side(old), side(new));
        if old == new {
            continue;
        }
        match child.matching {
            Matching::One => found.extend(object(child.name, old.as_ref(), new.as_ref(), child.shape)),
            Matching::Strings => found.extend(strings(child.name, old.as_ref(), new.as_ref())),
            Matching::Config => found.extend(config::diff(child.name, old.as_ref(), new.as_ref())),
            Matching::Equal
            | Matching::By(_)
            | Matching::ByOrSingle(_)
            | Matching::Score
            | Matching::Named => {
                let pairs = matching::pairs(child.matching, old.as_ref(), new.as_ref());
                let one = |(old, new): (Option<Value>, Option<Value>)| {
                    object(child.name, old.as_ref(), new.as_ref(), child.shape)
                };
                let mut elements: Vec<ObjectDiff> = pairs.into_iter().filter_map(one).collect();
                sort(&mut elements);
                found.extend(elements);
            }
        }
    }
    found
}

/// One nested document; none when nothing changed.
pub(super) fn object(
    name: &str,
    old: Option<&Value>,
    new: Option<&Value>,
    shape: &'static Shape,
) -> Option<ObjectDiff> {
    let change = DiffType::of(old, new);
    if change == DiffType::None {
        return None;
    }
    let fields = fields(old, new, shape, Context::All);
    let objects = objects(old, new, shape);
    let touched = !objects.is_empty() || fields.iter().any(|field| field.change != DiffType::None);
    touched.then(|| ObjectDiff { change, name: name.to_owned(), fields, objects })
}

/// A list of strings: one field for each that came or went.
fn strings(name: &str, old: Option<&Value>, new: Option<&Value>) -> Option<ObjectDiff> {
    let side = |value: Option<&Value>| -> BTreeSet<String> {
        value.and_then(Value::as_array).into_iter().flatten().filter_map(text).collect()
    };
    let (before, after) = (side(old), side(new));
    let field = |old: &str, new: &str, change| FieldDiff {
        name: name.to_owned(),
        old: old.to_owned(),
        new: new.to_owned(),
        change,
        annotations: Vec::new(),
    };
    let mut fields: Vec<FieldDiff> =
        before.difference(&after).map(|gone| field(gone, "", DiffType::Deleted)).collect();
    fields.extend(after.difference(&before).map(|came| field("", came, DiffType::Added)));
    fields.sort();
    let change = match (before.is_empty(), after.is_empty()) {
        (true, _) => DiffType::Added,
        (_, true) => DiffType::Deleted,
        (false, false) => DiffType::Edited,
    };
    (!fields.is_empty()).then(|| ObjectDiff { change, name: name.to_owned(), fields, objects: Vec::new() })
}

fn sort(objects: &mut [ObjectDiff]) {
    objects.sort_by(|a, b| {
        let order = (&a.name, a.change, a.fields.len(), a.objects.len());
        order.cmp(&(&b.name, b.change, b.fields.len(), b.objects.len())).then_with(|| a.fields.cmp(&b.fields))
    });
}
