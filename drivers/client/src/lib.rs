//! The client agent: runs allocations as the lifecycle machines decide.
