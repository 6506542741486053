//! Assembles servers, clients and the HTTP API into one agent or a dev cluster.
