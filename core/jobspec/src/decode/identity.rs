//! `identity`, `vault`, `consul` and `secret`.
//!
//! Limits: which names are allowed is checked by validation.

use model::{ConsulBlockDraft, IdentityDraft, SecretBlockDraft, VaultDraft};

use super::reader::Reader;

pub(super) fn identity(reader: &mut Reader<'_>) -> IdentityDraft {
    IdentityDraft {
        name: reader.text("name"),
        audience: reader.texts("aud"),
        change_mode: reader.text("change_mode"),
        change_signal: reader.text("change_signal"),
        env: reader.flag("env"),
        file: reader.flag("file"),
        filepath: reader.text("filepath"),
        service_name: reader.text("service_name"),
        ttl: reader.duration("ttl"),
        extra_claims: reader.texts("extra_claims"),
    }
}

/// A vault block; the parser itself fills in `env` and the change mode, as Nomad's does.
pub(super) fn vault(reader: &mut Reader<'_>) -> VaultDraft {
    VaultDraft {
        role: reader.text("role"),
        policies: reader.texts("policies"),
        namespace: reader.text("namespace"),
        cluster: reader.text("cluster"),
        env: reader.flag("env").or(Some(true)),
        disable_file: reader.flag("disable_file").or(Some(false)),
        change_mode: reader.text("change_mode").or_else(|| Some("restart".to_owned())),
        change_signal: reader.text("change_signal"),
        allow_token_expiration: reader.flag("allow_token_expiration"),
    }
}

pub(super) fn consul(reader: &mut Reader<'_>) -> ConsulBlockDraft {
    ConsulBlockDraft {
        namespace: reader.text("namespace"),
        cluster: reader.text("cluster"),
        partition: reader.text("partition"),
    }
}

pub(super) fn secret(reader: &mut Reader<'_>, name: &str) -> SecretBlockDraft {
    SecretBlockDraft {
        name: Some(name.to_owned()),
        provider: reader.text("provider"),
        path: reader.text("path"),
        config: reader.free_form("config"),
        env: reader.string_map("env"),
    }
}
