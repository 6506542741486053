//! What would happen: the question as JSON, and the answer on any state, a live one or a saved one.
//!
//! ```text
//! {"Drain": {"Nodes": ["n1"], "Meta": {"rack": "r2"}, "Datacenter": "", "NodeClass": "", "NodePool": ""}}
//! {"Lose":  as Drain}
//! {"Add":   {"Count": 5, "Like": "n1"}}
//! {"Run":   {"Job": {…}}}
//! {"Scale": {"JobID": "web", "Group": "", "Count": 9}}
//! ```
//!
//! Limits: [`PATIENCE`] for one answer.

use std::time::{Duration, Instant};

use control::whatif::{Hypothesis, Selector, WhatIf, WhatIfError, what_if};
use model::{JobKey, Timestamp};
use serde_json::Value;
use state::State;

use crate::ApiError;
use crate::routes::{field, job_draft, refused};

/// How long working out an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The namespace of a question.
#[derive(Clone, Copy, Debug)]
pub struct DraftNamespace<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whether it was asked for; otherwise the one that a job names goes first.
    pub given: bool,
}

/// A question that was understood.
#[derive(Clone, Debug)]
pub struct WhatIfQuestion(Hypothesis);

impl WhatIfQuestion {
    /// Reads a question: exactly one of `Drain`, `Lose`, `Add`, `Run` and `Scale`.
    ///
    /// # Errors
    /// It is none, or its job is not valid.
    pub fn parse(
        body: &Value,
        namespace: DraftNamespace<'_>,
        region: &str,
    ) -> Result<WhatIfQuestion, ApiError> {
        let given: Vec<(&str, &Value)> = ["Drain", "Lose", "Add", "Run", "Scale"]
            .into_iter()
            .filter_map(|name| Some((name, field(body, name).filter(|value| !value.is_null())?)))
            .collect();
        let [(name, value)] = given.as_slice() else {
            return Err(ApiError::bad_request(
                "exactly one of Drain, Lose, Add, Run and Scale must be given",
            ));
        };
        let text = |key: &str| field(value, key).and_then(Value::as_str).unwrap_or("").to_owned();
        let number = |key: &str| field(value, key).and_then(Value::as_i64);
        Ok(WhatIfQuestion(match *name {
            "Drain" => Hypothesis::Drain(selector(value)?),
            "Lose" => Hypothesis::Lose(selector(value)?),
            "Add" => {
                let count = number("Count").and_then(|count| u32::try_from(count).ok()).unwrap_or(0);
                Hypothesis::Add { count, like: text("Like") }
            }
            "Run" => Hypothesis::Run(Box::new(job(value, namespace, region)?)),
            _ => {
                let count = number("Count").ok_or_else(|| ApiError::bad_request("Count must be a number"))?;
                let job = JobKey::new(namespace.name, text("JobID").as_str());
                Hypothesis::Scale { job, group: text("Group"), count }
            }
        }))
    }

    /// Answers on a copy of `state`; `seed` is random.
    ///
    /// # Errors
    /// The question is about something that is not there, or takes too long.
    pub fn answer(
        &self,
        state: &State,
        now: Timestamp,
        region: &str,
        seed: u128,
    ) -> Result<WhatIf, ApiError> {
        let deadline = Instant::now() + PATIENCE;
        what_if(state, now, region, &self.0, seed, &|| Instant::now() < deadline).map_err(impossible)
    }
}

fn impossible(error: WhatIfError) -> ApiError {
    match error {
        WhatIfError::Request(error) => refused(error),
        WhatIfError::Unbounded(_) => ApiError::internal(error.to_string()),
        WhatIfError::NoNodes
        | WhatIfError::NodeNotFound(_)
        | WhatIfError::SeveralNodes(_)
        | WhatIfError::TooManyNodes(_)
        | WhatIfError::NoGroup(_) => ApiError::bad_request(error.to_string()),
    }
}

/// The job of a question, with its defaults filled in and checked.
fn job(value: &Value, namespace: DraftNamespace<'_>, region: &str) -> Result<model::Job, ApiError> {
    let mut draft = job_draft(value)?;
    if namespace.given || draft.namespace.as_deref().unwrap_or("").is_empty() {
        draft.namespace = Some(namespace.name.to_owned());
    }
    let job = draft.admit(region);
    match job.validate().error_text() {
        Some(text) => Err(ApiError::bad_request(text)),
        None => Ok(job),
    }
}

fn selector(value: &Value) -> Result<Selector, ApiError> {
    let text = |key: &str| field(value, key).and_then(Value::as_str).unwrap_or("").to_owned();
    let wrong = |what: &str| ApiError::bad_request(format!("{what} must be texts"));
    let nodes = field(value, "Nodes").and_then(Value::as_array).into_iter().flatten();
    let nodes = nodes.map(|node| node.as_str().map(str::to_owned).ok_or_else(|| wrong("Nodes")));
    let meta = field(value, "Meta").and_then(Value::as_object).into_iter().flatten();
    let meta = meta.map(|(key, value)| {
        value.as_str().map(|value| (key.clone(), value.to_owned())).ok_or_else(|| wrong("values of Meta"))
    });
    Ok(Selector {
        nodes: nodes.collect::<Result<_, _>>()?,
        meta: meta.collect::<Result<_, _>>()?,
        datacenter: text("Datacenter"),
        class: text("NodeClass"),
        pool: text("NodePool"),
    })
}
