//! What reads of all nouns share: blocking, ids in paths, lists.

use std::str::FromStr;
use std::sync::Arc;

use model::JobKey;
use serde_json::Value;
use state::watch::WatchKey;
use state::{Snapshot, Table};

use crate::Order;
use crate::authorize::On;
use crate::cluster::Cluster;
use crate::{ApiError, Call, PageKey, Read, Reply, blocking, paginate};

/// Answers with one object at its index.
pub(super) async fn object<C: Cluster>(
    call: &Call<C>,
    topics: &[impl Clone + Into<WatchKey>],
    read: impl FnMut(&Snapshot) -> Result<Read<Value>, ApiError>,
) -> Result<Reply, ApiError> {
    let found = blocking(&*call.backend, &call.query, topics, read).await?;
    Ok(Reply::json(&found.value)?.with_meta(call.read_meta(found.index)))
}

/// Returns the record, or 404 with the table's index.
pub(super) fn found<'a, C: Cluster, T>(
    call: &Call<C>,
    record: Option<&'a Arc<T>>,
    index: u64,
    missing: &str,
) -> Result<&'a Arc<T>, ApiError> {
    record.ok_or_else(|| ApiError::not_found(missing).with_meta(call.read_meta(index)))
}

/// Reads an id out of the path, with the words of a Go server for one that is none.
pub(super) fn id<T: FromStr>(text: &str, noun: &str) -> Result<T, ApiError> {
    text.parse().map_err(|_| {
        ApiError::internal(format!("{noun} lookup failed: index error: UUID must be 36 characters"))
    })
}

/// The job that a path names, in the query's namespace.
pub(super) fn job_key<C: Cluster>(call: &Call<C>) -> JobKey {
    JobKey::new(call.query.namespace.as_str(), call.param("id"))
}

/// The newest of some records' indexes, or the table's when there are none. Never 0, so that clients can wait.
pub(super) fn newest(indexes: impl Iterator<Item = u64>, table: u64) -> u64 {
    indexes.max().unwrap_or(table).max(1)
}

/// Checks the prefix of a UUID as Go's index does: an even number of hexadecimal digits.
pub(super) fn check_uuid_prefix(prefix: &str, noun: &str) -> Result<(), ApiError> {
    let digits = prefix.chars().filter(|&c| c != '-').count();
    let problem = if digits % 2 == 1 {
        "Input (without hyphens) must be even length".to_owned()
    } else if let Some(bad) = prefix.chars().find(|c| *c != '-' && !c.is_ascii_hexdigit()) {
        format!("Invalid UUID: encoding/hex: invalid byte: U+{:04X} '{bad}'", u32::from(bad))
    } else if prefix.len() > 36 {
        "Invalid UUID length".to_owned()
    } else {
        return Ok(());
    };
    Err(ApiError::internal(format!("{noun} lookup failed: index error: {problem}")))
}

/// A list that is filtered, paged and shown: what all list endpoints do.
pub(super) struct Listing<'a, C: Cluster> {
    /// The request.
    pub(super) call: &'a Call<C>,
    /// Tables whose changes wake a blocking query.
    pub(super) tables: &'a [Table],
    /// The order of the list.
    pub(super) order: Order,
}

/// An entry of a list on its way out.
pub(super) struct Entry {
    /// Namespace that the caller must be allowed to read; none for what belongs to no namespace.
    pub(super) namespace: Option<String>,
    /// Its place in the order.
    pub(super) key: PageKey,
    /// The object that filters see.
    pub(super) document: Value,
    /// What is shown.
    pub(super) stub: Value,
}

impl<C: Cluster> Listing<'_, C> {
    /// Answers with the entries that `collect` finds in a snapshot, in order.
    pub(super) async fn answer(
        &self,
        collect: impl Fn(&Snapshot) -> Result<Vec<Entry>, ApiError>,
    ) -> Result<Reply, ApiError> {
        let call = self.call;
        let found = blocking(&*call.backend, &call.query, self.tables, |state| {
            let index = state.indexes.newest(self.tables).max(1);
            Ok(Read { index, value: collect(state)? })
        })
        .await?;
        let mut entries = found.value;
        if self.order == Order::Falling {
            entries.reverse();
        }
        let seen = call
            .authorized
            .filter(entries, |entry| entry.namespace.as_deref().map_or(On::Cluster, On::Namespace));
        let page = paginate(
            seen,
            &call.query,
            self.order,
            |entry| entry.key.clone(),
            |entry| entry.document.clone(),
        )?;
        let meta = call.read_meta(found.index).with_next_token(page.next_token);
        Ok(Reply::list(&page.entries.map(|entry| entry.stub))?.with_meta(meta))
    }
}

/// Whether a namespace is the wanted one, or all are.
pub(super) fn in_namespace<C: Cluster>(call: &Call<C>, namespace: &str) -> bool {
    call.query.all_namespaces() || call.query.namespace == namespace
}
