//! Tokens that prove who owns an evaluation, and ids of evaluations that the leader makes itself.
//!
//! Both follow from the seed that a leader gets for its term, so that a replay makes the same ones. A token
//! guards against mistakes between servers that trust each other; it is no secret.

use model::{EvalId, splitmix};
use serde::{Deserialize, Serialize};

/// Proves that a worker still owns an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Token(pub u64);

/// Makes tokens.
#[derive(Debug, Clone, Copy)]
pub struct TokenSource(u64);

impl TokenSource {
    /// A source whose tokens follow from `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next token.
    pub const fn next_token(&mut self) -> Token {
        self.0 = splitmix(self.0);
        Token(self.0)
    }
}

/// Makes evaluation ids.
#[derive(Debug, Clone, Copy)]
pub struct EvalIds {
    seed: u128,
    next: u128,
}

impl EvalIds {
    /// A source whose ids follow from `seed`, which must differ between leaders.
    #[must_use]
    pub const fn new(seed: u128) -> Self {
        Self { seed, next: 0 }
    }

    /// The next id.
    pub fn next_id(&mut self) -> EvalId {
        self.next += 1;
        EvalId::derive(&[self.seed, self.next])
    }
}
