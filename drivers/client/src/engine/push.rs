//! What the servers want: new allocations, changed ones, stopped ones, forgotten ones.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lifecycle::AllocMachine;
use lifecycle::alloc::{AllocRules, Event};
use lifecycle::offer::Offer;
use lifecycle::reattach::Recorded;
use model::link::{AllocPush, Assignment};
use model::{AllocId, Job, Name, Nanos, TaskEventKind};

use super::restore::recover_task;
use super::run::Engine;
use super::runner::Runner;
use crate::clock;
use crate::services::{self, CheckSpec};
use crate::shared::Shared;
use crate::task::AllocContext;

impl Engine {
    /// Does what the servers want.
    pub(super) async fn push(&mut self, push: AllocPush) {
        if self.is_leaving() {
            return;
        }
        for id in &push.removed {
            self.forget(*id);
        }
        if push.complete {
            self.forget_absent(&push);
        }
        let (known, new): (Vec<Assignment>, Vec<Assignment>) =
            push.allocs.into_iter().partition(|assignment| self.runners.contains_key(&assignment.id));
        // What stops goes first: others may replace it.
        for assignment in known {
            if let Some(job) = job_of(&push.jobs, &assignment) {
                self.change(&assignment, job);
            }
        }
        for assignment in new {
            if let Some(job) = job_of(&push.jobs, &assignment) {
                self.add(&assignment, job).await;
            }
        }
        if push.report {
            self.report_again();
        }
        if push.complete && !std::mem::replace(&mut self.swept, true) && self.shared.may_sweep {
            self.sweep();
        }
    }

    /// Tells the servers once more how everything is.
    fn report_again(&self) {
        for runner in self.runners.values() {
            if let Some(update) = runner.machine.reported() {
                self.shared.reports.add(update.clone());
            }
        }
    }

    /// Forgets what the servers have forgotten while nobody was connected.
    fn forget_absent(&mut self, push: &AllocPush) {
        let assigned = push.allocs.iter().map(|assignment| assignment.id);
        let present: BTreeSet<AllocId> = assigned.chain(push.ended.iter().copied()).collect();
        let absent: Vec<AllocId> = self.runners.keys().filter(|id| !present.contains(id)).copied().collect();
        for id in absent {
            self.forget(id);
        }
    }

    fn forget(&mut self, id: AllocId) {
        if let Some(runner) = self.runners.get_mut(&id) {
            runner.stop_told = Some(true);
            self.go_on(id);
            self.tell(id, Event::Forget);
        }
    }

    fn change(&mut self, assignment: &Assignment, job: Arc<Job>) {
        let id = assignment.id;
        let Some(runner) = self.runners.get_mut(&id) else { return };
        if runner.modify_index == assignment.alloc_modify_index {
            return;
        }
        runner.modify_index = assignment.alloc_modify_index;
        self.shared.db.put_alloc(assignment, &job);
        let before = &runner.context.job;
        let renewed = before.version != job.version || before.create_index != job.create_index;
        let in_deployment = assignment.deployment.is_some();
        let context = context(&self.shared, assignment, &job);
        let (offers, specs) = offers(&self.shared, &context, assignment);
        // A canary that was promoted has other tags.
        let updated = renewed || runner.in_deployment != in_deployment || runner.offers != offers;
        runner.in_deployment = in_deployment;
        runner.offers.clone_from(&offers);
        runner.specs = specs;
        runner.context = Arc::new(context);
        if updated {
            self.tell(id, Event::Update { job, in_deployment, offers });
        }
        self.stop_if_wanted(assignment);
    }

    fn stop_if_wanted(&mut self, assignment: &Assignment) {
        let Some(runner) = self.runners.get_mut(&assignment.id) else { return };
        let hurry = assignment.no_shutdown_delay;
        if assignment.desired.is_terminal() && runner.stop_told.is_none_or(|told| hurry && !told) {
            runner.stop_told = Some(hurry);
            self.go_on(assignment.id);
            self.tell(assignment.id, Event::Stop { no_shutdown_delay: hurry });
        }
    }

