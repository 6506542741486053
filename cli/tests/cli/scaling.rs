//! Scaling policies, as Nomad's commands print them.

use serde_json::json;

use crate::agent::Agent;
use crate::recorded::check;
use crate::run;

const ID: &str = "67ec0e11-8592-192b-63d8-e5b2aa281dcd";

fn policy() -> serde_json::Value {
    json!({
        "ID": ID, "Enabled": true, "Type": "horizontal", "Min": 1, "Max": 5, "Policy": {"cooldown": "1m"},
        "Target": {"Namespace": "default", "Job": "web", "Group": "front"}, "CreateIndex": 33, "ModifyIndex": 33,
    })
}

#[test]
fn policies_are_listed() {
    check("scaling-policy-list", &[("GET /v1/scaling/policies", 200, &json!([policy()]).to_string())]);
}

#[test]
fn a_policy_is_found_by_the_beginning_of_its_id() {
    let one = format!("GET /v1/scaling/policy/{ID}");
    let answers = [
        ("GET /v1/scaling/policies", 200, &*json!([policy()]).to_string()),
        (&*one, 200, &*policy().to_string()),
    ];
    check("scaling-policy-info", &answers);
}

#[test]
fn a_policy_that_is_not_there_is_an_error() {
    let agent = Agent::start(&[("GET /v1/scaling/policies", 200, "[]")]);
    let ran = run(&["scaling", "policy", "info", "-address", &agent.address, "abc"]);
    assert_eq!((ran.err.trim(), ran.code), ("No scaling policies with prefix or id \"abc\" found", 1));
    let ran = run(&["scaling", "policy", "list", "-address", &agent.address]);
    assert_eq!((ran.out.trim(), ran.code), ("No policies found", 0));
}
