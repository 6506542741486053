//! Versions of a job: read, compare, name, go back.

use http::Method;
use serde_json::{Value, json};

use super::jobs::{JobsApi, path};
use crate::call::{Query, segment};
use crate::view::{RegisterResponse, VersionsView};
use crate::{ApiError, Reply, Request};

/// What the versions of a job are compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum VersionDiff {
    /// Nothing.
    #[default]
    Nothing,
    /// Each with the one before.
    Previous,
    /// All with one version.
    Version(u64),
    /// All with the version that has a name.
    Tag(String),
}

impl JobsApi<'_> {
    /// Reads a job's versions, newest first, and what they changed.
    pub async fn history(&self, id: &str, diff: &VersionDiff) -> Result<Reply<VersionsView>, ApiError> {
        let diffs = Query::default().with("diffs", "true");
        let query = match diff {
            VersionDiff::Nothing => Query::default(),
            VersionDiff::Previous => diffs,
            VersionDiff::Version(version) => diffs.with("diff_version", version.to_string()),
            VersionDiff::Tag(tag) => diffs.with("diff_tag", tag.clone()),
        };
        self.client.json(Request::get(path(id, "/versions"), query)).await
    }

    /// Registers an old version as the newest.
    pub async fn revert(&self, id: &str, version: u64) -> Result<Reply<RegisterResponse>, ApiError> {
        let body = json!({ "JobID": id, "JobVersion": version });
        self.client.json(Request::put(path(id, "/revert"), Query::default(), body)).await
    }

    /// Gives a version a name.
    pub async fn tag(
        &self,
        id: &str,
        version: u64,
        name: &str,
        description: &str,
    ) -> Result<Reply<Value>, ApiError> {
        let body = json!({ "Version": version, "Description": description });
        self.client.json(Request::put(tag_path(id, name), Query::default(), body)).await
    }

    /// Takes the name of a version away.
    pub async fn untag(&self, id: &str, name: &str) -> Result<Reply<Value>, ApiError> {
        self.client.json(Request::new(Method::DELETE, tag_path(id, name), Query::default())).await
    }
}

fn tag_path(id: &str, name: &str) -> String {
    path(id, &format!("/versions/{}/tag", segment(name)))
}
