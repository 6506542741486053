//! `service` and `check`.
//!
//! Limits: which fields a provider knows is checked by validation.

use model::{CheckDraft, CheckRestartDraft, ServiceDraft, ServiceWeightsDraft};

use super::connect::connect;
use super::identity::identity;
use super::reader::Reader;

pub(super) fn service(reader: &mut Reader<'_>) -> ServiceDraft {
    ServiceDraft {
        name: reader.text("name"),
        namespace: None,
        task_name: reader.text("task"),
        port_label: reader.text("port"),
        address_mode: reader.text("address_mode"),
        address: reader.text("address"),
        tags: reader.texts("tags"),
        canary_tags: reader.texts("canary_tags"),
        enable_tag_override: reader.flag("enable_tag_override"),
        checks: reader.list("check", check),
        check_restart: reader.single("check_restart", check_restart),
        connect: reader.single("connect", connect),
        meta: reader.string_map("meta"),
        canary_meta: reader.string_map("canary_meta"),
        tagged_addresses: reader.string_map("tagged_addresses"),
        on_update: reader.text("on_update"),
        provider: reader.text("provider"),
        cluster: reader.text("cluster"),
        identity: reader.single("identity", identity),
        weights: reader.single("weights", |reader| ServiceWeightsDraft {
            passing: reader.number("passing"),
            warning: reader.number("warning"),
        }),
        kind: reader.text("kind"),
    }
}

fn check(reader: &mut Reader<'_>) -> CheckDraft {
    CheckDraft {
        name: reader.text("name"),
        check_type: reader.text("type"),
        command: reader.text("command"),
        args: reader.texts("args"),
        path: reader.text("path"),
        protocol: reader.text("protocol"),
        port_label: reader.text("port"),
        expose: reader.flag("expose"),
        address_mode: reader.text("address_mode"),
        advertise: reader.text("advertise"),
        interval: reader.duration("interval"),
        timeout: reader.duration("timeout"),
        initial_status: reader.text("initial_status"),
        notes: reader.text("notes"),
        tls_skip_verify: reader.flag("tls_skip_verify"),
        tls_server_name: reader.text("tls_server_name"),
        header: reader.list_map_block("header"),
        method: reader.text("method"),
        check_restart: reader.single("check_restart", check_restart),
        grpc_service: reader.text("grpc_service"),
        grpc_use_tls: reader.flag("grpc_use_tls"),
        task_name: reader.text("task"),
        success_before_passing: reader.number("success_before_passing"),
        failures_before_critical: reader.number("failures_before_critical"),
        failures_before_warning: reader.number("failures_before_warning"),
        body: reader.text("body"),
        on_update: reader.text("on_update"),
    }
}

fn check_restart(reader: &mut Reader<'_>) -> CheckRestartDraft {
    CheckRestartDraft {
        limit: reader.number("limit"),
        grace: reader.duration("grace"),
        ignore_warnings: reader.flag("ignore_warnings"),
    }
}
