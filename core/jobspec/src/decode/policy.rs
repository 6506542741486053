//! Policies: `restart`, `reschedule`, `update`, `migrate`, `disconnect`, `scaling`, `periodic`, `parameterized`.
//!
//! Limits: defaults come from canonicalisation.

use model::{
    DisconnectDraft, MigrateDraft, ParameterizedDraft, PeriodicDraft, RescheduleDraft, RestartDraft,
    ScalingDraft, UpdateDraft,
};

use super::reader::Reader;

pub(super) fn restart(reader: &mut Reader<'_>) -> RestartDraft {
    RestartDraft {
        attempts: reader.number("attempts"),
        interval: reader.duration("interval"),
        delay: reader.duration("delay"),
        mode: reader.text("mode"),
        render_templates: reader.flag("render_templates"),
    }
}

pub(super) fn reschedule(reader: &mut Reader<'_>) -> RescheduleDraft {
    RescheduleDraft {
        attempts: reader.number("attempts"),
        interval: reader.duration("interval"),
        delay: reader.duration("delay"),
        delay_function: reader.text("delay_function"),
        max_delay: reader.duration("max_delay"),
        unlimited: reader.flag("unlimited"),
    }
}

pub(super) fn update(reader: &mut Reader<'_>) -> UpdateDraft {
    UpdateDraft {
        stagger: reader.duration("stagger"),
        max_parallel: reader.number("max_parallel"),
        health_check: reader.text("health_check"),
        min_healthy_time: reader.duration("min_healthy_time"),
        healthy_deadline: reader.duration("healthy_deadline"),
        progress_deadline: reader.duration("progress_deadline"),
        auto_revert: reader.flag("auto_revert"),
        auto_promote: reader.flag("auto_promote"),
        canary: reader.number("canary"),
    }
}

pub(super) fn migrate(reader: &mut Reader<'_>) -> MigrateDraft {
    MigrateDraft {
        max_parallel: reader.number("max_parallel"),
        health_check: reader.text("health_check"),
        min_healthy_time: reader.duration("min_healthy_time"),
        healthy_deadline: reader.duration("healthy_deadline"),
    }
}

pub(super) fn disconnect(reader: &mut Reader<'_>) -> DisconnectDraft {
    DisconnectDraft {
        lost_after: reader.duration("lost_after"),
        stop_on_client_after: reader.duration("stop_on_client_after"),
        replace: reader.flag("replace"),
        reconcile: reader.text("reconcile"),
    }
}

/// The group's `scaling` block.
pub(super) fn scaling(reader: &mut Reader<'_>) -> ScalingDraft {
    let mut draft = scaling_fields(reader);
    draft.scaling_type = reader.text("type").or_else(|| Some("horizontal".to_owned()));
    draft
}

/// What the scaling blocks of groups and tasks have in common.
pub(super) fn scaling_fields(reader: &mut Reader<'_>) -> ScalingDraft {
    reader.require("max");
    ScalingDraft {
        enabled: reader.flag("enabled"),
        min: reader.number("min"),
        max: reader.number("max"),
        policy: reader.free_form("policy"),
        ..ScalingDraft::default()
    }
}

pub(super) fn periodic(reader: &mut Reader<'_>) -> PeriodicDraft {
    let (spec, specs) = (reader.text("cron"), reader.texts("crons"));
    PeriodicDraft {
        enabled: reader.flag("enabled"),
        spec_type: (spec.is_some() || specs.is_some()).then(|| "cron".to_owned()),
        spec,
        specs,
        prohibit_overlap: reader.flag("prohibit_overlap"),
        time_zone: reader.text("time_zone"),
    }
}

pub(super) fn parameterized(reader: &mut Reader<'_>) -> ParameterizedDraft {
    ParameterizedDraft {
        payload: reader.text("payload"),
        meta_required: reader.texts("meta_required"),
        meta_optional: reader.texts("meta_optional"),
    }
}
