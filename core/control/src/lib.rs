//! The server's machines: broker, plan applier, heartbeats and their kin.
