//! A state that is driven by commands, checked after each.

use std::sync::Arc;

use model::{
    Alloc, AllocId, AllocUpdate, ClientStatus, Eval, EvalStatus, Job, JobKey, Name, NodeId, Plan, Timestamp,
};
use state::apply::{JobRegistration, PlanCommit};
use state::{Applied, ApplyError, Command, Entry, Reply, State};

/// A state that is driven by commands.
pub(crate) struct World {
    pub(crate) state: State,
    raft_index: u64,
    evals: u64,
}

impl World {
    pub(crate) fn new() -> Self {
        Self { state: State::new(), raft_index: 0, evals: 0 }
    }

    /// A world with ready nodes 0 to `count`.
    pub(crate) fn with_nodes(count: u64) -> Self {
        let mut world = Self::new();
        for number in 0..count {
            world.done(Command::RegisterNode { node: Box::new(testkit::node(number)), evals: Vec::new() });
        }
        world
    }

    /// Applies a command at the next index, one second later, and checks the state.
    pub(crate) fn apply(&mut self, command: Command) -> Applied {
        self.raft_index += 1;
        let now = Timestamp(i64::try_from(self.raft_index).unwrap() * 1_000_000_000);
        let applied = self.state.apply(self.raft_index, &Entry { now, command });
        let violations = self.state.check().0;
        assert!(violations.is_empty(), "{violations:#?}");
        applied
    }

    /// Applies a command that must be carried out.
    pub(crate) fn done(&mut self, command: Command) -> Applied {
        let applied = self.apply(command);
        assert_eq!(applied.reply, Ok(Reply::Done));
        applied
    }

    /// Applies a command that must be refused and change nothing.
    pub(crate) fn refused(&mut self, command: Command) -> ApplyError {
        let before = self.state.clone();
        let applied = self.apply(command);
        assert!(applied.changes.is_empty());
        assert_eq!(before.indexes, self.state.indexes);
        applied.reply.unwrap_err()
    }

    pub(crate) fn eval(&mut self, job: &Job) -> Eval {
        self.evals += 1;
        testkit::eval(self.evals, job)
    }

    pub(crate) fn registration(&mut self, job: Job) -> JobRegistration {
        let eval = (!job.is_parent()).then(|| self.eval(&job));
        JobRegistration {
            job,
            submission: None,
            enforce_index: None,
            eval,
            by: state::apply::RegisteredBy::Caller,
        }
    }

    /// Registers a job with an evaluation and gives its current version.
    pub(crate) fn register(&mut self, job: Job) -> Arc<Job> {
        let key = job.key();
        let registration = self.registration(job);
        self.done(Command::RegisterJob(Box::new(registration)));
        Arc::clone(self.state.job(&key).unwrap())
    }

    /// The one open evaluation of a job.
    pub(crate) fn open_eval(&self, key: &JobKey) -> Eval {
        let open = self.state.evals_of_job(key).find(|eval| !eval.status.is_terminal());
        Eval::clone(open.unwrap())
    }

    /// Commits a plan and completes its evaluation.
    pub(crate) fn commit(&mut self, plan: Plan, mut eval: Eval) -> Applied {
        eval.status = EvalStatus::Complete;
        self.done(Command::ApplyPlans(vec![PlanCommit { plan, evals: vec![eval] }]))
    }

    /// Registers a job and places one allocation of its first group on each of `nodes`.
    pub(crate) fn run(&mut self, job: Job, nodes: &[NodeId]) -> Vec<AllocId> {
        let job = self.register(job);
        let eval = self.open_eval(&job.key());
        let plan = testkit::plan(&eval, &job, nodes);
        let ids = plan.placements[0].placements.iter().map(|placement| placement.id).collect();
        self.commit(plan, eval);
        ids
    }

    /// Reports the same status of allocations.
    pub(crate) fn report(&mut self, ids: &[AllocId], status: ClientStatus) -> Applied {
        let updates = ids.iter().map(|id| update(*id, status)).collect();
        self.done(Command::UpdateAllocs { updates, evals: Vec::new() })
    }

    pub(crate) fn alloc(&self, id: AllocId) -> &Arc<Alloc> {
        self.state.alloc(id).unwrap()
    }

    pub(crate) fn job_status(&self, key: &JobKey) -> &str {
        &self.state.job(key).unwrap().status
    }
}

/// A report without tasks.
pub(crate) fn update(id: AllocId, status: ClientStatus) -> AllocUpdate {
    AllocUpdate {
        id,
        status,
        description: Name::from(""),
        tasks: model::TaskStates::new(),
        healthy: None,
        network: None,
        services: Vec::new(),
    }
}
