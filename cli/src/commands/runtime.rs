//! The runtime of commands that serve.

use crate::CommandError;

/// A runtime with a thread for each core.
pub(super) fn many_threads() -> Result<tokio::runtime::Runtime, CommandError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CommandError::failed(format!("Error starting the runtime: {error}")))
}
