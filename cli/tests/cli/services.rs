//! Services that are registered natively, as Nomad's commands print them.

use serde_json::{Value, json};

use crate::agent::Agent;
use crate::recorded::check;
use crate::run;

/// The allocations that are registered, each with its port.
const RUNNING: [(&str, u32); 3] = [
    ("0575852b-e51b-ed75-0b34-ab8225a1f2e5", 25_418),
    ("2448c931-1e9d-d83f-c4b9-5b758b582e46", 22_103),
    ("6121ef5c-d2b0-b4c7-d40f-02a4632d4354", 21_986),
];

fn listed() -> String {
    json!([{"Namespace": "default", "Services": [
        {"ServiceName": "web-http", "Tags": ["edge", "blue"]},
        {"ServiceName": "canary-app", "Tags": ["live"]},
    ]}])
    .to_string()
}

fn registered() -> String {
    let registration = |(alloc, port): (&str, u32)| {
        json!({
            "ID": format!("_nomad-task-{alloc}-group-front-web-http-http"),
            "ServiceName": "web-http",
            "Namespace": "default",
            "JobID": "web",
            "AllocID": alloc,
            "NodeID": "0d9bcedd-bc55-14ec-80b0-9877f7368a28",
            "Datacenter": "dc1",
            "Address": "127.0.0.1",
            "Port": port,
            "Tags": ["edge", "blue"],
        })
    };
    Value::Array(RUNNING.into_iter().map(registration).collect()).to_string()
}

#[test]
fn services_are_listed_by_name() {
    check("service-list", &[("GET /v1/services", 200, &listed())]);
}

#[test]
fn registrations_are_shown_short_and_whole() {
    let answers = [("GET /v1/services", 200, &*listed()), ("GET /v1/service/web-http", 200, &*registered())];
    check("service-info", &answers);
    check("service-info-verbose", &answers);
}

#[test]
fn a_name_that_is_not_there_shows_which_are() {
    check("service-info-missing", &[("GET /v1/services", 200, &listed())]);
}

#[test]
fn the_only_service_with_a_prefix_is_shown_and_none_is_an_error() {
    let one =
        json!([{"Namespace": "default", "Services": [{"ServiceName": "web-http", "Tags": []}]}]).to_string();
    let agent = Agent::start(&[("GET /v1/services", 200, &one), ("GET /v1/service/web-http", 200, "[]")]);
    let ran = run(&["service", "info", "-address", &agent.address, "web"]);
    assert_eq!((ran.out.trim(), ran.code), ("No service registrations found", 0), "{}", ran.err);
    let agent = Agent::start(&[("GET /v1/services", 200, "[]")]);
    let ran = run(&["service", "info", "-address", &agent.address, "web"]);
    assert_eq!((ran.err.trim(), ran.code), ("No service registrations with prefix \"web\" found", 1));
}

#[test]
fn namespaces_are_shown_where_all_are_asked_for() {
    let agent = Agent::start(&[("GET /v1/services", 200, &listed())]);
    let ran = run(&["service", "list", "-address", &agent.address, "-namespace", "*"]);
    let lines: Vec<String> =
        ran.out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(
        lines,
        ["Service Name Namespace Tags", "canary-app default [live]", "web-http default [blue,edge]"]
    );
    let ran = run(&["service", "list", "-address", &agent.address, "-name"]);
    assert_eq!(ran.out.lines().collect::<Vec<_>>(), ["canary-app", "web-http"]);
}

#[test]
fn a_registration_is_deleted_by_its_id() {
    let agent = Agent::start(&[("DELETE /v1/service/web-http/_nomad-task-1", 200, "")]);
    let ran = run(&["service", "delete", "-address", &agent.address, "web-http", "_nomad-task-1"]);
    assert_eq!((ran.out.trim(), ran.code), ("Successfully deleted service registration", 0), "{}", ran.err);
}
