//! What blocks mean: what they become, where they reach, and what a server adds to them.

use std::fmt::Write;

use expect_test::expect;

use super::verdicts::{admitted, draft};

#[test]
fn a_server_adds_defaults_names_and_constraints() {
    let job = admitted(
        "service",
        "priority = 0",
        "service {\n name = \"${JOB}-${TASKGROUP}\"\n provider = \"nomad\"\n port = \"1\"\n check {\n type = \"tcp\"\n interval = \"10s\"\n timeout = \"2s\"\n }\n}",
        "kill_signal = \"SIGUSR1\"\n template {\n data = \"x\"\n destination = \"local/x\"\n change_mode = \"signal\"\n change_signal = \"sighup\"\n}\n identity {\n name = \"aws\"\n aud = [\"a\"]\n change_mode = \"signal\"\n change_signal = \"sigint\"\n}\n service {\n name = \"${BASE}-${TASK}-${NOMAD_ALLOC_INDEX}\"\n provider = \"nomad\"\n}",
    );
    let group = &job.task_groups[0];
    let mut out = format!("{} {:?} {}\n", job.priority, job.datacenters, job.node_pool);
    for constraint in &group.constraints {
        let line =
            [&constraint.ltarget, &constraint.operand, &constraint.rtarget].map(String::as_str).join(" ");
        writeln!(out, "{line}").expect("writing to a string does not fail");
    }
    for service in group.services.iter().chain(&group.tasks[0].services) {
        let checks: Vec<&str> = service.checks.iter().map(|check| check.name.as_str()).collect();
        writeln!(out, "{} {} {checks:?}", service.name, service.namespace)
            .expect("writing to a string does not fail");
    }
    for identity in group.tasks[0].identity.iter().chain(&group.tasks[0].identities) {
        writeln!(out, "{} {:?} {}", identity.name, identity.audience, identity.change_signal)
            .expect("writing to a string does not fail");
    }
    expect![[r#"
        50 ["*"] default
        ${attr.os.signals} set_contains SIGHUP,SIGINT,SIGUSR1
        ${attr.nomad.service_discovery} = true
        ${attr.nomad.version} semver >= 1.4.0
        ${attr.nomad.version} semver >= 1.7.0-a
        j-g default ["service: \"j-g\" check"]
        j-g-t-t-${NOMAD_ALLOC_INDEX} default []
        default ["nomadproject.io"] 
        aws ["a"] SIGINT
    "#]]
    .assert_eq(&out);
}

#[test]
fn blocks_without_a_schema_become_lists_and_labels_nested_maps() {
    let text = r#"job "j" {
  task "t" {
    driver = "docker"
    config {
      image  = "a"
      number = 1.0
      half   = 0.5
      object = { a = 1, b = { c = true }, n = null }
      list   = [{ a = 1 }, "x"]
      mount { target = "/a" }
      mount { target = "/b" }
      labelled "x" "y" { z = 1 }
      dynamic "port" {
        for_each = { http = 80 }
        iterator = it
        labels   = [it.key]
        content { value = it.value }
      }
    }
  }
}
"#;
    let groups = draft(text).expect("accepted").task_groups.expect("groups");
    let tasks = groups[0].tasks.as_ref().expect("tasks");
    let config = &tasks[0].config.as_ref().expect("config").0;
    let shown = serde_json::to_string(config).expect("JSON");
    expect![[r#"{"image":"a","number":1,"half":0.5,"object":[{"a":1,"b":[{"c":true}]}],"list":[{"a":1},"x"],"labelled":[{"x":[{"y":[{"z":1}]}]}],"mount":[{"target":"/a"},{"target":"/b"}],"port":[{"http":[{"value":80}]}]}"#]].assert_eq(&shown);
}

#[test]
fn blocks_of_a_job_reach_its_groups_and_tasks() {
    let text = r#"job "j" {
  update { max_parallel = 3 }
  reschedule { delay = "40s" }
  migrate { max_parallel = 2 }
  vault { role = "job" }
  secret "s" {
    provider = "nomad"
    path     = "a"
  }
  task "lone" { driver = "raw_exec" }
  group "g" {
    restart { attempts = 5 }
    update { canary = 1 }
    vault { role = "group" }
    task "a" { driver = "raw_exec" }
    task "b" {
      driver = "raw_exec"
      vault { role = "own" }
      restart { delay = "1s" }
      kill_timeout = 5000000000
    }
  }
}
"#;
    let mut job = draft(text).expect("accepted");
    job.canonicalise();
    let mut out = String::new();
    for group in job.resolve().task_groups {
        let (update, restart) = (group.update.expect("update"), group.restart.expect("restart"));
        let (reschedule, migrate) = (group.reschedule.expect("reschedule"), group.migrate.expect("migrate"));
        writeln!(
            out,
            "{}: update {} {} reschedule {} {} migrate {} restart {} {}",
            group.name,
            update.max_parallel,
            update.canary,
            reschedule.delay,
            reschedule.delay_function,
            migrate.max_parallel,
            restart.attempts,
            restart.delay
        )
        .expect("writing to a string does not fail");
        for task in group.tasks {
            let restart = task.restart.expect("restart");
            let vault = task.vault.map(|vault| vault.role);
            let secrets = task.secrets.len();
            writeln!(
                out,
                "  {}: vault {vault:?} secrets {secrets} restart {} {} kill {}",
                task.name, restart.attempts, restart.delay, task.kill_timeout
            )
            .expect("writing to a string does not fail");
        }
    }
    expect![[r#"
        lone: update 3 0 reschedule 40s exponential migrate 2 restart 2 15s
          lone: vault Some("job") secrets 1 restart 2 15s kill 5s
        g: update 3 1 reschedule 40s exponential migrate 2 restart 5 15s
          a: vault Some("group") secrets 1 restart 5 15s kill 5s
          b: vault Some("own") secrets 1 restart 5 1s kill 5s
    "#]]
    .assert_eq(&out);
}
