//! One simulation from beginning to end.
//!
//! ```text
//! found the group → clients and chaos for `duration` → heal → everybody agrees → fresh writes → verdict
//! ```
//! Limits: the group must heal within 60 virtual seconds.

use std::sync::Arc;
use std::time::Duration;

use openraft::AsyncRuntime;
use openraft_rt_sim::SimRuntime;

use crate::chaos::Chaos;
use crate::host::Host;
use crate::operator::{Operator, is_settled};
use crate::workload::Client;
use crate::world::Stage;
use crate::{Counter, Report, Subject};

/// How long healing may take, in virtual time.
const HEALING: Duration = Duration::from_secs(60);
/// Fresh writes that a healed group must take.
const FRESH: u64 = 20;

/// What is simulated beside the seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How many servers the group has, 1 to 7.
    pub servers: usize,
    /// How many clients write and read.
    pub clients: u64,
    /// What is broken on purpose.
    pub plant: Plant,
}

/// A bug that is planted to prove that the oracle finds it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Plant {
    /// Nothing is broken.
    #[default]
    Nothing,
    /// A restarted leader goes on in its old term, without an election.
    LeaderRestore,
    /// Disks claim syncs of file content that they do not do.
    LyingDisks,
}

impl Default for Options {
    fn default() -> Self {
        Self { servers: 3, clients: 3, plant: Plant::Nothing }
    }
}

/// Simulates a group of counters for `duration` of virtual time.
#[must_use]
pub fn run(seed: u64, duration: Duration, options: Options) -> Report {
    run_with::<Counter>(seed, duration, options)
}

/// Simulates a group of `S` for `duration` of virtual time.
#[must_use]
pub fn run_with<S: Subject>(seed: u64, duration: Duration, options: Options) -> Report {
    SimRuntime::with_seed(seed).block_on(play::<S>(seed, duration, options))
}

async fn play<S: Subject>(seed: u64, duration: Duration, options: Options) -> Report {
    let stage = Stage::new(seed, options.servers);
    let hosts: Vec<Arc<Host<S>>> =
        (0..options.servers).map(|server| Host::new(stage.clone(), server, options)).collect();
    found(&stage, &hosts).await;

    let until = stage.now() + duration;
    for number in 0..options.clients {
        let client = Client { number, stage: stage.clone(), hosts: hosts.clone() };
        drop(SimRuntime::spawn(client.run(until)));
    }
    let operator = Operator { stage: stage.clone(), hosts: hosts.clone() };
    drop(SimRuntime::spawn(operator.run(until + HEALING)));
    Chaos { stage: stage.clone(), hosts: hosts.clone() }.run(until).await;

    if !stage.oracle().failed() {
        heal(&stage, &hosts).await;
    }
    stage.report(duration)
}

async fn found<S: Subject>(stage: &Arc<Stage>, hosts: &[Arc<Host<S>>]) {
    for host in hosts {
        host.boot().await;
    }
    let members = hosts.iter().filter_map(|host| host.member()).collect();
    let founded = match stage.running(0) {
        Some((_, consensus)) => consensus.initialize(members).await.map_err(|error| error.to_string()),
        None => Err("server 0 does not run".to_owned()),
    };
    if let Err(error) = founded {
        stage.oracle().violation(format!("the group cannot be founded: {error}"));
    }
}

/// Ends all faults and waits until everybody is a voter, has applied the same and takes fresh writes.
async fn heal<S: Subject>(stage: &Arc<Stage>, hosts: &[Arc<Host<S>>]) {
    stage.heal();
    stage.set_loss(0);
    stage.trace("end of faults", &[]);
    let deadline = stage.now() + HEALING;
    for host in hosts {
        host.boot().await;
    }
    let before = stage.oracle().acknowledgements();
    let client = Client { number: 1 << 20, stage: stage.clone(), hosts: hosts.to_vec() };
    drop(SimRuntime::spawn(client.run(deadline)));
    while stage.now() < deadline {
        SimRuntime::sleep(Duration::from_millis(50)).await;
        let (fresh, last) = {
            let oracle = stage.oracle();
            if oracle.failed() {
                return;
            }
            (oracle.acknowledgements() - before, oracle.last_applied())
        };
        if fresh >= FRESH && is_settled(stage, hosts) && hosts.iter().all(|host| host.applied() == last) {
            stage.trace("healed", &[last]);
            return;
        }
    }
    let fresh = stage.oracle().acknowledgements() - before;
    stage.oracle().violation(format!("not healed after {HEALING:?}, {fresh} fresh writes"));
    for host in hosts {
        let status = stage.running(host.server).map(|(_, consensus)| consensus.status());
        stage.oracle().violation(format!("server {} then: {status:?}", host.server));
    }
}
