//! Versions of a job, and what was said about its counts.

use api::view::{JobDiff, JobView, ScaleStatusView};
use serde_json::Value;

use crate::format::{Clock, Detail, KeyValue, NONE, Table, canonical_json, colour_diff, job_diff};

/// Everything that is shown of a version.
#[derive(Clone, Copy, Debug)]
pub struct VersionPage<'a> {
    /// The job in this version.
    pub job: &'a JobView,
    /// What it changed; `None` for nothing.
    pub diff: Option<&'a JobDiff>,
    /// The job as it came, when it is shown whole.
    pub whole: Option<&'a Value>,
    /// How much of new parts is shown.
    pub detail: Detail,
    /// Colours the differences.
    pub colour: bool,
}

/// Returns a version of a job, without a final line break.
#[must_use]
pub fn job_version(page: &VersionPage<'_>, clock: &Clock) -> String {
    let job = page.job;
    let tag = job.version_tag.as_ref();
    let tree = page.diff.map(|diff| job_diff(diff, page.detail));
    let tree = tree.map(|tree| if page.colour { colour_diff(&tree) } else { tree });
    KeyValue::new()
        .add("Version", job.version)
        .add("Stable", job.stable)
        .add("Submit Date", clock.absolute(job.submit_time))
        .add_some("Tag Name", tag.map(|tag| &tag.name))
        .add_some("Tag Description", tag.map(|tag| &tag.description).filter(|text| !text.is_empty()))
        .add_some("Diff", tree.map(|tree| format!("\n{tree}")))
        .add_some("Job", page.whole.map(|job| format!("\n{}", canonical_json(job))))
        .render()
}

/// Returns what was said about the counts of a job's groups, newest first.
#[must_use]
pub fn scaling_events(found: &ScaleStatusView, clock: &Clock, verbose: bool) -> String {
    let of_group = |(group, status): (_, &'_ api::view::GroupScaleView)| {
        status.events.iter().map(move |event| (group, event.clone())).collect::<Vec<_>>()
    };
    let mut events: Vec<_> = found.task_groups.iter().flat_map(of_group).collect();
    if events.is_empty() {
        return "No events found".to_owned();
    }
    events.sort_by_key(|(_, event)| std::cmp::Reverse(event.time));
    let mut table = if verbose {
        Table::new(&["Task Group", "Count", "PrevCount", "Error", "Message", "Eval ID", "Date"])
    } else {
        Table::new(&["Task Group", "Count", "PrevCount", "Date"])
    };
    for (group, event) in events {
        let count = event.count.map_or_else(|| NONE.to_owned(), |count| count.to_string());
        let mut row = vec![group.clone(), count, event.previous_count.to_string()];
        if verbose {
            row.extend([event.error.to_string(), event.message.clone(), event.eval_id.clone()]);
        }
        row.push(clock.absolute(event.time));
        table.row(row);
    }
    table.render()
}
