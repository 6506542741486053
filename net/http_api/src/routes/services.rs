//! `/v1/services`, `/v1/service/…`, and the services of jobs and allocations.
//!
//! Limits: `choose` takes at most as many as there are.

use std::collections::{BTreeMap, BTreeSet};

use model::{Alloc, AllocId, JobKey, Name, ServiceRegistration};
use serde_json::{Value, json};
use state::{Command, Snapshot, Table};

use super::job_writes::not_applied;
use super::reading::{self, Entry, Listing, found, in_namespace, job_key, object};
use crate::Order;
use crate::authorize::{Capability, On, Scope};
use crate::cluster::Cluster;
use crate::route::{Filter, Handler, Method, Reach, handler};
use crate::{ApiError, Call, Meta, PageKey, Read, Reply, Route};

const READ: &[Capability] = &[Capability::Namespace("read-job")];
const DELETE: &[Capability] =
    &[Capability::Namespace("submit-job"), Capability::Namespace("delete-service-registration")];

/// The endpoints of services.
pub(super) fn routes<C: Cluster>() -> Vec<Route<C>> {
    let get = |path, scope, filter, handler: Handler<C>| Route {
        method: Method::Get,
        path,
        capability: READ,
        scope,
        filter,
        reach: Reach::Region,
        handler,
    };
    vec![
        get("/v1/services", Scope::Namespace, Filter::Entries, handler(list::<C>)),
        get("/v1/service/:name", Scope::Namespace, Filter::Entries, handler(named::<C>)),
        get("/v1/job/*id/services", Scope::Namespace, Filter::None, handler(of_job::<C>)),
        get("/v1/allocation/:id/services", Scope::Object, Filter::None, handler(of_alloc::<C>)),
        Route {
            method: Method::Delete,
            path: "/v1/service/:name/:id",
            capability: DELETE,
            scope: Scope::Namespace,
            filter: Filter::None,
            reach: Reach::Leader,
            handler: handler(delete::<C>),
        },
    ]
}

/// One registration.
fn view(state: &Snapshot, alloc: &Alloc, service: &ServiceRegistration) -> Value {
    let instance = &service.instance;
    let datacenter = state.node(alloc.node).map_or("", |node| &*node.datacenter);
    json!({
        "Address": &*instance.address, "AllocID": alloc.id.to_string(), "CreateIndex": service.create_index,
        "Datacenter": datacenter, "ID": &*instance.id, "JobID": alloc.job.id,
        "ModifyIndex": service.modify_index, "Namespace": alloc.job.namespace,
        "NodeID": alloc.node.to_string(), "Port": instance.port, "ServiceName": &*instance.name,
        "Tags": instance.tags.iter().map(|tag| Value::from(&**tag)).collect::<Vec<_>>(),
    })
}

/// `GET /v1/services`: the names in each namespace, with the tags of all that offer them.
async fn list<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    // Neither filter nor page applies to this list.
    let found = crate::blocking(&*call.backend, &call.query, &[Table::Services], |state| {
        let mut namespaces: BTreeMap<&Name, BTreeMap<&Name, BTreeSet<&Name>>> = BTreeMap::new();
        for (namespace, name, alloc) in
            state.service_names().filter(|(namespace, ..)| in_namespace(&call, namespace))
        {
            let tags = namespaces.entry(namespace).or_default().entry(name).or_default();
            let services = state.services_of_alloc(alloc).iter().map(|service| &service.instance);
            tags.extend(
                services.filter(|instance| instance.name == *name).flat_map(|instance| &instance.tags),
            );
        }
        let value =
            namespaces.into_iter().map(|(namespace, names)| (namespace.to_string(), stub(namespace, names)));
        Ok(Read { index: state.indexes.of(Table::Services).max(1), value: value.collect::<Vec<_>>() })
    })
    .await?;
    let seen = call.authorized.filter(found.value, |(namespace, _)| On::Namespace(namespace));
    Ok(Reply::list(&seen.map(|(_, stub)| stub))?.with_meta(call.read_meta(found.index)))
}

fn stub(namespace: &Name, names: BTreeMap<&Name, BTreeSet<&Name>>) -> Value {
    let service = |(name, tags): (&Name, BTreeSet<&Name>)| {
        let tags: Vec<&str> = tags.into_iter().map(|tag| &**tag).collect();
        json!({ "ServiceName": &**name, "Tags": tags })
    };
    json!({ "Namespace": &**namespace, "Services": names.into_iter().map(service).collect::<Vec<_>>() })
}

