//! What people ask of an allocation that runs.

use lifecycle::alloc::Event;
use model::{AllocId, Name, RunState};

use super::message::ControlError;
use super::run::Engine;

impl Engine {
    /// Restarts one task, or all that run.
    pub(super) fn restart(&mut self, id: AllocId, task: Option<Name>) -> Result<(), ControlError> {
        let runner = self.runners.get(&id).ok_or_else(|| ControlError::UnknownAlloc(id.to_string()))?;
        let running = |machine: &lifecycle::TaskMachine| machine.state().state == RunState::Running;
        match &task {
            Some(name) => {
                let unknown = || ControlError::UnknownTask(name.to_string());
                let machine = runner.machine.task(name).ok_or_else(unknown)?;
                if !running(machine) {
                    return Err(ControlError::NotRunning);
                }
            }
            None => {
                let mut tasks = runner.context.task_group().into_iter().flat_map(|group| &group.tasks);
                if !tasks.any(|task| runner.machine.task(&task.name).is_some_and(running)) {
                    return Err(ControlError::NotRunning);
                }
            }
        }
        self.tell(id, Event::Restart { task, reason: Name::from("User requested task to restart") });
        Ok(())
    }
}