    async fn add(&mut self, assignment: &Assignment, job: Arc<Job>) {
        let id = assignment.id;
        self.shared.db.put_alloc(assignment, &job);
        let context = context(&self.shared, assignment, &job);
        let prepared = prepare(&self.shared, context, assignment, job);
        let context = &prepared.context;
        // Executors of an agent whose state is lost: their tasks go on.
        let mut found = BTreeMap::new();
        for task in context.task_group().into_iter().flat_map(|group| &group.tasks) {
            if let Some(handle) = self.shared.drivers.find(&task.driver, &context.task_id(&task.name)) {
                found.insert(Name::from(task.name.as_str()), recover_task(&self.shared, &handle).await);
                self.shared.db.put_handle(id, &task.name, &handle);
            }
        }
        let now = clock::now();
        if found.is_empty() {
            let (machine, actions) = AllocMachine::new(now, prepared.rules.clone());
            self.insert(assignment, prepared, machine);
            self.act(id, actions);
        } else {
            let recovered: Vec<Name> = super::restore::recovered(&found);
            let rules = prepared.rules.clone();
            let (machine, actions) = AllocMachine::restore(now, rules, Recorded::default(), found);
            self.insert(assignment, prepared, machine);
            self.shared.show_dir(id, true);
            for task in recovered {
                self.watch(id, &task);
            }
            self.act(id, actions);
        }
        self.note_services(id);
        self.stop_if_wanted(assignment);
    }

    /// Takes an allocation on.
    pub(super) fn insert(&mut self, assignment: &Assignment, prepared: Prepared, machine: AllocMachine) {
        let runner = Runner {
            machine,
            offers: prepared.rules.offers,
            specs: prepared.specs,
            checks: BTreeMap::new(),
            context: Arc::new(prepared.context),
            tasks: BTreeMap::new(),
            last: None,
            wake: None,
            stop_told: None,
            in_deployment: assignment.deployment.is_some(),
            previous: assignment.previous,
            waits: false,
            ended_at: None,
            modify_index: assignment.alloc_modify_index,
        };
        self.runners.insert(assignment.id, runner);
    }

    /// Says of services that are registered here although the job means Consul, or that cannot be registered at all.
    fn note_services(&mut self, id: AllocId) {
        let Some(runner) = self.runners.get(&id) else { return };
        let notes = services::notes(&runner.context, &self.shared.node());
        for (task, note) in notes {
            let event = lifecycle::task::Event::Note(TaskEventKind::Setup { message: Name::from(note) });
            self.tell(id, Event::Task { task, event });
        }
    }

    /// Ends executors of tasks that nobody wants any more, beside the loop: killing may take seconds.
    fn sweep(&mut self) {
        let known: BTreeSet<AllocId> = self.runners.keys().copied().collect();
        let shared = Arc::clone(&self.shared);
        self.operations.spawn(async move {
            // What is assigned while this goes on is shown before its first task is started.
            let later = Arc::clone(&shared);
            let keep = move |alloc: AllocId| known.contains(&alloc) || later.seen(alloc).is_some();
            shared.drivers.sweep(keep).await;
        });
    }
}

/// An allocation before it has a machine.
pub(super) struct Prepared {
    pub(super) context: AllocContext,
    pub(super) rules: AllocRules,
    pub(super) specs: Vec<CheckSpec>,
}

/// Puts together what an assignment needs.
pub(super) fn prepare(
    shared: &Shared,
    context: AllocContext,
    assignment: &Assignment,
    job: Arc<Job>,
) -> Prepared {
    let (offers, specs) = offers(shared, &context, assignment);
    let rules = AllocRules {
        id: assignment.id,
        job,
        group: Name::clone(&assignment.group),
        in_deployment: assignment.deployment.is_some(),
        offers,
        max_kill_timeout: Nanos::from(shared.config.max_kill_timeout),
    };
    Prepared { context, rules, specs }
}

fn offers(shared: &Shared, context: &AllocContext, assignment: &Assignment) -> (Vec<Offer>, Vec<CheckSpec>) {
    let canary = assignment.deployment == Some(true);
    services::offers(context, &shared.node(), &shared.config.region, canary)
}

/// What the tasks of an assignment are set up from.
pub(super) fn context(shared: &Shared, assignment: &Assignment, job: &Arc<Job>) -> AllocContext {
    AllocContext {
        id: assignment.id,
        job: Arc::clone(job),
        group: Name::clone(&assignment.group),
        index: assignment.index,
        assigned: assignment.assigned.clone(),
        paths: shared.paths(assignment.id),
    }
}

fn job_of(jobs: &[Arc<Job>], assignment: &Assignment) -> Option<Arc<Job>> {
    let job = usize::try_from(assignment.job).ok().and_then(|position| jobs.get(position));
    if job.is_none() {
        tracing::error!(alloc = %assignment.id, "the servers assigned an allocation without its job");
    }
    job.cloned()
}
