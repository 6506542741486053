//! What to say about an evaluation that is being followed.
//!
//! ```text
//!   pending ── blocked? ──> complete ── nothing failed ──> Done
//!      │                       └────── placements failed ─> Unplaced
//!      └──> failed, canceled ──────────────────────────────> Failed
//! ```
//! Limits: an event is said once; the order is that of the answers.

use std::collections::BTreeMap;

use api::view::{AllocStub, EvalView, Metric};

use crate::format::{Length, metric_lines};

/// What has been said so far.
#[derive(Clone, Debug)]
pub struct EvalMonitor {
    length: Length,
    triggered: bool,
    status: String,
    deployment: String,
    allocs: BTreeMap<String, String>,
}

/// How an evaluation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It did all it should.
    Done,
    /// Not everything could be placed.
    Unplaced,
    /// It ended otherwise.
    Failed,
}

impl EvalMonitor {
    /// Nothing has been said.
    #[must_use]
    pub fn new(length: Length) -> EvalMonitor {
        EvalMonitor {
            length,
            triggered: false,
            status: "pending".to_owned(),
            deployment: String::new(),
            allocs: BTreeMap::new(),
        }
    }

    /// Returns what is new in an answer, one line each.
    pub fn observe(&mut self, eval: &EvalView, allocs: &[AllocStub]) -> Vec<String> {
        let mut lines = Vec::new();
        if !self.triggered {
            self.triggered = true;
            lines.push(self.trigger(eval));
        }
        for alloc in allocs {
            lines.extend(self.alloc(eval, alloc));
        }
        if self.deployment.is_empty() && !eval.deployment_id.is_empty() {
            self.deployment = eval.deployment_id.clone();
            lines.push(format!("Evaluation within deployment: {:?}", self.length.id(&self.deployment)));
        }
        if eval.status != self.status {
            lines.push(format!("Evaluation status changed: {:?} -> {:?}", self.status, eval.status));
            self.status = eval.status.clone();
        }
        lines
    }

    /// Returns how the evaluation ended, with the lines that say so: the first is the headline.
    #[must_use]
    pub fn verdict(&self, eval: &EvalView) -> Option<(Verdict, Vec<String>)> {
        let id = self.length.id(&eval.id);
        match eval.status.as_str() {
            "complete" if eval.failed_tg_allocs.is_empty() => {
                let text = format!("Evaluation {id:?} finished with status \"complete\"");
                Some((Verdict::Done, vec![text]))
            }
            "complete" => {
                let headline = format!(
                    "Evaluation {id:?} finished with status \"complete\" but failed to place all allocations:"
                );
                let mut lines = vec![headline];
                lines.extend(failed_groups(&eval.failed_tg_allocs));
                if !eval.blocked_eval.is_empty() {
                    let blocked = self.length.id(&eval.blocked_eval);
                    lines.push(format!(
                        "Evaluation {blocked:?} waiting for additional capacity to place remainder"
                    ));
                }
                Some((Verdict::Unplaced, lines))
            }
            "failed" | "canceled" => {
                let why = if eval.status_description.is_empty() {
                    String::new()
                } else {
                    format!(": {}", eval.status_description)
                };
                let text = format!("Evaluation {id:?} finished with status {:?}{why}", eval.status);
                Some((Verdict::Failed, vec![text]))
            }
            _ => None,
        }
    }

    fn trigger(&self, eval: &EvalView) -> String {
        match eval.triggered_by.as_str() {
            "node-update" | "node-drain" => {
                format!("Evaluation triggered by node {:?}", self.length.id(&eval.node_id))
            }
            "max-plan-attempts" => "Evaluation triggered by max-plan-attempts".to_owned(),
            _ => format!("Evaluation triggered by job {:?}", eval.job_id),
        }
    }

    fn alloc(&mut self, eval: &EvalView, alloc: &AllocStub) -> Option<String> {
        let id = self.length.id(&alloc.id);
        let before = self.allocs.insert(alloc.id.clone(), alloc.client_status.clone());
        match before {
            None => {
                let node = self.length.id(&alloc.node_id);
                let verb = if alloc.create_index >= eval.create_index { "created" } else { "modified" };
                Some(format!("Allocation {id:?} {verb}: node {node:?}, group {:?}", alloc.task_group))
            }
            Some(before) if before != alloc.client_status => {
                let why = if alloc.client_description.is_empty() {
                    String::new()
                } else {
                    format!(" ({})", alloc.client_description)
                };
                Some(format!(
                    "Allocation {id:?} status changed: {before:?} -> {:?}{why}",
                    alloc.client_status
                ))
            }
            Some(_) => None,
        }
    }
}

/// Returns why groups could not be placed.
fn failed_groups(groups: &BTreeMap<String, Metric>) -> Vec<String> {
    let mut lines = Vec::new();
    for (group, metric) in groups {
        let failed = metric.coalesced_failures + 1;
        let noun = if failed == 1 { "allocation" } else { "allocations" };
        lines.push(format!("Task Group {group:?} (failed to place {failed} {noun}):"));
        lines.extend(metric_lines(metric, "  "));
    }
    lines
}
