//! Paths before matching.
//!
//! Purpose: send clients with `//`, `.` or `..` in a path to the clean one, then decode the escapes.
//! Limits: only what is written out is cleaned; an escaped slash belongs to an id.

use crate::query::percent_decode;

/// What a path turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cleaned {
    /// Ready for matching, decoded.
    Path(String),
    /// The client shall ask for this path instead (still escaped).
    Redirect(String),
    /// An escape is broken.
    Broken,
}

/// Cleans the path of a request.
#[must_use]
pub fn clean(raw: &str) -> Cleaned {
    let mut segments: Vec<&str> = Vec::new();
    let inner = raw.strip_prefix('/').unwrap_or(raw);
    let last = inner.split('/').count() - 1;
    let mut trailing = false;
    for (at, segment) in inner.split('/').enumerate() {
        match segment {
            "" | "." => trailing = at == last,
            ".." => {
                segments.pop();
                trailing = at == last;
            }
            segment => segments.push(segment),
        }
    }
    let mut path = format!("/{}", segments.join("/"));
    if trailing && path.len() > 1 {
        path.push('/');
    }
    if path != raw {
        return Cleaned::Redirect(path);
    }
    percent_decode(raw, false).map_or(Cleaned::Broken, Cleaned::Path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_out_dots_and_double_slashes_are_redirected() {
        for (raw, clean_path) in [
            ("//v1/jobs", "/v1/jobs"),
            ("/v1//jobs", "/v1/jobs"),
            ("/v1/./jobs", "/v1/jobs"),
            ("/v1/nodes/../jobs", "/v1/jobs"),
            ("/../../etc", "/etc"),
            ("/ui//", "/ui/"),
            ("/ui/x/..", "/ui/"),
            ("", "/"),
        ] {
            assert_eq!(clean(raw), Cleaned::Redirect(clean_path.to_owned()), "{raw}");
        }
    }

    #[test]
    fn escaped_slashes_belong_to_the_id() {
        assert_eq!(clean("/v1/job/a%2F%2Fb%2f..%2Fc"), Cleaned::Path("/v1/job/a//b/../c".to_owned()));
        assert_eq!(clean("/ui/"), Cleaned::Path("/ui/".to_owned()));
        assert_eq!(clean("/"), Cleaned::Path("/".to_owned()));
        assert_eq!(clean("/v1/job/a+b"), Cleaned::Path("/v1/job/a+b".to_owned()));
        assert_eq!(clean("/v1/job/%zz"), Cleaned::Broken);
        assert_eq!(clean("/v1/job/%ff"), Cleaned::Broken);
    }
}
