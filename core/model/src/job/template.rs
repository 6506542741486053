//! Files that are fetched or rendered before a task starts.

use crate::document::GoMap;
use crate::{Nanos, document};

document! {
    /// A file or archive fetched before a task starts.
    Artifact / ArtifactDraft {
        /// Where it comes from.
        source: String = "GetterSource" ptr show,
        /// Options of the getter: checksum, archive, ref.
        options: GoMap = "GetterOptions" ptr show,
        /// HTTP headers.
        headers: GoMap = "GetterHeaders" ptr show,
        /// `any`, `file` or `dir`.
        mode: String = "GetterMode" ptr show,
        /// Skips verification of certificates.
        insecure: bool = "GetterInsecure" ptr show,
        /// Where it goes, relative to the task's directory.
        destination: String = "RelativeDest" ptr show,
        /// Gives it to the task's user.
        chown: bool = "Chown" val show,
    }
}

document! {
    /// A file rendered before a task starts, and again when its data change.
    Template / TemplateDraft {
        /// Path of the template.
        source: String = "SourcePath" ptr show,
        /// Where it is rendered to.
        destination: String = "DestPath" ptr show,
        /// Text of the template.
        data: String = "EmbeddedTmpl" ptr show,
        /// `restart`, `noop`, `signal` or `script`.
        change_mode: String = "ChangeMode" ptr show,
        /// Script for `script`.
        change_script: Option<ChangeScript> = "ChangeScript" ptr show,
        /// Signal for `signal`.
        change_signal: String = "ChangeSignal" ptr show,
        /// Longest random wait before the change is announced.
        splay: Nanos = "Splay" ptr show,
        /// Octal mode of the file.
        perms: String = "Perms" ptr show,
        /// Owner of the file.
        uid: Option<i64> = "Uid" ptr show,
        /// Group of the file.
        gid: Option<i64> = "Gid" ptr show,
        /// Opens an action.
        left_delimiter: String = "LeftDelim" ptr show,
        /// Closes an action.
        right_delimiter: String = "RightDelim" ptr show,
        /// Reads the file as environment of the task.
        env: bool = "Envvars" ptr show,
        /// Deprecated.
        vault_grace: Nanos = "VaultGrace" ptr show,
        /// Bounds of the wait for data to settle.
        wait: Option<TemplateWait> = "Wait" ptr show,
        /// Renders once only.
        once: bool = "Once" ptr show,
        /// Fails when a key is missing.
        error_on_missing_key: bool = "ErrMissingKey" val show,
    }
}

document! {
    /// Script that runs when a template changed.
    ChangeScript / ChangeScriptDraft {
        /// The program.
        command: String = "Command" ptr show,
        /// Its arguments.
        args: Vec<String> = "Args" ptr show,
        /// How long it may run.
        timeout: Nanos = "Timeout" ptr show,
        /// Kills the task when it fails.
        fail_on_error: bool = "FailOnError" val show,
        /// Runs after the first rendering too.
        run_on_first_render: bool = "RunOnFirstRender" val show,
    }
}

document! {
    /// Bounds of the wait for data to settle.
    TemplateWait / TemplateWaitDraft {
        /// Shortest wait.
        min: Option<Nanos> = "Min" ptr show,
        /// Longest wait.
        max: Option<Nanos> = "Max" ptr show,
    }
}
