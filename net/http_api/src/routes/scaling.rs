//! `/v1/scaling/policies` and `/v1/scaling/policy/:id`: what an autoscaler may do with the groups and tasks of jobs that
//! are not stopped.

use std::sync::Arc;

use model::{Job, Scaling};
use serde_json::{Value, json};
use state::{Snapshot, Table};

use super::reading::{Entry, Listing, in_namespace, object};
use crate::Order;
use crate::authorize::{Capability, On, Scope};
use crate::cluster::Cluster;
use crate::route::{Filter, Handler, Method, Reach, handler};
use crate::{ApiError, Call, PageKey, Read, Reply, Route};

/// The endpoints of scaling policies.
pub(super) fn routes<C: Cluster>() -> Vec<Route<C>> {
    const LIST: &[Capability] =
        &[Capability::Namespace("list-scaling-policies"), Capability::Namespace("read-job")];
    const ONE: &[Capability] =
        &[Capability::Namespace("read-scaling-policy"), Capability::Namespace("read-job")];
    let get = |path, capability, scope, filter, handler: Handler<C>| Route {
        method: Method::Get,
        path,
        capability,
        scope,
        filter,
        reach: Reach::Region,
        handler,
    };
    vec![
        get("/v1/scaling/policies", LIST, Scope::Namespace, Filter::Entries, handler(list::<C>)),
        get("/v1/scaling/policy/:id", ONE, Scope::Object, Filter::None, handler(one::<C>)),
    ]
}

/// The policies in force, each with its job.
fn policies(state: &Snapshot) -> impl Iterator<Item = (&Arc<Job>, &Scaling)> {
    let jobs = state.jobs().filter(|job| !job.stop);
    jobs.flat_map(|job| job.scaling_policies().map(move |policy| (job, policy)))
}

/// `GET /v1/scaling/policies`
async fn list<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let wanted = |name: &str, value: &str| {
        let asked = call.query.raw.text(name);
        asked.is_empty() || asked == value
    };
    let listing = Listing { call: &call, tables: &[Table::Jobs], order: Order::of(&call.query) };
    listing
        .answer(|state| {
            let found = policies(state)
                .filter(|(job, _)| in_namespace(&call, &job.namespace))
                .filter(|(job, policy)| wanted("job", &job.id) && wanted("type", &policy.scaling_type));
            let mut entries: Vec<Entry> = found
                .map(|(job, policy)| Entry {
                    namespace: Some(job.namespace.clone()),
                    key: PageKey::Id(policy.id.clone()),
                    document: view(policy),
                    stub: stub(policy),
                })
                .collect();
            entries.sort_by(|a, b| a.stub["ID"].as_str().cmp(&b.stub["ID"].as_str()));
            Ok(entries)
        })
        .await
}

/// `GET /v1/scaling/policy/:id`
async fn one<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let id = call.param("id");
    object(&call, &[Table::Jobs], |state| {
        let missing = || {
            let index = state.indexes.of(Table::Jobs);
            ApiError::not_found("policy not found").with_meta(call.read_meta(index))
        };
        let (job, policy) = policies(state).find(|(_, policy)| policy.id == id).ok_or_else(missing)?;
        call.authorized.require(On::Namespace(&job.namespace))?;
        Ok(Read { index: policy.modify_index.max(1), value: view(policy) })
    })
    .await
}

fn stub(policy: &Scaling) -> Value {
    json!({
        "CreateIndex": policy.create_index, "Enabled": policy.enabled, "ID": &policy.id,
        "ModifyIndex": policy.modify_index, "Target": &policy.target, "Type": &policy.scaling_type,
    })
}

fn view(policy: &Scaling) -> Value {
    let mut view = stub(policy);
    view["Max"] = policy.max.into();
    view["Min"] = policy.min.into();
    view["Policy"] = json!(policy.policy.as_ref().map(|policy| &policy.0));
    view
}
