//! Deployments by the beginning of their id.

use api::view::DeploymentView;
use api::{Client, Query};

use crate::CommandError;
use crate::commands::alloc::even_prefix;
use crate::commands::show;
use crate::format::Length;

/// Returns the only deployment whose id begins so.
pub(super) async fn find_deployment(
    client: &Client,
    wanted: &str,
    length: Length,
) -> Result<DeploymentView, CommandError> {
    let query = Query::prefix(even_prefix(wanted)?);
    let asked = client.deployments().list(query).await;
    let mut found = asked.map_err(|error| CommandError::request("retrieving deployment", &error))?.value;
    found.sort_by_key(|deployment| std::cmp::Reverse(deployment.create_index));
    match found.len() {
        0 => Err(CommandError::failed(format!(
            "Error retrieving deployment: Deployment ID {wanted:?} matched no deployments"
        ))),
        1 => Ok(found.remove(0)),
        _ => {
            let table = show::deployment_list(&found, length);
            Err(CommandError::failed(format!("Prefix {wanted:?} matched multiple deployments\n\n{table}")))
        }
    }
}
