//! The scheduler: a snapshot and an evaluation in, a plan out.
