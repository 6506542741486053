//! The state store: snapshots, apply, indexes, node columns and watches.
