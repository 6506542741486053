//! Making what a task needs before it starts: its directories and its payload. Blocks.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::Task;

use super::context::AllocContext;
use super::unsupported::unsupported_in_task;
use crate::alloc_dir::{CreateError, create_task, write_payload};

/// Why a task cannot be set up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PrepareError {
    /// The job has no such task.
    #[error("job {job} has no task {task:?} in group {group:?}")]
    NoSuchTask {
        /// Id of the job.
        job: String,
        /// Name of the group.
        group: String,
        /// Name of the task.
        task: String,
    },
    /// A block that this client does not obey.
    #[error("{0}")]
    Unsupported(String),
    /// A directory or a file.
    #[error(transparent)]
    Create(#[from] CreateError),
    /// The payload of the dispatch.
    #[error("the payload of the dispatch is not base64")]
    Payload,
}

impl PrepareError {
    /// Whether the restart policy should try again: only what is about the host's moment may pass.
    pub(crate) fn is_recoverable(&self) -> bool {
        matches!(self, Self::Create(CreateError::Io { .. }))
    }
}

/// Sets up a task of an allocation whose own directories exist. `default_user` runs a task whose job names nobody.
pub(crate) fn prepare(
    alloc: &AllocContext,
    name: &str,
    default_user: Option<&str>,
) -> Result<(), PrepareError> {
    let no_such_task = || PrepareError::NoSuchTask {
        job: alloc.job.id.clone(),
        group: alloc.group.to_string(),
        task: name.to_owned(),
    };
    let task = alloc.task(name).ok_or_else(no_such_task)?;
    if let Some(text) = unsupported_in_task(task) {
        return Err(PrepareError::Unsupported(text));
    }
    let Some(paths) = &alloc.paths else { return Ok(()) };
    let user = Some(task.user.as_str()).filter(|user| !user.is_empty()).or(default_user);
    create_task(paths, name, user, secrets_mb(task))?;
    if let (Some(rules), Some(payload)) = (&task.dispatch_payload, &alloc.job.payload)
        && !rules.file.is_empty()
        && !payload.is_empty()
    {
        let payload = STANDARD.decode(payload).map_err(|_| PrepareError::Payload)?;
        write_payload(paths, name, &rules.file, &payload)?;
    }
    Ok(())
}

fn secrets_mb(task: &Task) -> u32 {
    let asked = task.resources.as_ref().map_or(0, |resources| resources.secrets_mb);
    u32::try_from(asked).unwrap_or(0).max(1)
}
