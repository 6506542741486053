//! Somebody who looks after the nodes: drains them and takes them back, and has garbage collected.
//!
//! Limits: one node at a time is drained; in the end every node takes allocations again.

use std::sync::Arc;
use std::time::Duration;

use control::request::DrainNode;
use model::{Nanos, NodeId};
use openraft::AsyncRuntime;
use openraft_rt_sim::SimRuntime;

use super::call::{Ask, Door, Told};
use super::machine::ControlPlane;
use super::start::NODES;
use crate::subject::Site;

/// Time between two things that it does, in microseconds.
const PAUSE: std::ops::Range<u64> = 500_000..8_000_000;
/// How long a drain is left alone, in microseconds.
const DRAINS_FOR: std::ops::Range<u64> = 500_000..20_000_000;
/// Deadlines of drains, in milliseconds: none, at once, and some time.
const DEADLINES_MS: [i64; 4] = [0, -1, 3_000, 15_000];
/// Time between two looks whether every node is back.
const LOOK: Duration = Duration::from_secs(1);

/// The keeper of the nodes.
pub(super) struct Keeper {
    site: Arc<Site<ControlPlane>>,
}

impl Keeper {
    pub(super) const fn new(site: Arc<Site<ControlPlane>>) -> Self {
        Self { site }
    }

    /// Works until the virtual time `until`, and takes every node back until `end`.
    pub(super) async fn run(self, until: Duration, end: Duration) {
        while self.goes_on(until) {
            let pause = self.site.stage.random(|random| random.micros(PAUSE));
            SimRuntime::sleep(pause).await;
            if self.site.stage.random(|random| random.chance(1, 3)) {
                self.ask(Ask::ForceGc).await;
            } else {
                self.drain().await;
            }
        }
        while self.goes_on(end) {
            for node in (0..NODES).map(testkit::node_id) {
                self.take_back(node).await;
            }
            SimRuntime::sleep(LOOK).await;
        }
    }

    fn goes_on(&self, until: Duration) -> bool {
        self.site.stage.now() < until && !self.site.stage.oracle().failed()
    }

    async fn drain(&self) {
        let (node, deadline, ignore_system, pause) = self.site.stage.random(|random| {
            let deadline = DEADLINES_MS[random.pick(0..DEADLINES_MS.len() as u64) as usize];
            (random.pick(0..NODES), deadline, random.chance(1, 2), random.micros(DRAINS_FOR))
        });
        let spec = Some((Nanos::from_millis(deadline), ignore_system));
        self.ask(Ask::DrainNode(DrainNode { id: testkit::node_id(node), spec, mark_eligible: false })).await;
        SimRuntime::sleep(pause).await;
        self.take_back(testkit::node_id(node)).await;
    }

    /// Ends the drain of a node, or makes it eligible, as far as the server that is asked knows of it.
    async fn take_back(&self, id: NodeId) {
        let Some(state) = self.site.leader().and_then(|leader| self.site.hosts[leader].machine()) else {
            return;
        };
        let state = state.subject().snapshot();
        let Some(node) = state.node(id) else { return };
        if node.drain.is_some() {
            self.ask(Ask::DrainNode(DrainNode { id, spec: None, mark_eligible: true })).await;
        } else if !node.eligible {
            self.ask(Ask::Eligibility { node: id, eligible: true }).await;
        }
    }

    async fn ask(&self, ask: Ask) {
        let server = self.site.stage.random(|random| random.pick(0..self.site.hosts.len() as u64));
        let Some(door) = Door::to(&self.site, server as usize) else { return };
        // A node that is not there, or whose fate is open, is looked at again in the end.
        let told = door.ask(ask).await;
        self.site.stage.trace("keeper", &[u64::from(matches!(told, Told::Committed { .. } | Told::Done))]);
    }
}
