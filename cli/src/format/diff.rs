//! The tree of differences that `job plan` shows.
//!
//! Purpose: groups, tasks, blocks and fields with `+`, `-` and `+/-` before them. Names on one level start in one
//! column; markers stand left of it, as wide as the widest of the level. The level below starts two columns
//! further right.
//! Limits: order and content are the agent's; whole new or removed parts are folded unless asked for.

use api::view::{DiffField, DiffKind, DiffObject, GroupDiff, JobDiff, TaskDiff};

/// How much of new and removed parts is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Their names.
    Folded,
    /// Everything in them.
    Whole,
}

/// Distance of a level from the one above it.
const STEP: usize = 2;

/// Returns the tree of a job, without a final line break.
#[must_use]
pub fn job_diff(diff: &JobDiff, detail: Detail) -> String {
    let mut tree = Tree { detail, lines: Vec::new() };
    tree.lines.push(format!("{}Job: {:?}", lead(marker(diff.kind)), diff.id));
    let shown = tree.shows(diff.kind);
    let kinds = level_kinds(&diff.fields, &diff.objects, shown);
    let width = widest(kinds.chain(diff.task_groups.iter().map(|group| group.kind)));
    let level = Level { start: 0, width };
    if shown {
        tree.fields_and_objects(&diff.fields, &diff.objects, level);
    }
    for (place, group) in diff.task_groups.iter().enumerate() {
        if place > 0 {
            tree.lines.push(String::new());
        }
        tree.group(group, level);
    }
    tree.lines.join("\n")
}

/// Where the markers of a level start, and how wide they are with their space.
#[derive(Clone, Copy)]
struct Level {
    start: usize,
    width: usize,
}

impl Level {
    /// Returns the column in which names start.
    fn column(self) -> usize {
        self.start + self.width
    }

    /// Returns the level below a line of this level: as if the line's own marker stood right before its name.
    fn below(self, own: DiffKind, kinds: impl Iterator<Item = DiffKind>) -> Level {
        let line_start = self.column().saturating_sub(lead(marker(own)).len());
        Level { start: line_start + STEP, width: widest(kinds) }
    }

    fn line(self, kind: DiffKind, text: &str) -> String {
        let (start, width) = (self.start, self.width);
        format!("{:start$}{:width$}{text}", "", marker(kind))
    }
}

struct Tree {
    detail: Detail,
    lines: Vec<String>,
}

impl Tree {
    fn shows(&self, kind: DiffKind) -> bool {
        kind == DiffKind::Edited || self.detail == Detail::Whole
    }

    fn group(&mut self, group: &GroupDiff, level: Level) {
        let updates: Vec<String> =
            group.updates.iter().map(|(update, count)| format!("{count} {update}")).collect();
        let updates = if updates.is_empty() { String::new() } else { format!(" ({})", updates.join(", ")) };
        self.lines.push(level.line(group.kind, &format!("Task Group: {:?}{updates}", group.name)));
        let shown = self.shows(group.kind);
        let kinds = level_kinds(&group.fields, &group.objects, shown);
        let below = level.below(group.kind, kinds.chain(group.tasks.iter().map(|task| task.kind)));
        if shown {
            self.fields_and_objects(&group.fields, &group.objects, below);
        }
        for task in &group.tasks {
            self.task(task, below);
        }
    }

    fn task(&mut self, task: &TaskDiff, level: Level) {
        let text = format!("Task: {:?}{}", task.name, annotations(&task.annotations));
        self.lines.push(level.line(task.kind, &text));
        if self.shows(task.kind) {
            let below = level.below(task.kind, level_kinds(&task.fields, &task.objects, true));
            self.fields_and_objects(&task.fields, &task.objects, below);
        }
    }

    fn fields_and_objects(&mut self, fields: &[DiffField], objects: &[DiffObject], level: Level) {
        let width = fields.iter().map(|field| field.name.chars().count() + 1).max().unwrap_or(0);
        for field in fields {
            let name = format!("{}:", field.name);
            let text = format!("{name:width$} {}{}", change(field), annotations(&field.annotations));
            self.lines.push(level.line(field.kind, &text));
        }
        for object in objects {
            self.lines.push(level.line(object.kind, &format!("{} {{", object.name)));
            let below = level.below(object.kind, level_kinds(&object.fields, &object.objects, true));
            self.fields_and_objects(&object.fields, &object.objects, below);
            self.lines.push(format!("{:column$}}}", "", column = level.column()));
        }
    }
}

fn level_kinds<'a>(
    fields: &'a [DiffField],
    objects: &'a [DiffObject],
    shown: bool,
) -> impl Iterator<Item = DiffKind> + 'a {
    let fields = fields.iter().map(|field| field.kind);
    fields.chain(objects.iter().map(|object| object.kind)).filter(move |_| shown)
}

fn change(field: &DiffField) -> String {
    match field.kind {
        DiffKind::Added | DiffKind::None => format!("{:?}", field.new),
        DiffKind::Deleted => format!("{:?}", field.old),
        DiffKind::Edited => format!("{:?} => {:?}", field.old, field.new),
    }
}

fn annotations(texts: &[String]) -> String {
    if texts.is_empty() { String::new() } else { format!(" ({})", texts.join(", ")) }
}

fn marker(kind: DiffKind) -> &'static str {
    match kind {
        DiffKind::None => "",
        DiffKind::Added => "+",
        DiffKind::Deleted => "-",
        DiffKind::Edited => "+/-",
    }
}

fn lead(marker: &str) -> String {
    if marker.is_empty() { String::new() } else { format!("{marker} ") }
}

/// Returns the width of the widest marker with its space.
fn widest(kinds: impl Iterator<Item = DiffKind>) -> usize {
    kinds.map(|kind| lead(marker(kind)).len()).max().unwrap_or(0)
}
