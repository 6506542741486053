//! `/v1/client/fs/logs/:id`: the rotated logs of a task, as one stream.
//!
//! A stream is a sequence of frames, `{"Data":…,"File":…,"Offset":…}`, or plain text. While it is followed it
//! looks for more every [`POLL`], sends `{}` every second so that the other side knows it is there, and goes on
//! in the next file once the task's log was rotated.

use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use model::AllocId;
use serde_json::json;
use tokio::time::Instant;

use super::client::{Place, alloc_id, place};
use super::files::on_disk;
use crate::answer::ReplyBody;
use crate::authorize::{Capability, Scope};
use crate::cluster::{Cluster, LocalClient};
use crate::route::{Filter, Method, Reach, handler};
use crate::{ApiError, Call, Reply, Route};

/// How often a followed file is looked at again.
const POLL: Duration = Duration::from_millis(100);
/// How often a silent stream says that it is there.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// Most bytes of a frame.
const FRAME: usize = 64 << 10;

/// The endpoint of a task's logs.
pub(super) fn routes<C: Cluster>() -> Vec<Route<C>> {
    vec![Route {
        method: Method::Get,
        path: "/v1/client/fs/logs/:id",
        capability: &[Capability::Namespace("read-logs"), Capability::Namespace("read-fs")],
        scope: Scope::Object,
        filter: Filter::None,
        reach: Reach::Agent,
        handler: handler(logs::<C>),
    }]
}

/// Where reading begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Position {
    /// So many bytes after the start.
    Start(u64),
    /// So many bytes before the end.
    End(u64),
}

/// Reads `origin` and `offset`.
pub(super) fn position<C: Cluster>(call: &Call<C>) -> Result<Position, ApiError> {
    let offset = match call.query.raw.get("offset") {
        None => 0,
        Some(text) => {
            text.parse().map_err(|_| ApiError::bad_request("error parsing offset: invalid syntax"))?
        }
    };
    match call.query.raw.get("origin").unwrap_or("start") {
        "start" | "" => Ok(Position::Start(offset)),
        "end" => Ok(Position::End(offset)),
        _ => Err(ApiError::bad_request("origin must be start or end")),
    }
}

/// What is streamed, and how.
pub(super) struct Follow {
    alloc: AllocId,
    source: Source,
    follow: bool,
    position: Position,
    plain: bool,
}

enum Source {
    File(String),
    Log { task: String, kind: &'static str },
}

impl Follow {
    /// One file.
    pub(super) fn file(alloc: AllocId, path: String, follow: bool, position: Position) -> Self {
        Self { alloc, source: Source::File(path), follow, position, plain: false }
    }
}

/// `GET /v1/client/fs/logs/:id?task=…&type=…&follow=…&offset=…&origin=…&plain=…`
async fn logs<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let id = alloc_id(call.param("id"))?;
    let raw = &call.query.raw;
    let task = raw.text("task").to_owned();
    if task.is_empty() {
        return Err(ApiError::bad_request("must provide task name"));
    }
    let kind = match raw.text("type") {
        "stdout" => "stdout",
        "stderr" => "stderr",
        _ => return Err(ApiError::bad_request("must provide log type (stdout/stderr)")),
    };
    let follow = raw.boolean("follow")?.unwrap_or(false);
    let plain = raw.boolean("plain")?.unwrap_or(false);
    let position = position(&call)?;
    let local = match place(&mut call, id).await? {
        Place::Elsewhere(reply) => return Ok(reply),
        Place::Here(local) => local,
    };
    if local.is_running(id, &task).is_none() {
        return Err(ApiError::not_found(format!("unknown task name {task:?}")));
    }
    let source = Source::Log { task, kind };
    stream_frames(local, Follow { alloc: id, source, follow, position, plain }).await
}

/// Starts a stream of frames, or of plain text.
pub(super) async fn stream_frames(local: Arc<dyn LocalClient>, wanted: Follow) -> Result<Reply, ApiError> {
    let plain = wanted.plain;
    let reader = on_disk(move || Reader::open(local, wanted)).await?;
    let pieces = futures::stream::try_unfold(reader, |mut reader| async move {
        Ok::<_, io::Error>(reader.next().await?.map(|piece| (piece, reader)))
    });
    let kind = if plain { "text/plain" } else { "application/json" };
    Ok(Reply::new(ReplyBody::Stream(kind, Body::from_stream(pieces))))
}

