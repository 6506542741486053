//! Compressed answers.
//!
//! Purpose: gzip for clients that ask for it, as all that use Nomad's Go package do.
//! Limits: bodies below [`WORTH`] bytes go as they are: they fit one packet anyway. Bodies above [`ASIDE`] bytes
//! are compressed on a blocking thread, so that they hold up no other request.

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderMap, header};

/// Smallest body in bytes that is compressed.
const WORTH: usize = 1024;
/// Smallest body in bytes that is compressed elsewhere.
const ASIDE: usize = 128 << 10;

/// Tells whether a client takes gzip.
pub(super) fn accepted(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|coding| {
        let (name, quality) = coding.split_once(';').unwrap_or((coding, ""));
        name.trim().eq_ignore_ascii_case("gzip")
            && !matches!(quality.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}

/// Compresses a body; `None` when it is not worth it.
pub(super) async fn gzip(body: &Bytes) -> Option<Bytes> {
    if body.len() < WORTH {
        return None;
    }
    if body.len() < ASIDE {
        return deflate(body);
    }
    let body = body.clone();
    tokio::task::spawn_blocking(move || deflate(&body)).await.ok().flatten()
}

fn deflate(body: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
    encoder.write_all(body).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn gzip_is_used_when_the_client_names_it() {
        for (value, wanted) in [
            ("gzip", true),
            ("deflate, GZIP;q=0.5", true),
            ("gzip;q=0", false),
            ("identity", false),
            ("br", false),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))]);
            assert_eq!(accepted(&headers), wanted, "{value}");
        }
        assert!(!accepted(&HeaderMap::new()));
    }
}
