//! Evaluations that look again later, in batches: what is due within five seconds shares one.

use model::{Eval, EvalId, EvalTrigger, Name, Nanos, Timestamp};

/// What is due within this time of a batch's first shares its evaluation.
const BATCH: Nanos = Nanos::from_secs(5);

/// Evaluations to create.
#[derive(Debug, Clone)]
pub(crate) struct Followups<'a> {
    eval: &'a Eval,
    salt: u128,
    pub(crate) created: Vec<Eval>,
}

impl<'a> Followups<'a> {
    /// None yet. `salt` tells the tries of one evaluation apart.
    pub(crate) const fn new(eval: &'a Eval, salt: u128) -> Self {
        Self { eval, salt, created: Vec::new() }
    }

    /// One more evaluation of the same job.
    pub(crate) fn create(
        &mut self,
        trigger: EvalTrigger,
        description: &str,
        wait_until: Timestamp,
    ) -> &mut Eval {
        let id = EvalId::derive(&[self.eval.id.0, self.salt, self.created.len() as u128]);
        let mut eval = Eval::new(id, self.eval.job.clone(), self.eval.kind, self.eval.priority, trigger);
        eval.status_description = Name::from(description);
        eval.job_modify_index = self.eval.job_modify_index;
        eval.previous = self.eval.id;
        eval.wait_until = wait_until;
        self.created.push(eval);
        self.created.last_mut().expect("one was just pushed")
    }

    /// The evaluation for each time, in the order of the times given; times must be sorted.
    fn batches(
        &mut self,
        times: &[Timestamp],
        trigger: impl Fn(bool) -> (EvalTrigger, &'static str),
    ) -> Vec<EvalId> {
        let mut ids = Vec::with_capacity(times.len());
        let mut batch: Option<(Timestamp, EvalId)> = None;
        for &time in times {
            let open = batch.filter(|(start, _)| time.since(*start) < BATCH);
            let id = open.map_or_else(
                || {
                    let (trigger, description) = trigger(batch.is_none());
                    self.create(trigger, description, time).id
                },
                |(_, id)| id,
            );
            batch = Some((open.map_or(time, |(start, _)| start), id));
            ids.push(id);
        }
        ids
    }

    /// Evaluations that reschedule failed allocations at these times.
    pub(crate) fn reschedule(&mut self, times: &[Timestamp]) -> Vec<EvalId> {
        self.batches(times, |first| {
            if first {
                (EvalTrigger::AllocReschedule, "created for delayed rescheduling")
            } else {
                (EvalTrigger::AllocFailure, "")
            }
        })
    }

    /// Evaluations that give disconnected clients up at these times.
    pub(crate) fn disconnect(&mut self, times: &[Timestamp]) -> Vec<EvalId> {
        self.batches(times, |_| (EvalTrigger::MaxDisconnectTimeout, "created for delayed disconnect timeout"))
    }

    /// Evaluations that replace lost allocations at these times.
    pub(crate) fn stopped_by_client(&mut self, times: &[Timestamp]) -> Vec<EvalId> {
        self.batches(times, |_| (EvalTrigger::AllocFailure, "created for delayed rescheduling"))
    }
}