/// `GET /v1/service/:name`
async fn named<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let choice = Choice::parse(call.query.raw.text("choose"))?;
    let listing = Listing { call: &call, tables: &[Table::Services], order: Order::of(&call.query) };
    listing
        .answer(|state| {
            let mut services: Vec<_> = namespaces(&call, state)
                .iter()
                .flat_map(|namespace| state.services_named(namespace, call.param("name")))
                .filter_map(|(alloc, service)| Some((state.alloc(alloc)?, service)))
                .collect();
            services.sort_by(|(a, one), (b, other)| {
                (&a.job.namespace, &one.instance.id).cmp(&(&b.job.namespace, &other.instance.id))
            });
            if let Some(choice) = &choice {
                choice.keep(&mut services, |(_, service)| &service.instance.id);
            }
            let entry = |(alloc, service): (&std::sync::Arc<Alloc>, &ServiceRegistration)| {
                let view = view(state, alloc, service);
                let document = if call.query.filter.is_empty() { Value::Null } else { view.clone() };
                let namespace = alloc.job.namespace.clone();
                let key =
                    PageKey::Namespaced { namespace: namespace.clone(), id: service.instance.id.to_string() };
                Entry { namespace: Some(namespace), key, document, stub: view }
            };
            Ok(services.into_iter().map(entry).collect())
        })
        .await
}

/// The namespaces that a query asks for.
fn namespaces<C: Cluster>(call: &Call<C>, state: &Snapshot) -> BTreeSet<String> {
    if !call.query.all_namespaces() {
        return BTreeSet::from([call.query.namespace.clone()]);
    }
    state.service_names().map(|(namespace, ..)| namespace.to_string()).collect()
}

/// `choose=<n>|<key>`: the same few for the same key, as long as they are there.
struct Choice {
    count: usize,
    key: String,
}

impl Choice {
    fn parse(text: &str) -> Result<Option<Self>, ApiError> {
        if text.is_empty() {
            return Ok(None);
        }
        let bad = || ApiError::bad_request("failed to parse choose: expected <number>|<key>");
        let (count, key) = text.split_once('|').ok_or_else(bad)?;
        let count = count.parse().ok().filter(|count| *count > 0).ok_or_else(bad)?;
        Ok(Some(Self { count, key: key.to_owned() }))
    }

    /// Keeps those whose hash with the key is largest, in their order (rendezvous hashing).
    fn keep<T>(&self, entries: &mut Vec<T>, id: impl Fn(&T) -> &Name) {
        let weight = |entry: &T| {
            let bytes = self.key.bytes().chain([0]).chain(id(entry).bytes());
            bytes.fold(0_u64, |hash, byte| model::splitmix(hash ^ u64::from(byte)))
        };
        let mut weights: Vec<(u64, usize)> =
            entries.iter().enumerate().map(|(position, entry)| (weight(entry), position)).collect();
        weights.sort_unstable_by(|a, b| b.cmp(a));
        let kept: BTreeSet<usize> =
            weights.into_iter().take(self.count).map(|(_, position)| position).collect();
        let mut position = 0;
        entries.retain(|_| {
            position += 1;
            kept.contains(&(position - 1))
        });
    }
}

/// `GET /v1/job/:id/services`
async fn of_job<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let key: JobKey = job_key(&call);
    object(&call, &[Table::Services], |state| {
        found(&call, state.job(&key), 0, "job not found")?;
        let allocs = state.allocs_of_job(&key);
        let views = allocs.flat_map(|alloc| views(state, alloc)).collect();
        Ok(Read { index: state.indexes.of(Table::Services).max(1), value: Value::Array(views) })
    })
    .await
}

/// `GET /v1/allocation/:id/services`
async fn of_alloc<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let id: AllocId = reading::id(call.param("id"), "alloc")?;
    object(&call, &[Table::Services], |state| {
        let alloc = found(&call, state.alloc(id), 0, "allocation not found")?;
        call.authorized.require(On::Namespace(&alloc.job.namespace))?;
        let index = state.indexes.of(Table::Services).max(1);
        Ok(Read { index, value: Value::Array(views(state, alloc)) })
    })
    .await
}

fn views(state: &Snapshot, alloc: &Alloc) -> Vec<Value> {
    state.services_of_alloc(alloc.id).iter().map(|service| view(state, alloc, service)).collect()
}

/// `DELETE /v1/service/:name/:id`: the name does not matter.
async fn delete<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let (namespace, id) = (Name::from(call.query.namespace.as_str()), Name::from(call.param("id")));
    let applied = call.backend.propose(Command::RemoveService { namespace, id }).await?;
    applied.reply.as_ref().map_err(|error| match error {
        state::ApplyError::ServiceNotFound(_) => ApiError::not_found("service registration not found"),
        other => not_applied(other),
    })?;
    Ok(Reply::empty().with_meta(Meta::write(applied.index)))
}
