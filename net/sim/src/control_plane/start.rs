//! The control plane as a subject: what runs on a server, who its clients are, when it has healed.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use model::{Nanos, Timestamp};
use openraft::AsyncRuntime;
use openraft_rt_sim::SimRuntime;
use raft::Encoded;
use state::{Command, Entry, codec};

use super::keeper::Keeper;
use super::ledger::Ledger;
use super::machine::ControlPlane;
use super::node::SimNode;
use super::person::Person;
use super::shell::Shell;
use super::worker;
use crate::invariants::{accounted, evals_end, jobs_kept, jobs_run, node_room, nodes_back, one_each};
use crate::subject::{Boot, Site, Subject};
use crate::world::Stage;
use crate::{Plant, Random, Report};

/// Workers of every server.
const WORKERS: u64 = 2;
/// Nodes of the cluster; together they have room for every job that people register.
pub(super) const NODES: u64 = 6;
/// People who register jobs.
const PEOPLE: u64 = 3;
/// Where the virtual calendar begins.
const EPOCH: Timestamp = Timestamp(1_000_000_000_000_000_000);
/// How far the clock of each server is before that of the one numbered before it.
const SKEW: Nanos = Nanos::from_millis(250);
/// Namespaces that plain writes change.
const NAMESPACES: u64 = 20;

/// Returns what the clock of a server shows.
pub(super) fn clock(stage: &Stage, server: usize) -> Timestamp {
    EPOCH + Nanos::from(stage.now()) + skew(server) + Nanos::from_millis(stage.clock_off(server))
}

fn skew(server: usize) -> Nanos {
    Nanos(SKEW.0 * i64::try_from(server).expect("at most seven servers"))
}

/// Returns 128 random bits of the seed.
pub(super) fn seed(stage: &Stage) -> u128 {
    stage.random(|random| u128::from(random.number()) << 64 | u128::from(random.number()))
}

impl Subject for ControlPlane {
    type Ledger = Ledger;

    // A worker that died holds its evaluation for a minute, and an evaluation that was given up waits for one more.
    const HEALING: Duration = Duration::from_secs(240);

    // Plain writes are there to find what consensus loses; most entries are the control plane's own.
    const PAUSE: Range<u64> = 5_000..200_000;

    fn empty(plant: Plant, server: usize) -> Self {
        Self::new(plant, skew(server))
    }

    fn digest(&self) -> u64 {
        let hash = self.snapshot().hash();
        (hash >> 64) as u64 ^ hash as u64
    }

    fn command(random: &mut Random, id: u64) -> Encoded {
        let namespace = model::Namespace {
            name: format!("n{}", random.pick(0..NAMESPACES)),
            description: id.to_string(),
            ..model::Namespace::default()
        };
        let entry = Entry { now: EPOCH, command: Command::UpsertNamespace(Box::new(namespace)) };
        let bytes = codec::encode(&entry).expect("a namespace is small");
        Encoded::with_decoded(bytes, Arc::new(entry))
    }

    fn broken(&self, thorough: bool) -> Vec<String> {
        let state = self.snapshot();
        let mut found: Vec<String> = self.take_undecoded().into_iter().collect();
        found.extend(node_room::violations(&state));
        if thorough {
            found.extend(accounted::violations(&state));
            found.extend(one_each::violations(&state));
        }
        found
    }

    fn start(boot: Boot<Self>) {
        for number in 0..WORKERS {
            drop(SimRuntime::spawn(worker::run(boot.clone(), number)));
        }
        drop(SimRuntime::spawn(Shell::new(boot).run()));
    }

    fn populate(site: &Arc<Site<Self>>, until: Duration) {
        for number in 0..NODES {
            let node = SimNode::new(Arc::clone(site), number);
            drop(SimRuntime::spawn(node.run(until, until + Self::HEALING)));
        }
        let keeper = Keeper::new(Arc::clone(site));
        drop(SimRuntime::spawn(keeper.run(until, until + Self::HEALING)));
        for number in 0..PEOPLE {
            let person = Person::new(Arc::clone(site), number);
            drop(SimRuntime::spawn(person.run(until)));
        }
    }

    fn unfinished(&self, ledger: &Ledger) -> Vec<String> {
        let state = self.snapshot();
        let mut found = jobs_kept::violations(&state, ledger);
        found.extend(evals_end::unfinished(&state));
        found.extend(nodes_back::unfinished(&state, NODES));
        found.extend(jobs_run::unfinished(&state));
        found
    }

    fn summarize(&self, ledger: &Ledger, report: &mut Report) {
        report.jobs = ledger.acknowledged();
        report.placements = self.snapshot().alloc_count() as u64;
    }
}
