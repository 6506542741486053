//! Lists of deployments.

use api::view::DeploymentView;

use crate::format::{Length, Table};

/// Returns deployments as a table.
#[must_use]
pub fn deployment_list(deployments: &[DeploymentView], length: Length) -> String {
    if deployments.is_empty() {
        return "No deployments found".to_owned();
    }
    let mut table = Table::new(&["ID", "Job ID", "Job Version", "Status", "Description"]);
    for deployment in deployments {
        table.row([
            length.id(&deployment.id),
            &deployment.job_id,
            &deployment.job_version.to_string(),
            &deployment.status,
            &deployment.status_description,
        ]);
    }
    table.render()
}
