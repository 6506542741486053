//! Defaults of services and of their mesh.
//!
//! Limits: names keep their `${…}`; they are expanded at registration.

use super::fill::{fill, fill_empty};
use crate::{ConnectDraft, Nanos, ServiceDraft, SidecarTaskDraft};

impl ServiceDraft {
    /// Fills the service; `base` is its name when it has none.
    pub(super) fn canonicalise(&mut self, base: &str) {
        fill_empty(&mut self.name, base);
        fill_empty(&mut self.address_mode, "auto");
        fill_empty(&mut self.on_update, "require_healthy");
        fill_empty(&mut self.provider, "consul");
        fill_empty(&mut self.cluster, "default");
        for check in self.checks.iter_mut().flatten() {
            fill_empty(&mut check.on_update, self.on_update.as_deref().unwrap_or_default());
            if check.check_restart.is_none() {
                check.check_restart.clone_from(&self.check_restart);
            }
            if let Some(restart) = &mut check.check_restart {
                fill(&mut restart.grace, Nanos::from_secs(1));
            }
        }
        if let Some(restart) = &mut self.check_restart {
            fill(&mut restart.grace, Nanos::from_secs(1));
        }
        if let Some(weights) = &mut self.weights {
            fill(&mut weights.passing, 1);
            fill(&mut weights.warning, 1);
        }
        self.connect.iter_mut().for_each(ConnectDraft::canonicalise);
    }
}

impl ConnectDraft {
    fn canonicalise(&mut self) {
        self.sidecar_task.iter_mut().for_each(SidecarTaskDraft::canonicalise);
        for proxy in self.gateway.iter_mut().filter_map(|gateway| gateway.proxy.as_mut()) {
            fill(&mut proxy.connect_timeout, Nanos::from_secs(5));
        }
    }
}

impl SidecarTaskDraft {
    fn canonicalise(&mut self) {
        self.resources.iter_mut().for_each(crate::ResourcesDraft::canonicalise);
        self.log_config.iter_mut().for_each(crate::LogConfigDraft::canonicalise);
        fill(&mut self.kill_timeout, Nanos::from_secs(5));
        fill(&mut self.shutdown_delay, Nanos::ZERO);
    }
}
