//! Making one check: a connection, or a request and the status of its answer.
//!
//! Bounds: the timeout of the check for everything together, [`MAX_OUTPUT`] bytes of an answer, 64 KiB of headers.

use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use model::Name;
use tokio::net::TcpStream;

/// Bytes of an answer that are kept.
const MAX_OUTPUT: usize = 3 << 10;
/// Bytes of an answer's headers that are read.
const MAX_HEADERS: usize = 64 << 10;

/// A check, ready to be made.
#[derive(Clone, Debug)]
pub(crate) struct CheckSpec {
    /// Its id.
    pub(crate) id: Name,
    /// Its name.
    pub(crate) name: Name,
    /// Its service.
    pub(crate) service: Name,
    /// The task of the service; empty for one of the group.
    pub(crate) task: Name,
    /// Name of the allocation.
    pub(crate) group: Name,
    /// Whether the health of the allocation depends on it.
    pub(crate) counts: bool,
    /// What is done.
    pub(crate) kind: CheckKind,
    /// Time between the end of one and the next.
    pub(crate) interval: Duration,
    /// How long one may take.
    pub(crate) timeout: Duration,
}

/// What is done.
#[derive(Clone, Debug)]
pub(crate) enum CheckKind {
    /// Connects to `host:port`.
    Tcp(String),
    /// Asks `host:port`.
    Http {
        /// Where.
        address: String,
        /// How.
        method: String,
        /// Path with query.
        path: String,
        /// Headers.
        headers: Vec<(String, String)>,
        /// Body.
        body: String,
    },
    /// Cannot be made here, and fails with the reason.
    Unsupported(String),
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) passing: bool,
    /// Status code of an HTTP answer; 0 without one.
    pub(super) status_code: u16,
    pub(super) output: String,
}

impl Outcome {
    fn failed(output: String) -> Self {
        Self { passing: false, status_code: 0, output }
    }

    /// What checks of tasks that do not exist find.
    pub(super) fn simulated() -> Self {
        Self { passing: true, status_code: 0, output: "nomad: simulated".to_owned() }
    }
}

/// Makes a check, within its timeout.
pub(super) async fn make(spec: &CheckSpec) -> Outcome {
    let made = async {
        match &spec.kind {
            CheckKind::Tcp(address) => match TcpStream::connect(address).await {
                Ok(_) => Outcome { passing: true, status_code: 0, output: "nomad: tcp ok".to_owned() },
                Err(error) => Outcome::failed(format!("dial tcp {address}: {error}")),
            },
            CheckKind::Http { address, .. } => match ask(&spec.kind, address).await {
                Ok(outcome) => outcome,
                Err(error) => Outcome::failed(format!("http {address}: {error}")),
            },
            CheckKind::Unsupported(reason) => Outcome::failed(reason.clone()),
        }
    };
    let late = |_| Outcome::failed(format!("no answer within {} ms", spec.timeout.as_millis()));
    tokio::time::timeout(spec.timeout, made).await.unwrap_or_else(late)
}

