//! A deployment as a block of text.
//!
//! Limits: columns about canaries and reverting appear only when a group uses them.

use api::view::DeploymentView;

use crate::format::{Clock, KeyValue, Length, Table};

/// Returns status and groups of a deployment, without a final line break.
#[must_use]
pub fn deployment_block(deployment: &DeploymentView, clock: &Clock, length: Length) -> String {
    let head = KeyValue::new()
        .add("ID", length.id(&deployment.id))
        .add("Job ID", &deployment.job_id)
        .add("Job Version", deployment.job_version)
        .add("Status", &deployment.status)
        .add("Description", &deployment.status_description)
        .render();
    format!("{head}\n\n{}", deployed_table(deployment, clock))
}

/// Returns the table of the groups with its title.
pub(crate) fn deployed_table(deployment: &DeploymentView, clock: &Clock) -> String {
    let groups = &deployment.task_groups;
    let canaries = groups.values().any(|group| group.desired_canaries > 0);
    let reverts = groups.values().any(|group| group.auto_revert);
    let mut header = vec!["Task Group"];
    header.extend(reverts.then_some("Auto Revert"));
    header.extend(canaries.then_some("Promoted"));
    header.push("Desired");
    header.extend(canaries.then_some("Canaries"));
    header.extend(["Placed", "Healthy", "Unhealthy", "Progress Deadline"]);
    let mut table = Table::new(&header);
    for (name, group) in groups {
        let mut row = vec![name.clone()];
        row.extend(reverts.then(|| group.auto_revert.to_string()));
        row.extend(canaries.then(|| match group.desired_canaries {
            0 => "N/A".to_owned(),
            _ => group.promoted.to_string(),
        }));
        row.push(group.desired_total.to_string());
        row.extend(canaries.then(|| group.desired_canaries.to_string()));
        let counts = [group.placed_allocs, group.healthy_allocs, group.unhealthy_allocs];
        row.extend(counts.map(|count| count.to_string()));
        row.push(clock.absolute_text(&group.require_progress_by).unwrap_or_else(|| "N/A".to_owned()));
        table.row(row);
    }
    format!("Deployed\n{}", table.render())
}
