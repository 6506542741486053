//! Jobs to HCL: how the text looks.

use expect_test::{Expect, expect};
use jobspec::{Format, Inputs, Limits, Source, parse, shorten, write_job};
use model::JobDraft;

fn draft(text: &str, format: Format) -> JobDraft {
    let source = Source { file_name: "x".to_owned(), text: text.to_owned(), format };
    parse(source, &Inputs::default(), None, Limits::default()).expect("accepted").job
}

/// Compares the HCL of a job in the API's JSON, and reads it back.
fn check(json: &str, want: Expect) {
    let job = draft(json, Format::ApiJson);
    let text = write_job(&job).expect("written");
    want.assert_eq(&text);
    draft(&text, Format::Hcl);
}

#[test]
fn attributes_come_first_then_blocks_under_the_names_of_job_files() {
    check(
        r#"{"ID": "web", "Name": "Web", "Type": "service", "Datacenters": ["dc1"], "Version": 3, "Status": "running",
            "Meta": {"owner": "front"},
            "TaskGroups": [{"Name": "g", "Count": 2, "MaxRunDuration": 5400000000000,
              "EphemeralDisk": {"SizeMB": 300},
              "Networks": [{"Mode": "bridge", "ReservedPorts": [{"Label": "admin", "Value": 8080}],
                "DynamicPorts": [{"Label": "http", "To": -1}]}],
              "Volumes": {"data": {"Name": "data", "Type": "host", "Source": "disk"}},
              "Tasks": [{"Name": "t", "Driver": "raw_exec", "Config": {"command": "/bin/sh", "args": ["-c", "true"]},
                "Resources": {"CPU": 100, "MemoryMB": 64},
                "LogConfig": {"MaxFiles": 3, "MaxFileSizeMB": 5},
                "ScalingPolicies": [{"Type": "vertical_mem", "Max": 5}],
                "Identities": [{"Name": "api", "Audience": ["x"]}]}]}]}"#,
        expect![[r#"
            job "web" {
              name        = "Web"
              type        = "service"
              datacenters = ["dc1"]

              group "g" {
                count            = 2
                max_run_duration = "1h30m"

                task "t" {
                  driver = "raw_exec"

                  config {
                    command = "/bin/sh"
                    args    = ["-c", "true"]
                  }

                  resources {
                    cpu    = 100
                    memory = 64
                  }

                  logs {
                    max_files     = 3
                    max_file_size = 5
                  }

                  scaling "mem" {
                    max = 5
                  }

                  identity {
                    name = "api"
                    aud  = ["x"]
                  }
                }

                volume "data" {
                  type   = "host"
                  source = "disk"
                }

                ephemeral_disk {
                  size = 300
                }

                network {
                  mode = "bridge"

                  port "admin" {
                    static = 8080
                  }

                  port "http" {
                    to = -1
                  }
                }
              }

              meta {
                owner = "front"
              }
            }
        "#]],
    );
}

#[test]
fn references_of_run_time_stay_and_other_templates_are_escaped() {
    check(
        r#"{"ID": "a${x}", "Meta": {
            "a": "${node.class} ${attr[\"cpu.arch\"]} ${NOMAD_PORT_http}",
            "b": "${var.x} ${1 + 1} ${ node.class } %{ if x }",
            "c": "$${x} 100%%{ $$ %%",
            "d.e": "\t\"\\ é \u0007"}}"#,
        expect![[r#"
            job "a\u0024{x}" {
              meta = {
                a     = "${node.class} ${attr["cpu.arch"]} ${NOMAD_PORT_http}"
                b     = "$${var.x} $${1 + 1} $${ node.class } %%{ if x }"
                c     = "\u0024${x} 100\u0025%%{ $$ %%"
                "d.e" = "\t\"\\ é \u0007"
              }
            }
        "#]],
    );
}

#[test]
fn whole_lines_become_heredocs_where_that_is_safe() {
    check(
        r#"{"ID": "a", "TaskGroups": [{"Name": "g", "Tasks": [{"Name": "t", "Templates": [
            {"EmbeddedTmpl": "a = 1\n\"b\" \\ ${node.class} ${var.x}\n"},
            {"EmbeddedTmpl": "EOT\nx\n"}, {"EmbeddedTmpl": "no\nend"}, {"EmbeddedTmpl": "a\n$${b}\n"}]}]}]}"#,
        expect![[r#"
            job "a" {
              group "g" {
                task "t" {
                  template {
                    data = <<EOT
            a = 1
            "b" \ ${node.class} $${var.x}
            EOT
                  }

                  template {
                    data = <<END
            EOT
            x
            END
                  }

                  template {
                    data = "no\nend"
                  }

                  template {
                    data = "a\n\u0024${b}\n"
                  }
                }
              }
            }
        "#]],
    );
}

#[test]
fn free_form_blocks_are_blocks_where_they_are_read_the_same() {
    check(
        r#"{"ID": "a", "TaskGroups": [{"Name": "g", "Tasks": [{"Name": "t", "Config": {
            "image": "x", "none": null, "ratio": 0.5, "auth": [{"user": "u"}],
            "mounts": [{"type": "bind", "options": {"a.b": 1}}], "labels": [{"a.b": "c"}], "empty": []}}]}]}"#,
        expect![[r#"
            job "a" {
              group "g" {
                task "t" {
                  config {
                    image = "x"
                    ratio = 0.5
                    mounts = [{
                      type = "bind"
                      options = {
                        "a.b" = 1
                      }
                    }]
                    labels = [{
                      "a.b" = "c"
                    }]
                    empty = []

                    auth {
                      user = "u"
                    }
                  }
                }
              }
            }
        "#]],
    );
}

#[test]
fn a_stored_job_is_shortened_to_what_its_file_said() {
    let text = r#"job "web" {
  group "g" {
    task "t" {
      driver = "raw_exec"
      user   = "nobody"

      config {
        command = "true"
      }

      resources {
        memory = 64
      }
    }

    service {
      port     = "http"
      provider = "nomad"

      check {
        type     = "http"
        path     = "/"
        interval = "10s"
        timeout  = "2s"
      }
    }
  }
}
"#;
    let stored = draft(text, Format::Hcl).admit("global");
    let whole = JobDraft::from_json(&stored.to_json()).expect("a job");
    assert!(write_job(&whole).expect("written").lines().count() > 100);
    assert_eq!(write_job(&shorten(&whole)).expect("written"), text);
}

#[test]
fn what_hcl_cannot_say_is_named() {
    let job = r#"{"ID": "a", "TaskGroups": [{"Tasks": [{"Config": {"a.b": 1}}]}]}"#;
    let error = write_job(&draft(job, Format::ApiJson)).expect_err("no way");
    assert_eq!(error.to_string(), "HCL has no way to write the key \"a.b\" of config");
}
