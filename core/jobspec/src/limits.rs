//! The bounds that make a hostile job file harmless.
//!
//! Limits: depth of nesting is bounded by the parsers (64 levels, 128 chained operators), because they recurse first.

use std::cell::Cell;

/// What one parse may use; past a bound it ends with a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all texts together.
    pub source_bytes: usize,
    /// Levels of nesting in JSON texts and in values.
    pub nesting: usize,
    /// Expressions evaluated, counting each pass of a loop.
    pub steps: u64,
    /// Bytes of all strings and collections that expressions make.
    pub expansion_bytes: u64,
    /// Blocks decoded, after dynamic blocks are expanded.
    pub blocks: u64,
    /// Bytes of the compiled form of one regular expression.
    pub regex_bytes: usize,
    /// Diagnostics kept; later ones are counted only.
    pub diagnostics: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            source_bytes: 8 << 20,
            nesting: 64,
            steps: 2_000_000,
            expansion_bytes: 32 << 20,
            blocks: 200_000,
            regex_bytes: 1 << 20,
            diagnostics: 100,
        }
    }
}

/// A bound of [`Limits`] that was passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LimitError {
    #[error("the expressions of this job take more than {0} evaluation steps")]
    Steps(u64),
    #[error("the expressions of this job make more than {0} bytes of values")]
    Expansion(u64),
    #[error("this job has more than {0} blocks after expanding its dynamic blocks")]
    Blocks(u64),
}

/// Counts what a parse has used of its limits.
#[derive(Debug)]
pub(crate) struct Budget {
    limits: Limits,
    steps: Cell<u64>,
    bytes: Cell<u64>,
    blocks: Cell<u64>,
}

impl Budget {
    pub(crate) fn new(limits: Limits) -> Budget {
        Budget { limits, steps: Cell::new(0), bytes: Cell::new(0), blocks: Cell::new(0) }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Counts one evaluated expression.
    pub(crate) fn step(&self) -> Result<(), LimitError> {
        self.steps.set(self.steps.get().saturating_add(1));
        if self.steps.get() > self.limits.steps { Err(LimitError::Steps(self.limits.steps)) } else { Ok(()) }
    }

    /// Counts bytes of a value that an expression makes.
    pub(crate) fn bytes(&self, bytes: usize) -> Result<(), LimitError> {
        self.bytes.set(self.bytes.get().saturating_add(bytes as u64));
        let limit = self.limits.expansion_bytes;
        if self.bytes.get() > limit { Err(LimitError::Expansion(limit)) } else { Ok(()) }
    }

    /// Counts one decoded block.
    pub(crate) fn block(&self) -> Result<(), LimitError> {
        self.blocks.set(self.blocks.get().saturating_add(1));
        if self.blocks.get() > self.limits.blocks {
            Err(LimitError::Blocks(self.limits.blocks))
        } else {
            Ok(())
        }
    }
}
