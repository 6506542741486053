//! The client's machines: what an allocation and its tasks do next.
