//! `job validate` on files with mistakes.

use expect_test::expect;
use nomadctl::Environment;

use crate::{golden, run_with};

#[test]
fn five_mistakes_are_five_located_messages() {
    let ran =
        run_with(&["job", "validate", "-"], Environment::default(), &golden("files/five-mistakes.nomad.hcl"));
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    expect![[r#"
        Error getting job struct: Error parsing job file from -:
        -:2,3-6: Unsupported argument; An argument named "typ" is not expected here. Did you mean "type"?
        -:5,14-18: Unsuitable value type; Unsuitable value: a number is required
        -:8,21-24: Unsupported argument; An argument named "too" is not expected here. Did you mean "to"?
        -:20,21-26: Unsupported attribute; This object does not have an attribute named "cpus".
        -:23,23-32: Unsuitable value type; Unsuitable duration value: time: unknown unit " seconds" in duration "5 seconds"

        error: Unsupported argument
         --> -:2:3
          |
        2 |   typ = "service"
          |   ^^^ not expected here
          |
          = help: did you mean "type"?

        error: Unsuitable value type
         --> -:5:14
          |
        5 |     count = "many"
          |              ^^^^ expected a number
          |
          = note: Unsuitable value: a number is required

        error: Unsupported argument
         --> -:8:21
          |
        8 |       port "http" { too = 8080 }
          |                     ^^^ not expected here
          |
          = help: did you mean "to"?

        error: Unsupported attribute
          --> -:20:21
           |
        20 |         cpu    = var.cpus
           |                     ^^^^^ This object does not have an attribute named "cpus".

        error: Unsuitable value type
          --> -:23:23
           |
        23 |       kill_timeout = "5 seconds"
           |                       ^^^^^^^^^ Unsuitable duration value: time: unknown unit " seconds" in duration "5 seconds"
           |
           = help: a duration is a number and a unit, such as "30s", "5m" or "1h30m"
    "#]].assert_eq(&ran.err);
    assert_eq!(ran.err.matches("\nerror: ").count(), 5);
}

#[test]
fn without_an_agent_the_whole_job_is_checked_here() {
    let checked = |text: &str| {
        // Port 1 of the loopback address: nobody listens there.
        run_with(&["job", "validate", "-address=http://127.0.0.1:1", "-"], Environment::default(), text)
    };
    let ran = checked("job \"j\" {\n  priority = 200\n  group \"g\" {\n    count = -1\n  }\n}\n");
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("The drivers' configuration was not validated."), "{}", ran.err);
    let verdict = ran.err.split_once("Job validation errors:\n").unwrap().1;
    for problem in ["Task group count can't be negative", "job priority must be between [1, 100]"] {
        assert!(verdict.contains(problem), "{verdict}");
    }
    let warned = "job \"j\" {\n  group \"g\" {\n    service {\n      port = \"1\"\n    }\n    task \"t\" {\n      \
                  driver = \"raw_exec\"\n      config {\n        command = \"true\"\n      }\n    }\n  }\n}\n";
    let ran = checked(warned);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.starts_with("Job Warnings:\n"), "{}", ran.out);
    assert!(ran.out.ends_with("Job validation successful\n"), "{}", ran.out);
}
