//! What the TCP door refuses before anything else.
//!
//! Purpose: a web page must not be able to post a job to the agent on its reader's machine. Requests that a
//! browser makes for another site are refused unless they carry a token, and a loopback listener answers only to
//! loopback names and configured ones (a foreign name that resolves to 127.0.0.1 would make the page the same
//! site).
//! Limits: looks at headers only; requests over a unix socket or QUIC come from no browser and pass. A listener
//! on another address takes any `Host`, since load balancers and DNS names stand before it.

use std::net::IpAddr;

use http::header::{self, HeaderMap};
use http::{Method, Uri};
use wire::http::Door;

use crate::authorize::Token;

/// The guard's settings.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// Host names that a loopback listener answers to, besides loopback ones. No ports, lower case.
    pub hosts: Vec<String>,
}

/// Why a request was refused at the door.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GuardError {
    /// A browser asked on behalf of another site.
    #[error("cross-site request from {origin} refused: it carries no token")]
    CrossSite {
        /// The other site, as the browser names it.
        origin: String,
    },
    /// The name is not one of this agent's.
    #[error("host {host:?} refused: this agent listens on loopback and answers to loopback names only")]
    Host {
        /// The name that the client used.
        host: String,
    },
}

impl Guard {
    /// Checks a request's head.
    pub fn check(
        &self,
        door: &Door,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<(), GuardError> {
        let Door::Tcp { loopback, .. } = door else { return Ok(()) };
        let host = host(uri, headers);
        if *loopback && !host.is_none_or(|host| self.is_ours(host)) {
            return Err(GuardError::Host { host: host.unwrap_or_default().to_owned() });
        }
        // A preflight carries no token and has no effect.
        if *method == Method::OPTIONS
            || Token::from_headers(headers).is_some()
            || is_visit(method, uri, headers)
        {
            return Ok(());
        }
        match foreign_origin(host, headers) {
            Some(origin) => Err(GuardError::CrossSite { origin }),
            None => Ok(()),
        }
    }

    fn is_ours(&self, host: &str) -> bool {
        let name = without_port(host).to_ascii_lowercase();
        let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        address.is_ok_and(|address| address.is_loopback())
            || name == "localhost"
            || name.ends_with(".localhost")
            || self.hosts.contains(&name)
    }
}

/// Returns the other site on whose behalf a browser asks, if it does.
fn foreign_origin(host: Option<&str>, headers: &HeaderMap) -> Option<String> {
    let value = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let origin = value(header::ORIGIN.as_str());
    match value("sec-fetch-site") {
        Some("same-origin" | "none") => None,
        Some(site) => Some(origin.unwrap_or(site).to_owned()),
        None => {
            let origin = origin?;
            let authority = origin.split_once("://").map(|(_, authority)| authority);
            let same = authority.zip(host).is_some_and(|(origin, host)| origin.eq_ignore_ascii_case(host));
            (!same).then(|| origin.to_owned())
        }
    }
}

/// Tells whether a person follows a link to the web UI, which no page can read or abuse.
fn is_visit(method: &Method, uri: &Uri, headers: &HeaderMap) -> bool {
    let navigates = headers.get("sec-fetch-mode").is_some_and(|mode| mode == "navigate");
    let path = uri.path();
    *method == Method::GET && navigates && (path == "/" || path == "/ui" || path.starts_with("/ui/"))
}

fn host<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    let header = headers.get(header::HOST).map(|host| host.to_str().unwrap_or("?"));
    uri.authority().map(|authority| authority.as_str()).or(header)
}

