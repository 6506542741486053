//! The whole route table: a change of what anybody may do shows here.

use std::fmt::Write;

use expect_test::expect_file;
use http_api::routes;

use super::fake::Fake;

#[test]
fn the_route_table_is_what_it_was() {
    let mut text = String::new();
    for route in routes::all::<Fake>().all_routes() {
        let capabilities: Vec<String> =
            route.capability.iter().map(|capability| format!("{capability:?}")).collect();
        let (method, path) = (format!("{:?}", route.method), route.path);
        writeln!(
            text,
            "{method:<10} {path:<45} {:?} {:?} [{}]",
            route.scope,
            route.reach,
            capabilities.join(", ")
        )
        .unwrap();
    }
    expect_file!["routes.txt"].assert_eq(&text);
}