/// Why a request could not be made.
#[derive(Debug, thiserror::Error)]
enum AskError {
    #[error("cannot connect: {0}")]
    Connect(#[from] std::io::Error),
    #[error("bad request: {0}")]
    Request(#[from] hyper::http::Error),
    #[error("no answer: {0}")]
    Exchange(#[from] hyper::Error),
}

async fn ask(kind: &CheckKind, address: &str) -> Result<Outcome, AskError> {
    let CheckKind::Http { method, path, headers, body, .. } = kind else {
        return Ok(Outcome::failed("not an HTTP check".to_owned()));
    };
    let mut request = Request::builder().method(method.as_str()).uri(path.as_str());
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        request = request.header("host", address);
    }
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let request = request.body(Full::new(Bytes::from(body.clone())))?;
    let stream = TcpStream::connect(address).await?;
    let (mut sender, connection) =
        http1::Builder::new().max_buf_size(MAX_HEADERS).handshake(TokioIo::new(stream)).await?;
    // The connection ends with the check: both are dropped together.
    let answer = async {
        let response = sender.send_request(request).await?;
        Ok::<_, hyper::Error>(read(response).await)
    };
    tokio::pin!(answer);
    tokio::select! {
        answer = &mut answer => Ok(answer?),
        ended = connection => {
            ended?;
            Ok(answer.await?)
        }
    }
}

/// Reads the first bytes of an answer. Like the recorded ones, a good answer is not repeated.
async fn read(response: Response<Incoming>) -> Outcome {
    let status = response.status();
    if status.is_success() {
        return Outcome { passing: true, status_code: status.as_u16(), output: "nomad: http ok".to_owned() };
    }
    let mut body = response.into_body();
    let mut output = Vec::new();
    while output.len() < MAX_OUTPUT && !body.is_end_stream() {
        let Some(Ok(frame)) = body.frame().await else { break };
        if let Some(data) = frame.data_ref() {
            output.extend_from_slice(&data[..data.len().min(MAX_OUTPUT - output.len())]);
        }
    }
    let output = String::from_utf8_lossy(&output).into_owned();
    Outcome { passing: false, status_code: status.as_u16(), output }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    fn spec(kind: CheckKind, timeout: Duration) -> CheckSpec {
        let name = || Name::from("x");
        CheckSpec {
            id: name(),
            name: name(),
            service: name(),
            task: name(),
            group: name(),
            counts: true,
            kind,
            interval: Duration::from_secs(1),
            timeout,
        }
    }

    fn http(address: String) -> CheckKind {
        let headers = vec![("X-Check".to_owned(), "1".to_owned())];
        let (method, path, body) = ("GET".to_owned(), "/up?x=1".to_owned(), String::new());
        CheckKind::Http { address, method, path, headers, body }
    }

    /// A server that answers one request with a text, and returns what it was asked.
    async fn answering(answer: &'static str) -> (String, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("listener");
        let address = listener.local_addr().expect("address").to_string();
        let asked = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("connection");
            let mut request = vec![0; 4096];
            let length = stream.read(&mut request).await.expect("request");
            stream.write_all(answer.as_bytes()).await.expect("answer");
            String::from_utf8_lossy(&request[..length]).into_owned()
        });
        (address, asked)
    }

    #[tokio::test]
    async fn the_status_of_an_answer_decides() {
        let long = Duration::from_secs(5);
        let (address, asked) = answering("HTTP/1.1 204 No Content\r\n\r\n").await;
        let outcome = make(&spec(http(address.clone()), long)).await;
        assert_eq!(outcome, Outcome { passing: true, status_code: 204, output: "nomad: http ok".to_owned() });
        let asked = asked.await.expect("server");
        assert!(asked.starts_with("GET /up?x=1 HTTP/1.1\r\n"), "{asked}");
        let head = asked.to_lowercase();
        assert!(head.contains("x-check: 1") && head.contains(&format!("host: {address}")), "{asked}");

        let (address, _asked) = answering("HTTP/1.1 503 Busy\r\ncontent-length: 4\r\n\r\nlate").await;
        let outcome = make(&spec(http(address), long)).await;
        assert_eq!(outcome, Outcome { passing: false, status_code: 503, output: "late".to_owned() });
    }

    #[tokio::test]
    async fn whoever_does_not_answer_in_time_fails() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("listener");
        let address = listener.local_addr().expect("address").to_string();
        let connected = make(&spec(CheckKind::Tcp(address.clone()), Duration::from_secs(5))).await;
        assert!(connected.passing, "{connected:?}");
        let silent = make(&spec(http(address.clone()), Duration::from_millis(20))).await;
        assert_eq!(silent, Outcome::failed("no answer within 20 ms".to_owned()));
        drop(listener);
        let refused = make(&spec(CheckKind::Tcp(address), Duration::from_secs(5))).await;
        assert!(!refused.passing && refused.output.contains("refused"), "{refused:?}");
    }
}
