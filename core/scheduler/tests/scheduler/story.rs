//! What a run of the scheduler decided, as text.

use std::fmt::Write as _;
use std::sync::Arc;

use model::{AllocId, DeploymentId, Eval, EvalId, EvalStatus, Lack, NodeId, Outcome, Timestamp};
use scheduler::{Options, schedule};
use state::State;

use crate::world::World;

/// Runs the scheduler on a world and tells what it decided.
pub(crate) fn story(world: &str) -> String {
    let world = World::parse(world);
    let eval = world.eval.clone().expect("the world says which evaluation is run");
    let options = Options { now: world.now, annotate: true, ..Options::default() };
    let state = Arc::new(world.state.clone());
    let outcome = schedule(&state, &eval, &options).unwrap();
    Teller { world: &world, state: &state, outcome: &outcome, eval: &eval, text: String::new() }.tell()
}

/// Compares what is decided with what is expected.
pub(crate) fn check(world: &str, expected: &expect_test::Expect) {
    expected.assert_eq(&story(world));
}

struct Teller<'a> {
    world: &'a World,
    state: &'a State,
    outcome: &'a Outcome,
    eval: &'a Eval,
    text: String,
}

impl Teller<'_> {
    fn tell(mut self) -> String {
        self.placements();
        self.changes();
        self.deployments();
        self.failures();
        self.evals();
        self.text
    }

    fn line(&mut self, line: &str) {
        writeln!(self.text, "{}", line.trim_end()).unwrap();
    }

    fn alloc(&self, id: AllocId) -> String {
        self.world.allocs.get(&id).cloned().unwrap_or_else(|| "a new one".to_owned())
    }

    fn node(&self, id: NodeId) -> String {
        self.state.node(id).map_or_else(|| "?".to_owned(), |node| node.name.to_string())
    }

    fn followup(&self, id: EvalId) -> String {
        let at = self.outcome.created.iter().position(|eval| eval.id == id);
        match at {
            Some(at) => format!(" eval {at}"),
            None if id.is_none() => String::new(),
            None => " a known eval".to_owned(),
        }
    }

    fn placements(&mut self) {
        let mut lines = Vec::new();
        for run in &self.outcome.plan.placements {
            for placed in &run.placements {
                let mut line = format!("place {}[{}] on {}", run.group, placed.index, self.node(placed.node));
                if run.job_version != self.newest() {
                    write!(line, " version {}", run.job_version).unwrap();
                }
                if placed.canary {
                    line.push_str(" canary");
                }
                line.push_str(if run.deployment.is_none() { "" } else { " deployed" });
                for port in &placed.assigned.ports {
                    let value = if port.reserved { port.value.to_string() } else { "dynamic".to_owned() };
                    write!(line, " {}={}:{value}", port.label, port.host_ip).unwrap();
                }
                for task in placed.assigned.exclusive.iter().flat_map(|exclusive| &exclusive.tasks) {
                    if !task.cores.is_empty() {
                        write!(line, " cores={:?}", task.cores).unwrap();
                    }
                    for device in &task.devices {
                        let ids: Vec<&str> = device.ids.iter().map(|id| &**id).collect();
                        write!(line, " {}/{}/{}={ids:?}", device.vendor, device.device_type, device.name)
                            .unwrap();
                    }
                }
                if let Some(rare) = &placed.rare {
                    if !rare.previous.is_none() {
                        write!(line, " after {}", self.alloc(rare.previous)).unwrap();
                    }
                    for event in rare.reschedule.iter().flat_map(|tracker| &tracker.events) {
                        write!(line, " moved@{}+{}", secs(event.time.0), secs(event.delay.0)).unwrap();
                    }
                    for id in &rare.preempted {
                        write!(line, " evicts {}", self.alloc(*id)).unwrap();
                    }
                }
                lines.push(line);
            }
        }
        lines.sort();
        lines.iter().for_each(|line| self.line(line));
    }

    fn newest(&self) -> u64 {
        self.state.job(&self.eval.job).map_or(0, |job| job.version)
    }

    fn changes(&mut self) {
        let mut lines = Vec::new();
        for stop in &self.outcome.plan.stops {
            let client = stop.client.map_or_else(String::new, |client| format!(" as {}", client.as_str()));
            let failed = if stop.reschedule_failed { " (no placement)" } else { "" };
            let (id, desired, reason) = (self.alloc(stop.id), stop.desired.as_str(), stop.reason.text());
            let followup = self.followup(stop.followup);
            lines.push(format!("{desired} {id}{client}{failed} {reason:?}{followup}"));
        }
        for update in &self.outcome.plan.updates {
            let mut line = format!("update {}", self.alloc(update.id));
            if let Some(version) = update.job_version {
                write!(line, " to version {version}").unwrap();
            }
            if let Some(client) = update.client {
                write!(line, " client {}", client.as_str()).unwrap();
            }
            if let Some(state) = update.state {
                write!(line, " state {}", state.status.as_str()).unwrap();
            }
            line.push_str(if update.deployment.is_none() { "" } else { " deployed" });
            line.push_str(&self.followup(update.followup));
            lines.push(line);
        }
        lines.sort();
        lines.iter().for_each(|line| self.line(line));
    }

    fn deployments(&mut self) {
        let new = self.outcome.plan.deployment.as_ref();
        if let Some(deployment) = new {
            for (name, group) in &deployment.groups {
                let (total, canaries) = (group.desired_total, group.desired_canaries);
                let line = format!(
                    "deployment of {name}: {total} wanted, {canaries} canaries: {}",
                    deployment.description
                );
                self.line(&line);
            }
        }
        let known = new.map_or(DeploymentId::NONE, |deployment| deployment.id);
        for update in &self.outcome.plan.deployment_updates {
            let which = if update.id == known { "new" } else { "old" };
            self.line(&format!("deployment {which} {}: {}", update.status.as_str(), update.description));
        }
    }

    fn failures(&mut self) {
        for (group, metric) in &self.outcome.eval.failed {
            let count = metric.coalesced_failures + 1;
            self.line(&format!("failed {group} {count}"));
            for miss in &metric.pass.near_misses {
                let lack = match &miss.lack {
                    Lack::Short { by, asked, unit } => format!("short of {by} of {asked} {unit}"),
                    Lack::Has(value) => format!("has {value}"),
                    Lack::Unset => "does not say".to_owned(),
                    Lack::HeldBy(job) => format!("gave it to {job}"),
                    Lack::Without(thing) => format!("without {thing}"),
                    Lack::Plain => String::new(),
                };
                let (only, nodes, name) = (miss.only, miss.nodes, &miss.node_name);
                let kind = if miss.exhausted { "exhausted" } else { "filtered" };
                self.line(&format!("  {} {kind} {nodes}, alone {only}, nearest {name} {lack}", miss.reason));
            }
        }
    }

    fn evals(&mut self) {
        let eval = &self.outcome.eval;
        if eval.status != EvalStatus::Complete || !eval.status_description.is_empty() {
            self.line(&format!("{} {:?}", eval.status.as_str(), &*eval.status_description));
        }
        for created in &self.outcome.created {
            let mut line = format!("eval {} {}", created.status.as_str(), created.trigger.as_str());
            if created.wait_until != Timestamp::NEVER {
                write!(line, " at {}", secs(created.wait_until.0)).unwrap();
            }
            if !created.node.is_none() {
                write!(line, " for {}", self.node(created.node)).unwrap();
            }
            self.line(&line);
        }
    }
}

/// Seconds with what is behind the point, if anything is.
fn secs(nanos: i64) -> String {
    let (whole, rest) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
    if rest == 0 { whole.to_string() } else { format!("{whole}.{:09}", rest) }
}
