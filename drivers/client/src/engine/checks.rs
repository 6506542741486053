//! Running the checks that a machine wants, and no others.

use std::sync::Arc;

use model::{AllocId, Name};

use super::message::Message;
use super::run::Engine;
use crate::services::Watch;

impl Engine {
    /// Ends the checks of an allocation that are not wanted any more, and starts those that are new.
    pub(super) fn run_checks(&mut self, id: AllocId, wanted: &[Name]) {
        let Some(runner) = self.runners.get_mut(&id) else { return };
        runner.checks.retain(|check, running| {
            let keep = wanted.contains(check);
            if !keep {
                running.abort();
            }
            keep
        });
        self.shared.checks.keep(id, wanted);
        for spec in runner.specs.iter().filter(|spec| wanted.contains(&spec.id)) {
            if runner.checks.contains_key(&spec.id) {
                continue;
            }
            let watch = Watch::new(Arc::clone(&self.shared), id, spec.clone());
            let (sender, check) = (self.sender.clone(), Name::clone(&spec.id));
            let looping = self.operations.spawn(async move {
                loop {
                    let event = watch.make().await;
                    if sender.send(Message::Alloc { id, event }).await.is_err() {
                        return;
                    }
                    watch.rest().await;
                }
            });
            runner.checks.insert(check, looping);
        }
    }
}
