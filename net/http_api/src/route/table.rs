//! All endpoints.
//!
//! Purpose: find the route of a request, and tell apart an unknown path, an unknown resource below a known one,
//! and a wrong method.
//! Limits: looks at every pattern; a few hundred short ones cost microseconds.

use super::{Method, Params, Pattern, Route};
use crate::ApiError;

/// All endpoints of the API.
pub struct RouteTable<B: ?Sized> {
    routes: Vec<(Pattern, Route<B>)>,
}

/// A route and the values in its path.
#[derive(Debug)]
pub struct Found<'a, B: ?Sized> {
    /// The route.
    pub route: &'a Route<B>,
    /// What stands in its holes.
    pub params: Params,
}

impl<B: ?Sized> RouteTable<B> {
    /// Makes the table of all routes.
    #[must_use]
    pub fn new(routes: impl IntoIterator<Item = Route<B>>) -> RouteTable<B> {
        RouteTable { routes: routes.into_iter().map(|route| (Pattern::new(route.path), route)).collect() }
    }

    /// Lists the routes in the order of their registration.
    pub fn all_routes(&self) -> impl Iterator<Item = &Route<B>> {
        self.routes.iter().map(|(_, route)| route)
    }

    /// Finds the route of a decoded path.
    pub fn find(&self, method: &http::Method, path: &str) -> Result<Found<'_, B>, ApiError> {
        let matching: Vec<(&Pattern, &Route<B>, Params)> = self
            .routes
            .iter()
            .filter_map(|(pattern, route)| Some((pattern, route, pattern.matches(path)?)))
            .collect();
        let Some(best) = matching.iter().map(|(pattern, ..)| pattern.rank()).max() else {
            return Err(self.unknown(path));
        };
        matching
            .into_iter()
            .filter(|(pattern, route, _)| pattern.rank() == best && route.method.takes(method))
            .min_by_key(|(_, route, _)| route.method == Method::Any)
            .map(|(_, route, params)| Found { route, params })
            .ok_or_else(ApiError::invalid_method)
    }

    fn unknown(&self, path: &str) -> ApiError {
        let known = self
            .routes
            .iter()
            .filter_map(|(pattern, _)| pattern.prefix())
            .any(|prefix| path.starts_with(&prefix));
        if known { ApiError::resource_not_found() } else { ApiError::unknown_path() }
    }
}

impl<B: ?Sized> std::fmt::Debug for RouteTable<B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.all_routes()).finish()
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::Reply;
    use crate::authorize::Scope;
    use crate::route::{Filter, Reach, handler};

    fn table() -> RouteTable<()> {
        let route = |method, path| Route {
            method,
            path,
            capability: &[],
            scope: Scope::Open,
            filter: Filter::None,
            reach: Reach::Agent,
            handler: handler(|_| async { Ok(Reply::empty()) }),
        };
        RouteTable::new([
            route(Method::Get, "/v1/jobs"),
            route(Method::Write, "/v1/jobs"),
            route(Method::Post, "/v1/jobs/parse"),
            route(Method::Get, "/v1/job/*id"),
            route(Method::Delete, "/v1/job/*id"),
            route(Method::Write, "/v1/job/*id/plan"),
            route(Method::Write, "/v1/job/*id/periodic/force"),
            route(Method::Get, "/v1/allocation/:id"),
            route(Method::Get, "/v1/node/:id"),
            route(Method::Get, "/v1/node/pools"),
            route(Method::Put, "/v1/system/gc"),
            route(Method::Get, "/v1/var/*path"),
            route(Method::Any, "/v1/var/*path"),
        ])
    }

    fn check(requests: &str, expected: Expect) {
        let table = table();
        let mut seen = String::new();
        for request in requests.split(", ") {
            let (method, path) = request.split_once(' ').unwrap();
            let found = match table.find(&method.parse().unwrap(), path) {
                Ok(found) => format!("{:?} {} {:?}", found.route.method, found.route.path, found.params),
                Err(error) => format!("{} {:?}", error.status().as_u16(), error.text()),
            };
            seen += &format!("{request}: {found}\n");
        }
        expected.assert_eq(&seen);
    }

    #[test]
    fn the_longest_literal_match_wins() {
        check(
            "GET /v1/job/a, GET /v1/job/a/b, PUT /v1/job/a/b/plan, POST /v1/job/x/periodic/force, GET /v1/node/pools, GET /v1/node/x",
            expect![[r#"
                GET /v1/job/a: Get /v1/job/*id Params([("id", "a")])
                GET /v1/job/a/b: Get /v1/job/*id Params([("id", "a/b")])
                PUT /v1/job/a/b/plan: Write /v1/job/*id/plan Params([("id", "a/b")])
                POST /v1/job/x/periodic/force: Write /v1/job/*id/periodic/force Params([("id", "x")])
                GET /v1/node/pools: Get /v1/node/pools Params([])
                GET /v1/node/x: Get /v1/node/:id Params([("id", "x")])
            "#]],
        );
    }

    #[test]
    fn put_and_post_are_the_same_unless_a_route_says_otherwise() {
        check(
            "PUT /v1/jobs, POST /v1/jobs, POST /v1/system/gc, PUT /v1/jobs/parse",
            expect![[r#"
                PUT /v1/jobs: Write /v1/jobs Params([])
                POST /v1/jobs: Write /v1/jobs Params([])
                POST /v1/system/gc: 405 "Invalid method"
                PUT /v1/jobs/parse: 405 "Invalid method"
            "#]],
        );
    }

    #[test]
    fn wrong_methods_unknown_resources_and_unknown_paths_differ() {
        check(
            "DELETE /v1/jobs, HEAD /v1/jobs, OPTIONS /v1/jobs, GET /v1/job/a/plan, GET /v1/nothing, GET /v1/allocation/x/zip, GET /, GET /v1/jobs/, PATCH /v1/var/a/b",
            expect![[r#"
                DELETE /v1/jobs: 405 "Invalid method"
                HEAD /v1/jobs: 405 "Invalid method"
                OPTIONS /v1/jobs: 405 "Invalid method"
                GET /v1/job/a/plan: 405 "Invalid method"
                GET /v1/nothing: 404 ""
                GET /v1/allocation/x/zip: 404 "resource not found"
                GET /: 404 ""
                GET /v1/jobs/: 404 ""
                PATCH /v1/var/a/b: Any /v1/var/*path Params([("path", "a/b")])
            "#]],
        );
    }
}
