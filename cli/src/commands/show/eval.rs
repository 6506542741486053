//! Evaluations.

use api::view::{AllocStub, EvalView, PlanAnnotations, TaskGroupUpdate};

use super::alloc_table;
use crate::format::{Clock, KeyValue, Length, Table, metric_lines, short_id, why_lines};

/// Returns evaluations as a table.
#[must_use]
pub fn eval_list(evals: &[EvalView], length: Length) -> String {
    if evals.is_empty() {
        return "No evals found".to_owned();
    }
    let mut table = Table::new(&[
        "ID",
        "Priority",
        "Triggered By",
        "Job ID",
        "Namespace",
        "Node ID",
        "Status",
        "Placement Failures",
    ]);
    for eval in evals {
        table.row([
            length.id(&eval.id),
            &eval.priority.to_string(),
            &eval.triggered_by,
            &eval.job_id,
            &eval.namespace,
            length.id(&eval.node_id),
            &eval.status,
            &failures(eval),
        ]);
    }
    table.render()
}

/// Says whether placements failed, as far as that is known.
pub(super) fn failures(eval: &EvalView) -> String {
    match eval.status.as_str() {
        "pending" | "blocked" => "N/A - In Progress".to_owned(),
        _ => (!eval.failed_tg_allocs.is_empty()).to_string(),
    }
}

/// Returns an evaluation with what it did, without a final line break.
#[must_use]
pub fn eval_status(eval: &EvalView, placed: &[AllocStub], clock: &Clock, length: Length) -> String {
    let mut sections = vec![head(eval, clock, length)];
    if !eval.related_evals.is_empty() && length == Length::Full {
        sections.push(format!("Related Evaluations\n{}", related(eval, length)));
    }
    if let Some(annotations) = &eval.plan_annotations {
        sections.push(format!("Plan Annotations\n{}", annotation_table(annotations, length)));
        if !annotations.preempted_allocs.is_empty() {
            let table = alloc_table(&annotations.preempted_allocs, clock, length);
            sections.push(format!("Preempted Allocations\n{table}"));
        }
    }
    if !placed.is_empty() {
        sections.push(format!("Placed Allocations\n{}", alloc_table(placed, clock, length)));
    }
    if !eval.failed_tg_allocs.is_empty() {
        let groups: Vec<String> = eval
            .failed_tg_allocs
            .iter()
            .map(|(group, metric)| {
                let failed = metric.coalesced_failures + 1;
                let noun = if failed == 1 { "allocation" } else { "allocations" };
                let lines = metric_lines(metric, "  ").join("\n");
                format!("Task Group {group:?} (failed to place {failed} {noun}):\n{lines}")
            })
            .collect();
        sections.push(format!("Failed Placements\n{}", groups.join("\n\n")));
        sections.extend(nearest_misses(eval));
        if !eval.blocked_eval.is_empty() {
            let blocked = length.id(&eval.blocked_eval);
            sections
                .push(format!("Evaluation {blocked:?} waiting for additional capacity to place remainder"));
        }
    }
    sections.join("\n\n")
}

/// Says which node came closest for each reason, where the agent knows it.
fn nearest_misses(eval: &EvalView) -> Option<String> {
    let told = eval.failed_tg_allocs.iter().filter(|(_, metric)| !metric.nearest_miss.is_empty());
    let lines: Vec<String> = told.flat_map(|(group, metric)| why_lines(group, metric)).collect();
    let id = &eval.id;
    let hint = format!("'{} explain eval {}' says what would help now", crate::PROGRAM, short_id(id));
    (!lines.is_empty()).then(|| format!("Nearest Misses\n{}\n{hint}", lines.join("\n")))
}

fn head(eval: &EvalView, clock: &Clock, length: Length) -> String {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let description =
        if eval.status_description.is_empty() { &eval.status } else { &eval.status_description };
    KeyValue::new()
        .add("ID", length.id(&eval.id))
        .add("Create Time", length.time(clock, eval.create_time))
        .add("Modify Time", length.time(clock, eval.modify_time))
        .add("Status", &eval.status)
        .add("Status Description", description)
        .add("Type", &eval.kind)
        .add("TriggeredBy", &eval.triggered_by)
        .add("Job ID", &eval.job_id)
        .add("Namespace", &eval.namespace)
        .add_some("Node ID", some(&eval.node_id))
        .add_some("Deployment ID", some(length.id(&eval.deployment_id)))
        .add("Priority", eval.priority)
        .add("Placement Failures", failures(eval))
        .add_some("Wait Until", clock.absolute_text(&eval.wait_until))
        .add("Previous Eval", length.id(&eval.previous_eval))
        .add("Next Eval", length.id(&eval.next_eval))
        .add("Blocked Eval", length.id(&eval.blocked_eval))
        .render()
}

fn related(eval: &EvalView, length: Length) -> String {
    let mut table = Table::new(&["ID", "Priority", "Triggered By", "Node ID", "Status", "Description"]);
    for other in &eval.related_evals {
        table.row([
            length.id(&other.id),
            &other.priority.to_string(),
            &other.triggered_by,
            length.id(&other.node_id),
            &other.status,
            &other.status_description,
        ]);
    }
    table.render()
}

fn annotation_table(annotations: &PlanAnnotations, length: Length) -> String {
    let short = ["Task Group", "Ignore", "Place", "Stop", "InPlace", "Destructive"];
    let more =
        ["Migrate", "Canary", "Preemptions", "Reschedule Now", "Reschedule Later", "Disconnect", "Reconnect"];
    let full = length == Length::Full;
    let header: Vec<&str> = short.into_iter().chain(more.into_iter().filter(|_| full)).collect();
    let mut table = Table::new(&header);
    for (group, update) in &annotations.desired_tg_updates {
        let counts = counts(update).into_iter().take(header.len() - 1).map(|count| count.to_string());
        table.row(std::iter::once(group.clone()).chain(counts));
    }
    table.render()
}

fn counts(update: &TaskGroupUpdate) -> [u64; 12] {
    [
        update.ignore,
        update.place,
        update.stop,
        update.in_place_update,
        update.destructive_update,
        update.migrate,
        update.canary,
        update.preemptions,
        update.reschedule_now,
        update.reschedule_later,
        update.disconnect,
        update.reconnect,
    ]
}
