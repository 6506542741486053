//! Files of tasks: `artifact`, `template`, `dispatch_payload`, `logs`.
//!
//! Limits: paths and modes are checked by validation.

use model::{
    ArtifactDraft, ChangeScriptDraft, DispatchPayloadDraft, LogConfigDraft, Nanos, TemplateDraft,
    TemplateWaitDraft,
};

use super::reader::Reader;

pub(super) fn artifact(reader: &mut Reader<'_>) -> ArtifactDraft {
    ArtifactDraft {
        source: reader.text("source"),
        options: reader.string_map_block("options"),
        headers: reader.string_map_block("headers"),
        mode: reader.text("mode"),
        insecure: reader.flag("insecure"),
        destination: reader.text("destination"),
        chown: reader.flag("chown"),
    }
}

/// A template; the parser itself fills in change mode, splay and permissions, as Nomad's does.
pub(super) fn template(reader: &mut Reader<'_>) -> TemplateDraft {
    TemplateDraft {
        source: reader.text("source"),
        destination: reader.text("destination"),
        data: reader.text("data"),
        change_mode: reader.text("change_mode").or_else(|| Some("restart".to_owned())),
        change_script: reader.single("change_script", change_script),
        change_signal: reader.text("change_signal"),
        splay: reader.duration("splay").or(Some(Nanos::from_secs(5))),
        perms: reader.text("perms").or_else(|| Some("0644".to_owned())),
        uid: reader.number("uid"),
        gid: reader.number("gid"),
        left_delimiter: reader.text("left_delimiter"),
        right_delimiter: reader.text("right_delimiter"),
        env: reader.flag("env"),
        vault_grace: reader.duration("vault_grace"),
        wait: reader.single("wait", |reader| TemplateWaitDraft {
            min: reader.duration("min"),
            max: reader.duration("max"),
        }),
        once: reader.flag("once"),
        error_on_missing_key: reader.flag("error_on_missing_key"),
    }
}

fn change_script(reader: &mut Reader<'_>) -> ChangeScriptDraft {
    ChangeScriptDraft {
        command: reader.text("command"),
        args: reader.texts("args"),
        timeout: reader.duration("timeout"),
        fail_on_error: reader.flag("fail_on_error"),
        run_on_first_render: reader.flag("run_on_first_render"),
    }
}

pub(super) fn dispatch_payload(reader: &mut Reader<'_>) -> DispatchPayloadDraft {
    DispatchPayloadDraft { file: reader.text("file") }
}

pub(super) fn logs(reader: &mut Reader<'_>) -> LogConfigDraft {
    LogConfigDraft {
        max_files: reader.number("max_files"),
        max_file_size_mb: reader.number("max_file_size"),
        enabled: reader.flag("enabled"),
        disabled: reader.flag("disabled"),
    }
}
