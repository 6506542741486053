//! `task`.
//!
//! Limits: `config` is free-form; the driver checks it.

use model::{
    ActionDraft, IdentityDraft, LifecycleDraft, ScalingDraft, TaskCronDraft, TaskDraft, TaskScheduleDraft,
};

use super::constraint::{affinity, constraint};
use super::identity::{consul, identity, secret, vault};
use super::policy::{restart, scaling_fields};
use super::reader::Reader;
use super::resources::resources;
use super::service::service;
use super::template::{artifact, dispatch_payload, logs, template};
use super::volume::{csi_plugin, volume_mount};
use crate::diagnostic::Diagnostic;

pub(super) fn task(reader: &mut Reader<'_>, name: &str) -> TaskDraft {
    let (identity, identities) = identities(reader);
    TaskDraft {
        name: Some(name.to_owned()),
        driver: reader.text("driver"),
        user: reader.text("user"),
        config: reader.free_form("config"),
        constraints: reader.list("constraint", constraint),
        affinities: reader.list("affinity", affinity),
        env: reader.string_map("env"),
        services: reader.list("service", service),
        resources: reader.single("resources", resources),
        restart: reader.single("restart", restart),
        meta: reader.string_map("meta"),
        kill_timeout: reader.duration("kill_timeout"),
        log_config: reader.single("logs", logs),
        artifacts: reader.list("artifact", artifact),
        vault: reader.single("vault", vault),
        consul: reader.single("consul", consul),
        templates: reader.list("template", template),
        dispatch_payload: reader.single("dispatch_payload", dispatch_payload),
        volume_mounts: reader.list("volume_mount", volume_mount),
        csi_plugin: reader.single("csi_plugin", csi_plugin),
        leader: reader.flag("leader"),
        shutdown_delay: reader.duration("shutdown_delay"),
        kill_signal: reader.text("kill_signal"),
        kind: reader.text("kind"),
        scaling_policies: scaling_policies(reader),
        identity,
        identities,
        secrets: reader.labelled("secret", secret),
        actions: reader.labelled("action", action),
        schedule: reader.single("schedule", schedule),
        lifecycle: reader.single("lifecycle", lifecycle),
    }
}

/// Splits the identities into the default one, which has no name or is named so, and the others.
fn identities(reader: &mut Reader<'_>) -> (Option<IdentityDraft>, Option<Vec<IdentityDraft>>) {
    let mut default = None;
    let mut others = Vec::new();
    for identity in reader.list("identity", identity).unwrap_or_default() {
        match identity.name.as_deref() {
            None | Some("" | "default") => default = Some(identity),
            Some(_) => others.push(identity),
        }
    }
    (default, (!others.is_empty()).then_some(others))
}

fn action(reader: &mut Reader<'_>, name: &str) -> ActionDraft {
    ActionDraft { name: Some(name.to_owned()), command: reader.text("command"), args: reader.texts("args") }
}

fn lifecycle(reader: &mut Reader<'_>) -> LifecycleDraft {
    reader.require("hook");
    LifecycleDraft { hook: reader.text("hook"), sidecar: reader.flag("sidecar") }
}

fn schedule(reader: &mut Reader<'_>) -> TaskScheduleDraft {
    TaskScheduleDraft {
        cron: reader.single("cron", |reader| TaskCronDraft {
            start: reader.text("start"),
            end: reader.text("end"),
            timezone: reader.text("timezone"),
        }),
    }
}

/// Decodes `scaling "cpu"` and `scaling "mem"`; other and repeated labels are reported.
fn scaling_policies(reader: &mut Reader<'_>) -> Option<Vec<ScalingDraft>> {
    let instances = reader.instances("scaling", &["name"]);
    let mut policies: Vec<ScalingDraft> = Vec::new();
    for instance in &instances {
        let span = instance.labels.first().map_or(instance.block.kind_span, |label| label.span);
        let scaling_type = match instance.label() {
            "cpu" => "vertical_cpu",
            "mem" => "vertical_mem",
            other => {
                let detail = format!("The scaling policy of a task is \"cpu\" or \"mem\", not \"{other}\".");
                reader.decoder.report.add(Diagnostic::error(span, "Invalid scaling policy name", detail));
                continue;
            }
        };
        if policies.iter().any(|policy| policy.scaling_type.as_deref() == Some(scaling_type)) {
            let detail = format!("Only one scaling policy \"{}\" is allowed for a task.", instance.label());
            reader.decoder.report.add(Diagnostic::error(span, "Duplicate scaling policy", detail));
            continue;
        }
        let mut policy = reader.decoder.decode(instance, |reader| {
            reader.text("type");
            scaling_fields(reader)
        });
        policy.scaling_type = Some(scaling_type.to_owned());
        policies.push(policy);
    }
    (!policies.is_empty()).then_some(policies)
}
