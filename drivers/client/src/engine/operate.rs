//! What takes time: directories and drivers. Each operation ends in an event for its machine, or in nothing.

use std::sync::Arc;

use driver::signal::Signal;
use driver::{Driver, StopRequest, TaskId};
use executor::chain;
use lifecycle::alloc::Event;
use lifecycle::task::{self, Exit};
use model::{AllocId, Name, Nanos, TaskEventKind};

use crate::alloc_dir::{CreateError, create_alloc, remove_alloc, remove_secrets, take_data};
use crate::shared::Shared;
use crate::task::{AllocContext, prepare, resolve, unsupported_in_group};

/// Makes the directory of an allocation. `previous` is one that it replaces here and that has ended.
pub(super) async fn prepare_alloc(
    shared: &Arc<Shared>,
    context: Arc<AllocContext>,
    previous: Option<AllocId>,
) -> Event {
    let failed = |message: String| Event::PrepareFailed { message: Name::from(message) };
    let Some(group) = context.task_group() else {
        return failed(format!("job {} has no group {:?}", context.job.id, context.group));
    };
    if let Some(text) = unsupported_in_group(group) {
        return failed(text);
    }
    let Some(paths) = context.paths.clone() else { return Event::Prepared { network: None } };
    let tasks: Vec<Name> = group.tasks.iter().map(|task| Name::from(task.name.as_str())).collect();
    let sticky = group.ephemeral_disk.as_ref().is_some_and(|disk| disk.sticky);
    let old = previous.filter(|_| sticky).and_then(|previous| shared.paths(previous));
    let made = shared.block(move || {
        create_alloc(&paths)?;
        if let Some(old) = old
            && let Err(error) = take_data(&old, &paths, &tasks)
        {
            // Data is kept where that is possible, not promised.
            tracing::warn!(from = %old.root.display(), %error, "cannot take the data of the replaced allocation");
        }
        Ok::<_, CreateError>(())
    });
    match made.await {
        Some(Ok(())) => {
            shared.show_dir(context.id, true);
            Event::Prepared { network: None }
        }
        Some(Err(error)) => failed(chain(&error)),
        None => failed("the client is shutting down".to_owned()),
    }
}

/// Makes the directories of a task.
pub(super) async fn prepare_task(
    shared: &Arc<Shared>,
    context: Arc<AllocContext>,
    task: &Name,
) -> task::Event {
    let failed = |message: String, recoverable| task::Event::PrepareFailed {
        kind: TaskEventKind::SetupFailure { message: Name::from(message) },
        recoverable,
    };
    let name = Name::clone(task);
    let driver = context.task(task).and_then(|task| shared.drivers.get(&task.driver));
    let default_user = driver.and_then(|driver| driver.default_user());
    match shared.block(move || prepare(&context, &name, default_user)).await {
        Some(Ok(())) => task::Event::Prepared,
        Some(Err(error)) => failed(chain(&error), error.is_recoverable()),
        None => failed("the client is shutting down".to_owned(), true),
    }
}

/// Starts a task and records how to find it again, before anybody learns that it runs.
pub(super) async fn start(shared: &Arc<Shared>, context: &AllocContext, task: &Name) -> task::Event {
    let failed =
        |message: String, recoverable| task::Event::StartFailed { message: Name::from(message), recoverable };
    let wanted = context.task(task).map_or("", |task| task.driver.as_str());
    let Some(driver) = shared.drivers.get(wanted) else {
        return failed(format!("driver {wanted:?} is not available on this node"), false);
    };
    let config = match resolve(&shared.config, &shared.node(), context, task, &*driver) {
        Ok(config) => config,
        Err(error) => return failed(error.to_string(), false),
    };
    let id = config.id.clone();
    match driver.start(config).await {
        Ok(handle) => shared.db.put_handle(context.id, task, &handle),
        Err(error) => return failed(chain(&error), error.is_recoverable()),
    }
    match shared.db.synced().await {
        Ok(()) => task::Event::Started,
        Err(error) => {
            destroy_with(&*driver, &id).await;
            failed(error.to_string(), true)
        }
    }
}

/// Waits for the end of a task.
pub(super) async fn wait(driver: &dyn Driver, id: &TaskId) -> Exit {
    match driver.wait(id).await {
        Ok(result) => Exit {
            code: result.exit_code,
            signal: result.signal,
            oom_killed: result.oom_killed,
            error: Name::from(result.err.unwrap_or_default()),
        },
        Err(error) => Exit { code: 0, signal: 0, oom_killed: false, error: Name::from(chain(&error)) },
    }
}

/// Asks a task to stop.
pub(super) async fn stop(
    shared: &Arc<Shared>,
    context: &AllocContext,
    task: &Name,
    signal: &str,
    timeout: Nanos,
) {
    let Some(driver) = context.task(task).and_then(|task| shared.drivers.get(&task.driver)) else { return };
    let signal = signal.parse().unwrap_or_else(|error| {
        tracing::warn!(alloc = %context.id, %task, %error, "stopping with SIGINT instead");
        Signal::INTERRUPT
    });
    let request = StopRequest { signal, timeout: timeout.to_duration() };
    if let Err(error) = driver.stop(&context.task_id(task), request).await {
        // The machine destroys it when nothing happens.
        tracing::warn!(alloc = %context.id, %task, error = chain(&error), "cannot stop the task");
    }
}

/// Kills what is left of a task and forgets it.
pub(super) async fn destroy(shared: &Arc<Shared>, context: &AllocContext, task: &Name) {
    if let Some(driver) = context.task(task).and_then(|task| shared.drivers.get(&task.driver)) {
        destroy_with(&*driver, &context.task_id(task)).await;
    }
    shared.db.remove_handle(context.id, task);
}

async fn destroy_with(driver: &dyn Driver, id: &TaskId) {
    if let Err(error) = driver.destroy(id).await {
        tracing::warn!(task = %id, error = chain(&error), "cannot destroy the task");
    }
}

/// Removes the secrets of an allocation that has ended.
pub(super) async fn cleanup(shared: &Arc<Shared>, context: Arc<AllocContext>) {
    let Some(paths) = context.paths.clone() else { return };
    let tasks: Vec<Name> = context
        .task_group()
        .into_iter()
        .flat_map(|group| &group.tasks)
        .map(|task| Name::from(task.name.as_str()))
        .collect();
    // Without an answer the client is shutting down, and the next one cleans up.
    let _ = shared.block(move || remove_secrets(&paths, &tasks)).await;
}

/// Removes the directory of an allocation.
pub(super) async fn remove(shared: &Arc<Shared>, context: Arc<AllocContext>) {
    let Some(paths) = context.paths.clone() else { return };
    shared.show_dir(context.id, false);
    if let Some(Err(error)) = shared.block(move || remove_alloc(&paths)).await {
        tracing::warn!(alloc = %context.id, %error, "cannot remove the directory of an allocation");
    }
}
