//! Whole commands against an agent in this process.

use expect_test::expect;
use nomadctl::Environment;

use crate::agent::Agent;
use crate::{Ran, run, run_with};

const JOB: &str = r#"job "quick" {
  group "g" {
    task "t" {
      driver = "mock_driver"
      config { run_for = "5h" }
    }
  }
}
"#;
const EVAL: &str = r#"{"ID":"ccfe8711-0000","JobID":"quick","TriggeredBy":"job-register","Status":"complete","CreateIndex":5}"#;
const REGISTER: &str = r#"{"EvalID":"ccfe8711-0000","JobModifyIndex":9,"Warnings":""}"#;

/// Runs a command on a job file against an agent.
fn with_file(agent: &Agent, words: &[&str], text: &str) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("job.nomad.hcl");
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap();
    let words: Vec<&str> = words.iter().copied().chain(["-address", &agent.address, path]).collect();
    let mut ran = run(&words);
    for text in [&mut ran.out, &mut ran.err] {
        *text = text.replace(path, "job.nomad.hcl").replace(&agent.address, "ADDRESS");
    }
    ran
}

#[test]
fn running_a_job_follows_its_evaluation() {
    let agent = Agent::start(&[
        ("PUT /v1/jobs", 200, REGISTER),
        ("GET /v1/evaluation/ccfe8711-0000", 200, EVAL),
        ("GET /v1/evaluation/ccfe8711-0000/allocations", 200, "[]"),
    ]);
    let ran = with_file(&agent, &["job", "run"], JOB);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    expect![[r#"
        ==> 2026-11-22T16:10:00Z: Monitoring evaluation "ccfe8711"
            2026-11-22T16:10:00Z: Evaluation triggered by job "quick"
            2026-11-22T16:10:00Z: Evaluation status changed: "pending" -> "complete"
        ==> 2026-11-22T16:10:00Z: Evaluation "ccfe8711" finished with status "complete"
    "#]]
    .assert_eq(&ran.out);
    let registered = &agent.asked()[0];
    assert!(registered.contains(r#""ID":"quick""#), "{registered}");
    assert!(registered.contains(r#""Format":"hcl2""#), "{registered}");
    assert!(registered.contains(r#""EnforceIndex":false"#), "{registered}");
}

#[test]
fn a_deployment_is_followed_and_decides_the_exit_code() {
    let eval = EVAL.replace("\"CreateIndex\"", "\"DeploymentID\":\"033ea80e-0000\",\"CreateIndex\"");
    let deployment = |status: &str, healthy: u32| {
        format!(
            r#"{{"ID":"033ea80e-0000","JobID":"quick","Status":"{status}","StatusDescription":"Deployment {status}",
            "TaskGroups":{{"g":{{"DesiredTotal":2,"PlacedAllocs":2,"HealthyAllocs":{healthy}}}}}}}"#
        )
    };
    for (end, code) in [("successful", 0), ("failed", 1)] {
        let (first, last) = (deployment("running", 0), deployment(end, 2));
        let agent = Agent::start(&[
            ("PUT /v1/jobs", 200, REGISTER),
            ("GET /v1/evaluation/ccfe8711-0000", 200, &eval),
            ("GET /v1/evaluation/ccfe8711-0000/allocations", 200, "[]"),
            ("GET /v1/deployment/033ea80e-0000", 200, &first),
            ("GET /v1/deployment/033ea80e-0000", 500, "No cluster leader"),
            ("GET /v1/deployment/033ea80e-0000", 200, &last),
        ]);
        let ran = with_file(&agent, &["run"], JOB);
        assert_eq!((ran.code, ran.err.as_str()), (code, ""));
        let blocks = ran.out.matches("\n    \n2026-11-22T16:10:00Z\nID          = 033ea80e\n").count();
        assert_eq!(blocks, 2, "{}", ran.out);
        assert!(ran.out.contains("g           2        2       0        0          N/A"), "{}", ran.out);
    }
}

#[test]
fn what_cannot_be_placed_exits_with_2() {
    let eval = r#"{"ID":"ccfe8711-0000","JobID":"quick","TriggeredBy":"job-register","Status":"complete",
        "BlockedEval":"dc823dbc-0000","FailedTGAllocs":{"g":{"NodesEvaluated":1,"NodesExhausted":1,
        "DimensionExhausted":{"memory":1}}}}"#;
    let agent = Agent::start(&[
        ("PUT /v1/jobs", 200, REGISTER),
        ("GET /v1/evaluation/ccfe8711-0000", 200, eval),
        ("GET /v1/evaluation/ccfe8711-0000/allocations", 200, "[]"),
    ]);
    let ran = with_file(&agent, &["job", "run"], JOB);
    assert_eq!(ran.code, 2);
    assert!(ran.out.contains("* Dimension \"memory\" exhausted on 1 nodes"), "{}", ran.out);
    assert!(ran.out.contains("waiting for additional capacity"), "{}", ran.out);
}

#[test]
fn a_detached_run_prints_the_evaluation() {
    let warned = r#"{"EvalID":"ccfe8711-0000","Warnings":"1 warning:\n\n* odd"}"#;
    let agent = Agent::start(&[("PUT /v1/jobs", 200, warned)]);
    let ran = with_file(&agent, &["job", "run", "-detach"], JOB);
    assert_eq!(ran.code, 0);
    assert_eq!(
        ran.out,
        "Job Warnings:\n1 warning:\n\n* odd\n\nJob registration successful\nEvaluation ID: ccfe8711-0000\n"
    );
}

#[test]
fn a_periodic_job_says_when_it_is_launched() {
    let periodic = JOB.replace("group \"g\"", "periodic { crons = [\"0 2 * * *\"] }\n  group \"g\"");
    let agent = Agent::start(&[
        ("PUT /v1/jobs", 200, r#"{"EvalID":""}"#),
        ("PUT /v1/job/quick/plan", 200, r#"{"NextPeriodicLaunch":"2026-11-23T02:00:00Z"}"#),
    ]);
    let ran = with_file(&agent, &["job", "run"], &periodic);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(
        ran.out,
        "Job registration successful\nApproximate next launch time: 2026-11-23T02:00:00Z (9h50m0s from now)\n"
    );
}

#[test]
fn errors_of_the_agent_are_passed_on() {
    let conflict = "Enforcing job modify index 3: job exists with conflicting job modify index: 711";
    let agent = Agent::start(&[("PUT /v1/jobs", 500, conflict)]);
    let ran = with_file(&agent, &["job", "run", "-check-index=3"], JOB);
    assert_eq!((ran.code, ran.err), (1, format!("{conflict}\nJob not updated\n")));
    assert!(agent.asked()[0].contains(r#""EnforceIndex":true,"JobModifyIndex":3"#));
    let agent = Agent::start(&[("PUT /v1/jobs", 403, "Permission denied")]);
    let ran = with_file(&agent, &["job", "run"], JOB);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.starts_with("Error submitting job: Unexpected response code: 403 (Permission denied)\n"),
        "{}",
        ran.err
    );
}

#[test]
fn a_refused_job_file_is_explained_and_never_sent() {
    let agent = Agent::start(&[]);
    let misspelt = JOB.replace("driver =", "drivr =");
    for (words, code) in [(["job", "run"], 1), (["job", "plan"], 255), (["job", "validate"], 1)] {
        let ran = with_file(&agent, &words, &misspelt);
        assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{words:?}");
        for part in ["job.nomad.hcl:4", "drivr = \"mock_driver\"", "driver"] {
            assert!(ran.err.contains(part), "{words:?}: {part} is not in {}", ran.err);
        }
    }
    let ran = with_file(&agent, &["job", "run"], "job \"a\" {");
    assert!(ran.err.contains("Error getting job struct: Error parsing job file from job.nomad.hcl:"));
    let limit = jobspec::Limits::default().source_bytes;
    let ran = with_file(&agent, &["job", "run"], &format!("# {}", "x".repeat(limit)));
    assert!(ran.err.contains(&format!("larger than {limit} bytes (")), "{}", ran.err);
    assert_eq!(agent.asked(), Vec::<String>::new());
}

#[test]
fn a_job_comes_from_stdin_with_variables_of_flags_and_environment() {
    let text = r#"variable "img" { type = string }
        variable "n" { type = number }
        job "v" {
        meta = { img = var.img, n = var.n }
        group "g" {
          task "t" {
            driver = "mock_driver"
          }
        }
        }"#;
    let env = Environment::of([("NOMAD_VAR_img", "fromenv"), ("NOMAD_VAR_n", "1")]);
    let ran = run_with(&["job", "run", "-output", "-var", "n=2", "-"], env, text);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let job: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(job["Job"]["Meta"], serde_json::json!({"img": "fromenv", "n": "2"}));
}

#[test]
fn a_plan_exits_with_0_without_changes_and_with_1_for_others() {
    let plan = |update: &str| {
        format!(r#"{{"JobModifyIndex":7,"Annotations":{{"DesiredTGUpdates":{{"g":{{"{update}":1}}}}}}}}"#)
    };
    for (update, code) in
        [("Ignore", 0), ("InPlaceUpdate", 0), ("Place", 1), ("Stop", 1), ("DestructiveUpdate", 1)]
    {
        let agent = Agent::start(&[("PUT /v1/job/quick/plan", 200, &plan(update))]);
        let ran = with_file(&agent, &["job", "plan"], JOB);
        assert_eq!((ran.code, ran.err.as_str()), (code, ""), "{update}");
        assert!(ran.out.contains("nomadctl job run -check-index 7 job.nomad.hcl"), "{}", ran.out);
    }
    let agent = Agent::start(&[("PUT /v1/job/quick/plan", 500, "1 error occurred:\n\t* bad\n\n")]);
    let ran = with_file(&agent, &["plan"], JOB);
    assert_eq!(ran.code, 255);
    assert_eq!(ran.err, "Error during plan: Unexpected response code: 500 (1 error occurred:\n\t* bad)\n");
}

#[test]
fn validation_reports_errors_and_goes_on_without_an_agent() {
    let good = r#"{"DriverConfigValidated":true,"ValidationErrors":null,"Error":"","Warnings":""}"#;
    let bad =
        r#"{"DriverConfigValidated":true,"ValidationErrors":["no"],"Error":"1 error occurred:\n\t* no\n\n"}"#;
    let ran = with_file(&Agent::start(&[("PUT /v1/validate/job", 200, good)]), &["job", "validate"], JOB);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "Job validation successful\n", ""));
    let ran = with_file(&Agent::start(&[("PUT /v1/validate/job", 200, bad)]), &["job", "validate"], JOB);
    assert_eq!((ran.code, ran.err.as_str()), (1, "Job validation errors:\n1 error occurred:\n\t* no\n\n\n"));
    let ran = with_file(&Agent::start(&[]), &["job", "validate"], JOB);
    assert_eq!((ran.code, ran.out.as_str()), (0, "Job validation successful\n"));
    assert!(ran.err.contains("configuration was not validated"), "{}", ran.err);
}

const TWO_JOBS: &str = r#"[{"ID":"web","Namespace":"default","Type":"service","Priority":50,"Status":"running"},
    {"ID":"web2","Namespace":"default","Type":"service","Priority":50,"Status":"running"}]"#;

#[test]
fn stopping_asks_only_when_the_name_is_not_whole() {
    let answers = [
        ("GET /v1/jobs", 200, r#"[{"ID":"web","Namespace":"default"}]"#),
        ("DELETE /v1/job/web", 200, r#"{"EvalID":"ccfe8711-0000"}"#),
    ];
    let agent = Agent::start(&answers);
    let ran = run(&["job", "stop", "-detach", "-address", &agent.address, "web"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "ccfe8711-0000\n", ""));
    let stop = |answer: &str| {
        let agent = Agent::start(&answers);
        let words = ["stop", "-detach", "-purge", "-address", &agent.address, "we"];
        let ran = run_with(&words, Environment::default(), answer);
        (ran.code, ran.out, agent.asked().len())
    };
    let question = "Are you sure you want to stop job \"web\"? [y/N] ";
    assert_eq!(stop("n\n"), (0, format!("{question}Cancelling job stop\n"), 1));
    assert_eq!(stop("y\n"), (0, format!("{question}ccfe8711-0000\n"), 2));
}

#[test]
fn a_name_that_fits_several_jobs_or_none_is_refused() {
    let agent = Agent::start(&[("GET /v1/jobs", 200, TWO_JOBS)]);
    let ran = run(&["job", "status", "-address", &agent.address, "we"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.starts_with("Prefix \"we\" matched multiple jobs\n\nID    Type"), "{}", ran.err);
    let agent = Agent::start(&[("GET /v1/jobs", 200, "[]")]);
    let ran = run(&["job", "stop", "-address", &agent.address, "ghost"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, "No job(s) with prefix or ID \"ghost\" found\n"));
}

#[test]
fn status_finds_out_what_an_id_is() {
    let one = r#"{"Matches":{"jobs":["web"],"allocs":null}}"#;
    let agent = Agent::start(&[
        ("PUT /v1/search", 200, one),
        ("GET /v1/jobs", 200, TWO_JOBS),
        ("GET /v1/job/web", 200, r#"{"ID":"web","Name":"web","Namespace":"default","Type":"service"}"#),
        ("GET /v1/job/web/summary", 200, "{}"),
        ("GET /v1/job/web/allocations", 200, "[]"),
        ("GET /v1/job/web/evaluations", 200, "[]"),
        ("GET /v1/job/web/deployment", 200, "null"),
    ]);
    let ran = run(&["status", "-address", &agent.address, "web"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.starts_with("ID            = web\n"), "{}", ran.out);
    let ran = run(&["job", "status", "-json", "-address", &agent.address, "web"]);
    let page: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert!(page[0].get("LatestDeployment").is_some_and(serde_json::Value::is_null), "{page}");

    let two = r#"{"Matches":{"jobs":["batch-fail","batch-ok"]}}"#;
    let agent = Agent::start(&[("PUT /v1/search", 200, two)]);
    let ran = run(&["status", "-address", &agent.address, "batch"]);
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (1, "Multiple matches found for id \"batch\"\n\nJobs:\nbatch-fail, batch-ok\n")
    );
}

const ALLOCS: &str = r#"[{"ID":"97a44980-50a5-5b63-38ae-242e32cdc049","TaskGroup":"multi"}]"#;
const ALLOC: &str = r#"{"ID":"97a44980-50a5-5b63-38ae-242e32cdc049","TaskGroup":"multi","Job":{"TaskGroups":[
    {"Name":"multi","Tasks":[{"Name":"prep"},{"Name":"main"}]}]}}"#;

#[test]
fn logs_are_copied_and_their_end_is_cut_by_lines() {
    let id = "97a44980-50a5-5b63-38ae-242e32cdc049";
    let logs = format!("GET /v1/client/fs/logs/{id}");
    let info = format!("GET /v1/allocation/{id}");
    let agent = Agent::start(&[
        ("GET /v1/allocations", 200, ALLOCS),
        (&info, 200, ALLOC),
        (&logs, 200, r#"{"Data":"bGluZSAxCmxpbmUgMgps"}{}{"Data":"aW5lIDMK"}"#),
    ]);
    let logs = |words: &[&str]| {
        let words: Vec<&str> =
            ["alloc", "logs", "-address", &agent.address].iter().chain(words).copied().collect();
        let ran = run(&words);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{words:?}");
        ran.out
    };
    assert_eq!(logs(&["-task", "main", "97a44980"]), "line 1\nline 2\nline 3\n");
    assert_eq!(logs(&["-stderr", "97a44980", "prep"]), "line 1\nline 2\nline 3\n");
    assert!(
        agent.asked().last().unwrap().contains("task=prep&type=stderr&origin=start&offset=0&follow=false")
    );
    let ran = run(&["alloc", "logs", "-address", &agent.address, "97a44980"]);
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (
            1,
            "Failed to validate task: Allocation \"97a44980\" is running the following tasks:\n  * prep\n  * \
             main\n\nPlease specify the task.\n"
        )
    );
}

#[test]
fn several_allocations_are_listed_with_exit_0_and_none_is_an_error() {
    let two = r#"[{"ID":"c0c23065-0"},{"ID":"c0fe3c5b-0"}]"#;
    let agent = Agent::start(&[("GET /v1/allocations", 200, two)]);
    let ran = run(&["alloc", "status", "-address", &agent.address, "c0"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.starts_with("Prefix matched multiple allocations\n\nID        Node ID"), "{}", ran.out);
    let agent = Agent::start(&[("GET /v1/allocations", 200, "null")]);
    let ran = run(&["alloc", "status", "-address", &agent.address, "ffffffff"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, "No allocation(s) with prefix or id \"ffffffff\" found\n"));
}

#[test]
fn pages_say_how_to_get_the_next_one_and_templates_work() {
    let agent =
        Agent::start(&[("GET /v1/nodes", 200, r#"[{"ID":"0d9bcedd-1","Name":"n1","Status":"ready"}]"#)]);
    let ran = run(&["node", "status", "-quiet", "-address", &agent.address]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "0d9bcedd-1\n"));
    let ran =
        run(&["node", "status", "-t", "{{range .}}{{.Name}}={{.Status}}{{end}}", "-address", &agent.address]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "n1=ready\n"));
    let ran = run(&["node", "status", "-t", "{{.Name", "-address", &agent.address]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.starts_with("Error formatting the data: template: "), "{}", ran.err);
}

#[test]
fn any_request_can_be_sent_and_any_status_is_exit_0() {
    let agent =
        Agent::start(&[("POST /v1/status/leader", 405, "Invalid method"), ("GET /v1/jobs", 200, "[]")]);
    let ran = run(&["operator", "api", "-address", &agent.address, "/v1/status/leader"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "Invalid method"));
    let ran = run(&["operator", "api", "-X", "get", "-address", &agent.address, "v1/jobs"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "[]"));
    let ran = run(&["operator", "api", "-dryrun", "-X", "GET", "-address", &agent.address, "/v1/jobs"]);
    assert_eq!(ran.out, format!("curl -X GET {}/v1/jobs\n", agent.address));
}

#[test]
fn certificates_are_made_described_and_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let run_in = |words: &[&str]| {
        std::process::Command::new(env!("CARGO_BIN_EXE_nomadctl"))
            .args(words)
            .current_dir(folder.path())
            .env_clear()
            .output()
            .unwrap()
    };
    assert!(run_in(&["tls", "ca", "create"]).status.success());
    assert!(!run_in(&["tls", "ca", "create"]).status.success());
    let made = run_in(&["tls", "cert", "create", "-server", "-region", "eu"]);
    assert_eq!(
        String::from_utf8(made.stdout).unwrap(),
        "==> Server Certificate saved to eu-server-nomad.pem\n==> Server Certificate key saved to \
         eu-server-nomad-key.pem\n"
    );
    let told = String::from_utf8(run_in(&["tls", "cert", "info", "eu-server-nomad.pem"]).stdout).unwrap();
    assert!(told.contains("DNS Names     = server.eu.nomad, localhost\n"), "{told}");
    assert!(!run_in(&["tls", "cert", "create"]).status.success());
    assert!(run_in(&["job", "init", "-short"]).status.success());
    let job = run_in(&["job", "run", "-output", "example.nomad.hcl"]);
    assert!(job.status.success(), "{}", String::from_utf8_lossy(&job.stderr));
}
