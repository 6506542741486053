//! `/v1/namespaces` and `/v1/namespace/:name`.

use std::sync::Arc;

use model::{Name, Namespace, NamespaceDraft};
use state::{Command, Table};

use super::job_writes::not_applied;
use super::reading::{Entry, Listing, found, object};
use crate::Order;
use crate::authorize::{Capability, On, Scope};
use crate::cluster::Cluster;
use crate::route::{Filter, Handler, Method, Reach, handler};
use crate::{ApiError, Call, Meta, PageKey, Read, Reply, Route};

/// The endpoints of namespaces.
pub(super) fn routes<C: Cluster>() -> Vec<Route<C>> {
    let get = |path, scope, filter, handler: Handler<C>| Route {
        method: Method::Get,
        path,
        capability: &[Capability::AnyToken],
        scope,
        filter,
        reach: Reach::Region,
        handler,
    };
    let write = |method, path, handler: Handler<C>| Route {
        method,
        path,
        capability: &[Capability::Management],
        scope: Scope::Cluster,
        filter: Filter::None,
        reach: Reach::Leader,
        handler,
    };
    vec![
        get("/v1/namespaces", Scope::Open, Filter::Entries, handler(list::<C>)),
        get("/v1/namespace/:name", Scope::Object, Filter::None, handler(one::<C>)),
        write(Method::Write, "/v1/namespace", handler(upsert::<C>)),
        write(Method::Write, "/v1/namespaces", handler(upsert::<C>)),
        write(Method::Write, "/v1/namespace/:name", handler(upsert_named::<C>)),
        write(Method::Delete, "/v1/namespace/:name", handler(delete::<C>)),
    ]
}

/// `GET /v1/namespaces`
async fn list<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let listing = Listing { call: &call, tables: &[Table::Namespaces], order: Order::of(&call.query) };
    listing
        .answer(|state| {
            let wanted = state.namespaces().filter(|one| one.name.starts_with(&call.query.prefix));
            let entry = |one: &Arc<Namespace>| Entry {
                namespace: Some(one.name.clone()),
                key: PageKey::Id(one.name.clone()),
                document: one.to_json(),
                stub: one.to_json(),
            };
            Ok(wanted.map(entry).collect())
        })
        .await
}

/// `GET /v1/namespace/:name`
async fn one<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    call.authorized.require(On::Namespace(call.param("name")))?;
    object(&call, &[Table::Namespaces], |state| {
        let table = state.indexes.of(Table::Namespaces);
        let one = found(&call, state.namespace(call.param("name")), table, "Namespace not found")?;
        Ok(Read { index: one.modify_index.max(1), value: one.to_json() })
    })
    .await
}

/// `PUT /v1/namespace`
async fn upsert<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let namespace = read(&mut call).await?;
    commit(&call, Command::UpsertNamespace(Box::new(namespace))).await
}

/// `PUT /v1/namespace/:name`
async fn upsert_named<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let namespace = read(&mut call).await?;
    if namespace.name != call.param("name") {
        return Err(ApiError::bad_request("Namespace name does not match request path"));
    }
    commit(&call, Command::UpsertNamespace(Box::new(namespace))).await
}

async fn read<C: Cluster>(call: &mut Call<C>) -> Result<Namespace, ApiError> {
    let body = call.take_json().await?;
    let draft = NamespaceDraft::from_json(&body).map_err(|error| ApiError::bad_request(error.to_string()))?;
    let namespace = draft.resolve();
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if namespace.name.is_empty() || namespace.name.len() > 128 || !namespace.name.chars().all(fits) {
        return Err(ApiError::internal(format!(
            "invalid name {:?}. Must match regex ^[a-zA-Z0-9-]{{1,128}}$",
            namespace.name
        )));
    }
    if namespace.description.len() > 256 {
        return Err(ApiError::internal("description longer than 256"));
    }
    Ok(namespace)
}

/// `DELETE /v1/namespace/:name`
async fn delete<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    if call.backend.snapshot().namespace(call.param("name")).is_none() {
        return Err(ApiError::internal("namespace not found"));
    }
    commit(&call, Command::DeleteNamespace(Name::from(call.param("name")))).await
}

async fn commit<C: Cluster>(call: &Call<C>, command: Command) -> Result<Reply, ApiError> {
    let applied = call.backend.propose(command).await?;
    applied.reply.as_ref().map_err(not_applied)?;
    Ok(Reply::empty().with_meta(Meta::write(applied.index)))
}