fn without_port(host: &str) -> &str {
    if let Some(end) = host.find(']') {
        return &host[..=end];
    }
    host.rsplit_once(':').map_or(host, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use http::{HeaderName, HeaderValue};

    use super::*;

    /// Checks lines of `METHOD PATH | header: value | …`.
    fn check(loopback: bool, requests: &[&str]) -> String {
        let guard = Guard { hosts: vec!["nomad.example.org".to_owned()] };
        let door = Door::Tcp { peer: "127.0.0.1:5000".parse().unwrap(), loopback };
        let mut seen = String::new();
        for request in requests {
            let mut parts = request.split(" | ");
            let (method, path) = parts.next().unwrap().split_once(' ').unwrap();
            let headers: HeaderMap = parts
                .map(|header| header.split_once(": ").unwrap())
                .map(|(name, value)| {
                    (name.parse::<HeaderName>().unwrap(), value.parse::<HeaderValue>().unwrap())
                })
                .collect();
            let answer = guard.check(&door, &method.parse().unwrap(), &path.parse().unwrap(), &headers);
            let answer = answer.map_or_else(|error| error.to_string(), |()| "ok".to_owned());
            seen += &format!("{request}\n    {answer}\n");
        }
        seen
    }

    #[test]
    fn a_page_of_another_site_needs_a_token() {
        expect![[r#"
            PUT /v1/jobs | host: 10.0.0.1:4646
                ok
            PUT /v1/jobs | host: 10.0.0.1:4646 | origin: http://10.0.0.1:4646
                ok
            PUT /v1/jobs | host: 10.0.0.1:4646 | origin: http://evil.example
                cross-site request from http://evil.example refused: it carries no token
            PUT /v1/jobs | host: 10.0.0.1:4646 | origin: http://10.0.0.1:8080
                cross-site request from http://10.0.0.1:8080 refused: it carries no token
            PUT /v1/jobs | host: 10.0.0.1:4646 | origin: null
                cross-site request from null refused: it carries no token
            PUT /v1/jobs | host: 10.0.0.1:4646 | origin: http://evil.example | x-nomad-token: a
                ok
            PUT /v1/jobs | host: 10.0.0.1:4646 | origin: http://evil.example | authorization: Bearer a
                ok
            GET /v1/jobs | host: 10.0.0.1:4646 | sec-fetch-site: cross-site
                cross-site request from cross-site refused: it carries no token
            GET /v1/jobs | host: 10.0.0.1:4646 | sec-fetch-site: same-site
                cross-site request from same-site refused: it carries no token
            GET /v1/jobs | host: 10.0.0.1:4646 | sec-fetch-site: same-origin
                ok
            GET /v1/jobs | host: 10.0.0.1:4646 | sec-fetch-site: none
                ok
            GET /v1/jobs | host: 10.0.0.1:4646 | sec-fetch-site: cross-site | sec-fetch-mode: navigate
                cross-site request from cross-site refused: it carries no token
            GET /ui/jobs | host: 10.0.0.1:4646 | sec-fetch-site: cross-site | sec-fetch-mode: navigate
                ok
            OPTIONS /v1/vars | host: 10.0.0.1:4646 | origin: http://evil.example
                ok
        "#]]
        .assert_eq(&check(
            false,
            &[
                "PUT /v1/jobs | host: 10.0.0.1:4646",
                "PUT /v1/jobs | host: 10.0.0.1:4646 | origin: http://10.0.0.1:4646",
                "PUT /v1/jobs | host: 10.0.0.1:4646 | origin: http://evil.example",
                "PUT /v1/jobs | host: 10.0.0.1:4646 | origin: http://10.0.0.1:8080",
                "PUT /v1/jobs | host: 10.0.0.1:4646 | origin: null",
                "PUT /v1/jobs | host: 10.0.0.1:4646 | origin: http://evil.example | x-nomad-token: a",
                "PUT /v1/jobs | host: 10.0.0.1:4646 | origin: http://evil.example | authorization: Bearer a",
                "GET /v1/jobs | host: 10.0.0.1:4646 | sec-fetch-site: cross-site",
                "GET /v1/jobs | host: 10.0.0.1:4646 | sec-fetch-site: same-site",
                "GET /v1/jobs | host: 10.0.0.1:4646 | sec-fetch-site: same-origin",
                "GET /v1/jobs | host: 10.0.0.1:4646 | sec-fetch-site: none",
                "GET /v1/jobs | host: 10.0.0.1:4646 | sec-fetch-site: cross-site | sec-fetch-mode: navigate",
                "GET /ui/jobs | host: 10.0.0.1:4646 | sec-fetch-site: cross-site | sec-fetch-mode: navigate",
                "OPTIONS /v1/vars | host: 10.0.0.1:4646 | origin: http://evil.example",
            ],
        ));
    }

    #[test]
    fn a_loopback_listener_answers_to_its_own_names_only() {
        let accepted = [
            "localhost:4646",
            "127.0.0.1:4646",
            "127.9.9.9",
            "[::1]:4646",
            "a.localhost",
            "NOMAD.example.org:80",
        ];
        for host in accepted {
            let seen = check(true, &[&format!("GET /v1/jobs | host: {host}")]);
            assert!(seen.ends_with("    ok\n"), "{seen}");
        }
        let rebound = [
            "evil.example:4646",
            "10.0.0.1:4646",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "[::2]",
            "",
        ];
        for host in rebound {
            let seen = check(true, &[&format!("PUT /v1/jobs | host: {host} | x-nomad-token: a")]);
            assert!(seen.contains("answers to loopback names only"), "{seen}");
        }
        assert!(check(true, &["GET /v1/jobs"]).ends_with("    ok\n"), "no browser leaves the host out");
    }

    #[test]
    fn other_doors_are_not_guarded() {
        let headers =
            HeaderMap::from_iter([(header::ORIGIN, HeaderValue::from_static("http://evil.example"))]);
        let uri = Uri::from_static("/v1/jobs");
        assert_eq!(Guard::default().check(&Door::Unix, &Method::PUT, &uri, &headers), Ok(()));
    }
}
