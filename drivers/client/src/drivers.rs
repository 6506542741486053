//! The drivers of this node, by name.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use builtin::{Exec, ExecOptions, ExecSettings, Mock, MockOptions, RawExec, RawExecOptions, java};
use driver::signal::Signal;
use driver::{
    Driver, ExecRequest, ExecSession, Fingerprint, Health, TaskError, TaskHandle, TaskId, TaskStats,
};
use model::{AllocId, DriverInfo, Name};

use crate::{Config, clock};

/// Drivers of the job language that this build does not have; nodes say so.
const ABSENT: [&str; 2] = ["docker", "qemu"];
/// Drivers whose tasks have a world of their own.
const ISOLATED: [&str; 2] = ["exec", "java"];
/// Drivers that simulated nodes claim to have; all of them are the mock driver.
const SIMULATED: [&str; 3] = ["mock_driver", "exec", "docker"];

/// The drivers of this node.
pub(crate) struct Drivers {
    by_name: BTreeMap<&'static str, Arc<dyn Driver>>,
    raw_exec: Option<Arc<RawExec>>,
    /// `exec` and what runs in its world, by name.
    isolated: BTreeMap<&'static str, Arc<Exec>>,
}

impl Drivers {
    /// Makes those that the configuration wants.
    pub(crate) fn new(config: &Config) -> Self {
        let mut by_name: BTreeMap<&'static str, Arc<dyn Driver>> = BTreeMap::new();
        if config.sim.is_some() {
            let mock: Arc<dyn Driver> = Arc::new(Mock::new(MockOptions::default()));
            by_name.extend(SIMULATED.map(|name| (name, Arc::clone(&mock))));
            return Self { by_name, raw_exec: None, isolated: BTreeMap::new() };
        }
        if let Some(options) = &config.drivers.mock {
            by_name.insert("mock_driver", Arc::new(Mock::new(options.clone())));
        }
        let raw_exec = Arc::new(RawExec::new(raw_exec_options(config)));
        by_name.insert("raw_exec", Arc::clone(&raw_exec) as Arc<dyn Driver>);
        let isolated = isolated(config);
        by_name.extend(isolated.iter().map(|(name, driver)| (*name, Arc::clone(driver) as Arc<dyn Driver>)));
        Self { by_name, raw_exec: Some(raw_exec), isolated }
    }

    /// Returns the driver of that name.
    pub(crate) fn get(&self, name: &str) -> Option<Arc<dyn Driver>> {
        self.by_name.get(name).cloned()
    }

    /// Returns what the drivers say about themselves, absent ones included.
    pub(crate) async fn fingerprint(&self) -> BTreeMap<Name, DriverInfo> {
        let now = clock::now();
        let mut found = BTreeMap::new();
        let absent = Fingerprint::undetected("this build does not have the driver");
        let off = ISOLATED.iter().filter(|name| !self.by_name.contains_key(*name));
        found.extend(off.map(|name| (Name::from(*name), info(&Fingerprint::undetected("disabled"), now))));
        for name in ABSENT {
            found.insert(Name::from(name), info(&absent, now));
        }
        for (name, driver) in &self.by_name {
            let mut fingerprint = driver.fingerprint().await;
            if driver.name() != *name {
                fingerprint = Fingerprint::healthy(name);
            }
            found.insert(Name::from(*name), info(&fingerprint, now));
        }
        found
    }

    /// Looks for a task of a driver that an earlier agent started and of which nothing was recorded.
    pub(crate) fn find(&self, driver: &str, id: &TaskId) -> Option<TaskHandle> {
        match driver {
            "raw_exec" => self.raw_exec.as_ref()?.find(id),
            other => self.isolated.get(other)?.find(id),
        }
    }

