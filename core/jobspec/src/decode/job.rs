//! `job` and the blocks that only a job has.
//!
//! Limits: exactly one job; `file.rs` has found it.

use model::{
    JobDraft, JobLinkDraft, JobUiDraft, MultiregionDraft, MultiregionRegionDraft, MultiregionStrategyDraft,
    TaskGroupDraft,
};

use super::constraint::{affinity, constraint, spread};
use super::group::group;
use super::identity::{secret, vault};
use super::policy::{migrate, parameterized, periodic, reschedule, update};
use super::reader::Reader;
use super::sugar::{Pushed, push_job};
use super::task::task;

pub(crate) fn job(reader: &mut Reader<'_>, label: &str) -> JobDraft {
    let pushed = Pushed { vault: reader.single("vault", vault), secrets: reader.labelled("secret", secret) };
    let id = reader.text("id").or_else(|| Some(label.to_owned()));
    JobDraft {
        name: reader.text("name").or_else(|| Some(label.to_owned())),
        id,
        region: reader.text("region"),
        namespace: reader.text("namespace"),
        job_type: reader.text("type"),
        priority: reader.number("priority"),
        all_at_once: reader.flag("all_at_once"),
        datacenters: reader.texts("datacenters"),
        node_pool: reader.text("node_pool"),
        constraints: reader.list("constraint", constraint),
        affinities: reader.list("affinity", affinity),
        spreads: reader.list("spread", spread),
        update: reader.single("update", update),
        reschedule: reader.single("reschedule", reschedule),
        migrate: reader.single("migrate", migrate),
        periodic: reader.single("periodic", periodic),
        parameterized: reader.single("parameterized", parameterized),
        multiregion: reader.single("multiregion", multiregion),
        meta: reader.string_map("meta"),
        ui: reader.single("ui", ui),
        task_groups: groups(reader, &pushed),
        ..JobDraft::default()
    }
}

/// Returns the job's groups: first one for each task at job level, then the written ones.
fn groups(reader: &mut Reader<'_>, pushed: &Pushed) -> Option<Vec<TaskGroupDraft>> {
    let lone = reader.labelled("task", task).unwrap_or_default().into_iter().map(|task| TaskGroupDraft {
        name: task.name.clone(),
        tasks: Some(vec![task]),
        ..TaskGroupDraft::default()
    });
    let mut groups: Vec<TaskGroupDraft> = lone.collect();
    groups.extend(reader.labelled("group", group).unwrap_or_default());
    push_job(pushed, &mut groups);
    (!groups.is_empty()).then_some(groups)
}

fn ui(reader: &mut Reader<'_>) -> JobUiDraft {
    JobUiDraft {
        description: reader.text("description"),
        links: reader
            .list("link", |reader| JobLinkDraft { label: reader.text("label"), url: reader.text("url") }),
    }
}

fn multiregion(reader: &mut Reader<'_>) -> MultiregionDraft {
    MultiregionDraft {
        strategy: reader.single("strategy", |reader| MultiregionStrategyDraft {
            max_parallel: reader.number("max_parallel"),
            on_failure: reader.text("on_failure"),
        }),
        regions: reader.labelled("region", |reader, name| MultiregionRegionDraft {
            name: Some(name.to_owned()),
            count: reader.number("count"),
            datacenters: reader.texts("datacenters"),
            node_pool: reader.text("node_pool"),
            meta: reader.string_map("meta"),
        }),
    }
}
