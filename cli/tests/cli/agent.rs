//! An agent in this process: a table of answers behind real HTTP.
//!
//! Limits: an answer per method and path; anything else is a 404 that fails the test through its text.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;

/// Answers by `METHOD /path`; the last answer to a question is repeated.
pub(crate) struct Agent {
    pub(crate) address: String,
    asked: Arc<Mutex<Vec<String>>>,
    _runtime: tokio::runtime::Runtime,
}

type Answers = Arc<Mutex<BTreeMap<String, Vec<(u16, String)>>>>;

impl Agent {
    /// Starts an agent with answers; several for one question are given in turn.
    pub(crate) fn start(answers: &[(&str, u16, &str)]) -> Agent {
        let mut table: BTreeMap<String, Vec<(u16, String)>> = BTreeMap::new();
        for (question, status, body) in answers {
            table.entry((*question).to_owned()).or_default().push((*status, (*body).to_owned()));
        }
        let (answers, asked): (Answers, _) = (Arc::new(Mutex::new(table)), Arc::new(Mutex::new(Vec::new())));
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let log = asked.clone();
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answers, log) = (answers.clone(), log.clone());
                let service = service_fn(move |request| reply(request, answers.clone(), log.clone()));
                let http = hyper::server::conn::http1::Builder::new();
                tokio::spawn(http.serve_connection(TokioIo::new(stream), service));
            }
        });
        Agent { address, asked, _runtime: runtime }
    }

    /// Returns everything that was asked, with bodies, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn reply(
    request: Request<Incoming>,
    answers: Answers,
    log: Arc<Mutex<Vec<String>>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let question = format!("{} {}", request.method(), request.uri().path());
    let whole = format!("{} {}", request.method(), request.uri());
    let body = request.into_body().collect().await.unwrap().to_bytes();
    log.lock().unwrap().push(format!("{whole} {}", String::from_utf8_lossy(&body)).trim_end().to_owned());
    let mut table = answers.lock().unwrap();
    let (status, text) = match table.get_mut(&question) {
        Some(turns) if turns.len() > 1 => turns.remove(0),
        Some(turns) => turns[0].clone(),
        None => (404, format!("the test has no answer to {question}")),
    };
    Ok(Response::builder().status(status).header("x-nomad-index", "7").body(Full::new(text.into())).unwrap())
}
