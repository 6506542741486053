//! Jobs as text: `job inspect -hcl` and `job init`.

use expect_test::expect;

use crate::agent::Agent;
use crate::run;

const STUBS: &str = r#"[{"ID":"web","Namespace":"default"}]"#;
const JOB: &str = r#"{"ID":"web","Name":"web","Namespace":"default","Type":"service","Version":3,"Status":"running",
    "SubmitTime":1,"TaskGroups":[{"Name":"g","Count":2,"Tasks":[{"Name":"t","Driver":"raw_exec","KillTimeout":5000000000,
    "Config":{"command":"echo","args":["${NOMAD_PORT_http}","${x y}"]}}]}]}"#;

/// Prints job `web` as HCL, when the agent answers so for its source.
fn inspected(status: u16, submission: &str) -> String {
    let agent = Agent::start(&[
        ("GET /v1/jobs", 200, STUBS),
        ("GET /v1/job/web", 200, JOB),
        ("GET /v1/job/web/submission", status, submission),
    ]);
    let ran = run(&["job", "inspect", "-hcl", "-address", &agent.address, "web"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    ran.out
}

#[test]
fn a_job_is_printed_as_it_was_submitted() {
    let source = r##"{"Source":"# mine\njob \"web\" {\n}\n","Format":"hcl2"}"##;
    assert_eq!(inspected(200, source), "# mine\njob \"web\" {\n}\n\n");
}

#[test]
fn a_job_without_source_is_written_as_hcl() {
    let written = inspected(404, "job source not found");
    expect![[r#"
        job "web" {
          group "g" {
            count = 2

            task "t" {
              driver = "raw_exec"

              config {
                command = "echo"
                args    = ["${NOMAD_PORT_http}", "$${x y}"]
              }
            }
          }
        }
    "#]]
    .assert_eq(&written);
    assert_eq!(inspected(200, r#"{"Source":"{}","Format":"json"}"#), written);
}

#[test]
fn an_example_is_written_once_and_its_templates_come_from_variables() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.nomad.hcl");
    let path = path.to_str().unwrap();
    let written = |words: &[&str]| {
        let ran = run(&[&["job", "init"], words, &[path]].concat());
        let text = std::fs::read_to_string(path).unwrap_or_default();
        (ran, text)
    };
    let (ran, text) = written(&[]);
    assert_eq!((ran.code, ran.out), (0, format!("Example job file written to {path}\n")));
    assert!(text.contains("# A job says what should run."), "{text}");
    let (ran, _) = written(&["-short"]);
    assert_eq!((ran.code, ran.err), (1, format!("Job file {path:?} already exists\n")));

    let agent = Agent::start(&[
        ("GET /v1/vars", 200, r#"[{"Path":"nomad/job-templates/web"},{"Path":"nomad/job-templates/etl"}]"#),
        ("GET /v1/var/nomad/job-templates/web", 200, r#"{"Items":{"template":"job \"w\" {}\n"}}"#),
        ("GET /v1/var/nomad/job-templates/none", 404, "variable not found"),
    ]);
    let ran = run(&["job", "init", "-address", &agent.address, "-list-templates"]);
    assert_eq!(ran.out, "Templates for 'job init -template=<name>':\nweb\netl\n");
    std::fs::remove_file(path).unwrap();
    let (ran, text) = written(&["-address", &agent.address, "-template=web"]);
    assert_eq!((ran.code, text.as_str()), (0, "job \"w\" {}\n"));
    let (ran, _) = written(&["-address", &agent.address, "-template=none"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.starts_with("There is no variable \"nomad/job-templates/none\"\n"), "{}", ran.err);
}
