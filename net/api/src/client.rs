//! The client itself.
//!
//! Purpose: turn a [`Request`] into an HTTP exchange with region, namespace and token, and its answer into a
//! [`Reply`] or a stream.
//! Limits: one exchange per call; a blocking query may take its `wait` and 30 s more.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Method, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::call::Query;
use crate::transport::{Address, SendError, TlsFiles, Transport};
use crate::{ApiError, LeaderlessReads, Meta, Reply};

/// Largest answer that is collected, in bytes.
const MAX_BODY: usize = 256 << 20;
/// Longest text of an error that is kept, in bytes.
const MAX_ERROR: usize = 64 << 10;

/// How to reach an agent, and in whose name.
#[derive(Clone, Debug)]
pub struct ClientConfig {
    /// Where the agent listens.
    pub address: Address,
    /// Region to ask; `None` leaves it to the agent.
    pub region: Option<String>,
    /// Namespace to ask; `None` is `default`.
    pub namespace: Option<String>,
    /// Secret id of the ACL token.
    pub token: Option<String>,
    /// `user:password` for a proxy in front of the agent.
    pub basic_auth: Option<String>,
    /// TLS files and switches.
    pub tls: TlsFiles,
    /// How long the head of an answer may take, besides the wait of a blocking query.
    pub timeout: Duration,
    /// Has reads answered also while nobody leads, and remembers that; `None` leaves them refused.
    pub leaderless: Option<Arc<LeaderlessReads>>,
}

impl ClientConfig {
    /// Settings without token, region or TLS files; 30 s for an answer.
    #[must_use]
    pub fn new(address: Address) -> ClientConfig {
        ClientConfig {
            address,
            region: None,
            namespace: None,
            token: None,
            basic_auth: None,
            tls: TlsFiles::default(),
            timeout: Duration::from_secs(30),
            leaderless: None,
        }
    }
}

/// A client of one agent. Clones share its connections.
#[derive(Clone)]
pub struct Client {
    config: Arc<ClientConfig>,
    transport: Arc<Transport>,
}

/// What a request carries.
#[derive(Clone, Debug, Default)]
pub enum Body {
    /// Nothing.
    #[default]
    Empty,
    /// A JSON document.
    Json(Value),
    /// Bytes as they are.
    Bytes(Vec<u8>),
}

/// One request.
#[derive(Clone, Debug)]
pub struct Request {
    /// HTTP method.
    pub method: Method,
    /// Path with encoded segments, such as `/v1/job/web`; may carry a query of its own.
    pub path: String,
    /// Options and parameters.
    pub query: Query,
    /// Body.
    pub body: Body,
    /// Further headers, as `name: value` pairs.
    pub headers: Vec<(String, String)>,
}

/// The head of an answer with its body still to come.
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    body: Incoming,
    verb: String,
    url: String,
}

impl Request {
    /// A request without a body.
    #[must_use]
    pub fn new(method: Method, path: impl Into<String>, query: Query) -> Request {
        Request { method, path: path.into(), query, body: Body::Empty, headers: Vec::new() }
    }

    /// A `GET`.
    #[must_use]
    pub fn get(path: impl Into<String>, query: Query) -> Request {
        Request::new(Method::GET, path, query)
    }

    /// A `PUT` with a JSON body.
    #[must_use]
    pub fn put(path: impl Into<String>, query: Query, body: Value) -> Request {
        Request { body: Body::Json(body), ..Request::new(Method::PUT, path, query) }
    }
}

impl Client {
    /// Makes a client. Reads TLS files; connects with the first request.
    pub fn new(config: ClientConfig) -> Result<Client, ApiError> {
        let transport = Transport::new(config.address.clone(), &config.tls)?;
        Ok(Client { config: Arc::new(config), transport: Arc::new(transport) })
    }

    /// Returns the settings.
    #[must_use]
    pub fn config(&self) -> &ClientConfig {
        &self.config
    }

    /// Returns the same client for another region or namespace; `None` keeps what there is.
    #[must_use]
    pub fn scoped(&self, region: Option<&str>, namespace: Option<&str>) -> Client {
        let mut config = (*self.config).clone();
        config.region = region.map(str::to_owned).or(config.region);
        config.namespace = namespace.map(str::to_owned).or(config.namespace);
        Client { config: Arc::new(config), transport: self.transport.clone() }
    }

    /// Sends a request and returns the answer's head, whatever its status.
    pub async fn send(&self, request: Request) -> Result<Response, ApiError> {
        let path = self.path_and_query(&request);
        let url = format!("{}{path}", self.transport.address());
        let verb = title_case(request.method.as_str());
        let limit = self.config.timeout + request.query.wait.unwrap_or_default();
        let broken = |reason: String| ApiError::Broken { verb: verb.clone(), url: url.clone(), reason };
        let http = self.http_request(request, &path).map_err(|error| broken(error.to_string()))?;
        let sent = tokio::time::timeout(limit, self.transport.send(http)).await;
        match sent {
            Err(_) => Err(broken(format!("no answer within {} s", limit.as_secs()))),
            Ok(Err(SendError::Broken(reason))) => Err(broken(reason)),
            Ok(Err(SendError::Connect(failure))) => {
                let address = self.transport.address();
                let (network, address) = (address.network(), address.target());
                Err(ApiError::Connect { verb, url, network, address, failure })
            }
            Ok(Ok(response)) => {
                let (head, body) = response.into_parts();
                Ok(Response { status: head.status.as_u16(), headers: head.headers, body, verb, url })
            }
        }
    }

