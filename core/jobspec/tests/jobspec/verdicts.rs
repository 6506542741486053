//! What is wrong with a job and what is doubtful, rule by rule.

use std::fmt::Write;

use expect_test::expect;
use jobspec::{Format, Inputs, Limits, Source, parse};
use model::{Job, JobDraft};

pub(crate) fn draft(text: &str) -> Result<JobDraft, String> {
    let source = Source { file_name: "x".to_owned(), text: text.to_owned(), format: Format::Hcl };
    let parsed = parse(source, &Inputs::default(), None, Limits::default());
    parsed.map(|parsed| parsed.job).map_err(|findings| findings.to_one_line())
}

/// The job with these blocks in it, as a server of the region `global` stores it.
pub(crate) fn admitted(kind: &str, job: &str, group: &str, task: &str) -> Job {
    let text = format!(
        "job \"j\" {{\n  type = \"{kind}\"\n{job}\n  group \"g\" {{\n{group}\n    task \"t\" {{\n      driver = \"raw_exec\"\n{task}\n    }}\n  }}\n}}\n"
    );
    draft(&text).unwrap_or_else(|error| panic!("{error}\n{text}")).admit("global")
}

/// What is wrong with a job, a line for each problem, and what is doubtful.
fn verdict(job: &Job) -> String {
    let report = job.validate();
    let mut out = String::new();
    for line in report.error_text().unwrap_or_default().lines().filter(|line| line.contains("* ")) {
        let last = line.rsplit_once("* ").map_or(line, |(_, text)| text);
        if !last.ends_with("occurred:") {
            writeln!(out, "error: {last}").expect("writing to a string does not fail");
        }
    }
    for warning in &report.warnings {
        writeln!(out, "warning: {warning}").expect("writing to a string does not fail");
    }
    out
}

