//! Defaults of a task and of what it needs.
//!
//! Limits: see the parent module.

use super::fill::{fill, fill_empty, fill_text};
use crate::{
    ArtifactDraft, CsiPluginDraft, LogConfigDraft, Nanos, ResourcesDraft, RestartDraft, TaskDraft,
    TemplateDraft, VaultDraft, VolumeMountDraft,
};

impl TaskDraft {
    /// Fills the task; `base` starts the names of its services, `restart` is its group's policy.
    pub(super) fn canonicalise(&mut self, base: &str, restart: &RestartDraft) {
        fill(&mut self.kill_timeout, Nanos::from_secs(5));
        self.log_config.get_or_insert_default().canonicalise();
        self.resources.get_or_insert_default().canonicalise();
        self.restart.get_or_insert_default().inherit(restart);
        for affinity in self.affinities.iter_mut().flatten() {
            fill(&mut affinity.weight, 50);
        }
        self.artifacts.iter_mut().flatten().for_each(ArtifactDraft::canonicalise);
        self.templates.iter_mut().flatten().for_each(TemplateDraft::canonicalise);
        self.volume_mounts.iter_mut().flatten().for_each(VolumeMountDraft::canonicalise);
        self.vault.iter_mut().for_each(VaultDraft::canonicalise);
        self.csi_plugin.iter_mut().for_each(CsiPluginDraft::canonicalise);
        if let Some(consul) = &mut self.consul {
            fill_empty(&mut consul.cluster, "default");
        }
        let base = format!("{base}-{}", self.name.as_deref().unwrap_or_default());
        for service in self.services.iter_mut().flatten() {
            service.canonicalise(&base);
        }
    }
}

impl LogConfigDraft {
    pub(super) fn canonicalise(&mut self) {
        fill(&mut self.max_files, 10);
        fill(&mut self.max_file_size_mb, 10);
        fill(&mut self.disabled, false);
    }
}

impl ResourcesDraft {
    pub(super) fn canonicalise(&mut self) {
        let cores = *self.cores.get_or_insert(0);
        fill(&mut self.cpu, if cores > 0 { 0 } else { 100 });
        fill(&mut self.memory_mb, 300);
        for device in self.devices.iter_mut().flatten() {
            fill(&mut device.count, 1);
            for affinity in device.affinities.iter_mut().flatten() {
                fill(&mut affinity.weight, 50);
            }
        }
        if let Some(numa) = &mut self.numa {
            fill_empty(&mut numa.affinity, "none");
        }
    }
}

impl ArtifactDraft {
    fn canonicalise(&mut self) {
        fill_text(&mut self.mode, "any");
        fill(&mut self.insecure, false);
        if self.destination.is_none() {
            let file = self.mode.as_deref() == Some("file");
            let name = self.source.as_deref().and_then(|source| source.rsplit('/').next()).filter(|_| file);
            self.destination = Some(format!("local/{}", name.unwrap_or_default()));
        }
    }
}

impl TemplateDraft {
    fn canonicalise(&mut self) {
        fill_text(&mut self.source, "");
        fill_text(&mut self.destination, "");
        fill_text(&mut self.data, "");
        fill_text(&mut self.change_mode, "restart");
        match &mut self.change_signal {
            Some(signal) => *signal = signal.to_uppercase(),
            None => self.change_signal = Some(String::new()),
        }
        if let Some(script) = &mut self.change_script {
            fill_text(&mut script.command, "");
            fill(&mut script.args, Vec::new());
            fill(&mut script.timeout, Nanos::from_secs(5));
        }
        fill(&mut self.splay, Nanos::from_secs(5));
        fill_text(&mut self.perms, "0644");
        fill_text(&mut self.left_delimiter, "{{");
        fill_text(&mut self.right_delimiter, "}}");
        fill(&mut self.env, false);
        fill(&mut self.vault_grace, Nanos::ZERO);
        fill(&mut self.once, false);
    }
}

impl VolumeMountDraft {
    fn canonicalise(&mut self) {
        fill_text(&mut self.propagation_mode, "private");
        fill(&mut self.read_only, false);
        fill_text(&mut self.selinux_label, "");
    }
}

impl VaultDraft {
    fn canonicalise(&mut self) {
        fill(&mut self.env, true);
        fill(&mut self.disable_file, false);
        fill_text(&mut self.namespace, "");
        fill_empty(&mut self.cluster, "default");
        fill_text(&mut self.change_mode, "restart");
        fill_text(&mut self.change_signal, "SIGHUP");
        fill(&mut self.allow_token_expiration, false);
    }
}

impl CsiPluginDraft {
    fn canonicalise(&mut self) {
        fill_empty(&mut self.mount_dir, "/csi");
        fill_empty(&mut self.stage_publish_base_dir, "/local/csi");
        fill(&mut self.health_timeout, Nanos::from_secs(30));
    }
}
