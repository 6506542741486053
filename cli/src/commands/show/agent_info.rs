//! `agent-info`.

use serde_json::Value;

/// Returns the measurements of an agent: sections in alphabetical order, their keys indented.
#[must_use]
pub fn agent_info(itself: &Value) -> String {
    let mut lines = Vec::new();
    let empty = serde_json::Map::new();
    let sections = itself.get("stats").and_then(Value::as_object).unwrap_or(&empty);
    let mut names: Vec<&String> = sections.keys().collect();
    names.sort();
    for name in names {
        lines.push(name.clone());
        let entries = sections[name].as_object().unwrap_or(&empty);
        let mut keys: Vec<&String> = entries.keys().collect();
        keys.sort();
        for key in keys {
            let value = match &entries[key] {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            lines.push(format!("  {key} = {value}"));
        }
    }
    lines.join("\n")
}
