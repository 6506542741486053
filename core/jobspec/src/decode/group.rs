//! `group`.
//!
//! Limits: names are checked for duplicates by validation.

use model::TaskGroupDraft;

use super::constraint::{affinity, constraint, spread};
use super::identity::{consul, secret, vault};
use super::network::network;
use super::policy::{disconnect, migrate, reschedule, restart, scaling, update};
use super::reader::Reader;
use super::service::service;
use super::sugar::{Pushed, push_group};
use super::task::task;
use super::volume::{ephemeral_disk, volume};

pub(super) fn group(reader: &mut Reader<'_>, name: &str) -> TaskGroupDraft {
    let pushed = Pushed { vault: reader.single("vault", vault), secrets: reader.labelled("secret", secret) };
    let volumes = reader.labelled("volume", volume);
    let mut draft = TaskGroupDraft {
        name: Some(name.to_owned()),
        count: reader.number("count"),
        constraints: reader.list("constraint", constraint),
        affinities: reader.list("affinity", affinity),
        tasks: reader.labelled("task", task),
        spreads: reader.list("spread", spread),
        volumes: volumes.map(|volumes| {
            volumes.into_iter().map(|volume| (volume.name.clone().unwrap_or_default(), volume)).collect()
        }),
        restart: reader.single("restart", restart),
        disconnect: reader.single("disconnect", disconnect),
        reschedule: reader.single("reschedule", reschedule),
        ephemeral_disk: reader.single("ephemeral_disk", ephemeral_disk),
        update: reader.single("update", update),
        migrate: reader.single("migrate", migrate),
        networks: reader.list("network", network),
        meta: reader.string_map("meta"),
        services: reader.list("service", service),
        shutdown_delay: reader.duration("shutdown_delay"),
        stop_after_client_disconnect: reader.duration("stop_after_client_disconnect"),
        max_client_disconnect: reader.duration("max_client_disconnect"),
        max_run_duration: reader.duration("max_run_duration"),
        scaling: reader.single("scaling", scaling),
        consul: reader.single("consul", consul),
        prevent_reschedule_on_lost: reader.flag("prevent_reschedule_on_lost"),
    };
    push_group(&pushed, &mut draft);
    draft
}
