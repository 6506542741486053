//! Comparing two JSON documents by shape: the same keys and the same types, values ignored.
//!
//! Null stands for any list, object or text; a list is compared with all elements of the other together; a path
//! that is named as a map is compared by its values only.

use std::collections::BTreeSet;

use serde_json::Value;

/// What is compared differently. Paths are written `.Key[].Key`; `*` stands for any key, `**` for any beginning.
#[derive(Clone, Copy, Default)]
pub(super) struct Rules<'a> {
    /// Not compared at all.
    pub(super) ignored: &'a [&'a str],
    /// Objects whose keys are data.
    pub(super) maps: &'a [&'a str],
    /// Keys that either document may leave out.
    pub(super) optional: &'a [&'a str],
}

impl Rules<'_> {
    fn may_lack(&self, path: &str) -> bool {
        matches(self.ignored, path) || matches(self.optional, path)
    }
}

/// Lists the differences, one a line; empty when the shapes are equal.
pub(super) fn differences(want: &Value, got: &Value, rules: Rules<'_>) -> Vec<String> {
    let mut found = Vec::new();
    walk(&[want], got, "", rules, &mut found);
    found
}

fn walk(want: &[&Value], got: &Value, path: &str, rules: Rules<'_>, found: &mut Vec<String>) {
    if matches(rules.ignored, path) {
        return;
    }
    let kinds: BTreeSet<&str> = want.iter().map(|value| kind(value)).collect();
    let nullable = ["list", "object", "string"];
    if !kinds.contains(kind(got)) {
        let tolerated = (got.is_null() && kinds.iter().any(|kind| nullable.contains(kind)))
            || (kinds.iter().eq(["null"].iter()) && nullable.contains(&kind(got)));
        if !tolerated {
            found.push(format!("{path}: want {kinds:?}, got {got}"));
        }
        return;
    }
    match got {
        Value::Array(items) => {
            let samples: Vec<&Value> = want.iter().filter_map(|value| value.as_array()).flatten().collect();
            for item in items.iter().filter(|_| !samples.is_empty()) {
                walk(&samples, item, &format!("{path}[]"), rules, found);
            }
        }
        Value::Object(fields) => {
            let samples: Vec<_> = want.iter().filter_map(|value| value.as_object()).collect();
            if matches(rules.maps, path) {
                let values: Vec<&Value> = samples.iter().flat_map(|sample| sample.values()).collect();
                for (key, value) in fields.iter().filter(|_| !values.is_empty()) {
                    walk(&values, value, &format!("{path}.{key}"), rules, found);
                }
                return;
            }
            walk_object(&samples, fields, path, rules, found);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn walk_object(
    samples: &[&serde_json::Map<String, Value>],
    fields: &serde_json::Map<String, Value>,
    path: &str,
    rules: Rules<'_>,
    found: &mut Vec<String>,
) {
    let known: BTreeSet<&String> = samples.iter().flat_map(|sample| sample.keys()).collect();
    for key in known {
        let path = format!("{path}.{key}");
        let values: Vec<&Value> = samples.iter().filter_map(|sample| sample.get(key)).collect();
        match fields.get(key) {
            Some(value) => walk(&values, value, &path, rules, found),
            None if values.len() == samples.len() && !rules.may_lack(&path) => {
                found.push(format!("{path}: missing"));
            }
            None => {}
        }
    }
    for (key, value) in
        fields.iter().filter(|(key, _)| !samples.iter().any(|sample| sample.contains_key(*key)))
    {
        let path = format!("{path}.{key}");
        if !rules.may_lack(&path) {
            found.push(format!("{path}: too much, {value}"));
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}

fn matches(patterns: &[&str], path: &str) -> bool {
    patterns.iter().any(|pattern| match pattern.strip_prefix("**") {
        Some(end) => ends_with(end, path),
        None => fits(pattern, path),
    })
}

fn ends_with(end: &str, path: &str) -> bool {
    (0..=path.len()).filter(|&at| path.is_char_boundary(at)).any(|at| fits(end, &path[at..]))
}

fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<&str>, Vec<&str>) = (pattern.split('.').collect(), path.split('.').collect());
    pattern.len() == path.len()
        && pattern.iter().zip(path).all(|(want, got)| {
            *want == got
                || *want == "*" && !got.ends_with("[]")
                || want.strip_suffix("[]") == Some("*") && got.ends_with("[]")
        })
}

#[test]
fn shapes_differ_in_keys_and_types_only() {
    use serde_json::json;
    let want =
        json!({ "A": 1, "B": [{ "C": "x" }, { "C": "y", "D": true }], "M": { "k": 1 }, "N": null, "O": 1 });
    let rules = Rules { ignored: &["**.Skip"], maps: &[".M"], optional: &[".O"] };
    let same = json!({ "A": 2.5, "B": [{ "C": null }], "M": { "other": 3 }, "N": ["x"], "Skip": 1 });
    assert_eq!(differences(&want, &same, rules), Vec::<String>::new());
    let other = json!({ "A": "1", "B": [{ "D": 1 }], "M": { "k": "v" }, "E": 1 });
    assert_eq!(
        differences(&want, &other, rules),
        [
            r#".A: want {"number"}, got "1""#,
            ".B[].C: missing",
            r#".B[].D: want {"bool"}, got 1"#,
            r#".M.k: want {"number"}, got "v""#,
            ".N: missing",
            ".E: too much, 1",
        ]
    );
}
