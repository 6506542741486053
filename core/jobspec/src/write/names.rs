//! Where job files say it differently than the model.
//!
//! Limits: fields that are not listed are written under their own name; lists of documents are blocks under the
//! name without its plural.

use model::document::{FieldDef, Kind};
use serde_json::Value as Json;

/// Returns the name of a field in a job file; `None` for what job files have no word for.
pub(super) fn hcl_name(block: &str, field: &FieldDef) -> Option<&'static str> {
    let found = NAMES.iter().find(|(at, name, _)| (*at == block || *at == "*") && *name == field.name);
    if let Some((_, _, hcl)) = found {
        return (!hcl.is_empty()).then_some(*hcl);
    }
    match field.kind {
        Kind::Documents(_) | Kind::NamedDocuments(_) => {
            Some(field.name.strip_suffix('s').unwrap_or(field.name))
        }
        Kind::Scalar | Kind::List | Kind::Map | Kind::Document(_) => Some(field.name),
    }
}

/// Returns the field whose value is the label of a block.
pub(super) fn label_field(parent: &str, block: &str) -> Option<&'static str> {
    match (parent, block) {
        (_, "port") => Some("Label"),
        (_, "target") => Some("Value"),
        ("task", "scaling") => Some("Type"),
        (_, "job" | "group" | "task" | "volume" | "device" | "secret" | "action" | "region") => Some("Name"),
        (_, "envoy_gateway_bind_addresses") => Some("Name"),
        _ => None,
    }
}

/// Returns how a label is written; the scaling policies of tasks have shorter names than types.
pub(super) fn label_text<'a>(block: &str, value: &'a str) -> &'a str {
    match (block, value) {
        ("scaling", "vertical_cpu") => "cpu",
        ("scaling", "vertical_mem") => "mem",
        _ => value,
    }
}

/// How a map of strings is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MapForm {
    /// `name { key = value }`, or `name = { … }` where a key is no name.
    Either,
    /// Only `name { key = value }`.
    Block,
    /// Only `name = { … }`.
    Attribute,
}

/// Returns how a map is written.
pub(super) fn map_form(name: &str) -> MapForm {
    match name {
        "options" | "headers" | "header" => MapForm::Block,
        "args" => MapForm::Attribute,
        _ => MapForm::Either,
    }
}

/// Says whether a block must have an attribute even if it holds nothing.
pub(super) fn is_required(block: &str, name: &str) -> bool {
    matches!((block, name), ("lifecycle", "hook") | ("scaling", "max"))
}

/// Says whether a value is the one that the parser fills in by itself.
pub(super) fn is_filled_in(block: &str, name: &str, value: &Json) -> bool {
    let json = value.to_string();
    FILLED.contains(&(block, name, json.as_str()))
}

/// Block, attribute and the JSON of what the parser fills in.
const FILLED: [(&str, &str, &str); 9] = [
    ("constraint", "operator", "\"=\""),
    ("affinity", "operator", "\"=\""),
    ("template", "change_mode", "\"restart\""),
    ("template", "splay", "5000000000"),
    ("template", "perms", "\"0644\""),
    ("vault", "env", "true"),
    ("vault", "disable_file", "false"),
    ("vault", "change_mode", "\"restart\""),
    ("scaling", "type", "\"horizontal\""),
];

/// Block, field and its name in job files; an empty name means that there is none. `*` is any block.
const NAMES: [(&str, &str, &str); 62] = [
    // What only a server fills in.
    ("job", "stop", ""),
    ("job", "parent_id", ""),
    ("job", "dispatched", ""),
    ("job", "dispatch_idempotency_token", ""),
    ("job", "payload", ""),
    ("job", "consul_namespace", ""),
    ("job", "vault_namespace", ""),
    ("job", "nomad_token_id", ""),
    ("job", "status", ""),
    ("job", "status_description", ""),
    ("job", "stable", ""),
    ("job", "version", ""),
    ("job", "submit_time", ""),
    ("job", "create_index", ""),
    ("job", "modify_index", ""),
    ("job", "job_modify_index", ""),
    ("job", "version_tag", ""),
    ("service", "namespace", ""),
    ("scaling", "id", ""),
    ("scaling", "namespace", ""),
    ("scaling", "target", ""),
    ("scaling", "create_index", ""),
    ("scaling", "modify_index", ""),
    // What the parser fills in by itself.
    ("job", "id", ""),
    ("job", "name", ""),
    ("periodic", "spec_type", ""),
    // Old names in JSON.
    ("proxy", "expose_config", ""),
    ("expose", "path", ""),
    // Other words.
    ("job", "job_type", "type"),
    ("check", "check_type", "type"),
    ("volume", "volume_type", "type"),
    ("csi_plugin", "plugin_type", "type"),
    ("scaling", "scaling_type", "type"),
    ("job", "task_groups", "group"),
    ("*", "affinities", "affinity"),
    ("*", "identities", "identity"),
    ("*", "scaling_policies", "scaling"),
    ("*", "log_config", "logs"),
    ("*", "task_name", "task"),
    ("*", "port_label", "port"),
    ("*", "ltarget", "attribute"),
    ("*", "rtarget", "value"),
    ("*", "operand", "operator"),
    ("*", "spec", "cron"),
    ("*", "specs", "crons"),
    ("identity", "audience", "aud"),
    ("ephemeral_disk", "size_mb", "size"),
    ("logs", "max_file_size_mb", "max_file_size"),
    ("resources", "memory_mb", "memory"),
    ("resources", "memory_max_mb", "memory_max"),
    ("resources", "disk_mb", "disk"),
    ("resources", "secrets_mb", "secrets"),
    ("network", "reserved_ports", "port"),
    ("network", "dynamic_ports", "port"),
    ("port", "value", "static"),
    ("proxy", "upstreams", "upstreams"),
    ("proxy", "bind_tagged_addresses", "envoy_gateway_bind_tagged_addresses"),
    ("proxy", "bind_addresses", "envoy_gateway_bind_addresses"),
    ("proxy", "no_default_bind", "envoy_gateway_no_default_bind"),
    ("proxy", "dns_discovery_type", "envoy_dns_discovery_type"),
    ("tls", "min_version", "tls_min_version"),
    ("tls", "max_version", "tls_max_version"),
];
