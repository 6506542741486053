//! The job files that `job init` writes.
//!
//! Limits: texts only; the command decides where they go.

/// How much an example explains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExampleKind {
    /// Every block with a comment on what it does.
    Explained,
    /// The same job without comments.
    Short,
}

/// Returns an example job file.
#[must_use]
pub fn example(kind: ExampleKind) -> &'static str {
    match kind {
        ExampleKind::Explained => include_str!("example/explained.nomad.hcl"),
        ExampleKind::Short => include_str!("example/short.nomad.hcl"),
    }
}
