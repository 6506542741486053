//! `/v1/jobs` and what concerns jobs that are not registered: parse, validate.

use jobspec::{Format, Inputs, Limits, Source};
use model::JobDraft;
use serde_json::{Value, json};
use state::Table;

use super::job_writes::{self, field, job_draft, join_warnings};
use super::reading::{Entry, Listing, in_namespace};
use crate::Order;
use crate::authorize::{Capability, Scope};
use crate::cluster::Cluster;
use crate::route::{Filter, Method, Reach, handler};
use crate::{ApiError, Call, PageKey, Reply, Route, views};

/// The endpoints of all jobs.
pub(super) fn routes<C: Cluster>() -> Vec<Route<C>> {
    const LIST: &[Capability] = &[Capability::Namespace("list-jobs")];
    const SUBMIT: &[Capability] =
        &[Capability::Namespace("submit-job"), Capability::Namespace("register-job")];
    const PARSE: &[Capability] = &[Capability::Namespace("parse-job"), Capability::Namespace("submit-job")];
    const READ: &[Capability] = &[Capability::Namespace("read-job")];
    let route = |method, path, capability, scope, filter, reach, handler| Route {
        method,
        path,
        capability,
        scope,
        filter,
        reach,
        handler,
    };
    vec![
        route(
            Method::Get,
            "/v1/jobs",
            LIST,
            Scope::Namespace,
            Filter::Entries,
            Reach::Region,
            handler(list::<C>),
        ),
        route(
            Method::Write,
            "/v1/jobs",
            SUBMIT,
            Scope::Object,
            Filter::None,
            Reach::Leader,
            handler(register::<C>),
        ),
        route(
            Method::Write,
            "/v1/jobs/parse",
            PARSE,
            Scope::Namespace,
            Filter::None,
            Reach::Agent,
            handler(parse::<C>),
        ),
        route(
            Method::Write,
            "/v1/validate/job",
            READ,
            Scope::Namespace,
            Filter::None,
            Reach::Agent,
            handler(validate::<C>),
        ),
    ]
}

/// `GET /v1/jobs`
async fn list<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let with_meta = call.query.raw.boolean("meta")?.unwrap_or(false);
    let listing =
        Listing { call: &call, tables: &[Table::Jobs, Table::JobSummaries], order: Order::of(&call.query) };
    listing
        .answer(|state| {
            let wanted = state
                .jobs()
                .filter(|job| in_namespace(&call, &job.namespace) && job.id.starts_with(&call.query.prefix));
            let entry = |job: &std::sync::Arc<model::Job>| Entry {
                namespace: Some(job.namespace.clone()),
                key: PageKey::Namespaced { namespace: job.namespace.clone(), id: job.id.clone() },
                document: if call.query.filter.is_empty() { Value::Null } else { job.to_json() },
                stub: views::job_stub(
                    job,
                    state.job_summary(&job.key()).map(|summary| &**summary),
                    with_meta,
                ),
            };
            Ok(wanted.map(entry).collect())
        })
        .await
}

/// `PUT /v1/jobs`
async fn register<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let body = call.take_json().await?;
    let draft = job_draft(&body)?;
    job_writes::register(&call, draft, &body).await
}

/// `PUT /v1/jobs/parse`: job file text to JSON. No file and no environment functions exist here.
async fn parse<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let body = call.take_json().await?;
    let text = |name: &str| field(&body, name).and_then(Value::as_str).unwrap_or("").to_owned();
    let source = text("JobHCL");
    if source.is_empty() {
        return Err(ApiError::bad_request("Job spec is empty"));
    }
    let canonicalize = field(&body, "Canonicalize").and_then(Value::as_bool).unwrap_or(false);
    let mut draft = parse_text(source, text("Variables"), call.backend.random_id())?;
    if canonicalize {
        draft.canonicalise();
    }
    Reply::json(&draft.to_json())
}

fn parse_text(text: String, variables: String, random: u128) -> Result<JobDraft, ApiError> {
    let file = |file_name: &str, text| Source { file_name: file_name.to_owned(), text, format: Format::Hcl };
    let mut seed = [0; 32];
    seed[..16].copy_from_slice(&random.to_le_bytes());
    let var_files = if variables.is_empty() { Vec::new() } else { vec![file("input.hcl", variables)] };
    let inputs = Inputs { var_files, seed, ..Inputs::default() };
    let parsed = jobspec::parse(file("input.hcl", text), &inputs, None, Limits::default());
    parsed
        .map(|parsed| parsed.job)
        .map_err(|problems| ApiError::bad_request(format!("Failed to parse job: {}", problems.to_one_line())))
}

/// `PUT /v1/validate/job`
async fn validate<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let body = call.take_json().await?;
    let draft = job_draft(&body)?;
    let job = draft.admit(call.backend.region());
    let report = job.validate();
    let errors: Option<Vec<String>> = (!report.is_valid()).then(|| report.flat_errors());
    Reply::json(&json!({
        "DriverConfigValidated": true,
        "Error": report.error_text().unwrap_or_default(),
        "ValidationErrors": errors,
        "Warnings": join_warnings(&report.warnings),
    }))
}
