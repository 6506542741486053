//! Telling machines what happened, and doing what they want.

use std::sync::Arc;

use lifecycle::alloc::{Action, Event};
use lifecycle::task;
use model::{AllocId, Name, Timestamp};
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

use super::message::Message;
use super::operate;
use super::run::Engine;
use super::runner::Ended;
use crate::clock;

impl Engine {
    /// Tells an allocation's machine what happened, and does what it wants.
    pub(super) fn tell(&mut self, id: AllocId, event: Event) {
        let Some(runner) = self.runners.get_mut(&id) else { return };
        let was_over = runner.machine.is_over();
        let actions = runner.machine.handle(clock::now(), event);
        self.act(id, actions);
        if !was_over {
            self.notice_end(id);
        }
    }

    /// Does what a machine wants, in order.
    pub(super) fn act(&mut self, id: AllocId, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Prepare => self.prepare_in_turn(id),
                Action::Task { task, action } => self.act_on_task(id, &task, action),
                Action::RunChecks(wanted) => self.run_checks(id, &wanted),
                Action::Report(update) => {
                    self.shared.db.put_tasks(id, &update.tasks);
                    if let Some(runner) = self.runners.get(&id) {
                        self.shared.db.put_restarts(id, &runner.machine.restart_windows());
                    }
                    self.shared.show_tasks(id, &update.tasks);
                    self.shared.reports.add(*update);
                }
                Action::Cleanup => self.cleanup(id),
                Action::Remove => self.remove(id),
                Action::WakeAt(at) => self.wake_at(id, at),
            }
        }
    }

    /// Waits for the end of a task that has just started.
    pub(super) fn watch(&mut self, id: AllocId, task: &Name) {
        let Some(runner) = self.runners.get_mut(&id) else { return };
        let Some(driver) = runner.context.task(task).and_then(|task| self.shared.drivers.get(&task.driver))
        else {
            return;
        };
        let task_id = runner.context.task_id(task);
        let slot = runner.slot(task);
        slot.run = slot.run.wrapping_add(1);
        let (run, name, sender) = (slot.run, Name::clone(task), self.sender.clone());
        slot.watcher = Some(self.operations.spawn(async move {
            let exit = operate::wait(&*driver, &task_id).await;
            // The engine is gone only when the client is.
            let _ = sender.send(Message::Exited { id, task: name, run, exit }).await;
        }));
    }

    fn act_on_task(&mut self, id: AllocId, task: &Name, action: task::Action) {
        let shared = Arc::clone(&self.shared);
        let Some(runner) = self.runners.get_mut(&id) else { return };
        let (context, name, sender) = (Arc::clone(&runner.context), Name::clone(task), self.sender.clone());
        let watcher = match action {
            task::Action::Destroy => runner.slot(task).watcher.take(),
            task::Action::Prepare | task::Action::Start | task::Action::Stop { .. } => None,
        };
        let before: Vec<Ended> = runner.slot(task).last.take().into_iter().collect();
        let ended = self.chain(before, async move {
            let event = match action {
                task::Action::Prepare => Some(operate::prepare_task(&shared, context, &name).await),
                task::Action::Start => Some(operate::start(&shared, &context, &name).await),
                task::Action::Stop { signal, timeout } => {
                    operate::stop(&shared, &context, &name, &signal, timeout).await;
                    None
                }
                task::Action::Destroy => {
                    if let Some(watcher) = watcher {
                        watcher.abort();
                    }
                    operate::destroy(&shared, &context, &name).await;
                    None
                }
            };
            if let Some(event) = event {
                let _ = sender.send(Message::Task { id, task: name, event }).await;
            }
        });
        if let Some(runner) = self.runners.get_mut(&id) {
            runner.slot(task).last = Some(ended);
        }
    }

    /// Prepares an allocation, once the one that it replaces has ended.
    fn prepare_in_turn(&mut self, id: AllocId) {
        let Some(previous) = self.runners.get(&id).map(|runner| runner.previous) else { return };
        let stopping = |previous| {
            self.runners
                .get(&previous)
                .is_some_and(|runner| runner.stop_told.is_some() && !runner.machine.is_over())
        };
        let waits = stopping(previous);
        if let Some(runner) = self.runners.get_mut(&id) {
            runner.waits = waits;
        }
        if !waits {
            self.prepare(id);
        }
    }

    /// Prepares an allocation that waited for another, whether or not that one has ended.
    pub(super) fn go_on(&mut self, id: AllocId) {
        let waits = self.runners.get_mut(&id).is_some_and(|runner| std::mem::take(&mut runner.waits));
        if waits {
            self.prepare(id);
        }
    }

    fn prepare(&mut self, id: AllocId) {
        let shared = Arc::clone(&self.shared);
        let previous = self.runners.get(&id).map(|runner| runner.previous);
        let previous = previous.filter(|id| self.runners.get(id).is_some_and(|old| old.machine.is_over()));
        let Some(runner) = self.runners.get_mut(&id) else { return };
        let (context, sender) = (Arc::clone(&runner.context), self.sender.clone());
        let before = runner.take_all();
        let ended = self.chain(before, async move {
            let event = operate::prepare_alloc(&shared, context, previous).await;
            let _ = sender.send(Message::Alloc { id, event }).await;
        });
        self.set_last(id, ended);
    }

    fn cleanup(&mut self, id: AllocId) {
        let shared = Arc::clone(&self.shared);
        let Some(runner) = self.runners.get_mut(&id) else { return };
        let context = Arc::clone(&runner.context);
        let before = runner.take_all();
        let ended = self.chain(before, async move { operate::cleanup(&shared, context).await });
        self.set_last(id, ended);
    }

    fn remove(&mut self, id: AllocId) {
        let Some(mut runner) = self.runners.remove(&id) else { return };
        if let Some(at) = runner.wake {
            self.wakes.remove(&(at, id));
        }
        runner.checks.values().for_each(AbortHandle::abort);
        let job = &runner.context.job;
        let shared_job = self.runners.values().any(|other| {
            let other = &other.context.job;
            other.id == job.id && other.namespace == job.namespace && other.version == job.version
        });
        let tasks = runner.context.task_group().into_iter().flat_map(|group| &group.tasks);
        let names = tasks.map(|task| Name::from(task.name.as_str()));
        self.shared.db.remove_alloc(id, names, (!shared_job).then_some(&**job));
        self.shared.reports.forget(id);
        let (shared, context) = (Arc::clone(&self.shared), Arc::clone(&runner.context));
        let before = runner.take_all();
        // Nothing comes after it.
        drop(self.chain(before, async move {
            operate::remove(&shared, context).await;
            shared.hide(id);
        }));
    }

    fn wake_at(&mut self, id: AllocId, at: Timestamp) {
        let Some(runner) = self.runners.get_mut(&id) else { return };
        if let Some(before) = runner.wake.replace(at) {
            self.wakes.remove(&(before, id));
        }
        self.wakes.insert((at, id));
    }

    pub(super) fn set_last(&mut self, id: AllocId, ended: Ended) {
        if let Some(runner) = self.runners.get_mut(&id) {
            runner.last = Some(ended);
        }
    }

    /// Runs an operation after others have ended.
    pub(super) fn chain(
        &mut self,
        before: Vec<Ended>,
        operation: impl Future<Output = ()> + Send + 'static,
    ) -> Ended {
        let (done, ended) = oneshot::channel();
        self.operations.spawn(async move {
            for before in before {
                // Ended either way.
                let _ = before.await;
            }
            operation.await;
            drop(done);
        });
        ended
    }

    /// Lets those go on that waited for an allocation which has just ended.
    fn notice_end(&mut self, id: AllocId) {
        match self.runners.get_mut(&id) {
            Some(runner) if runner.machine.is_over() => runner.ended_at = Some(clock::now()),
            Some(_) => return,
            None => {}
        }
        let waiting: Vec<AllocId> = self
            .runners
            .iter()
            .filter(|(_, runner)| runner.waits && runner.previous == id)
            .map(|(id, _)| *id)
            .collect();
        for id in waiting {
            self.go_on(id);
        }
        self.collect_garbage();
    }
}