/// A place in a file, or in a sequence of rotated files.
struct Reader {
    local: Arc<dyn LocalClient>,
    wanted: Follow,
    number: u64,
    offset: u64,
    last_sign: Instant,
}

impl Reader {
    fn open(local: Arc<dyn LocalClient>, wanted: Follow) -> io::Result<Self> {
        let numbers = Self::numbers(&*local, &wanted)?;
        let mut reader = Self { local, wanted, number: 0, offset: 0, last_sign: Instant::now() };
        reader.number = numbers.first().map_or(0, |first| first.0);
        match reader.wanted.position {
            Position::Start(offset) => reader.skip(&numbers, offset),
            Position::End(offset) => {
                let total: u64 = numbers.iter().map(|(_, size)| size).sum();
                reader.skip(&numbers, total.saturating_sub(offset));
            }
        }
        Ok(reader)
    }

    /// The files there are, by number, with their sizes. A single file has number 0.
    fn numbers(local: &dyn LocalClient, wanted: &Follow) -> io::Result<Vec<(u64, u64)>> {
        let (task, kind) = match &wanted.source {
            Source::File(path) => return Ok(vec![(0, local.stat(wanted.alloc, path)?.size)]),
            Source::Log { task, kind } => (task, kind),
        };
        let prefix = format!("{task}.{kind}.");
        let mut numbers: Vec<(u64, u64)> = local
            .list(wanted.alloc, "alloc/logs")?
            .into_iter()
            .filter_map(|file| Some((file.name.strip_prefix(&prefix)?.parse().ok()?, file.size)))
            .collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    fn skip(&mut self, numbers: &[(u64, u64)], mut offset: u64) {
        for (at, (number, size)) in numbers.iter().enumerate() {
            self.number = *number;
            self.offset = offset.min(*size);
            if offset < *size || at + 1 == numbers.len() {
                return;
            }
            offset -= size;
        }
    }

    fn path(&self) -> String {
        match &self.wanted.source {
            Source::File(path) => path.clone(),
            Source::Log { task, kind } => format!("alloc/logs/{task}.{kind}.{}", self.number),
        }
    }

    /// The next piece to send; none at the end of a stream that is not followed.
    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        loop {
            let data = self.read().await?;
            if !data.is_empty() {
                let offset = self.offset;
                self.offset += data.len() as u64;
                self.last_sign = Instant::now();
                return Ok(Some(self.frame(data, offset)));
            }
            if self.advance().await? {
                continue;
            }
            if !self.wanted.follow {
                return Ok(None);
            }
            if !self.wanted.plain && self.last_sign.elapsed() >= HEARTBEAT {
                self.last_sign = Instant::now();
                return Ok(Some(Bytes::from_static(b"{}")));
            }
            tokio::time::sleep(POLL).await;
        }
    }

    async fn read(&self) -> io::Result<Vec<u8>> {
        let (local, alloc, path, offset) =
            (Arc::clone(&self.local), self.wanted.alloc, self.path(), self.offset);
        let read = move || {
            let mut file = match local.open(alloc, &path) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
                Err(error) => return Err(error),
            };
            file.seek(SeekFrom::Start(offset))?;
            let mut data = Vec::new();
            file.take(FRAME as u64).read_to_end(&mut data)?;
            Ok(data)
        };
        tokio::task::spawn_blocking(read).await.map_err(io::Error::other)?
    }

    /// Goes on in the next rotated file, if there is one.
    async fn advance(&mut self) -> io::Result<bool> {
        let Source::Log { task, kind } = &self.wanted.source else { return Ok(false) };
        let probe = Follow {
            alloc: self.wanted.alloc,
            source: Source::Log { task: task.clone(), kind },
            follow: false,
            position: Position::Start(0),
            plain: false,
        };
        let local = Arc::clone(&self.local);
        let list = move || Self::numbers(&*local, &probe);
        let numbers = tokio::task::spawn_blocking(list).await.map_err(io::Error::other)??;
        let next = numbers.into_iter().map(|(number, _)| number).find(|number| *number > self.number);
        if let Some(next) = next {
            self.number = next;
            self.offset = 0;
        }
        Ok(next.is_some())
    }

    fn frame(&self, data: Vec<u8>, offset: u64) -> Bytes {
        if self.wanted.plain {
            return Bytes::from(data);
        }
        let end = offset + data.len() as u64;
        let frame = json!({ "Data": STANDARD.encode(&data), "File": self.path(), "Offset": end });
        Bytes::from(frame.to_string())
    }
}