    /// Sends a signal to a task, whichever driver holds it.
    pub(crate) async fn signal(&self, alloc: AllocId, task: &str, signal: Signal) -> Result<(), String> {
        let id = TaskId { alloc: alloc.to_string(), task: task.to_owned() };
        for driver in self.by_name.values() {
            match driver.signal(&id, signal).await {
                Err(TaskError::NotFound(_)) => {}
                other => return other.map_err(|error| error.to_string()),
            }
        }
        Err(TaskError::NotFound(id).to_string())
    }

    /// Runs a command in a task, whichever driver holds it.
    pub(crate) async fn exec(&self, id: &TaskId, request: &ExecRequest) -> Result<ExecSession, TaskError> {
        for driver in self.by_name.values() {
            match driver.exec(id, request.clone()).await {
                Err(TaskError::NotFound(_)) => {}
                other => return other,
            }
        }
        Err(TaskError::NotFound(id.clone()))
    }

    /// Returns what a task uses, whichever driver holds it; `None` when it does not run.
    pub(crate) async fn stats(&self, id: &TaskId) -> Option<TaskStats> {
        for driver in self.by_name.values() {
            match driver.stats(id).await {
                Err(TaskError::NotFound(_)) => {}
                other => return other.ok(),
            }
        }
        None
    }

    /// Kills every task of allocations that `keep` does not want.
    pub(crate) async fn sweep(&self, keep: impl Fn(AllocId) -> bool + Send + 'static) {
        let Some(raw_exec) = &self.raw_exec else { return };
        let keep = move |alloc: &str| alloc.parse().is_ok_and(&keep);
        match raw_exec.sweep(keep).await {
            Ok(report) => {
                for name in report.removed {
                    tracing::info!(task = name, "ended a task that the servers have forgotten");
                }
                for (name, error) in report.failed {
                    tracing::warn!(task = name, %error, "cannot end a forgotten task");
                }
            }
            Err(error) => tracing::warn!(%error, "cannot list the executors"),
        }
    }
}

/// Returns the directory of the executors' state.
pub(crate) fn executors_dir(state_dir: &Path) -> std::path::PathBuf {
    state_dir.join("executors")
}

fn raw_exec_options(config: &Config) -> RawExecOptions {
    let mut options = RawExecOptions::enabled(config.executor.clone(), executors_dir(&config.state_dir));
    match &config.drivers.raw_exec {
        Some(settings) => {
            options.denied_host_uids.clone_from(&settings.denied_host_uids);
            options.denied_host_gids.clone_from(&settings.denied_host_gids);
            options.denied_envvars.clone_from(&settings.denied_envvars);
        }
        None => options.enabled = false,
    }
    options
}

/// Makes the drivers whose tasks have a world of their own.
fn isolated(config: &Config) -> BTreeMap<&'static str, Arc<Exec>> {
    let settings = &config.drivers;
    let options = |settings: &ExecSettings| exec_options(config, settings);
    let exec = settings.exec.as_ref().map(|settings| ("exec", Exec::new(options(settings))));
    let java = settings.java.as_ref().map(|settings| ("java", java(options(settings))));
    exec.into_iter().chain(java).map(|(name, driver)| (name, Arc::new(driver))).collect()
}

fn exec_options(config: &Config, settings: &ExecSettings) -> ExecOptions {
    let mut options = ExecOptions::new(config.executor.clone(), executors_dir(&config.state_dir));
    options.settings = settings.clone();
    if !config.drivers.chroot_env.is_empty() {
        options.chroot_env.clone_from(&config.drivers.chroot_env);
    }
    options.denied_users.clone_from(&config.drivers.denied_users);
    options.hidden.extend([config.state_dir.clone(), config.alloc_dir.clone()]);
    options
}

fn info(fingerprint: &Fingerprint, now: model::Timestamp) -> DriverInfo {
    let attributes = fingerprint.attributes.iter();
    DriverInfo {
        detected: fingerprint.health != Health::Undetected,
        healthy: fingerprint.health == Health::Healthy,
        description: Name::from(fingerprint.description.as_str()),
        updated_at: now,
        attributes: attributes.map(|(k, v)| (Name::from(k.as_str()), Name::from(v.as_str()))).collect(),
    }
}
