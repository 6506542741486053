//! Reports of clients: while one batch of them is being committed the next one collects.

use model::{AllocUpdate, NodeId, Timestamp};

use super::Leader;
use super::proposals::Purpose;
use crate::plan_queue::CallId;
use crate::request;
use crate::server::{Action, CallError, MAX_QUEUED_UPDATES};

/// Reports in one entry; each is a few hundred bytes, and its events a few thousand at most.
const BATCH: usize = 256;

/// What one client reports.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) call: CallId,
    pub(super) node: NodeId,
    pub(super) updates: Vec<AllocUpdate>,
}

impl Leader {
    pub(super) fn take_report(&mut self, now: Timestamp, report: Report, actions: &mut Vec<Action>) {
        let limit = model::link::MAX_UPDATES;
        let call = report.call;
        let got = report.updates.len();
        if got > limit {
            let error = request::RequestError::TooManyUpdates { got, limit };
            actions.push(Action::Answer { call, result: Err(error.into()) });
            return;
        }
        if self.updates_queued + got > MAX_QUEUED_UPDATES {
            actions.push(Action::Answer { call, result: Err(CallError::Busy) });
            return;
        }
        self.updates_queued += got;
        self.updates.push_back(report);
        self.flush_updates(now, actions);
    }

    /// Proposes what has collected. Reports of one client stay in order; a large one is stored in pieces, and
    /// answered with the last.
    pub(super) fn flush_updates(&mut self, now: Timestamp, actions: &mut Vec<Action>) {
        if self.updates_open {
            return;
        }
        let mut batch = Vec::new();
        let mut calls = Vec::new();
        while batch.len() < BATCH {
            let Some(mut report) = self.updates.pop_front() else { break };
            let room = BATCH - batch.len();
            let rest = report.updates.split_off(report.updates.len().min(room));
            batch.extend(report.updates.into_iter().map(|update| (report.node, update)));
            if rest.is_empty() {
                calls.push(report.call);
            } else {
                self.updates.push_front(Report { call: report.call, node: report.node, updates: rest });
            }
        }
        if batch.is_empty() && calls.is_empty() {
            return;
        }
        self.updates_queued -= batch.len();
        self.updates_open = true;
        let command = request::merge_updates(&self.snapshot, now, &mut self.ids, batch);
        self.propose(now, Purpose::Updates(calls), command, actions);
    }
}
