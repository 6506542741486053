//! `/v1/operator/snapshot`
//!
//! Limits: an archive has [`MAX_ARCHIVE`] bytes at most, either way.

use base64::Engine as _;
use http::{HeaderName, HeaderValue};
use sha2::{Digest as _, Sha256};

use crate::answer::ReplyBody;
use crate::authorize::Capability;
use crate::cluster::Cluster;
use crate::route::{Method, Reach, handler};
use crate::{ApiError, Call, Reply, Route, body};

const PATH: &str = "/v1/operator/snapshot";
const DIGEST: HeaderName = HeaderName::from_static("digest");
/// Largest archive that is taken, in bytes.
const MAX_ARCHIVE: usize = 512 << 20;

/// The endpoints that save and restore the state.
pub(super) fn routes<C: Cluster>() -> Vec<Route<C>> {
    let save = handler(save::<C>);
    let restore = handler(restore::<C>);
    vec![
        Route::of_cluster(Method::Get, PATH, &[Capability::Operator("snapshot-save")], Reach::Region, save),
        Route::of_cluster(Method::Write, PATH, &[Capability::Management], Reach::Leader, restore),
    ]
}

/// `GET /v1/operator/snapshot`
async fn save<C: Cluster>(call: Call<C>) -> Result<Reply, ApiError> {
    let archive = call.backend.save_state().await?;
    let sum = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(&archive));
    let digest = HeaderValue::try_from(format!("sha-256={sum}"))
        .map_err(|_| ApiError::internal("the sum of the snapshot has no written form"))?;
    let body = ReplyBody::Stream("application/x-gzip", archive.into());
    Ok(Reply::new(body).with_header(DIGEST, digest))
}

/// `PUT /v1/operator/snapshot`
async fn restore<C: Cluster>(mut call: Call<C>) -> Result<Reply, ApiError> {
    let archive = body::collect_at_most(call.unread_body(), MAX_ARCHIVE).await?;
    call.backend.restore_state(archive).await?;
    Ok(Reply::empty())
}