#[test]
fn rules_of_a_job_are_checked() {
    let mut out = String::new();
    let cases = [
        ("service", "datacenters = [\"\"]", "", ""),
        ("service", "priority = 0", "", ""),
        ("service", "priority = 101", "", ""),
        ("system", "spread {\n attribute = \"${node.datacenter}\"\n}", "count = 2", ""),
        ("system", "", "affinity {\n attribute = \"${node.class}\"\n value = \"a\"\n}", ""),
        ("service", "affinity {\n attribute = \"${node.class}\"\n regexp = \"[\"\n}", "", ""),
        ("service", "affinity {\n attribute = \"${env.class}\"\n operator = \"is_set\"\n}", "", ""),
        ("service", "affinity {\n attribute = \"${node.class}\"\n value = \"a\"\n weight = 101\n}", "", ""),
        ("service", "constraint {\n attribute = \"${node.zone}\"\n value = \"a\"\n}", "", ""),
        ("service", "constraint {\n attribute = \"${attr.v}\"\n version = \"x\"\n}", "", ""),
        (
            "service",
            "constraint {\n attribute = \"${attr.v}\"\n operator = \"is_set\"\n value = \"1\"\n}",
            "",
            "",
        ),
        ("service", "", "", "constraint {\n distinct_hosts = true\n}"),
        ("batch", "", "update {\n}", ""),
        (
            "batch",
            "parameterized {\n payload = \"maybe\"\n meta_required = [\"a\"]\n meta_optional = [\"a\"]\n}",
            "",
            "",
        ),
        ("batch", "periodic {\n crons = [\"0 0 * * *\"]\n time_zone = \"Moon/Base\"\n}", "", ""),
        ("service", "ui {\n link {\n label = \"a\"\n url = \"https://example.invalid\"\n }\n}", "", ""),
    ];
    for (kind, job, group, task) in cases {
        let lines = verdict(&admitted(kind, job, group, task));
        let asked = [job, group, task].concat().replace('\n', " ");
        write!(out, "{kind} {asked}\n{lines}").expect("writing to a string does not fail");
    }
    expect![[r#"
        service datacenters = [""]
        error: Job datacenter must be non-empty string
        service priority = 0
        service priority = 101
        error: job priority must be between [1, 100]
        system spread {  attribute = "${node.datacenter}" }count = 2
        error: System jobs may not have a spread block
        error: Job task group 1 has count 2. Count cannot exceed 1 with system scheduler
        system affinity {  attribute = "${node.class}"  value = "a" }
        error: System jobs may not have an affinity block
        service affinity {  attribute = "${node.class}"  regexp = "[" }
        error: Regular expression failed to compile: regex parse error:
        service affinity {  attribute = "${env.class}"  operator = "is_set" }
        error: Unknown affinity operator "is_set"
        error: Invalid affinity attribute "${env.class}": node, attr, meta and device exist
        service affinity {  attribute = "${node.class}"  value = "a"  weight = 101 }
        error: Affinity weight must be within the range [-100,100]
        service constraint {  attribute = "${node.zone}"  value = "a" }
        error: Invalid constraint attribute "${node.zone}": node, attr, meta and device exist
        service constraint {  attribute = "${attr.v}"  version = "x" }
        error: Version constraint is invalid: Malformed constraint: x
        service constraint {  attribute = "${attr.v}"  operator = "is_set"  value = "1" }
        error: Operator "is_set" does not support an RTarget
        service constraint {  distinct_hosts = true }
        error: Disallowed constraint "distinct_hosts": it must be set on the job or group
        batch update { }
        error: Job type "batch" does not allow update block
        batch parameterized {  payload = "maybe"  meta_required = ["a"]  meta_optional = ["a"] }
        error: Unknown payload requirement: "maybe"
        error: Required and optional meta keys should be disjoint. Following keys exist in both: ["a"]
        batch periodic {  crons = ["0 0 * * *"]  time_zone = "Moon/Base" }
        error: unknown time zone "Moon/Base"
        service ui {  link {  label = "a"  url = "https://example.invalid"  } }
    "#]]
    .assert_eq(&out);
}

/// Types of jobs, and what is in their group.
const GROUPS: &[(&str, &str)] = &[
    ("batch", "max_run_duration = \"0s\""),
    ("service", "max_run_duration = \"1h\""),
    ("service", "shutdown_delay = \"-1s\""),
    ("service", "ephemeral_disk {\n size = 5\n}"),
    ("system", "disconnect {\n stop_on_client_after = \"1m\"\n}"),
    ("service", "disconnect {\n lost_after = \"1m\"\n reconcile = \"newest\"\n}"),
    (
        "service",
        "network {\n mode = \"bridge\"\n port \"a\" {\n static = 80\n ignore_collision = true\n }\n}",
    ),
    (
        "service",
        "network {\n port \"a\" {\n static = 80\n ignore_collision = true\n }\n port \"b\" {\n static = 80\n }\n}",
    ),
    (
        "service",
        "network {\n port \"a\" {\n static = 80\n ignore_collision = true\n }\n port \"b\" {\n static = 80\n ignore_collision = true\n }\n}",
    ),
    ("service", "network {\n mode = \"cni/x\"\n hostname = \"a_b\"\n cni {\n args = { a = \"b;c\" }\n }\n}"),
    ("service", "network {\n mode = \"host2\"\n}"),
    ("service", "restart {\n attempts = 0\n mode = \"delay\"\n}"),
    (
        "service",
        "reschedule {\n attempts = 9223372036854775807\n interval = \"2h\"\n delay = \"5s\"\n unlimited = false\n delay_function = \"fibonacci\"\n max_delay = \"5m\"\n}",
    ),
    ("service", "update {\n canary = 0\n auto_promote = true\n}"),
    (
        "service",
        "update {\n max_parallel = 3\n}\n max_client_disconnect = \"1h\"\n prevent_reschedule_on_lost = true",
    ),
    ("service", "scaling {\n min = 2\n max = 1\n}"),
    (
        "service",
        "volume \"v\" {\n type = \"host\"\n source = \"s\"\n access_mode = \"multi-node-multi-writer\"\n per_alloc = true\n sticky = true\n}",
    ),
    (
        "service",
        "volume \"v\" {\n type = \"csi\"\n source = \"s\"\n access_mode = \"single-node-reader-only\"\n}",
    ),
    (
        "service",
        "service {\n name = \"a\"\n port = \"p\"\n provider = \"nomad\"\n kind = \"gateway\"\n connect {\n }\n}",
    ),
    (
        "service",
        "service {\n name = \"a\"\n provider = \"nomad\"\n address = \"1.2.3.4\"\n address_mode = \"host\"\n check {\n type = \"tcp\"\n port = \"80\"\n interval = \"10s\"\n timeout = \"2s\"\n }\n}",
    ),
    ("service", "consul {\n cluster = \"other\"\n}"),
];

#[test]
fn rules_of_a_group_are_checked() {
    let mut out = String::new();
    for (kind, group) in GROUPS {
        let lines = verdict(&admitted(kind, "", group, ""));
        write!(out, "{kind} {}\n{lines}", group.replace('\n', " "))
            .expect("writing to a string does not fail");
    }
    expect![[r#"
        batch max_run_duration = "0s"
        error: max_run_duration must be greater than zero
        service max_run_duration = "1h"
        error: max_run_duration can only be used with batch or sysbatch jobs
        service shutdown_delay = "-1s"
        error: ShutdownDelay must be a positive value
        service ephemeral_disk {  size = 5 }
        error: minimum DiskMB value is 10; got 5
        error: log storage (100 MB) must be less than requested disk capacity (5 MB)
        system disconnect {  stop_on_client_after = "1m" }
        error: stop_on_client_after can only be used with service and batch jobs
        service disconnect {  lost_after = "1m"  reconcile = "newest" }
        error: Invalid disconnect reconcile option "newest"
        service network {  mode = "bridge"  port "a" {  static = 80  ignore_collision = true  } }
        error: Port a cannot ignore collisions: only in network mode host can it
        service network {  port "a" {  static = 80  ignore_collision = true  }  port "b" {  static = 80  } }
        error: Static port 80 already reserved by a
        service network {  port "a" {  static = 80  ignore_collision = true  }  port "b" {  static = 80  ignore_collision = true  } }
        service network {  mode = "cni/x"  hostname = "a_b"  cni {  args = { a = "b;c" }  } }
        error: hostname is not a valid DNS name: "a_b"
        error: invalid ';' character in CNI arg "a=b;c"
        service network {  mode = "host2" }
        error: Invalid network mode "host2": host, bridge, none and cni/<name> exist
        service restart {  attempts = 0  mode = "delay" }
        error: Restart policy "delay" with 0 attempts is ambiguous
        service reschedule {  attempts = 9223372036854775807  interval = "2h"  delay = "5s"  unlimited = false  delay_function = "fibonacci"  max_delay = "5m" }
        error: Nomad can only make 31 attempts in 2h0m0s with initial delay 5s and delay function "fibonacci"
        service update {  canary = 0  auto_promote = true }
        error: Auto Promote requires a Canary count greater than zero
        service update {  max_parallel = 3 }  max_client_disconnect = "1h"  prevent_reschedule_on_lost = true
        warning: group "g" updates 3 allocations in parallel but has 1: all of them are replaced at once
        warning: group "g": max_client_disconnect is deprecated and ignored; use lost_after in a disconnect block
        warning: group "g": prevent_reschedule_on_lost is deprecated and ignored; use replace in a disconnect block
        service scaling {  min = 2  max = 1 }
        error: Scaling policy invalid: maximum count must not be less than minimum count
        error: Scaling policy invalid: task group count must not be greater than maximum count in scaling policy
        service volume "v" {  type = "host"  source = "s"  access_mode = "multi-node-multi-writer"  per_alloc = true  sticky = true }
        error: host volumes cannot have access mode "multi-node-multi-writer"
        error: volume cannot be per_alloc and sticky
        service volume "v" {  type = "csi"  source = "s"  access_mode = "single-node-reader-only" }
        error: CSI volumes must have an attachment mode
        error: volumes with access mode "single-node-reader-only" must be read-only
        service service {  name = "a"  port = "p"  provider = "nomad"  kind = "gateway"  connect {  } }
        error: Service with provider nomad cannot include Connect blocks
        error: Service kind must be one of api-gateway, ingress-gateway, mesh-gateway, terminating-gateway, not "gateway"
        error: Consul Connect must be exactly one of native, sidecar_service and gateway
        warning: group "g" defines services, but neither the group nor any of its tasks have shutdown_delay set
        service service {  name = "a"  provider = "nomad"  address = "1.2.3.4"  address_mode = "host"  check {  type = "tcp"  port = "80"  interval = "10s"  timeout = "2s"  } }
        error: Service address_mode must be "auto" if address is set, not "host"
        error: Check service: "a" check invalid: a port that is a number needs address_mode = "driver"
        warning: group "g" defines services, but neither the group nor any of its tasks have shutdown_delay set
        service consul {  cluster = "other" }
    "#]].assert_eq(&out);
}

#[test]
fn rules_of_a_task_are_checked() {
    let mut out = String::new();
    let cases = [
        "kill_timeout = \"20m\"",
        "resources {\n cpu = 0\n memory = 5\n secrets = 10\n}",
        "resources {\n cores = 2\n memory_max = -1\n disk = 5\n iops = 3\n}",
        "resources {\n device \"a//b\" {\n }\n numa {\n affinity = \"require\"\n }\n}",
        "logs {\n max_files = 0\n max_file_size = 0\n}",
        "template {\n data = \"x\"\n destination = \"../../x\"\n perms = \"0888\"\n change_mode = \"script\"\n wait {\n min = \"2s\"\n max = \"1s\"\n }\n}",
        "template {\n data = \"x\"\n destination = \"local/x\"\n env = true\n change_mode = \"signal\"\n}",
        "artifact {\n source = \"https://example.invalid/a\"\n options {\n checksum = \"md5:zz\"\n }\n}",
        "volume_mount {\n volume = \"v\"\n}",
        "csi_plugin {\n id = \"\"\n type = \"disk\"\n mount_dir = \"/csi\"\n stage_publish_base_dir = \"/csi/x\"\n}",
        "identity {\n name = \"a\"\n filepath = \"x\"\n change_mode = \"noop\"\n change_signal = \"SIGHUP\"\n ttl = \"-1s\"\n}",
        "secret \"a-b\" {\n provider = \"vault\"\n path = \"\"\n}",
        "action \"a\" {\n}",
        "vault {\n cluster = \"other\"\n}",
        "lifecycle {\n hook = \"before\"\n}",
        "schedule {\n cron {\n start = \"0 0 8 * * *\"\n end = \"0 9\"\n }\n}",
    ];
    for task in cases {
        let lines = verdict(&admitted("service", "", "", task));
        write!(out, "{}\n{lines}", task.replace('\n', " ")).expect("writing to a string does not fail");
    }
    expect![[r#"
        kill_timeout = "20m"
        error: KillTimeout (20m0s) longer than the group's ProgressDeadline (10m0s)
        resources {  cpu = 0  memory = 5  secrets = 10 }
        error: minimum CPU value is 1; got 0
        error: minimum MemoryMB value is 10; got 5
        error: SecretsMB value (10) cannot exceed MemoryMB value (5)
        resources {  cores = 2  memory_max = -1  disk = 5  iops = 3 }
        error: Task can't ask for disk resources, they have to be specified at the task group level.
        warning: group "g" task "t": iops is deprecated; it is ignored
        warning: Memory oversubscription is not enabled; Task "g.t" memory_max value will be ignored. Update the Scheduler Configuration to allow oversubscription.
        resources {  device "a//b" {  }  numa {  affinity = "require"  } }
        error: numa scheduling requires Nomad Enterprise
        error: device name must be given as one of the following: type, vendor/type, or vendor/type/name
        logs {  max_files = 0  max_file_size = 0 }
        error: minimum number of files is 1; got 0
        error: minimum file size is 1MB; got 0
        template {  data = "x"  destination = "../../x"  perms = "0888"  change_mode = "script"  wait {  min = "2s"  max = "1s"  } }
        error: destination escapes allocation directory
        error: must specify change script configuration value when change mode is script
        error: Failed to parse "0888" as octal: strconv.ParseUint: parsing "0888": invalid syntax
        error: wait min must not be greater than its max
        template {  data = "x"  destination = "local/x"  env = true  change_mode = "signal" }
        error: Must specify signal value when change mode is signal
        error: cannot use signals with env var templates
        artifact {  source = "https://example.invalid/a"  options {  checksum = "md5:zz"  } }
        error: invalid checksum "md5:zz"
        volume_mount {  volume = "v" }
        error: Volume Mount (0) references undefined volume v
        csi_plugin {  id = ""  type = "disk"  mount_dir = "/csi"  stage_publish_base_dir = "/csi/x" }
        error: CSIPluginConfig must have a non-empty PluginID
        error: CSIPluginConfig PluginType must be one of 'node', 'controller', or 'monolith', got: "disk"
        error: CSIPluginConfig StagePublishBaseDir must not be a subdirectory of MountDir
        identity {  name = "a"  filepath = "x"  change_mode = "noop"  change_signal = "SIGHUP"  ttl = "-1s" }
        error: change_signal may only be used with change_mode="signal"
        error: ttl must be >= 0
        error: filepath needs file = true
        warning: Group "g" has warnings: 1 error occurred:
        	* Task "t" has warnings: 1 error occurred:
        	* 1 error occurred:
        	* Identity[a] identities without an audience are insecure
        secret "a-b" {  provider = "vault"  path = "" }
        error: secret name "a-b" must be letters, digits and underscores
        error: secret "a-b" must have a path
        error: secret "a-b" has provider "vault" but its task has no vault block
        action "a" { }
        error: command cannot be empty
        vault {  cluster = "other" }
        error: Vault "other" not enabled but used in the job
        lifecycle {  hook = "before" }
        error: Lifecycle validation failed: invalid hook: before
        schedule {  cron {  start = "0 0 8 * * *"  end = "0 9"  } }
        error: task schedules requires Nomad Enterprise
    "#]].assert_eq(&out);
}
