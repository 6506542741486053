//! Waiting for the user or the system to end the agent.

use tokio::signal::unix::{SignalKind, signal};

/// What asked the agent to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopSignal {
    /// Ctrl-C.
    Interrupt,
    /// A service manager.
    Terminate,
}

/// Waits for the first interrupt or request to terminate.
pub(crate) async fn stop_requested() -> StopSignal {
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        // Without handlers the default action ends the process.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => StopSignal::Interrupt,
        _ = terminate.recv() => StopSignal::Terminate,
    }
}
