//! The client's side of the conversation: register, say that we are alive, take what is assigned, report.
//!
//! ```text
//!  registering ──────▶ serving: pings, pushes, reports, changes of the node
//!     ▲   │ refused        │ a call failed or the watch ended
//!     │   ▼                ▼
//!     └── waiting (50 ms to 5 s, 30 s when refused) ◀┘
//! ```

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::engine::Message;
use crate::shared::Shared;
use crate::{LinkError, Registered, Registration, ServerLink};

const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(5);
const REFUSED_WAIT: Duration = Duration::from_secs(30);

/// Talks to the servers for ever.
pub(crate) async fn run(shared: Arc<Shared>, engine: mpsc::Sender<Message>) {
    let mut failures = 0_u32;
    loop {
        let wait = match shared.link.register((*shared.node()).clone()).await {
            Ok(registered) => {
                failures = 0;
                shared.registration.send_replace(Registration::Registered(registered));
                if engine.send(Message::Connected(true)).await.is_err() {
                    return;
                }
                let error = serve(&shared, &engine, registered).await;
                tracing::debug!(%error, "the connection to the servers ended");
                shared.registration.send_replace(Registration::Pending);
                backoff(&shared, 0)
            }
            Err(LinkError::Refused(reason)) => {
                tracing::error!(reason, "the servers refuse this node");
                shared.registration.send_replace(Registration::Refused(reason));
                REFUSED_WAIT
            }
            Err(LinkError::Unavailable(reason)) => {
                tracing::debug!(reason, "no server can be reached");
                failures = failures.saturating_add(1);
                backoff(&shared, failures)
            }
        };
        if engine.send(Message::Connected(false)).await.is_err() {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            // Another node may be welcome.
            () = shared.node_changed.notified() => {}
        }
    }
}

/// Serves one registration until something of it fails.
async fn serve(shared: &Shared, engine: &mpsc::Sender<Message>, registered: Registered) -> LinkError {
    let link = &*shared.link;
    tokio::select! {
        error = ping(link, registered.ping_every) => error,
        error = receive(link, engine) => error,
        error = renew(shared) => error,
        () = shared.reports.send(link) => LinkError::Unavailable("reports are not sent any more".to_owned()),
    }
}

async fn ping(link: &dyn ServerLink, every: Duration) -> LinkError {
    let mut ticks = tokio::time::interval(every.max(Duration::from_millis(10)));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    // Registration says that we are alive now.
    ticks.tick().await;
    loop {
        ticks.tick().await;
        if let Err(error) = link.ping().await {
            return error;
        }
    }
}

async fn receive(link: &dyn ServerLink, engine: &mpsc::Sender<Message>) -> LinkError {
    let mut pushes = link.watch();
    while let Some(push) = pushes.recv().await {
        if engine.send(Message::Push(push)).await.is_err() {
            break;
        }
    }
    LinkError::Unavailable("the watch of allocations ended".to_owned())
}

/// Registers the node again whenever it changes.
async fn renew(shared: &Shared) -> LinkError {
    loop {
        shared.node_changed.notified().await;
        if let Err(error) = shared.link.register((*shared.node()).clone()).await {
            return error;
        }
    }
}

/// Returns how long to wait after so many failures: different for every node, so that they do not come all at once.
fn backoff(shared: &Shared, failures: u32) -> Duration {
    let longest = FIRST_WAIT.saturating_mul(1 << failures.min(10)).min(LONGEST_WAIT);
    #[expect(clippy::cast_possible_truncation, reason = "half of the id is as random as all of it")]
    let random = model::splitmix(shared.node().id.0 as u64 ^ u64::from(failures));
    let half = longest / 2;
    let span = u64::try_from(half.as_millis()).unwrap_or(u64::MAX).max(1);
    half + Duration::from_millis(random % span)
}
