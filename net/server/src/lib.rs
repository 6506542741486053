//! The shell that runs the control machines on tokio.
