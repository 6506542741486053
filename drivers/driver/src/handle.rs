//! What is needed to find a task again: small, serialisable, versioned.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::TaskId;

/// The version of the envelope; a driver versions its own state within.
const VERSION: u32 = 1;

/// A started task, as the client keeps it on disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskHandle {
    version: u32,
    /// Name of the driver that made it.
    pub driver: String,
    /// Which task it is.
    pub id: TaskId,
    /// When the task was started, in nanoseconds since the epoch.
    pub started_ns: u64,
    state: serde_json::Value,
}

/// Why a handle cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HandleError {
    /// Another build wrote it.
    #[error("task handle of version {found}; this build reads version {VERSION}")]
    Version {
        /// The version found.
        found: u32,
    },
    /// Another driver made it.
    #[error("task handle of driver {found:?}, not of {expected:?}")]
    Driver {
        /// The driver that made it.
        found: String,
        /// The driver that was asked.
        expected: &'static str,
    },
    /// The driver's state cannot be encoded or decoded.
    #[error("unreadable state in task handle of {id}")]
    State {
        /// Which task.
        id: TaskId,
        /// Why.
        source: serde_json::Error,
    },
}

impl TaskHandle {
    /// Makes a handle with a driver's own state in it.
    ///
    /// # Errors
    /// When the state cannot be written as JSON.
    pub fn new(
        driver: &'static str,
        id: TaskId,
        started_ns: u64,
        state: &impl Serialize,
    ) -> Result<Self, HandleError> {
        let state =
            serde_json::to_value(state).map_err(|source| HandleError::State { id: id.clone(), source })?;
        Ok(Self { version: VERSION, driver: driver.to_owned(), id, started_ns, state })
    }

    /// Returns the driver's own state.
    ///
    /// # Errors
    /// When the handle is another driver's or another build's.
    pub fn state<T: DeserializeOwned>(&self, driver: &'static str) -> Result<T, HandleError> {
        if self.version != VERSION {
            return Err(HandleError::Version { found: self.version });
        }
        if self.driver != driver {
            return Err(HandleError::Driver { found: self.driver.clone(), expected: driver });
        }
        T::deserialize(&self.state).map_err(|source| HandleError::State { id: self.id.clone(), source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_survives_json_and_refuses_other_readers() {
        let id = TaskId { alloc: "a".to_owned(), task: "t".to_owned() };
        let handle = TaskHandle::new("raw_exec", id, 7, &vec![1, 2]).expect("handle");
        let text = serde_json::to_string(&handle).expect("text");
        let mut read: TaskHandle = serde_json::from_str(&text).expect("handle");
        assert_eq!(read, handle);
        assert_eq!(read.state::<Vec<i32>>("raw_exec").expect("state"), [1, 2]);
        assert!(matches!(read.state::<Vec<i32>>("exec"), Err(HandleError::Driver { .. })));
        assert!(matches!(read.state::<String>("raw_exec"), Err(HandleError::State { .. })));
        read.version = 2;
        assert!(matches!(read.state::<Vec<i32>>("raw_exec"), Err(HandleError::Version { found: 2 })));
    }
}
