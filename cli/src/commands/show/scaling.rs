//! Scaling policies.

use api::view::ScalingPolicyView;

use crate::format::{KeyValue, Length, Table};

/// Returns policies as a table.
#[must_use]
pub fn scaling_policy_list(policies: &[ScalingPolicyView], length: Length) -> String {
    let mut table = Table::new(&["ID", "Enabled", "Type", "Target"]);
    for policy in policies {
        table.row([
            length.id(&policy.id).to_owned(),
            policy.enabled.to_string(),
            policy.kind.clone(),
            target(policy),
        ]);
    }
    table.render()
}

/// Returns a policy as a block, and what it says to the autoscaler as JSON.
#[must_use]
pub fn scaling_policy(policy: &ScalingPolicyView, length: Length) -> String {
    let block = KeyValue::new()
        .add("ID", length.id(&policy.id))
        .add("Enabled", policy.enabled.to_string())
        .add("Target", target(policy))
        .add("Min", policy.min.to_string())
        .add("Max", policy.max.to_string())
        .render();
    let text = if policy.policy.is_null() { "<empty>".to_owned() } else { indented(&policy.policy) };
    format!("{block}\n\nPolicy:\n{text}")
}

/// What is scaled, from the namespace to the task.
fn target(policy: &ScalingPolicyView) -> String {
    let part = |name: &&str| Some(format!("{name}:{}", policy.target.get(*name)?));
    let parts: Vec<String> = ["Namespace", "Job", "Group", "Task"].iter().filter_map(part).collect();
    parts.join(",")
}

/// JSON indented by four spaces.
fn indented(value: &serde_json::Value) -> String {
    let two = serde_json::to_string_pretty(value).unwrap_or_default();
    let line = |line: &str| {
        let text = line.trim_start_matches(' ');
        format!("{}{text}", " ".repeat((line.len() - text.len()) * 2))
    };
    two.lines().map(line).collect::<Vec<_>>().join("\n")
}
