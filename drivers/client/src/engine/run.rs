//! The loop.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use lifecycle::alloc::Event;
use model::{AllocId, Timestamp};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::message::Message;
use super::runner::Runner;
use crate::clock;
use crate::shared::Shared;

/// Messages that may wait; whoever sends more waits.
pub(crate) const INBOX: usize = 1_024;
/// Longest sleep, so that a clock that is set back holds nothing up for longer.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// Owns every allocation of the node.
pub(crate) struct Engine {
    pub(super) shared: Arc<Shared>,
    pub(super) runners: BTreeMap<AllocId, Runner>,
    /// What runs beside the loop; all of it ends with the engine.
    pub(super) operations: JoinSet<()>,
    pub(super) sender: mpsc::Sender<Message>,
    pub(super) wakes: BTreeSet<(Timestamp, AllocId)>,
    pub(super) connected: bool,
    pub(super) swept: bool,
    leaving: Option<oneshot::Sender<()>>,
}

impl Engine {
    /// An engine without allocations, and where its messages are put in.
    pub(crate) fn new(shared: Arc<Shared>, sender: mpsc::Sender<Message>) -> Self {
        Self {
            shared,
            runners: BTreeMap::new(),
            operations: JoinSet::new(),
            sender,
            wakes: BTreeSet::new(),
            connected: true,
            swept: false,
            leaving: None,
        }
    }

    /// Runs until it has left, or for ever.
    pub(crate) async fn run(mut self, mut inbox: mpsc::Receiver<Message>) {
        loop {
            let wake = self.wakes.first().map(|(at, _)| *at);
            tokio::select! {
                message = inbox.recv() => match message {
                    Some(message) => self.handle(message).await,
                    None => return,
                },
                Some(_) = self.operations.join_next() => {}
                () = sleep_until(wake) => self.tick(),
            }
            if self.has_left() {
                return;
            }
        }
    }

    async fn handle(&mut self, message: Message) {
        match message {
            Message::Push(push) => self.push(push).await,
            Message::Alloc { id, event } => self.tell(id, event),
            Message::Task { id, task, event } => {
                if event == lifecycle::task::Event::Started {
                    self.watch(id, &task);
                }
                self.tell(id, Event::Task { task, event });
            }
            Message::Exited { id, task, run, exit } => {
                let slot = self.runners.get(&id).and_then(|runner| runner.tasks.get(&task));
                if slot.is_some_and(|slot| slot.run == run) {
                    self.tell(id, Event::Task { task, event: lifecycle::task::Event::Exited(exit) });
                }
            }
            Message::Connected(connected) => {
                if self.connected != connected {
                    self.connected = connected;
                    self.tell_all(&Event::Disconnected(!connected));
                }
            }
            Message::Restart { id, task, reply } => {
                // Who asked may have gone away.
                let _ = reply.send(self.restart(id, task));
            }
            Message::CollectGarbage => self.collect_garbage(),
            Message::Leave(reply) => {
                self.leaving = Some(reply);
                let event = if self.shared.config.ephemeral {
                    Event::Forget
                } else {
                    Event::Stop { no_shutdown_delay: true }
                };
                self.tell_all(&event);
            }
        }
    }

    /// Whether the client leaves, and the servers' wishes do not count any more.
    pub(super) fn is_leaving(&self) -> bool {
        self.leaving.is_some()
    }

    fn has_left(&mut self) -> bool {
        let done = self.leaving.is_some()
            && self.operations.is_empty()
            && self.runners.values().all(|runner| runner.machine.is_over());
        if done && let Some(reply) = self.leaving.take() {
            let _ = reply.send(());
        }
        done
    }

    fn tell_all(&mut self, event: &Event) {
        let ids: Vec<AllocId> = self.runners.keys().copied().collect();
        for id in ids {
            self.go_on(id);
            self.tell(id, event.clone());
        }
    }

    fn tick(&mut self) {
        let now = clock::now();
        while let Some((at, id)) = self.wakes.first().copied().filter(|(at, _)| *at <= now) {
            self.wakes.remove(&(at, id));
            if let Some(runner) = self.runners.get_mut(&id) {
                runner.wake = None;
            }
            self.tell(id, Event::Tick);
        }
    }
}

async fn sleep_until(wake: Option<Timestamp>) {
    match wake {
        Some(at) => tokio::time::sleep(clock::until(at).min(LONGEST_SLEEP)).await,
        None => std::future::pending().await,
    }
}
