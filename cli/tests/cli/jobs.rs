//! Commands about jobs, with the texts that were recorded.

use serde_json::{Value, json};

use crate::agent::Agent;
use crate::recorded::{check, check_with_file};
use crate::{NOW_NS, run};

const QUICK: (&str, u16, &str) = ("GET /v1/jobs", 200, r#"[{"ID":"quick","Namespace":"default"}]"#);
const VERSIONED: (&str, u16, &str) = ("GET /v1/jobs", 200, r#"[{"ID":"versioned","Namespace":"default"}]"#);

const QUICK_FILE: &str = r#"job "quick" {
  group "g" {
    count = 2
    update {
      min_healthy_time = "0s"
    }
    task "t" {
      driver = "mock_driver"
      config {
        run_for = "5h"
      }
      resources {
        cpu    = 20
        memory = 16
      }
    }
  }
}
"#;

/// Nanoseconds since the epoch, seconds before the tests' present.
fn before(seconds: i64) -> i64 {
    NOW_NS - seconds * 1_000_000_000
}

fn field(name: &str, old: &str, new: &str) -> Value {
    let kind = if old == new { "None" } else { "Edited" };
    json!({ "Type": kind, "Name": name, "Old": old, "New": new })
}

/// What a version of the job `versioned` changed.
fn versioned_diff(rev: &str, count: &str, memory: &str) -> Value {
    let resources = [
        field("CPU", "20", "20"),
        field("Cores", "0", "0"),
        field("DiskMB", "0", "0"),
        field("IOPS", "0", "0"),
        field("MemoryMB", "12", memory),
        field("MemoryMaxMB", "0", "0"),
        field("SecretsMB", "0", "0"),
    ];
    let task = json!({
        "Type": "Edited", "Name": "t", "Fields": [field("Env[REV]", "2", rev)],
        "Objects": [{ "Type": "Edited", "Name": "Resources", "Fields": resources }],
    });
    json!({
        "Type": "Edited", "ID": "versioned", "Fields": [field("Meta[rev]", "2", rev)],
        "TaskGroups": [{
            "Type": "Edited", "Name": "g", "Fields": [field("Count", "2", count)], "Tasks": [task],
        }],
    })
}

fn version(number: u64, age: i64, tag: Value) -> Value {
    json!({ "ID": "versioned", "Version": number, "Stable": true, "SubmitTime": before(age), "VersionTag": tag })
}

fn named(name: &str, description: &str) -> Value {
    json!({ "Name": name, "Description": description })
}

/// The versions 3 to 0 of the job `versioned`.
fn versions() -> Vec<Value> {
    vec![
        version(3, 755, named("latest-rev", "")),
        version(2, 1232, named("latest-rev", "")),
        version(1, 1239, named("stable-rev", "good one")),
        version(0, 1245, Value::Null),
    ]
}

#[test]
fn the_history_lists_versions_with_their_names() {
    let answer = json!({ "Versions": versions(), "Diffs": null }).to_string();
    for name in ["job-history", "job-history-version"] {
        check(name, &[VERSIONED, ("GET /v1/job/versioned/versions", 200, &answer)]);
    }
    check("job-history-diff-tag", &[]);
    let agent = Agent::start(&[VERSIONED, ("GET /v1/job/versioned/versions", 200, &answer)]);
    let ran = run(&["job", "history", "-address", &agent.address, "-version", "9", "versioned"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, "Error retrieving job versions: job version 9 not found\n"));
    let ran = run(&["job", "history", "-address", &agent.address, "-json", "-version=1", "versioned"]);
    let job: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&job["Version"], &job["VersionTag"]["Name"]), (&json!(1), &json!("stable-rev")));
}

#[test]
fn the_history_shows_what_versions_changed() {
    let mut all = vec![version(4, 113, Value::Null)];
    all.extend(versions());
    let same = json!({ "Type": "None", "ID": "versioned" });
    let diffs = [
        same.clone(),
        versioned_diff("3", "4", "13"),
        versioned_diff("3", "3", "13"),
        same,
        versioned_diff("1", "1", "11"),
    ];
    let answer = json!({ "Versions": all, "Diffs": diffs }).to_string();
    let asked =
        check("job-history-diff-tag-p", &[VERSIONED, ("GET /v1/job/versioned/versions", 200, &answer)]);
    assert_eq!(asked[1], "GET /v1/job/versioned/versions?namespace=default&diffs=true&diff_tag=stable-rev");
}

