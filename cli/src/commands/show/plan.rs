//! `job plan`.

use api::view::{AllocStub, PlanResponse};

use crate::format::{Clock, Detail, Length, Table, colour_diff, job_diff, metric_lines, why_lines};

/// Everything that is shown of a plan.
#[derive(Clone, Debug)]
pub struct PlanPage<'a> {
    /// The answer.
    pub plan: &'a PlanResponse,
    /// Shows the differences.
    pub diff: bool,
    /// How much of them.
    pub detail: Detail,
    /// Arguments that the hint repeats, with a space behind each.
    pub flags: &'a str,
    /// Path of the job file.
    pub path: &'a str,
    /// Colours the differences.
    pub colour: bool,
}

/// Returns the page of a plan, without a final line break.
#[must_use]
pub fn plan(page: &PlanPage<'_>, clock: &Clock, length: Length) -> String {
    let plan = page.plan;
    let mut sections = Vec::new();
    if let (true, Some(diff)) = (page.diff, &plan.diff) {
        let tree = job_diff(diff, page.detail);
        sections.push(if page.colour { colour_diff(&tree) } else { tree });
    }
    sections.push(dry_run(page, clock));
    sections.extend(warnings_block(&plan.warnings));
    sections.extend(preemptions(plan, length));
    sections.push(format!(
        "Job Modify Index: {index}\nTo submit the job with version verification run:\n\n{program} job run \
         -check-index {index} {flags}{path}\n\nWhen running the job with the check-index flag, the job will only \
         be run if the\njob modify index given matches the server-side version. If the index has\nchanged, \
         another user has modified the job and the plan's results are\npotentially invalid.",
        index = plan.job_modify_index,
        program = crate::PROGRAM,
        flags = page.flags,
        path = page.path
    ));
    sections.join("\n\n")
}

/// Returns the reasons, in words, of what could not be placed; `None` when all was.
#[must_use]
pub fn plan_why(plan: &PlanResponse) -> Option<String> {
    if plan.failed_tg_allocs.is_empty() {
        return None;
    }
    let groups = plan.failed_tg_allocs.iter().flat_map(|(group, metric)| why_lines(group, metric));
    let lines: Vec<String> = groups.map(|line| format!("  {line}")).collect();
    Some(format!("Why not all would be placed:\n{}", lines.join("\n")))
}

/// Returns the warnings of an answer with their title.
#[must_use]
pub fn warnings_block(warnings: &str) -> Option<String> {
    let warnings = warnings.trim();
    (!warnings.is_empty()).then(|| format!("Job Warnings:\n{warnings}"))
}

fn dry_run(page: &PlanPage<'_>, clock: &Clock) -> String {
    let plan = page.plan;
    let mut lines = vec!["Scheduler dry-run:".to_owned()];
    if plan.failed_tg_allocs.is_empty() {
        lines.push("- All tasks successfully allocated.".to_owned());
    } else {
        lines.push("- WARNING: Failed to place all allocations.".to_owned());
        for (group, metric) in &plan.failed_tg_allocs {
            let failed = metric.coalesced_failures + 1;
            let noun = if failed == 1 { "allocation" } else { "allocations" };
            lines.push(format!("  Task Group {group:?} (failed to place {failed} {noun}):"));
            lines.extend(metric_lines(metric, "    "));
        }
    }
    if let Some(launch) = clock.launch_text(&plan.next_periodic_launch) {
        lines.push(format!("- If submitted now, next periodic launch would be at {launch}."));
    }
    lines.join("\n")
}

fn preemptions(plan: &PlanResponse, length: Length) -> Option<String> {
    let preempted: &[AllocStub] = &plan.annotations.as_ref()?.preempted_allocs;
    let mut table = Table::new(&["Alloc ID", "Job ID", "Task Group"]);
    for alloc in preempted {
        table.row([length.id(&alloc.id), &alloc.job_id, &alloc.task_group]);
    }
    (!table.is_empty()).then(|| format!("Preemptions:\n\n{}", table.render()))
}
