//! `${…}` in the strings of a job, replaced where the task runs.
//!
//! References are names of environment variables, `env["NAME"]`, `node.*`, `attr.*` and `meta.*`. An unknown one is
//! left as it is. What is put in is not looked at again, so that the work is bounded by the text.

use std::collections::BTreeMap;

use model::Node;
use serde_json::Value;

/// What references mean.
pub(crate) struct Scope<'a> {
    /// The node that the task runs on.
    pub(crate) node: &'a Node,
    /// The region of the node.
    pub(crate) region: &'a str,
    /// The environment of the task, as far as it is known.
    pub(crate) env: &'a BTreeMap<String, String>,
}

impl Scope<'_> {
    /// Replaces every reference in `text`.
    pub(crate) fn text(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            out.push_str(&rest[..start]);
            let inner = &rest[start + 2..];
            let found = inner.find('}').and_then(|end| Some((self.lookup(inner[..end].trim())?, end)));
            match found {
                Some((value, end)) => {
                    out.push_str(&value);
                    rest = &inner[end + 1..];
                }
                None => {
                    out.push_str("${");
                    rest = inner;
                }
            }
        }
        out.push_str(rest);
        out
    }

    /// Replaces every reference in the strings of `value`; keys stay as they are.
    pub(crate) fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::Object(entries) => {
                entries.iter().map(|(key, entry)| (key.clone(), self.value(entry))).collect()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        }
    }

    fn lookup(&self, reference: &str) -> Option<String> {
        let quoted = reference.strip_prefix("env[").and_then(|rest| rest.strip_suffix(']'));
        if let Some(name) = quoted.and_then(|name| name.trim().strip_prefix('"')?.strip_suffix('"')) {
            return self.env.get(name).cloned();
        }
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        if reference.is_empty() || !reference.bytes().all(plain) {
            return None;
        }
        if let Some(value) = self.env.get(reference) {
            return Some(value.clone());
        }
        let node = self.node;
        Some(match reference {
            "node.unique.id" => node.id.to_string(),
            "node.unique.name" => node.name.to_string(),
            "node.datacenter" => node.datacenter.to_string(),
            "node.class" => node.class.to_string(),
            "node.pool" => node.pool.to_string(),
            "node.region" => self.region.to_owned(),
            _ => match reference.split_once('.')? {
                ("attr", key) => node.attributes.get(key)?.to_string(),
                ("meta", key) => node.meta.get(key)?.to_string(),
                _ => return None,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use model::{Name, NodeId, SecretId};
    use serde_json::json;

    use super::*;

    #[test]
    fn references_are_replaced_and_unknown_ones_stay() {
        let mut node = Node::new(NodeId(1), SecretId(2), "n1");
        node.class = Name::from("big");
        node.attributes.insert(Name::from("cpu.arch"), Name::from("amd64"));
        node.meta.insert(Name::from("rack"), Name::from("r1"));
        let env =
            BTreeMap::from([("A".to_owned(), "${B}".to_owned()), ("odd name".to_owned(), "x".to_owned())]);
        let scope = Scope { node: &node, region: "global", env: &env };
        for (text, expected) in [
            ("plain", "plain"),
            ("${A}-${ node.class }", "${B}-big"),
            ("${env[\"odd name\"]}${env[\"no\"]}", "x${env[\"no\"]}"),
            ("${attr.cpu.arch}/${meta.rack}/${meta.no}", "amd64/r1/${meta.no}"),
            ("${node.region}${node.unique.name}", "globaln1"),
            ("${", "${"),
            ("${A", "${A"),
            ("${${A}}", "${${B}}"),
            ("$A {A} ${}", "$A {A} ${}"),
        ] {
            assert_eq!(scope.text(text), expected, "{text}");
        }
        let value = json!({ "args": ["${A}", 1], "${A}": { "x": "${node.class}" } });
        assert_eq!(scope.value(&value), json!({ "args": ["${B}", 1], "${A}": { "x": "big" } }));
    }
}
