//! The table of fields of one driver.

/// One key of a `config` block.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Whether it must be given.
    pub required: bool,
}

/// What a key takes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Text.
    Text,
    /// True or false.
    Bool,
    /// A whole number in a range, both ends included.
    Int {
        /// The smallest.
        min: i64,
        /// The largest.
        max: i64,
    },
    /// A span of time: text such as `1h30m`, or nanoseconds.
    Duration,
    /// A list of texts.
    TextList,
    /// A map of texts, or a block.
    TextMap,
    /// At most one block with keys of its own.
    Block(&'static [Field]),
}

impl Field {
    /// A key that may be left out.
    #[must_use]
    pub const fn optional(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, required: false }
    }

    /// A key that must be given.
    #[must_use]
    pub const fn required(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, required: true }
    }
}
