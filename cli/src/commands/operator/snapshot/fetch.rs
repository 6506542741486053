//! Fetching a saved state into a file that is whole or not there.
//!
//! Limits: an archive of at most [`MAX_ARCHIVE`] bytes.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use api::Client;
use archive::Inspected;
use base64::Engine as _;
use sha2::{Digest as _, Sha256};

use crate::CommandError;

/// Largest archive that is fetched, in bytes.
const MAX_ARCHIVE: u64 = 4 << 30;

/// Fetches the state into `path` and returns what it holds. The file appears once all of it is there and was checked.
pub(super) async fn fetch(client: &Client, stale: bool, path: &Path) -> Result<Inspected, CommandError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".unverified");
    let unverified = PathBuf::from(name);
    let fetched = fetch_unverified(client, stale, &unverified).await;
    let kept = fetched.and_then(|inspected| {
        fs::rename(&unverified, path).map_err(|error| failed("writing", path, &error))?;
        Ok(inspected)
    });
    if kept.is_err() {
        // What cannot be removed was never made.
        let _ = fs::remove_file(&unverified);
    }
    kept
}

async fn fetch_unverified(client: &Client, stale: bool, path: &Path) -> Result<Inspected, CommandError> {
    let doing = "generating snapshot";
    let asked = client.operator().save_snapshot(stale).await;
    let mut response = asked.map_err(|error| CommandError::request(doing, &error))?;
    let digest = response.headers.get("digest").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(path);
    let mut file: File = file.map_err(|error| failed("creating", path, &error))?;
    let mut sum = Sha256::new();
    let mut length = 0_u64;
    while let Some(bytes) = response.chunk().await.map_err(|error| CommandError::request(doing, &error))? {
        length += bytes.len() as u64;
        if length > MAX_ARCHIVE {
            return Err(CommandError::failed(format!("Error {doing}: more than {MAX_ARCHIVE} bytes")));
        }
        sum.update(&bytes);
        file.write_all(&bytes).map_err(|error| failed("writing", path, &error))?;
    }
    file.sync_all().map_err(|error| failed("writing", path, &error))?;
    let found = format!("sha-256={}", base64::engine::general_purpose::STANDARD.encode(sum.finalize()));
    if digest.is_some_and(|digest| digest != found) {
        return Err(CommandError::failed(format!("Error {doing}: what arrived is not what was sent")));
    }
    archive::inspect(path).map_err(|error| CommandError::failed(format!("Error {doing}: {error}")))
}

fn failed(doing: &str, path: &Path, error: &std::io::Error) -> CommandError {
    CommandError::failed(format!("Error {doing} {}: {error}", path.display()))
}
