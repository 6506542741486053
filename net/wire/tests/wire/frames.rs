//! Calls in frames.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;
use wire::frame::{Answer, CallError, FrameError, Handler, Refusal, Request};
use wire::{Accepted, Client, Connection, Peer, Raft, Role, frame};

use crate::cluster::{Agent, Cluster, connect};

const CAP: usize = 64 << 10;
const DEADLINE: Duration = Duration::from_secs(20);

#[derive(Serialize, Deserialize)]
enum Ask {
    Echo(String),
    CountTo(u32),
    Refuse,
    Hang,
}

impl Request for Ask {
    type Protocol = Client;
    type Response = String;
}

/// Answers, and says when a hanging handler was dropped.
struct Answers {
    hanging: std::sync::Mutex<Option<(oneshot::Sender<()>, oneshot::Sender<()>)>>,
}

impl Handler<Ask> for Answers {
    async fn handle(&self, request: Ask, answer: &mut Answer<String>) -> Result<(), Refusal> {
        let gone = |error: FrameError| Refusal::new(1, error.to_string());
        match request {
            Ask::Echo(text) => answer.send(&text).await.map_err(gone),
            Ask::CountTo(last) => {
                for number in 1..=last {
                    answer.send(&number.to_string()).await.map_err(gone)?;
                }
                Ok(())
            }
            Ask::Refuse => Err(Refusal::new(42, "not today")),
            Ask::Hang => {
                let (started, _dropped_with_the_handler) = self.hanging.lock().unwrap().take().unwrap();
                started.send(()).unwrap();
                std::future::pending().await
            }
        }
    }
}

struct Pair {
    client: Connection<Client>,
    started: oneshot::Receiver<()>,
    dropped: oneshot::Receiver<()>,
    _agents: (Agent, Agent),
}

async fn pair() -> Pair {
    let cluster = Cluster::new();
    let mut server = cluster.agent(Role::Server, "global");
    let agent = cluster.agent(Role::Client, "global");
    let (client, accepted) = connect::<Client>(&agent.endpoint, &mut server).await;
    let Accepted::Client(accepted) = accepted else { panic!("{accepted:?}") };
    let (start, started) = oneshot::channel();
    let (drop, dropped) = oneshot::channel();
    let handler = Arc::new(Answers { hanging: std::sync::Mutex::new(Some((start, drop))) });
    tokio::spawn(frame::serve(accepted, CAP, handler));
    Pair { client, started, dropped, _agents: (server, agent) }
}

#[tokio::test]
async fn a_call_returns_the_handlers_answer() {
    let pair = pair().await;
    let answer = frame::call(&pair.client, &Ask::Echo("hello".to_owned()), CAP).await.unwrap();
    assert_eq!(answer, "hello");
}

#[tokio::test]
async fn a_stream_of_answers_ends_when_the_handler_does() {
    let pair = pair().await;
    let mut answers = frame::call_stream(&pair.client, &Ask::CountTo(3), CAP).await.unwrap();
    let mut seen = Vec::new();
    while let Some(number) = answers.next().await.unwrap() {
        seen.push(number);
    }
    assert_eq!(seen, ["1", "2", "3"]);
}

#[tokio::test]
async fn a_refusal_keeps_its_code_and_text() {
    let pair = pair().await;
    let error = frame::call(&pair.client, &Ask::Refuse, CAP).await.unwrap_err();
    let CallError::Refused(refusal) = error else { panic!("{error:?}") };
    assert_eq!(refusal, Refusal { code: 42, text: "not today".to_owned() });
}

#[tokio::test]
async fn a_frame_above_the_cap_is_refused_by_either_side() {
    let pair = pair().await;
    let large = Ask::Echo("x".repeat(CAP));
    let error = frame::call(&pair.client, &large, CAP).await.unwrap_err();
    assert!(matches!(error, CallError::Frame(FrameError::TooLarge { cap: CAP, .. })), "{error:?}");
    // A caller with a higher cap gets past its own check; the callee drops the stream unread.
    let error = frame::call(&pair.client, &large, 2 * CAP).await.unwrap_err();
    assert!(matches!(error, CallError::NoAnswer | CallError::Frame(FrameError::Write(_))), "{error:?}");
    // The connection goes on.
    frame::call(&pair.client, &Ask::Echo("still here".to_owned()), CAP).await.unwrap();
}

#[tokio::test]
async fn a_dropped_call_cancels_its_handler() {
    let pair = pair().await;
    let call = frame::call(&pair.client, &Ask::Hang, CAP);
    let started = pair.started;
    tokio::select! {
        answer = call => panic!("answered: {answer:?}"),
        started = started => started.unwrap(),
    }
    let dropped = tokio::time::timeout(DEADLINE, pair.dropped).await.expect("the handler still runs");
    assert!(dropped.is_err(), "the sender goes with the handler");
}

#[tokio::test]
async fn opaque_bytes_travel_between_servers() {
    let cluster = Cluster::new();
    let mut server = cluster.agent(Role::Server, "global");
    let other = cluster.agent(Role::Server, "global");
    let (dialled, accepted) = connect::<Raft>(&other.endpoint, &mut server).await;
    let Accepted::Raft(accepted) = accepted else { panic!("{accepted:?}") };
    tokio::spawn(frame::serve_bytes(accepted, CAP, |mut body| async move {
        body.reverse();
        Ok(body)
    }));
    assert_eq!(frame::call_bytes(&dialled, &[1, 2, 3], CAP).await.unwrap(), [3, 2, 1]);
    assert_eq!(frame::call_bytes(&dialled, &[], CAP).await.unwrap(), [0_u8; 0]);
}

#[tokio::test]
async fn a_call_on_a_closed_connection_fails_with_its_reason() {
    let cluster = Cluster::new();
    let mut server = cluster.agent(Role::Server, "global");
    let other = cluster.agent(Role::Server, "global");
    let (dialled, accepted) = connect::<Peer>(&other.endpoint, &mut server).await;
    let Accepted::Peer(accepted) = accepted else { panic!("{accepted:?}") };
    accepted.close("going home");
    assert!(dialled.closed().await.contains("going home"));
    let error = frame::call_bytes(&dialled, b"?", CAP).await.unwrap_err();
    assert!(matches!(error, CallError::Closed(_)), "{error:?}");
}
