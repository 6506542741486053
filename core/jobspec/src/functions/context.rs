//! What a function's body may use besides its arguments.
//!
//! Limits: hands out room for results, so that no body allocates past the budget.

use sha2::{Digest, Sha256};

use super::file_access::FileAccess;
use super::signature::FunctionError;
use crate::evaluate::Environment;
use crate::limits::Budget;
use crate::values::Value;

/// The surroundings of one function call.
pub(crate) struct FunctionContext<'a> {
    pub(crate) environment: &'a Environment<'a>,
    pub(crate) budget: &'a Budget,
}

impl FunctionContext<'_> {
    /// Asks for room for `bytes` of result before they are made.
    pub(super) fn room(&self, bytes: usize) -> Result<(), FunctionError> {
        self.budget.bytes(bytes).map_err(|error| FunctionError::Failed(error.to_string()))
    }

    /// Asks for room for a copy of the value in which nothing is shared.
    pub(super) fn room_for(&self, value: &Value) -> Result<(), FunctionError> {
        self.room(usize::try_from(value.bytes()).unwrap_or(usize::MAX))
    }

    /// Counts work that takes as long as `steps` evaluated expressions.
    pub(super) fn effort(&self, steps: u64) -> Result<(), FunctionError> {
        self.budget.steps(steps).map_err(|error| FunctionError::Failed(error.to_string()))
    }

    /// Counts bytes that are read once more than the arguments are.
    pub(super) fn work(&self, bytes: u64) -> Result<(), FunctionError> {
        self.budget.work(bytes).map_err(|error| FunctionError::Failed(error.to_string()))
    }

    /// Returns the files, or why there are none.
    pub(super) fn files(&self) -> Result<&dyn FileAccess, FunctionError> {
        self.environment.files.ok_or_else(|| FunctionError::Failed("filesystem function disabled".to_owned()))
    }

    /// Returns 32 bytes that no other call of this parse gets; they derive from the caller's seed.
    pub(super) fn draw(&self) -> [u8; 32] {
        let count = self.environment.drawn.get();
        self.environment.drawn.set(count + 1);
        let mut hasher = Sha256::new();
        hasher.update(self.environment.seed);
        hasher.update(count.to_be_bytes());
        hasher.finalize().into()
    }
}
