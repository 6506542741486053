//! Saving the state as a file, and restoring one.
//!
//! Limits: an archive is held in memory while it is made or read; one restore at a time. A restore is refused before
//! anything is changed when its archive is damaged in any byte.

use archive::{Origin, Saved};
use state::{ApplyError, Command};

use crate::peers::ProposeFailure;
use crate::seed::{now, random};
use crate::server_handle::Server;

/// A state could not be saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// It could not be written.
    #[error(transparent)]
    Write(#[from] archive::WriteError),
    /// Writing it panicked.
    #[error("saving the state was interrupted")]
    Interrupted,
}

/// A state could not be restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The archive cannot be read; nothing was changed.
    #[error("failed to restore from snapshot: {0}")]
    Archive(#[from] archive::ReadError),
    /// The state is larger than what can be restored; nothing was changed.
    #[error("failed to restore from snapshot: {0}")]
    Cut(#[from] state::snapshot_format::WriteError),
    /// Another restore is under way; nothing was changed.
    #[error("failed to restore from snapshot: another restore is under way")]
    Busy,
    /// The servers refused the state; nothing was changed.
    #[error("failed to restore from snapshot: {0}")]
    Refused(ApplyError),
    /// The servers could not agree on it; whether it was restored is not known when the last entry was lost.
    #[error("failed to restore from snapshot: {0}")]
    NotCommitted(String),
    /// Reading it panicked; nothing was changed.
    #[error("failed to restore from snapshot: reading it was interrupted")]
    Interrupted,
}

impl Server {
    /// Returns an archive of the newest state that this server has.
    ///
    /// # Errors
    /// A record of the state cannot be written.
    pub async fn save_state(&self) -> Result<Vec<u8>, SaveError> {
        let snapshot = self.snapshot();
        let origin = Origin {
            region: self.inner.region.as_str().to_owned(),
            term: self.inner.consensus.status().term,
            created: now(),
        };
        let writing = tokio::task::spawn_blocking(move || {
            let mut bytes = Vec::new();
            archive::write(&snapshot, &origin, &mut bytes).map(|_| bytes)
        });
        Ok(writing.await.map_err(|_| SaveError::Interrupted)??)
    }

    /// Has every server replace its state by the one in an archive; only on the leader. Returns the index from which
    /// it is there.
    ///
    /// # Errors
    /// [`RestoreError`] says whether anything was changed.
    pub async fn restore_state(&self, bytes: impl AsRef<[u8]> + Send + 'static) -> Result<u64, RestoreError> {
        let _one = self.inner.restoring.try_lock().map_err(|_| RestoreError::Busy)?;
        let reading = tokio::task::spawn_blocking(move || -> Result<Vec<Command>, RestoreError> {
            let Saved { meta, state } = archive::read(bytes.as_ref())?;
            tracing::info!(id = meta.id, index = meta.index, "restoring a saved state");
            Ok(state.restore_commands(random())?)
        });
        let commands = reading.await.map_err(|_| RestoreError::Interrupted)??;
        let mut index = 0;
        for command in commands {
            let applied = self.inner.calls.local.propose(command).await.map_err(|error| match error {
                ProposeFailure::Encode(reason) => RestoreError::NotCommitted(reason),
                ProposeFailure::Raft(error) => RestoreError::NotCommitted(error.to_string()),
            })?;
            applied.reply.as_ref().map_err(|error| RestoreError::Refused(error.clone()))?;
            index = applied.index;
        }
        tracing::info!(index, "a saved state was restored");
        // The pieces need not be kept in the log any longer than what they became.
        if let Err(error) = self.inner.consensus.trigger_snapshot().await {
            tracing::debug!(%error, "no snapshot follows the restore");
        }
        Ok(index)
    }
}
