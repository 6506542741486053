//! A simulated node: registers, pings, runs what it is told to run, and now and then falls silent.
//!
//! Limits: it looks at the state of one server every [`PERIOD`] instead of being told; its instances start and stop at
//! once and survive its silence.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;
use std::time::Duration;

use model::{
    Alloc, AllocId, AllocUpdate, ClientStatus, JobKind, Name, Node, RunState, TaskState, TaskStates,
    Timestamp,
};
use openraft::AsyncRuntime;
use openraft_rt_sim::SimRuntime;
use state::State;

use super::call::{Ask, Door, Told};
use super::instance::Instance;
use super::machine::ControlPlane;
use super::start::clock;
use crate::Random;
use crate::subject::Site;

const PERIOD: Duration = Duration::from_secs(1);
/// It falls silent once in so many periods.
const SILENCE: u64 = 40;
/// For so long, in microseconds: from not noticed to given up.
const SILENT_FOR: std::ops::Range<u64> = 1_000_000..20_000_000;

/// One node.
pub(super) struct SimNode {
    site: Arc<Site<ControlPlane>>,
    node: Node,
    door: Option<Door>,
    registered: bool,
    /// The newest state that it has seen; older ones are ignored.
    seen: u64,
    /// What runs or has ended here.
    here: BTreeMap<AllocId, Instance>,
    /// From then on nothing fails by itself.
    calm_from: Duration,
}

impl SimNode {
    pub(super) fn new(site: Arc<Site<ControlPlane>>, number: u64) -> Self {
        let node = testkit::node(number);
        Self {
            site,
            node,
            door: None,
            registered: false,
            seen: 0,
            here: BTreeMap::new(),
            calm_from: Duration::ZERO,
        }
    }

    /// Works until the virtual time `end`, without falling silent after `until`.
    pub(super) async fn run(mut self, until: Duration, end: Duration) {
        self.calm_from = until;
        while self.site.stage.now() < end && !self.site.stage.oracle().failed() {
            let silent = self.site.stage.random(|random| random.chance(1, SILENCE));
            if silent && self.registered && self.site.stage.now() < until {
                self.fall_silent(until).await;
            }
            self.step().await;
            let jitter = self.site.stage.random(|random| random.micros(0..50_000));
            SimRuntime::sleep(PERIOD + jitter).await;
        }
    }

    async fn fall_silent(&mut self, until: Duration) {
        let pause = self.site.stage.random(|random| random.micros(SILENT_FOR));
        let left = until.saturating_sub(self.site.stage.now());
        SimRuntime::sleep(pause.min(left)).await;
        self.registered = false;
    }

    async fn step(&mut self) {
        let open = self.door.as_ref().is_some_and(Door::is_open);
        if !open {
            let server = self.site.stage.random(|random| random.pick(0..self.site.hosts.len() as u64));
            self.door = Door::to(&self.site, server as usize);
            self.registered = false;
        }
        let Some(door) = self.door.clone() else { return };
        if !self.registered {
            let told = door.ask(Ask::RegisterNode(Box::new(self.node.clone()))).await;
            self.registered = matches!(told, Told::Committed { .. });
            if let Told::Refused(reason) = told {
                self.site.stage.oracle().violation(format!("node {} is refused: {reason}", self.node.id));
            }
        }
        let pinged = self.registered && matches!(door.ask(Ask::Ping(self.node.id)).await, Told::Done);
        if !pinged {
            self.door = None;
            return;
        }
        self.look(&door).await;
    }

    /// Looks at what its server knows, does it and reports it.
    async fn look(&mut self, door: &Door) {
        let Some(machine) = self.site.hosts[door.server].machine() else { return };
        let state = machine.subject().snapshot();
        if state.index < self.seen {
            return;
        }
        self.seen = state.index;
        if state.node(self.node.id).is_none() {
            // Its server hangs up when the node was forgotten: it registers anew.
            self.registered = false;
            return;
        }
        let updates = self.updates(&state, clock(&self.site.stage, door.server));
        if updates.is_empty() {
            return;
        }
        let number = updates.len() as u64;
        let told = door.ask(Ask::Update { node: self.node.id, updates }).await;
        let stored = u64::from(matches!(told, Told::Done));
        self.site.stage.trace("report", &[self.node.id.0 as u64, number, stored]);
    }

    fn updates(&mut self, state: &State, clock: Timestamp) -> Vec<AllocUpdate> {
        let now = self.site.stage.now();
        let fallible = now < self.calm_from;
        let mut updates = Vec::new();
        for alloc in state.allocs_on_node(self.node.id) {
            let wanted = !alloc.is_terminal();
            // What it was told to stop stays stopped, and what never ran here need not be stopped.
            let instance = match self.here.entry(alloc.id) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) if wanted => {
                    let kind = alloc.job.kind();
                    let start = |random: &mut Random| Instance::start(kind, now, fallible, random);
                    new.insert(self.site.stage.random(start))
                }
                Entry::Vacant(new) => new.insert(Instance::never_ran(now)),
            };
            let status = instance.status(now, wanted);
            // Deployments and drains wait for its health.
            let undecided = alloc.health.and_then(|health| health.healthy).is_none();
            let asked = undecided && (!alloc.deployment.is_none() || alloc.job.kind() == JobKind::Service);
            let healthy = instance.healthy(now).filter(|_| asked);
            if !alloc.client_terminal() && (alloc.client != status || healthy.is_some()) {
                updates.push(update(alloc, status, healthy, clock));
            }
        }
        updates.truncate(model::link::MAX_UPDATES);
        updates
    }
}

fn update(alloc: &Alloc, status: ClientStatus, healthy: Option<bool>, now: Timestamp) -> AllocUpdate {
    let runs = status == ClientStatus::Running;
    let names = alloc.task_group().map(|group| group.tasks.iter().map(|task| Name::from(task.name.as_str())));
    let tasks: TaskStates = names
        .into_iter()
        .flatten()
        .map(|name| {
            let mut task = TaskState::pending();
            task.state = if runs { RunState::Running } else { RunState::Dead };
            task.failed = status == ClientStatus::Failed;
            task.started_at = now;
            (name, task)
        })
        .collect();
    let healthy = healthy.map(|healthy| (healthy, now));
    AllocUpdate {
        id: alloc.id,
        status,
        description: Name::from(""),
        tasks,
        healthy,
        network: None,
        services: Vec::new(),
    }
}
