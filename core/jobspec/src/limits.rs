//! The bounds that make a hostile job file harmless.
//!
//! Limits: depth of nesting is bounded by the parsers (64 levels, 128 chained operators), because they recurse first.

use std::cell::Cell;

use crate::values::Value;

/// What one parse may use; past a bound it ends with a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all texts together.
    pub source_bytes: usize,
    /// Levels of nesting in JSON texts and in values.
    pub nesting: usize,
    /// Expressions evaluated, counting each pass of a loop.
    pub steps: u64,
    /// Bytes of all strings and collections that expressions make, and of any one value when nothing is shared.
    pub expansion_bytes: u64,
    /// Bytes that functions, comparisons and conversions read.
    pub work_bytes: u64,
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
            // The worst text of this size takes less than 256 MiB.
            source_bytes: 3 << 19,
            nesting: 64,
            steps: 2_000_000,
            expansion_bytes: 32 << 20,
            work_bytes: 128 << 20,
            blocks: 30_000,
            regex_bytes: 256 << 10,
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
    #[error("the expressions of this job read more than {0} bytes of values")]
    Work(u64),
    #[error("the values of this job are nested more than {0} levels deep")]
    Nesting(usize),
    #[error("this job has more than {0} blocks after expanding its dynamic blocks")]
    Blocks(u64),
}

/// Counts what a parse has used of its limits.
#[derive(Debug)]
pub(crate) struct Budget {
    limits: Limits,
    steps: Cell<u64>,
    bytes: Cell<u64>,
    work: Cell<u64>,
    blocks: Cell<u64>,
}

impl Budget {
    pub(crate) fn new(limits: Limits) -> Budget {
        let none = Cell::new(0);
        Budget { limits, steps: none.clone(), bytes: none.clone(), work: none.clone(), blocks: none }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Counts one evaluated expression.
    pub(crate) fn step(&self) -> Result<(), LimitError> {
        self.steps(1)
    }

    /// Counts what takes as long as that many evaluated expressions.
    pub(crate) fn steps(&self, steps: u64) -> Result<(), LimitError> {
        self.steps.set(self.steps.get().saturating_add(steps));
        if self.steps.get() > self.limits.steps { Err(LimitError::Steps(self.limits.steps)) } else { Ok(()) }
    }

    /// Counts bytes of a value that an expression makes.
    pub(crate) fn bytes(&self, bytes: usize) -> Result<(), LimitError> {
        self.bytes.set(self.bytes.get().saturating_add(bytes as u64));
        let limit = self.limits.expansion_bytes;
        if self.bytes.get() > limit { Err(LimitError::Expansion(limit)) } else { Ok(()) }
    }

    /// Counts bytes that are read.
    pub(crate) fn work(&self, bytes: u64) -> Result<(), LimitError> {
        self.work.set(self.work.get().saturating_add(bytes));
        let limit = self.limits.work_bytes;
        if self.work.get() > limit { Err(LimitError::Work(limit)) } else { Ok(()) }
    }

    /// Checks that a value may exist: a few nested values can stand for more than fits in memory.
    pub(crate) fn value(&self, value: &Value) -> Result<(), LimitError> {
        if value.bytes() > self.limits.expansion_bytes {
            Err(LimitError::Expansion(self.limits.expansion_bytes))
        } else if value.depth() as usize > self.limits.nesting {
            Err(LimitError::Nesting(self.limits.nesting))
        } else {
            Ok(())
        }
    }

    /// Counts a copy of a value in which nothing is shared.
    pub(crate) fn copy(&self, value: &Value) -> Result<(), LimitError> {
        self.work(value.bytes())?;
        self.bytes(usize::try_from(value.bytes()).unwrap_or(usize::MAX))
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
