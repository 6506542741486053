//! Which element of the old list became which of the new one.

use serde_json::Value;

use super::object::text;
use super::shape::Matching;

/// An old element, a new one, or both.
pub(super) type Pair = (Option<Value>, Option<Value>);

/// Pairs the elements of two lists; equal pairs are left out.
pub(super) fn pairs(matching: Matching, old: Option<&Value>, new: Option<&Value>) -> Vec<Pair> {
    let (old, new) = (elements(old), elements(new));
    let found = match matching {
        Matching::By(field) => by_key(&old, &new, |item| key(item, field)),
        Matching::ByOrSingle(_) if old.len() == 1 && new.len() == 1 => by_key(&old, &new, |_| String::new()),
        Matching::ByOrSingle(field) => by_key(&old, &new, |item| key(item, field)),
        Matching::Named => by_key(&old, &new, |item| key(item, "Name")),
        Matching::Score => by_score(&old, &new),
        Matching::Equal | Matching::One | Matching::Strings | Matching::Config => {
            by_key(&old, &new, Value::to_string)
        }
    };
    found.into_iter().filter(|(old, new)| old != new).collect()
}

/// The elements of a list, or the values of a map with their names filled in.
fn elements(value: Option<&Value>) -> Vec<Value> {
    match value {
        Some(Value::Array(items)) => items.clone(),
        Some(Value::Object(entries)) => entries
            .iter()
            .map(|(name, item)| {
                let mut item = item.clone();
                item["Name"] = name.as_str().into();
                item
            })
            .collect(),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | None => Vec::new(),
    }
}

fn key(item: &Value, field: &str) -> String {
    item.get(field).and_then(text).unwrap_or_default()
}

fn by_key(old: &[Value], new: &[Value], key: impl Fn(&Value) -> String) -> Vec<Pair> {
    let mut rest: Vec<Option<&Value>> = new.iter().map(Some).collect();
    let mut pairs = Vec::new();
    for item in old {
        let wanted = key(item);
        let found = rest.iter_mut().find(|other| other.is_some_and(|other| key(other) == wanted));
        pairs.push((Some(item.clone()), found.and_then(Option::take).cloned()));
    }
    pairs.extend(rest.into_iter().flatten().map(|item| (None, Some(item.clone()))));
    pairs
}

/// Pairs services or checks: the same position counts 1, the same port 2, the same name 3; the best match above
/// 2 wins, and a single one on both sides is always matched.
fn by_score(old: &[Value], new: &[Value]) -> Vec<Pair> {
    if let ([old], [new]) = (old, new) {
        return vec![(Some(old.clone()), Some(new.clone()))];
    }
    let mut taken = vec![false; new.len()];
    let mut pairs = Vec::new();
    for (at, item) in old.iter().enumerate() {
        let best = (0..new.len())
            .filter(|&other| !taken[other])
            .map(|other| (score(item, &new[other], at == other), std::cmp::Reverse(other)))
            .filter(|(score, _)| *score > 2)
            .max();
        if let Some((_, std::cmp::Reverse(other))) = best {
            taken[other] = true;
            pairs.push((Some(item.clone()), Some(new[other].clone())));
        } else {
            pairs.push((Some(item.clone()), None));
        }
    }
    let left = new.iter().zip(taken).filter(|(_, taken)| !taken);
    pairs.extend(left.map(|(item, _)| (None, Some(item.clone()))));
    pairs
}

fn score(old: &Value, new: &Value, same_position: bool) -> u32 {
    let same = |field: &str| !key(old, field).is_empty() && key(old, field) == key(new, field);
    u32::from(same_position) + 2 * u32::from(same("PortLabel")) + 3 * u32::from(same("Name"))
}
