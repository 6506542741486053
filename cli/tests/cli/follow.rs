//! What is said while an evaluation is followed.

use api::view::{AllocStub, EvalView};
use expect_test::{Expect, expect};
use nomadctl::format::Length;
use nomadctl::show::EvalMonitor;

/// Feeds answers, one `eval` or `alloc` JSON per line, and compares what is said.
fn check(answers: &[(&str, &[&str])], wanted: Expect) {
    let mut monitor = EvalMonitor::new(Length::Short);
    let mut said = Vec::new();
    for (eval, allocs) in answers {
        let eval: EvalView = serde_json::from_str(eval).unwrap();
        let allocs: Vec<AllocStub> =
            allocs.iter().map(|alloc| serde_json::from_str(alloc).unwrap()).collect();
        said.extend(monitor.observe(&eval, &allocs));
        match monitor.verdict(&eval) {
            None => said.push("--".to_owned()),
            Some((verdict, lines)) => {
                said.extend(lines);
                said.push(format!("{verdict:?}"));
            }
        }
    }
    wanted.assert_eq(&said.join("\n"));
}

#[test]
fn news_are_said_once_and_in_order() {
    let pending = r#"{"ID":"ccfe8711-1","JobID":"quick","TriggeredBy":"job-register","Status":"pending","CreateIndex":5}"#;
    let complete = r#"{"ID":"ccfe8711-1","JobID":"quick","Status":"complete","DeploymentID":"033ea80e-2","CreateIndex":5}"#;
    let alloc = r#"{"ID":"c70ba6f1-1","NodeID":"0d9bcedd-1","TaskGroup":"g","ClientStatus":"pending","CreateIndex":6}"#;
    let running = r#"{"ID":"c70ba6f1-1","NodeID":"0d9bcedd-1","TaskGroup":"g","ClientStatus":"running","CreateIndex":6,
        "ClientDescription":"Tasks are running"}"#;
    let old = r#"{"ID":"aaaaaaaa-1","NodeID":"0d9bcedd-1","TaskGroup":"g","ClientStatus":"running","CreateIndex":2}"#;
    check(
        &[(pending, &[]), (pending, &[alloc]), (pending, &[alloc]), (complete, &[running, old])],
        expect![[r#"
            Evaluation triggered by job "quick"
            --
            Allocation "c70ba6f1" created: node "0d9bcedd", group "g"
            --
            --
            Allocation "c70ba6f1" status changed: "pending" -> "running" (Tasks are running)
            Allocation "aaaaaaaa" modified: node "0d9bcedd", group "g"
            Evaluation within deployment: "033ea80e"
            Evaluation status changed: "pending" -> "complete"
            Evaluation "ccfe8711" finished with status "complete"
            Done"#]],
    );
}

#[test]
fn a_failed_placement_says_why_and_who_waits() {
    let eval = r#"{"ID":"795e5869-1","JobID":"big","TriggeredBy":"job-register","Status":"complete",
        "BlockedEval":"dc823dbc-1","FailedTGAllocs":{"huge":{"NodesEvaluated":1,"NodesExhausted":1,
        "DimensionExhausted":{"memory":1},"CoalescedFailures":1}}}"#;
    check(
        &[(eval, &[])],
        expect![[r#"
        Evaluation triggered by job "big"
        Evaluation status changed: "pending" -> "complete"
        Evaluation "795e5869" finished with status "complete" but failed to place all allocations:
        Task Group "huge" (failed to place 2 allocations):
          * Resources exhausted on 1 nodes
          * Dimension "memory" exhausted on 1 nodes
        Evaluation "dc823dbc" waiting for additional capacity to place remainder
        Unplaced"#]],
    );
}

#[test]
fn a_failed_evaluation_is_reported_as_such() {
    let eval = r#"{"ID":"795e5869-1","NodeID":"0d9bcedd-1","TriggeredBy":"node-update","Status":"failed",
        "StatusDescription":"maximum attempts reached (5)"}"#;
    check(
        &[(eval, &[])],
        expect![[r#"
        Evaluation triggered by node "0d9bcedd"
        Evaluation status changed: "pending" -> "failed"
        Evaluation "795e5869" finished with status "failed": maximum attempts reached (5)
        Failed"#]],
    );
}
