//! What is simulated.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use raft::{Consensus, Encoded, Machine};

use crate::host::Host;
use crate::observed::Observed;
use crate::world::Stage;
use crate::{Plant, Random, Report};

/// A state machine that the simulation can drive and compare.
pub trait Subject: Machine + Sized {
    /// What its clients know: what they were promised, for the verdict.
    type Ledger: Default + Send + Sync + 'static;

    /// How long healing may take at most, in virtual time.
    const HEALING: Duration = Duration::from_secs(60);

    /// How long plain writers pause between two requests, in microseconds.
    const PAUSE: Range<u64> = 500..20_000;

    /// Returns the empty machine of a server, with a planted bug if it is one of the machine.
    fn empty(plant: Plant, server: usize) -> Self;

    /// Returns a hash of its whole state; equal states have equal hashes on every server.
    fn digest(&self) -> u64;

    /// Returns a command that no other call with another `id` returns.
    fn command(random: &mut Random, id: u64) -> Encoded;

    /// Returns what must never be but is; `thorough` also looks at what takes long to check.
    fn broken(&self, thorough: bool) -> Vec<String> {
        let _ = thorough;
        Vec::new()
    }

    /// Starts what runs on a server beside consensus; it must end by itself once the boot is over.
    fn start(boot: Boot<Self>) {
        drop(boot);
    }

    /// Starts clients of its own: they work until the virtual time `until`, and what has to be there for healing
    /// until [`Subject::HEALING`] after that.
    fn populate(site: &Arc<Site<Self>>, until: Duration) {
        let _ = (site, until);
    }

    /// Returns what still has to happen on a leader before the cluster counts as healed.
    fn unfinished(&self, ledger: &Self::Ledger) -> Vec<String> {
        let _ = ledger;
        Vec::new()
    }

    /// Adds to the report what only this machine knows.
    fn summarize(&self, ledger: &Self::Ledger, report: &mut Report) {
        let _ = (ledger, report);
    }
}

/// All of one simulation: the stage, the servers, and what their clients know.
pub struct Site<S: Subject> {
    pub(crate) stage: Arc<Stage>,
    pub(crate) hosts: Vec<Arc<Host<S>>>,
    pub(crate) ledger: S::Ledger,
    pub(crate) plant: Plant,
}

/// One boot of one server, from its start until its power is cut.
pub struct Boot<S: Subject> {
    pub(crate) site: Arc<Site<S>>,
    pub(crate) server: usize,
    pub(crate) number: u64,
    pub(crate) consensus: Consensus,
    pub(crate) machine: Arc<Observed<S>>,
}

impl<S: Subject> Site<S> {
    /// Returns the server that believes that it leads, if one does.
    pub(crate) fn leader(&self) -> Option<usize> {
        let leads = |server: &usize| {
            self.stage.running(*server).is_some_and(|(_, consensus)| consensus.leadership().current().leading)
        };
        (0..self.hosts.len()).find(leads)
    }
}

impl<S: Subject> Boot<S> {
    /// Returns whether the server is still on.
    pub(crate) fn is_on(&self) -> bool {
        self.site.stage.is_on(self.server, self.number)
    }
}

impl<S: Subject> Clone for Boot<S> {
    fn clone(&self) -> Self {
        Self {
            site: Arc::clone(&self.site),
            server: self.server,
            number: self.number,
            consensus: self.consensus.clone(),
            machine: Arc::clone(&self.machine),
        }
    }
}