#[test]
fn the_first_version_changed_nothing() {
    let quick = |number: u64, age: i64, stable: bool| json!({ "ID": "quick", "Version": number, "Stable": stable, "SubmitTime": before(age) });
    let diff = |old: &str, new: &str, from: &str, to: &str| {
        let config = json!({ "Type": "Edited", "Name": "Config", "Fields": [field("run_for", from, to)] });
        json!({
            "Type": "Edited", "ID": "quick",
            "TaskGroups": [{
                "Type": "Edited", "Name": "g", "Fields": [field("Count", old, new)],
                "Tasks": [{ "Type": "Edited", "Name": "t", "Objects": [config] }],
            }],
        })
    };
    let answer = json!({
        "Versions": [quick(2, 120, false), quick(1, 125, true), quick(0, 128, true)],
        "Diffs": [diff("3", "2", "6h", "5h"), diff("2", "3", "5h", "6h")],
    });
    let answer = answer.to_string();
    check("job-history-p", &[QUICK, ("GET /v1/job/quick/versions", 200, &answer)]);
}

#[test]
fn going_back_names_the_version_or_its_name() {
    let answer = r#"{"EvalID":"02d4fa01-83a6-fe1e-2412-1cde802f8253"}"#;
    let asked = check("job-revert", &[QUICK, ("PUT /v1/job/quick/revert", 200, answer)]);
    assert_eq!(asked[1], r#"PUT /v1/job/quick/revert?namespace=default {"JobID":"quick","JobVersion":0}"#);
    let missing = "job \"quick\" in namespace \"default\" at version 88 not found";
    check("job-revert-missing", &[QUICK, ("PUT /v1/job/quick/revert", 500, missing)]);
    let versions = json!({ "Versions": versions() }).to_string();
    let agent = Agent::start(&[
        VERSIONED,
        ("GET /v1/job/versioned/versions", 200, &versions),
        ("PUT /v1/job/versioned/revert", 200, answer),
    ]);
    let revert = |to: &str| run(&["job", "revert", "-detach", "-address", &agent.address, "versioned", to]);
    assert_eq!(revert("stable-rev").code, 0);
    assert!(agent.asked()[2].ends_with(r#""JobVersion":1}"#), "{:?}", agent.asked());
    let ran = revert("nope");
    let text = "Error retrieving job versions: tag \"nope\" not found on job \"versioned\"\n";
    assert_eq!((ran.code, ran.err.as_str()), (1, text));
}

#[test]
fn versions_are_named() {
    let path = "PUT /v1/job/quick/versions/cli-tag/tag";
    let asked = check("job-tag-apply", &[QUICK, (path, 200, "{}")]);
    assert_eq!(asked[1], format!(r#"{path}?namespace=default {{"Version":0,"Description":"by cli"}}"#));
    let taken = "tag \"cli-tag\" already exists on a different version of job \"quick\"";
    check("job-tag-dup", &[QUICK, (path, 500, taken)]);
    let missing = "tag \"nope\" not found on job \"quick\"";
    check("job-tag-unset-missing", &[QUICK, ("DELETE /v1/job/quick/versions/nope/tag", 500, missing)]);
    let agent = Agent::start(&[
        QUICK,
        ("GET /v1/job/quick", 200, r#"{"ID":"quick","Version":7}"#),
        ("PUT /v1/job/quick/versions/last/tag", 200, "{}"),
        ("DELETE /v1/job/quick/versions/last/tag", 200, "{}"),
    ]);
    let ran = run(&["job", "tag", "apply", "-address", &agent.address, "-name=last", "quick"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "Job version 7 tagged with name \"last\"\n"));
    let ran = run(&["job", "tag", "unset", "-address", &agent.address, "-name=last", "quick"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "Tag \"last\" removed from job \"quick\"\n"));
    let ran = run(&["job", "tag", "apply", "quick"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, "A name is required: give it with -name\n"));
}

#[test]
fn jobs_are_evaluated_promoted_and_scaled() {
    let eval = r#"{"EvalID":"cef13417-0000"}"#;
    check("job-eval", &[QUICK, ("PUT /v1/job/quick/evaluate", 200, eval)]);
    check("job-eval-notfound", &[("GET /v1/jobs", 200, "[]")]);
    let canary = ("GET /v1/jobs", 200, r#"[{"ID":"canary-app","Namespace":"default"}]"#);
    let id = "52ad18ed-73a5-db15-3f46-5632cbce5def";
    let promote = format!("PUT /v1/deployment/promote/{id}");
    let latest = format!(r#"{{"ID":"{id}"}}"#);
    let terminal = "can't promote terminal deployment";
    check(
        "job-promote",
        &[canary, ("GET /v1/job/canary-app/deployment", 200, &latest), (&promote, 500, terminal)],
    );
    let info = ("GET /v1/job/quick", 200, r#"{"ID":"quick","TaskGroups":[{"Name":"g"}]}"#);
    let scaled = r#"{"EvalID":"3ff06259-48b5-720f-1337-ca95efc0a70e"}"#;
    let asked = check("job-scale", &[QUICK, info, ("PUT /v1/job/quick/scale", 200, scaled)]);
    assert!(asked[2].contains(r#""Count":4,"Target":{"Job":"quick","Group":"g"}"#), "{asked:?}");
    check("job-scale-bad", &[QUICK, info]);
    let events = json!({ "TaskGroups": { "g": { "Events": [
        { "Count": 2, "PreviousCount": 4, "Time": before(110) },
        { "Count": 4, "PreviousCount": 3, "Time": before(113) },
    ] } } });
    check("job-scaling-events", &[QUICK, ("GET /v1/job/quick/scale", 200, &events.to_string())]);
}

#[test]
fn deployments_of_a_job_are_listed() {
    let deployment = |id: &str, version: u64| {
        json!({
            "ID": id, "JobID": "quick", "JobVersion": version, "Status": "successful",
            "StatusDescription": "Deployment completed successfully", "CreateIndex": version,
            "TaskGroups": { "g": {
                "DesiredTotal": 2, "PlacedAllocs": 2, "HealthyAllocs": 2,
                "RequireProgressBy": "2026-11-22T16:18:10Z",
            } },
        })
    };
    let ids = ["033ea80e", "c64af1d4", "f88cd429", "cdb3a301", "cd70d793", "f11440b1"];
    let all: Vec<Value> = (0..).zip(ids).map(|(version, id)| deployment(id, version)).collect();
    let all = Value::from(all).to_string();
    check("job-deployments", &[QUICK, ("GET /v1/job/quick/deployments", 200, &all)]);
    let latest = deployment("f11440b1", 5).to_string();
    check("job-deployments-latest", &[QUICK, ("GET /v1/job/quick/deployment", 200, &latest)]);
    let batch = ("GET /v1/jobs", 200, r#"[{"ID":"batch-ok","Namespace":"default"}]"#);
    check("job-deployments-none", &[batch, ("GET /v1/job/batch-ok/deployments", 200, "[]")]);
}

#[test]
fn children_are_dispatched_and_launched() {
    let resize = ("GET /v1/jobs", 200, r#"[{"ID":"resize","Namespace":"default","ParameterizedJob":true}]"#);
    let missing = "Dispatch did not provide required meta keys: [size]";
    check("job-dispatch-missing", &[resize, ("PUT /v1/job/resize/dispatch", 500, missing)]);
    let child = r#"{"DispatchedJobID":"resize/dispatch-red-1795363692-6624f75a","EvalID":"87289de1-0"}"#;
    let asked = check("job-dispatch-prefix", &[resize, ("PUT /v1/job/resize/dispatch", 200, child)]);
    assert!(asked[1].contains(r#""Meta":{"format":"gif","size":"9"},"IdPrefixTemplate":"red""#), "{asked:?}");
    let child = r#"{"DispatchedJobID":"resize/dispatch-1795363692-bd04a6ca","EvalID":"d1e05589-0000"}"#;
    let eval = r#"{"ID":"d1e05589-0000","JobID":"resize/dispatch-1795363692-bd04a6ca",
        "TriggeredBy":"job-register","Status":"complete","CreateIndex":5}"#;
    let alloc = r#"[{"ID":"d51d3bdf","NodeID":"0d9bcedd","TaskGroup":"img","CreateIndex":6}]"#;
    check(
        "job-dispatch",
        &[
            resize,
            ("PUT /v1/job/resize/dispatch", 200, child),
            ("GET /v1/evaluation/d1e05589-0000", 200, eval),
            ("GET /v1/evaluation/d1e05589-0000/allocations", 200, alloc),
        ],
    );
    let nightly = ("GET /v1/jobs", 200, r#"[{"ID":"nightly-report","Namespace":"default","Periodic":true}]"#);
    let forced = r#"{"EvalID":"b698f470-e751-6866-19aa-770fc5d1ce06"}"#;
    check("job-periodic-force", &[nightly, ("PUT /v1/job/nightly-report/periodic/force", 200, forced)]);
    check("job-periodic-force-not", &[("GET /v1/jobs", 200, r#"[{"ID":"web","Namespace":"default"}]"#)]);
}

#[test]
fn a_stopped_job_is_started_with_its_text() {
    let stopped = ("GET /v1/jobs", 200, r#"[{"ID":"quick","Namespace":"default","Stop":true}]"#);
    let eval = r#"{"ID":"35ab92e6-0000","JobID":"quick","TriggeredBy":"job-register","Status":"complete"}"#;
    let agent = Agent::start(&[
        stopped,
        ("GET /v1/job/quick", 200, r#"{"ID":"quick","Stop":true,"Version":4,"JobModifyIndex":99}"#),
        ("GET /v1/job/quick/submission", 404, "job source not found"),
        ("GET /v1/job/quick/submission", 200, r#"{"Source":"job \"quick\" {}","Format":"hcl2"}"#),
        ("PUT /v1/jobs", 200, r#"{"EvalID":"35ab92e6-0000"}"#),
        ("GET /v1/evaluation/35ab92e6-0000", 200, eval),
        ("GET /v1/evaluation/35ab92e6-0000/allocations", 200, "[]"),
    ]);
    let ran = run(&["job", "start", "-address", &agent.address, "quick"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let registered = &agent.asked()[4];
    for part in [r#""Stop":false"#, r#""Source":"job \"quick\" {}""#, r#""JobModifyIndex":99"#] {
        assert!(registered.contains(part), "{part} is not in {registered}");
    }
    let agent = Agent::start(&[QUICK]);
    let ran = run(&["job", "start", "-address", &agent.address, "quick"]);
    let text = "No stopped job(s) with prefix or ID \"quick\" found\n";
    assert_eq!((ran.code, ran.err.as_str()), (1, text));
}

#[test]
fn jobs_are_run_as_recorded() {
    let file = "quick.nomad.hcl";
    let conflict = "Enforcing job modify index 3: job exists with conflicting job modify index: 711";
    check_with_file("job-run-check-index", file, QUICK_FILE, &[("PUT /v1/jobs", 500, conflict)]);
    let kept = r#"{"EvalID":"99736f0e-0734-0c5a-bf40-082533dda98c"}"#;
    let asked = check_with_file("job-run-preserve", file, QUICK_FILE, &[("PUT /v1/jobs", 200, kept)]);
    assert!(asked[0].contains(r#""PreserveCounts":true"#), "{asked:?}");
    check("job-run-nofile", &[]);
    let periodic = QUICK_FILE
        .replace(
            "\"quick\" {",
            "\"nightly-report\" {\n  type = \"batch\"\n  periodic { crons = [\"0 2 * * *\"] }",
        )
        .replace("    update {\n      min_healthy_time = \"0s\"\n    }\n", "");
    let plan = r#"{"NextPeriodicLaunch":"2026-11-23T02:00:00Z"}"#;
    check_with_file(
        "job-run-periodic",
        "nightly-report.nomad.hcl",
        &periodic,
        &[("PUT /v1/jobs", 200, "{}"), ("PUT /v1/job/nightly-report/plan", 200, plan)],
    );
    let invalid = "2 errors occurred:\n\t* Task group g validation failed: 2 errors occurred:\n\t* Task group \
                   count can't be negative\n\t* Missing tasks for task group\n\n\n\t* job priority must be \
                   between [1, 100]\n\n";
    let answers = [("PUT /v1/jobs", 500, invalid)];
    check_with_file("job-run-invalid", "invalid.nomad.hcl", QUICK_FILE, &answers);
    let valid = r#"{"DriverConfigValidated":true}"#;
    check_with_file("job-validate", file, QUICK_FILE, &[("PUT /v1/validate/job", 200, valid)]);
    let wrong = json!({ "DriverConfigValidated": true, "Error": invalid, "ValidationErrors": ["x"] });
    let answers = [("PUT /v1/validate/job", 200, wrong.to_string())];
    let answers = answers.each_ref().map(|(question, status, body)| (*question, *status, body.as_str()));
    check_with_file("job-validate-bad", "invalid.nomad.hcl", QUICK_FILE, &answers);
}

#[test]
fn jobs_are_stopped_as_recorded() {
    let stopped = r#"{"EvalID":"ed6acd20-fd12-72f7-6663-f91a970af672"}"#;
    let asked = check("job-stop-purge", &[QUICK, ("DELETE /v1/job/quick", 200, stopped)]);
    assert_eq!(asked[1], "DELETE /v1/job/quick?namespace=default&purge=true");
    check("job-stop-notfound", &[("GET /v1/jobs", 200, "[]")]);
    check("job-stop-noargs", &[]);
    check("job-status-notfound", &[("GET /v1/jobs", 200, "[]")]);
}

#[test]
fn a_job_is_restarted_batch_by_batch() {
    let alloc = |id: &str, index: u64, client: &str| {
        json!({ "ID": id, "CreateIndex": index, "TaskGroup": "g", "DesiredStatus": "run", "ClientStatus": client,
                "TaskStates": { "t": { "State": "running" } } })
    };
    let ids = ["2083285a-0000-0000-0000-000000000000", "03a127ea-0000-0000-0000-000000000000"];
    let allocs = json!([
        alloc(ids[1], 9, "running"),
        alloc(ids[0], 5, "running"),
        alloc("ffffffff-0000-0000-0000-000000000000", 4, "failed")
    ])
    .to_string();
    let allocs = ("GET /v1/job/quick/allocations", 200, &*allocs);
    let paths = ids.map(|id| format!("PUT /v1/client/allocation/{id}/restart"));
    let answers = [QUICK, allocs, (&*paths[0], 200, "{}"), (&*paths[1], 200, "{}")];
    let asked = check("job-restart", &answers);
    assert!(asked[2].contains(ids[0]) && asked[3].contains(ids[1]), "{asked:?}");

    let agent = Agent::start(&[QUICK, allocs, (&*paths[0], 500, "no client"), (&*paths[1], 200, "{}")]);
    let words = |more: &[&str]| {
        let start = ["job", "restart", "-address", &agent.address, "-yes"];
        run(&[&start[..], more, &["quick"]].concat())
    };
    let ran = words(&["-on-error", "fail"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.out.contains("no client") && ran.err.contains("\"2083285a\" was not restarted"),
        "{}",
        ran.err
    );
    for (flags, message) in [
        (&["-batch-size", "0"][..], "Invalid -batch-size value \"0\""),
        (&["-batch-wait", "soon"], "Invalid -batch-wait value \"soon\""),
        (&["-group", "none"], "No allocations found for group \"none\""),
        (&["-reschedule", "-task", "t"], "The -reschedule option cannot be used"),
    ] {
        let ran = words(flags);
        assert!(ran.code == 1 && ran.err.contains(message), "{flags:?}: {}", ran.err);
    }
}
