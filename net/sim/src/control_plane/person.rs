//! Somebody who registers jobs, changes them and stops them, through any server.
//!
//! Limits: one request at a time; a request whose outcome is unknown is not repeated.

use std::sync::Arc;
use std::time::Duration;

use control::request::{DeregisterJob, RegisterJob};
use model::EvalId;
use openraft::AsyncRuntime;
use openraft_rt_sim::SimRuntime;

use super::call::{Ask, Door, Told};
use super::job;
use super::ledger::Wish;
use super::machine::ControlPlane;
use super::start::seed;
use crate::Plant;
use crate::subject::Site;

/// Versions of a job's task.
const VERSIONS: u64 = 3;
/// Time between two requests, in microseconds.
const PAUSE: std::ops::Range<u64> = 100_000..3_000_000;

/// One person.
pub(super) struct Person {
    site: Arc<Site<ControlPlane>>,
    number: u64,
}

impl Person {
    pub(super) const fn new(site: Arc<Site<ControlPlane>>, number: u64) -> Self {
        Self { site, number }
    }

    /// Works until the virtual time `until`.
    pub(super) async fn run(self, until: Duration) {
        let mut request = 0;
        while self.site.stage.now() < until && !self.site.stage.oracle().failed() {
            let server = self.site.stage.random(|random| random.pick(0..self.site.hosts.len() as u64));
            if let Some(door) = Door::to(&self.site, server as usize) {
                request += 1;
                self.request(&door, request).await;
            }
            let pause = self.site.stage.random(|random| random.micros(PAUSE));
            SimRuntime::sleep(pause).await;
        }
    }

    async fn request(&self, door: &Door, request: u64) {
        let eval = EvalId(seed(&self.site.stage));
        let (job, count, version, stop) = self.site.stage.random(|random| {
            let (job, count) = (random.pick(0..job::JOBS), random.pick(1..job::MAX_COUNT + 1));
            (job, count, random.pick(0..VERSIONS), random.chance(1, 8))
        });
        let key = job::key(self.number, job);
        // A stopped job keeps the number of the request that registered it.
        let before = self.site.ledger.promises().remove(&key).unwrap_or_default();
        let settled = before.acknowledged.filter(|wish| before.open.is_empty() && !wish.stopped);
        let (wish, ask) = match settled.filter(|_| stop) {
            Some(wish) => {
                let request = DeregisterJob {
                    key: key.clone(),
                    purge: false,
                    no_shutdown_delay: false,
                    eval_priority: None,
                    eval,
                };
                (Wish { stopped: true, ..wish }, Ask::DeregisterJob(Box::new(request)))
            }
            None => {
                let job = job::job(&key, request, count, version);
                let registration = RegisterJob {
                    job,
                    submission: None,
                    enforce_index: None,
                    preserve_counts: false,
                    eval_priority: None,
                    management: false,
                    eval,
                };
                (Wish { number: request, stopped: false }, Ask::RegisterJob(Box::new(registration)))
            }
        };
        self.site.ledger.sent(&key, wish);
        match door.ask(ask).await {
            Told::Committed { index, command } => {
                let about = [self.number, job, wish.number, index, command];
                self.site.stage.trace("job acknowledged", &about);
                self.site.stage.oracle().acknowledge(index, command);
                self.site.ledger.acknowledge(&key, wish);
            }
            // Only a leader with a planted bug says so.
            Told::Done => self.site.ledger.acknowledge(&key, wish),
            Told::NotLeader => self.site.ledger.refused(&key, wish),
            Told::Unknown if self.site.plant == Plant::UnknownIsNo => self.site.ledger.refused(&key, wish),
            // It was done, and was forgotten before it could be stopped.
            Told::Refused(_) if wish.stopped && job::ends(&key) => self.site.ledger.refused(&key, wish),
            Told::Refused(reason) => {
                self.site.stage.oracle().violation(format!("job {key} is refused: {reason}"));
            }
            Told::Unknown | Told::Delivery(_) | Told::Plan(_) => {
                self.site.stage.count(|report| report.unknown += 1);
            }
        }
    }
}
