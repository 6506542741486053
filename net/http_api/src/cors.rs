//! Endpoints that pages of other sites may use.
//!
//! Purpose: the web UI asks client agents directly, and pages may show variables; these endpoints answer a
//! browser's preflight and allow any origin. The guard still wants a token from such requests.
//! Limits: a fixed list of paths and methods, Nomad's.

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderValue,
    ORIGIN, VARY,
};
use http::{Method, StatusCode};

const READ: [&str; 2] = ["HEAD", "GET"];
const READ_AND_WRITE: [&str; 4] = ["HEAD", "GET", "PUT", "DELETE"];
const SHARED: [(&str, &[&str]); 7] = [
    ("/v1/client/fs/", &READ),
    ("/v1/client/stats", &READ),
    ("/v1/client/allocation/", &READ),
    ("/v1/client/metadata", &READ),
    ("/v1/client/identity", &READ),
    ("/v1/vars", &READ),
    ("/v1/var/", &READ_AND_WRITE),
];

/// A request to a shared endpoint.
#[derive(Debug)]
pub(crate) struct Sharing {
    from_page: bool,
    preflight: Option<Preflight>,
}

#[derive(Debug)]
struct Preflight {
    method: Option<HeaderValue>,
    headers: Option<HeaderValue>,
}

impl Sharing {
    /// Reads a request; `None` when its endpoint is not shared.
    pub(crate) fn of(request: &Request) -> Option<Sharing> {
        let path = request.uri().path();
        let (_, methods) = SHARED.into_iter().find(|(prefix, _)| path.starts_with(prefix))?;
        let headers = request.headers();
        let wanted = headers.get(ACCESS_CONTROL_REQUEST_METHOD);
        let preflight = (request.method() == Method::OPTIONS && wanted.is_some()).then(|| Preflight {
            method: wanted.filter(|wanted| methods.iter().any(|method| *wanted == method)).cloned(),
            headers: headers.get(ACCESS_CONTROL_REQUEST_HEADERS).cloned(),
        });
        Some(Sharing { from_page: headers.contains_key(ORIGIN), preflight })
    }

    /// Puts the permission on an answer; a preflight's answer is nothing else.
    pub(crate) fn put(self, response: &mut Response) {
        let mut vary = "Accept-Encoding, Origin";
        let mut allowed = self.from_page;
        if let Some(Preflight { method, headers }) = self.preflight {
            *response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            vary = "Accept-Encoding, Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
            allowed &= method.is_some();
            if let Some(method) = method {
                response.headers_mut().insert(ACCESS_CONTROL_ALLOW_METHODS, method);
                if let Some(headers) = headers {
                    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_HEADERS, headers);
                }
            }
        }
        let headers = response.headers_mut();
        headers.insert(VARY, HeaderValue::from_static(vary));
        if allowed {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    /// Answers `METHOD PATH WANTED` from a page of another site.
    fn check(line: &str) -> String {
        let mut words = line.split(' ');
        let (method, path) = (words.next().unwrap(), words.next().unwrap());
        let mut request = Request::builder().method(method).uri(path).header(ORIGIN, "http://x.invalid");
        if let Some(wanted) = words.next() {
            request = request.header(ACCESS_CONTROL_REQUEST_METHOD, wanted);
        }
        let mut response = Response::new(Body::from("answer"));
        let Some(sharing) = Sharing::of(&request.body(Body::empty()).unwrap()) else {
            return format!("{line}: -\n");
        };
        sharing.put(&mut response);
        let mut headers: Vec<String> = response
            .headers()
            .iter()
            .map(|(name, value)| format!("    {name}: {}\n", value.to_str().unwrap()))
            .collect();
        headers.sort();
        format!("{line}: {}\n{}", response.status().as_u16(), headers.concat())
    }

    #[test]
    fn shared_endpoints_allow_other_sites_and_others_do_not() {
        let seen: String = [
            "OPTIONS /v1/client/fs/ls/4e879a97 GET",
            "OPTIONS /v1/vars PUT",
            "OPTIONS /v1/var/a/b DELETE",
            "GET /v1/vars",
            "OPTIONS /v1/jobs PUT",
        ]
        .into_iter()
        .map(check)
        .collect();
        expect![[r#"
            OPTIONS /v1/client/fs/ls/4e879a97 GET: 204
                access-control-allow-credentials: true
                access-control-allow-methods: GET
                access-control-allow-origin: *
                vary: Accept-Encoding, Origin, Access-Control-Request-Method, Access-Control-Request-Headers
            OPTIONS /v1/vars PUT: 204
                vary: Accept-Encoding, Origin, Access-Control-Request-Method, Access-Control-Request-Headers
            OPTIONS /v1/var/a/b DELETE: 204
                access-control-allow-credentials: true
                access-control-allow-methods: DELETE
                access-control-allow-origin: *
                vary: Accept-Encoding, Origin, Access-Control-Request-Method, Access-Control-Request-Headers
            GET /v1/vars: 200
                access-control-allow-credentials: true
                access-control-allow-origin: *
                vary: Accept-Encoding, Origin
            OPTIONS /v1/jobs PUT: -
        "#]]
        .assert_eq(&seen);
    }
}
