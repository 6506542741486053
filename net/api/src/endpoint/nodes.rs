//! `/v1/nodes` and `/v1/node`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::jobs::list;
use crate::call::{Query, segment};
use crate::view::{AllocView, NodeStub, NodeView};
use crate::{ApiError, Client, Reply, Request};

/// How a node is to be emptied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrainSpec {
    /// Nanoseconds after which everything that is left is stopped; 0 means never, less than 0 at once.
    pub deadline_ns: i64,
    /// Leaves system jobs alone.
    pub ignore_system_jobs: bool,
}

/// Requests about nodes.
#[derive(Clone, Copy, Debug)]
pub struct NodesApi<'a> {
    client: &'a Client,
}

impl Client {
    /// Returns the requests about nodes.
    #[must_use]
    pub fn nodes(&self) -> NodesApi<'_> {
        NodesApi { client: self }
    }
}

impl NodesApi<'_> {
    /// Lists nodes.
    pub async fn list(&self, query: Query) -> Result<Reply<Vec<NodeStub>>, ApiError> {
        list(self.client, "/v1/nodes".to_owned(), query).await
    }

    /// Reads a node.
    pub async fn info(&self, id: &str) -> Result<Reply<NodeView>, ApiError> {
        self.follow(id, Query::default()).await
    }

    /// Reads a node with options, such as the index that it must have passed.
    pub async fn follow(&self, id: &str, query: Query) -> Result<Reply<NodeView>, ApiError> {
        self.client.json(Request::get(format!("/v1/node/{}", segment(id)), query)).await
    }

    /// Lists the allocations of a node.
    pub async fn allocations(&self, id: &str) -> Result<Reply<Vec<AllocView>>, ApiError> {
        list(self.client, format!("/v1/node/{}/allocations", segment(id)), Query::default()).await
    }

    /// Empties a node, or with no drain lets it be; `mark_eligible` lets it take allocations again then.
    pub async fn drain(
        &self,
        id: &str,
        drain: Option<DrainSpec>,
        mark_eligible: bool,
        meta: &BTreeMap<String, String>,
    ) -> Result<Reply<Value>, ApiError> {
        let spec = drain.map(
            |drain| json!({ "Deadline": drain.deadline_ns, "IgnoreSystemJobs": drain.ignore_system_jobs }),
        );
        let body = json!({ "NodeID": id, "DrainSpec": spec, "MarkEligible": mark_eligible, "Meta": meta });
        let path = format!("/v1/node/{}/drain", segment(id));
        self.client.json(Request::put(path, Query::default(), body)).await
    }

    /// Says whether a node takes allocations.
    pub async fn set_eligibility(&self, id: &str, eligible: bool) -> Result<Reply<Value>, ApiError> {
        let word = if eligible { "eligible" } else { "ineligible" };
        let path = format!("/v1/node/{}/eligibility", segment(id));
        let body = json!({ "NodeID": id, "Eligibility": word });
        self.client.json(Request::put(path, Query::default(), body)).await
    }
}
