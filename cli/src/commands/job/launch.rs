//! When a periodic job is launched next.
//!
//! Limits: an agent's dry run says it, so that there is one reading of schedules; without the right to plan nothing
//! is said.

use api::Client;
use api::PlanOptions;
use serde_json::Value;

use crate::format::Clock;

/// Returns the next launch and how far it is; `None` for other jobs and when the agent does not say.
pub(super) async fn next_launch(client: &Client, clock: &Clock, job: &Value) -> Option<String> {
    job.get("Periodic").filter(|periodic| !periodic.is_null())?;
    let plan = client.jobs().plan(job, PlanOptions::default()).await.ok()?;
    clock.launch_text(&plan.value.next_periodic_launch)
}
