//! The unix socket door.

use std::os::unix::fs::PermissionsExt;

use http_api::listen::{UnixError, bind_unix, serve_unix};
use tokio::net::UnixStream;

use crate::agent::api;
use crate::tcp::ask;

#[tokio::test]
async fn the_socket_is_private_and_replaces_a_dead_one() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("api.sock");
    // What a killed process leaves: a socket that nobody listens on.
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());

    let listener = bind_unix(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "nothing else is left in the directory");
    tokio::spawn(serve_unix(listener, api(None)));

    let mut stream = UnixStream::connect(&path).await.unwrap();
    let answer = ask(&mut stream, "GET /v1/who HTTP/1.1\r\nhost: anything", "").await;
    assert_eq!(answer, "HTTP/1.1 200 OK \"unix internal=0 body=\"");
    assert!(matches!(bind_unix(&path), Err(UnixError::InUse(_))));
}
