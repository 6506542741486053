//! One simulation from beginning to end.
//!
//! ```text
//! found the group → clients and chaos for `duration` → heal → everybody agrees → fresh writes → verdict
//! ```
//! Limits: the group must heal within [`Subject::HEALING`].

use std::sync::Arc;
use std::time::Duration;

use openraft::AsyncRuntime;
use openraft_rt_sim::SimRuntime;

use crate::chaos::Chaos;
use crate::host::Host;
use crate::operator::{Operator, is_settled};
use crate::subject::{Site, Subject};
use crate::workload::Client;
use crate::world::Stage;
use crate::{Counter, Plant, Report};

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
    /// Which faults come.
    pub faults: Faults,
}

/// Which faults come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Faults {
    /// All kinds, all the time.
    #[default]
    Any,
    /// One crash of the leader, in the middle.
    LeaderCrash,
}

impl Default for Options {
    fn default() -> Self {
        Self { servers: 3, clients: 3, plant: Plant::Nothing, faults: Faults::Any }
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
    let site = Arc::new(Site {
        stage: stage.clone(),
        hosts: hosts.clone(),
        ledger: S::Ledger::default(),
        plant: options.plant,
    });
    found(&site).await;

    let until = stage.now() + duration;
    for number in 0..options.clients {
        let client = Client { number, site: site.clone() };
        drop(SimRuntime::spawn(client.run(until)));
    }
    S::populate(&site, until);
    let operator = Operator { stage: stage.clone(), hosts };
    drop(SimRuntime::spawn(operator.run(until + S::HEALING)));
    Chaos { site: site.clone() }.run(options.faults, until).await;

    if !stage.oracle().failed() {
        heal(&site).await;
    }
    let mut report = stage.report(duration);
    if let Some(machine) = site.leader().and_then(|leader| site.hosts[leader].machine()) {
        machine.subject().summarize(&site.ledger, &mut report);
    }
    report
}

async fn found<S: Subject>(site: &Arc<Site<S>>) {
    for host in &site.hosts {
        host.boot(site).await;
    }
    let members = site.hosts.iter().filter_map(|host| host.member()).collect();
    let founded = match site.stage.running(0) {
        Some((_, consensus)) => consensus.initialize(members).await.map_err(|error| error.to_string()),
        None => Err("server 0 does not run".to_owned()),
    };
    if let Err(error) = founded {
        site.stage.oracle().violation(format!("the group cannot be founded: {error}"));
    }
}

/// Ends all faults and waits until everybody is a voter, has applied the same and takes fresh writes, and nothing is
/// left to do.
async fn heal<S: Subject>(site: &Arc<Site<S>>) {
    let stage = &site.stage;
    stage.heal();
    stage.set_clocks();
    stage.set_loss(0);
    stage.trace("end of faults", &[]);
    let deadline = stage.now() + S::HEALING;
    for host in &site.hosts {
        host.boot(site).await;
    }
    let before = stage.oracle().acknowledgements();
    let client = Client { number: 1 << 20, site: site.clone() };
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
        let agreed = is_settled(stage, &site.hosts) && site.hosts.iter().all(|host| host.applied() == last);
        if fresh >= FRESH && agreed && unfinished(site).is_empty() {
            stage.trace("healed", &[last]);
            return;
        }
    }
    let fresh = stage.oracle().acknowledgements() - before;
    stage.oracle().violation(format!("not healed after {:?}, {fresh} fresh writes", S::HEALING));
    for text in unfinished(site) {
        stage.oracle().violation(text);
    }
    for host in &site.hosts {
        let status = stage.running(host.server).map(|(_, consensus)| consensus.status());
        stage.oracle().violation(format!("server {} then: {status:?}", host.server));
    }
}

/// Returns what is left to do, as the leader sees it.
fn unfinished<S: Subject>(site: &Site<S>) -> Vec<String> {
    match site.leader().and_then(|leader| site.hosts[leader].machine()) {
        Some(machine) => machine.subject().unfinished(&site.ledger),
        None => vec!["nobody leads".to_owned()],
    }
}