    /// Sends a request and decodes its JSON answer; another status than 2xx is an error. A read that is refused because
    /// nobody leads is answered from the asked server's own state, where the settings allow that.
    pub async fn json<T: DeserializeOwned>(&self, request: Request) -> Result<Reply<T>, ApiError> {
        let Some(leaderless) = &self.config.leaderless else { return self.ask(request).await };
        let mut asked = request.clone();
        asked.query.stale |= request.method == Method::GET && leaderless.oldest_ms().is_some();
        let refused = match self.ask(asked).await {
            Ok(reply) => return Ok(reply),
            Err(error) => error,
        };
        let Some(again) = LeaderlessReads::instead(&request, &refused) else { return Err(refused) };
        let reply = self.ask(again).await.map_err(|_| refused)?;
        leaderless.note(reply.meta.last_contact_ms);
        Ok(reply)
    }

    async fn ask<T: DeserializeOwned>(&self, request: Request) -> Result<Reply<T>, ApiError> {
        let response = self.send(request).await?;
        self.decode(response).await
    }

    /// Decodes a JSON answer; another status than 2xx is an error.
    pub(crate) async fn decode<T: DeserializeOwned>(&self, response: Response) -> Result<Reply<T>, ApiError> {
        let response = response.checked().await?;
        let (meta, url) = (Meta::from_headers(&response.headers), response.url.clone());
        let bytes = response.collect(MAX_BODY).await?;
        let raw = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes)
                .map_err(|error| ApiError::Decode { url: url.clone(), reason: error.to_string() })?
        };
        Reply::decode(raw, meta, &url)
    }

    fn path_and_query(&self, request: &Request) -> String {
        let query = request.query.encode(self.config.region.as_deref(), self.config.namespace.as_deref());
        match (query.is_empty(), request.path.contains('?')) {
            (true, _) => request.path.clone(),
            (false, true) => format!("{}&{query}", request.path),
            (false, false) => format!("{}?{query}", request.path),
        }
    }

    fn http_request(&self, request: Request, path: &str) -> Result<http::Request<Full<Bytes>>, http::Error> {
        let mut builder = http::Request::builder()
            .method(request.method)
            .uri(path)
            .header(header::HOST, self.transport.address().host_header());
        if let Some(token) = &self.config.token {
            let mut token = HeaderValue::try_from(token)?;
            token.set_sensitive(true);
            builder = builder.header("x-nomad-token", token);
        }
        if let Some(auth) = &self.config.basic_auth {
            let encoded = base64::engine::general_purpose::STANDARD.encode(auth);
            builder = builder.header(header::AUTHORIZATION, format!("Basic {encoded}"));
        }
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        match request.body {
            Body::Empty => builder.body(Full::default()),
            Body::Json(value) => builder
                .header(header::CONTENT_TYPE, "application/json")
                .body(Full::new(Bytes::from(value.to_string()))),
            Body::Bytes(bytes) => builder.body(Full::new(Bytes::from(bytes))),
        }
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("address", self.transport.address()).finish_non_exhaustive()
    }
}

impl Response {
    /// Turns a status other than 2xx into an error with the body's text.
    pub async fn checked(self) -> Result<Response, ApiError> {
        if (200..300).contains(&self.status) {
            return Ok(self);
        }
        let status = self.status;
        let text = self.collect(MAX_ERROR).await?;
        Err(ApiError::Status { status, text: String::from_utf8_lossy(&text).trim().to_owned() })
    }

    /// Returns the next piece of the body; `None` at its end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, ApiError> {
        loop {
            match self.body.frame().await {
                None => return Ok(None),
                Some(Err(error)) => return Err(self.broken(&error)),
                Some(Ok(frame)) => {
                    if let Ok(bytes) = frame.into_data() {
                        return Ok(Some(bytes));
                    }
                }
            }
        }
    }

    /// Returns the whole body, of at most `limit` bytes.
    pub async fn collect(mut self, limit: usize) -> Result<Bytes, ApiError> {
        let mut all = BytesMut::new();
        while let Some(bytes) = self.chunk().await? {
            if all.len() + bytes.len() > limit {
                return Err(ApiError::TooLarge { url: self.url, limit });
            }
            all.extend_from_slice(&bytes);
        }
        Ok(all.freeze())
    }

    /// Returns the URL that was asked.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    fn broken(&self, error: &hyper::Error) -> ApiError {
        ApiError::Broken { verb: self.verb.clone(), url: self.url.clone(), reason: error.to_string() }
    }
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Response").field("status", &self.status).field("url", &self.url).finish()
    }
}

/// Returns `GET` as `Get`.
fn title_case(method: &str) -> String {
    let (first, rest) = method.split_at(method.len().min(1));
    format!("{first}{}", rest.to_ascii_lowercase())
}
