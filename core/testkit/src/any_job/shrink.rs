//! Makes a failing case small.

use serde_json::Value as Json;

/// Most attempts; each may run a whole parse.
const MOST: usize = 5_000;

/// Returns a smaller value for which `fails` still holds: fields, elements and characters are taken away one by one
/// as long as it does.
#[must_use]
pub fn shrink(value: &Json, fails: impl Fn(&Json) -> bool) -> Json {
    let mut smallest = value.clone();
    let mut left = MOST;
    loop {
        let mut changed = false;
        let mut at = 0;
        while let Some(smaller) = nth_smaller(&smallest, &mut at.clone()) {
            if left == 0 {
                return smallest;
            }
            left -= 1;
            if fails(&smaller) {
                smallest = smaller;
                changed = true;
            } else {
                at += 1;
            }
        }
        if !changed {
            return smallest;
        }
    }
}

/// Returns the value with the `at`-th of its parts taken away, counted depth first.
fn nth_smaller(value: &Json, at: &mut usize) -> Option<Json> {
    match value {
        Json::Object(map) => {
            for (key, inner) in map {
                let mut smaller = map.clone();
                if *at == 0 {
                    smaller.remove(key);
                    return Some(Json::Object(smaller));
                }
                *at -= 1;
                if let Some(inner) = nth_smaller(inner, at) {
                    smaller.insert(key.clone(), inner);
                    return Some(Json::Object(smaller));
                }
            }
            None
        }
        Json::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                let mut smaller = items.clone();
                if *at == 0 {
                    smaller.remove(index);
                    return Some(Json::Array(smaller));
                }
                *at -= 1;
                if let Some(inner) = nth_smaller(inner, at) {
                    smaller[index] = inner;
                    return Some(Json::Array(smaller));
                }
            }
            None
        }
        Json::String(text) => {
            let count = text.chars().count();
            if *at < count {
                let kept = text.chars().enumerate().filter(|(index, _)| index != at).map(|(_, char)| char);
                return Some(Json::String(kept.collect()));
            }
            *at -= count;
            None
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => None,
    }
}
