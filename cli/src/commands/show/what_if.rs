//! `whatif`: who would move, who would wait and why, and how full nodes are before and after.

use std::collections::BTreeMap;

use api::view::{AmountView, MoveView, NamedNode, UnplacedView, UtilisationView, WhatIfView};

use super::explain::changes;
use crate::format::{Length, Table, mebibytes};

/// Moves that are listed unless all are wanted.
const LISTED: usize = 20;

/// Returns the page of an answer, without a final line break. `Length::Full` lists every move.
#[must_use]
pub fn what_if(view: &WhatIfView, length: Length) -> String {
    let mut sections = vec![summary(view)];
    sections.extend(moves(view, length));
    sections.extend(view.unplaced.iter().map(|group| unplaced(group, length)));
    if !view.awaits_promotion.is_empty() {
        let jobs = view.awaits_promotion.join(", ");
        sections.push(format!("Waits until its canaries are promoted: {jobs}"));
    }
    sections.push(utilisation(view));
    sections.push("Nothing was changed".to_owned());
    sections.join("\n\n")
}

fn summary(view: &WhatIfView) -> String {
    let waiting: u64 = view.unplaced.iter().map(|group| group.queued - group.queued_before).sum();
    let counts = [
        (view.moved, "would move to another node"),
        (view.replaced, "would be replaced where it is"),
        (view.started, "would start"),
        (view.stopped, "would end"),
        (waiting, "would find no room"),
    ];
    let lines: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| {
            let noun = if count == 1 { "allocation" } else { "allocations" };
            format!(
                "{count} {noun} {}",
                if count == 1 { what.to_owned() } else { what.replace("it is", "they are") }
            )
        })
        .collect();
    if lines.is_empty() { "No allocation would change".to_owned() } else { lines.join("\n") }
}

/// Who goes from where to where: single moves while they are few, else how many of each group.
fn moves(view: &WhatIfView, length: Length) -> Option<String> {
    if view.moves.is_empty() {
        return None;
    }
    if view.moves.len() > LISTED && length == Length::Short {
        return Some(by_group(&view.moves));
    }
    let mut table = Table::with_blanks(&["Allocation", "ID", "From", "To", ""]);
    for one in &view.moves {
        let name = format!("{}.{}[{}]", one.job_id, one.task_group, one.index);
        let remark = if one.preempted { "preempted" } else { "" };
        let id = length.id(&one.alloc_id).to_owned();
        table.row([name, id, node(one.from.as_ref()), node(one.to.as_ref()), remark.to_owned()]);
    }
    let listed = view.moves.len() as u64;
    let more = view.moves_total.saturating_sub(listed);
    let more = if more > 0 { format!("\n… and {more} more") } else { String::new() };
    Some(format!("Changes\n{}{more}", table.render()))
}

fn node(node: Option<&NamedNode>) -> String {
    node.map_or_else(|| "-".to_owned(), |node| node.name.clone())
}

fn by_group(moves: &[MoveView]) -> String {
    let mut groups: BTreeMap<(&str, &str), [u64; 4]> = BTreeMap::new();
    for one in moves {
        let counts = groups.entry((&one.job_id, &one.task_group)).or_default();
        let kind = match (&one.from, &one.to) {
            (Some(from), Some(to)) if from.id == to.id => 1,
            (Some(_), Some(_)) => 0,
            (None, _) => 2,
            (Some(_), None) => 3,
        };
        counts[kind] += 1;
    }
    let mut table = Table::new(&["Job", "Group", "Move", "Replaced", "Start", "End"]);
    for ((job, group), counts) in groups {
        let counts = counts.map(|count| count.to_string());
        table.row([job.to_owned(), group.to_owned()].into_iter().chain(counts));
    }
    format!("Changes by group\n{}\n-verbose lists every allocation", table.render())
}

fn unplaced(group: &UnplacedView, length: Length) -> String {
    let (job, name, queued) = (&group.job_id, &group.task_group, group.queued);
    let before = if group.queued_before > 0 {
        format!(", {} of them wait already", group.queued_before)
    } else {
        String::new()
    };
    let mut text = format!("Job {job:?}, group {name:?}: {queued} would wait for room{before}");
    if let Some(why) = &group.why {
        let metric = &why.metric;
        text.push_str(&format!(
            "\n  of {} nodes looked at, {} filtered and {} without room",
            metric.nodes_evaluated, metric.nodes_filtered, metric.nodes_exhausted
        ));
        if let Some(changes) = changes(why, length) {
            text.extend(changes.lines().map(|line| format!("\n  {line}")));
        }
    }
    text
}

fn utilisation(view: &WhatIfView) -> String {
    let mut table = Table::new(&["Utilisation", "Before", "After"]);
    let (before, after) = (&view.before, &view.after);
    let nodes = |full: &UtilisationView| format!("{} of {} ready", full.nodes_used, full.nodes_ready);
    table.row(["Nodes in use".to_owned(), nodes(before), nodes(after)]);
    table.row(["Allocations".to_owned(), before.allocs.to_string(), after.allocs.to_string()]);
    let mhz = |amount: u64| format!("{amount} MHz");
    let bytes = |amount: u64| mebibytes(i64::try_from(amount).unwrap_or(i64::MAX));
    table.row(["CPU".to_owned(), full(&before.cpu, mhz), full(&after.cpu, mhz)]);
    table.row(["Memory".to_owned(), full(&before.memory, bytes), full(&after.memory, bytes)]);
    table.row(["Disk".to_owned(), full(&before.disk, bytes), full(&after.disk, bytes)]);
    table.render()
}

fn full(amount: &AmountView, words: impl Fn(u64) -> String) -> String {
    let share = if amount.has == 0 { 0.0 } else { amount.used as f64 / amount.has as f64 * 100.0 };
    format!("{share:.0}% ({} of {})", words(amount.used), words(amount.has))
}
