//! Nodes by the beginning of their id, or by the asked agent.

use api::{ApiError, Client, Query};

use crate::CommandError;
use crate::commands::alloc::even_prefix;
use crate::commands::show::{self, NodeColumns};
use crate::format::Length;

/// What a failed question about nodes becomes.
pub(super) fn querying(error: ApiError) -> CommandError {
    CommandError::request("querying node status", &error)
}

/// What a command says that needs a node and was given none.
pub(super) const NO_NODE: &str = "Node ID must be specified if -self isn't being used";

/// Returns the id of the node that a command means: the asked agent's own, or the only one whose id begins so; none
/// when none is named.
pub(super) async fn named_node(
    client: &Client,
    own: bool,
    prefix: Option<&str>,
    length: Length,
) -> Result<Option<String>, CommandError> {
    match prefix {
        _ if own => own_node(client).await.map(Some),
        Some(prefix) => find_node(client, prefix, length).await.map(Some),
        None => Ok(None),
    }
}

/// Returns the id of the asked agent's node.
async fn own_node(client: &Client) -> Result<String, CommandError> {
    let asked = client.agent().itself().await;
    let itself = asked.map_err(|error| CommandError::request("querying agent info", &error))?.raw;
    let id = itself.pointer("/stats/client/node_id").and_then(serde_json::Value::as_str);
    id.map(str::to_owned)
        .ok_or_else(|| CommandError::failed("Error querying node status: the agent is not a client"))
}

/// Returns the id of the only node whose id begins so.
async fn find_node(client: &Client, prefix: &str, length: Length) -> Result<String, CommandError> {
    let query = Query::prefix(even_prefix(prefix)?);
    let nodes = client.nodes().list(query).await.map_err(querying)?.value;
    match nodes.as_slice() {
        [] => Err(CommandError::failed(format!("No node(s) with prefix {prefix:?} found"))),
        [only] => Ok(only.id.clone()),
        several => {
            let table = show::node_list(several, length, &NodeColumns::default());
            Err(CommandError::failed(format!("Prefix matched multiple nodes\n\n{table}")))
        }
    }
}
