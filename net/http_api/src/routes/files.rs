//! `/v1/client/fs/{ls,stat,cat,readat,stream}`: files of an allocation.

use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use model::AllocId;
use serde_json::{Value, json};

use super::client::{Place, alloc_id, place};
use super::logs::{Follow, stream_frames};
use crate::answer::ReplyBody;
use crate::authorize::{Capability, Scope};
use crate::cluster::{Cluster, FileInfo, LocalClient};
use crate::route::{Filter, Handler, Method, Reach, handler};
use crate::{ApiError, Call, Reply, Route};

/// Bytes read at a time.
const CHUNK: usize = 64 << 10;

/// The endpoints of an allocation's files.
pub(super) fn routes<C: Cluster>() -> Vec<Route<C>> {
    let get = |path, handler: Handler<C>| Route {
        method: Method::Get,
        path,
        capability: &[Capability::Namespace("read-fs")],
        scope: Scope::Object,
        filter: Filter::None,
        reach: Reach::Agent,
        handler,
    };
    vec![
        get("/v1/client/fs/ls/:id", handler(list::<C>)),
        get("/v1/client/fs/stat/:id", handler(stat::<C>)),
        get("/v1/client/fs/cat/:id", handler(cat::<C>)),
        get("/v1/client/fs/readat/:id", handler(read_at::<C>)),
        get("/v1/client/fs/stream/:id", handler(stream::<C>)),
    ]
}

/// Words an error of a file.
pub(super) fn file_error(error: &io::Error) -> ApiError {
    match error.kind() {
        io::ErrorKind::NotFound => ApiError::not_found("no such file or directory"),
        io::ErrorKind::PermissionDenied | io::ErrorKind::CrossesDevices => {
            ApiError::bad_request("path escapes the allocation directory")
        }
        _ => ApiError::internal(error.to_string()),
    }
}

fn describe(file: &FileInfo) -> Value {
    json!({
        "ContentType": "", "FileMode": file.mode, "IsDir": file.is_dir, "ModTime": file.modified.to_string(),
        "Name": file.name, "Size": file.size,
    })
}

fn path<C: Cluster>(call: &Call<C>) -> Result<String, ApiError> {
    let path = call.query.raw.text("path");
    if path.is_empty() { Err(ApiError::bad_request("must provide a file name")) } else { Ok(path.to_owned()) }
}

/// Runs a short read of the disk where it blocks nobody.
pub(super) async fn on_disk<T: Send + 'static>(
    read: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(read)
        .await
        .map_err(|error| ApiError::internal(error.to_string()))?
        .map_err(|error| file_error(&error))
}

/// `GET /v1/client/fs/ls/:id?path=/`
async fn list<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let id = alloc_id(call.param("id"))?;
    let path = call.query.raw.get("path").unwrap_or("/").to_owned();
    let local = match place(&mut call, id).await? {
        Place::Elsewhere(reply) => return Ok(reply),
        Place::Here(local) => local,
    };
    let files = on_disk(move || local.list(id, &path)).await?;
    Reply::json(&files.iter().map(describe).collect::<Vec<_>>())
}

/// `GET /v1/client/fs/stat/:id?path=…`
async fn stat<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let id = alloc_id(call.param("id"))?;
    let path = path(&call)?;
    let local = match place(&mut call, id).await? {
        Place::Elsewhere(reply) => return Ok(reply),
        Place::Here(local) => local,
    };
    Reply::json(&describe(&on_disk(move || local.stat(id, &path)).await?))
}

/// `GET /v1/client/fs/cat/:id?path=…`
async fn cat<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let id = alloc_id(call.param("id"))?;
    let path = path(&call)?;
    match place(&mut call, id).await? {
        Place::Elsewhere(reply) => Ok(reply),
        Place::Here(local) => contents(local, id, path, 0, u64::MAX).await,
    }
}

/// `GET /v1/client/fs/readat/:id?path=…&offset=…&limit=…`
async fn read_at<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let id = alloc_id(call.param("id"))?;
    let path = path(&call)?;
    let number = |name: &str| call.query.raw.get(name).map(str::parse::<u64>).transpose();
    let offset = number("offset").ok().flatten();
    let offset = offset.ok_or_else(|| ApiError::internal("error parsing offset: invalid syntax"))?;
    let limit = number("limit").map_err(|_| ApiError::internal("error parsing limit: invalid syntax"))?;
    match place(&mut call, id).await? {
        Place::Elsewhere(reply) => Ok(reply),
        Place::Here(local) => contents(local, id, path, offset, limit.unwrap_or(u64::MAX)).await,
    }
}

/// Streams a part of a file, piece by piece.
async fn contents(
    local: Arc<dyn LocalClient>,
    id: AllocId,
    path: String,
    offset: u64,
    limit: u64,
) -> Result<Reply, ApiError> {
    let file = on_disk(move || {
        let mut file = local.open(id, &path)?;
        file.seek(SeekFrom::Start(offset))?;
        Ok(file.take(limit))
    })
    .await?;
    let pieces = futures::stream::try_unfold(file, |mut file| async move {
        let read = move || {
            let mut piece = vec![0; CHUNK];
            let length = file.read(&mut piece)?;
            piece.truncate(length);
            Ok::<_, io::Error>((piece, file))
        };
        let (piece, file) = tokio::task::spawn_blocking(read).await.map_err(io::Error::other)??;
        Ok::<_, io::Error>((!piece.is_empty()).then(|| (Bytes::from(piece), file)))
    });
    Ok(Reply::new(ReplyBody::Stream("application/octet-stream", Body::from_stream(pieces))))
}

/// `GET /v1/client/fs/stream/:id?path=…&follow=…&offset=…&origin=…`
async fn stream<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let id = alloc_id(call.param("id"))?;
    let path = path(&call)?;
    let follow = call.query.raw.boolean("follow")?.unwrap_or(true);
    let position = super::logs::position(&call)?;
    match place(&mut call, id).await? {
        Place::Elsewhere(reply) => Ok(reply),
        Place::Here(local) => stream_frames(local, Follow::file(id, path, follow, position)).await,
    }
}
