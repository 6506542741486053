//! Pages of recorded answers.

use std::collections::BTreeMap;

use api::view::{AllocView, DeploymentView, EvalView, JobStub, JobSummary, JobView, NodeStub, NodeView};
use expect_test::expect;
use nomadctl::format::{Clock, Length};
use nomadctl::show;

use crate::{answer, golden, recorded_stdout};

fn clock() -> Clock {
    Clock::fixed(crate::NOW_NS)
}

#[test]
fn a_deployment_reads_as_nomad_shows_it() {
    let text = show::deployment_block(&answer("deployment-web"), &clock(), Length::Short);
    assert_eq!(text, recorded_stdout(&golden("texts/deployment-status.txt")));
}

#[test]
fn a_blocked_job_reads_as_nomad_shows_it() {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Recorded {
        summary: JobSummary,
        latest_deployment: Option<DeploymentView>,
        evaluations: Vec<EvalView>,
    }
    let [recorded]: [Recorded; 1] = answer("job-too-big-page");
    let page = show::JobPage {
        job: answer::<JobView>("job-too-big"),
        summary: recorded.summary,
        deployment: recorded.latest_deployment,
        evals: recorded.evaluations,
        ..show::JobPage::default()
    };
    // The job was read before its allocations were tried.
    let text = show::job_status(&page, &clock(), Length::Short).replace("pending", "running");
    assert_eq!(text, recorded_stdout(&golden("texts/job-status-blocked.txt")));
}

#[test]
fn servers_and_voters_read_as_nomad_shows_them() {
    let leaders = BTreeMap::from([("global".to_owned(), "127.0.0.1:4647".to_owned())]);
    let text = show::members(&answer("agent-members"), &leaders, false);
    assert_eq!(text, recorded_stdout(&golden("texts/server-members.txt")));
    let text = show::raft_peers(&answer("operator-raft-config"));
    assert_eq!(text, recorded_stdout(&golden("texts/raft-list.txt")));
}

#[test]
fn measurements_of_an_agent_are_sorted_and_indented() {
    let text = show::agent_info(&answer("agent-self"));
    let keys = |text: &str| {
        text.lines().map(|line| line.split(" = ").next().unwrap().to_owned()).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(keys(&text), keys(&recorded_stdout(&golden("texts/agent-info.txt"))));
}

#[test]
fn jobs_are_listed_with_their_kind() {
    let jobs: Vec<JobStub> = answer("jobs-list");
    let text = show::job_list(&jobs, &clock(), false);
    let head: Vec<&str> = text.lines().take(9).collect();
    expect![[r#"
        ID                                   Type                 Priority  Status          Submit Date
        batch-fail                           batch                50        dead            2026-11-22T15:49:14Z
        batch-ok                             batch                50        dead            2026-11-22T15:49:14Z
        broken-svc                           service              50        dead            2026-11-22T15:49:15Z
        canary-app                           service              50        running         2026-11-22T15:49:28Z
        gpu-train                            batch                80        pending         2026-11-22T15:49:15Z
        monitor-sys                          system               50        running         2026-11-22T15:49:14Z
        nightly-report                       batch/periodic       50        running         2026-11-22T15:49:15Z
        nightly-report/periodic-1795362561   batch                50        dead            2026-11-22T15:49:21Z"#]].assert_eq(&head.join("\n"));
    let first = show::job_list(&jobs, &clock(), true);
    let columns: Vec<&str> = first.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(columns, ["ID", "Namespace", "Type", "Priority", "Status", "Submit", "Date"]);
    assert_eq!(show::job_list(&[], &clock(), false), "No running jobs");
}

#[test]
fn a_template_says_what_a_dispatch_must_give() {
    let job: JobView = serde_json::from_str(
        r#"{"ID":"resize","Type":"batch","ParameterizedJob":
        {"Payload":"optional","MetaRequired":["size"],"MetaOptional":["format","name"]}}"#,
    )
    .unwrap();
    let page = show::JobPage { job, ..show::JobPage::default() };
    let text = show::job_status(&page, &clock(), Length::Short);
    let start = text.find("Parameterized Job").unwrap();
    expect![[r#"
        Parameterized Job
        Payload           = optional
        Required Metadata = size
        Optional Metadata = format, name

        Children Job Summary
        Pending  Running  Dead
        0        0        0

        No dispatched instances of parameterized job found"#]]
    .assert_eq(&text[start..]);
}

#[test]
fn processors_and_disks_of_a_host_are_shown_on_request() {
    let page = |stats| show::NodePage {
        node: answer::<NodeView>("node"),
        host: Some(answer("client-stats")),
        stats,
        ..show::NodePage::default()
    };
    let text = show::node_status(&page(true), &clock(), Length::Short);
    let start = text.find("CPU Stats").unwrap();
    let end = text.find("\n\nAllocations").unwrap();
    expect![[r#"
        CPU Stats
        CPU   User   System  Idle
        cpu0  0.00%  0.00%   100.00%
        cpu1  0.00%  0.00%   100.00%

        Memory Stats
        Total     = 24 GiB
        Available = 23 GiB
        Used      = 595 MiB
        Free      = 22 GiB

        Disk Stats
        Device    Mount Point  Size     Used    Available  Used Percent  Inodes Percent
        /dev/vda  /            252 GiB  18 GiB  73 GiB     19.52%        3.42%
        /dev/vda  /run/netns   252 GiB  18 GiB  73 GiB     19.52%        3.42%"#]]
    .assert_eq(&text[start..end]);
    assert!(!show::node_status(&page(false), &clock(), Length::Short).contains("CPU Stats"));
}

#[test]
fn memory_and_processors_of_tasks_are_shown_on_request() {
    let cpu = r#"{"Percent":12.5,"SystemMode":2.5,"UserMode":10.0,"ThrottledPeriods":3,
        "ThrottledTime":1500000000,"Measured":["Percent","System Mode","User Mode","Throttled Periods","Throttled Time"]}"#;
    let memory = r#"{"RSS":22937600,"Swap":0,"Measured":["RSS","Swap"]}"#;
    let parts = format!(r#"{{"CpuStats":{cpu},"MemoryStats":{memory}}}"#);
    let usage = format!(r#"{{"ResourceUsage":{parts},"Tasks":{{"server":{{"ResourceUsage":{parts}}}}}}}"#);
    let page = |stats| show::AllocPage {
        alloc: answer::<AllocView>("alloc-web"),
        usage: Some(serde_json::from_str(&usage).unwrap()),
        stats,
        ..show::AllocPage::default()
    };
    let text = show::alloc_status(&page(true), &clock(), Length::Short);
    let start = text.find("Memory Stats").unwrap();
    let end = text.find("\n\nTask Events").unwrap();
    expect![[r#"
        Memory Stats
        RSS     Swap
        22 MiB  0 B

        CPU Stats
        Percent  User Mode  System Mode  Throttled Periods  Throttled Time
        12.50%   10.00%     2.50%        3                  1.5s"#]]
    .assert_eq(&text[start..end]);
    assert!(!show::alloc_status(&page(false), &clock(), Length::Short).contains("Memory Stats"));
}

#[test]
fn a_failed_allocation_shows_what_happened() {
    let page =
        show::AllocPage { alloc: answer::<AllocView>("alloc-batch-fail"), ..show::AllocPage::default() };
    expect![[r#"
        ID                   = f2279ffc-8954-7bb8-adc4-fa572f787961
        Eval ID              = 38082773
        Name                 = batch-fail.work[0]
        Node ID              = 0d9bcedd
        Node Name            = golden-1
        Job ID               = batch-fail
        Job Version          = 0
        Client Status        = failed
        Client Description   = Failed tasks
        Desired Status       = stop
        Desired Description  = <none>
        Created              = 20m45s ago
        Modified             = 20m38s ago
        Replacement Alloc ID = 928a295b

        Task "crash" is "dead"
        Task Resources:
        CPU     Memory  Disk     Addresses
        20 MHz  16 MiB  300 MiB

        Task Events:
        Started At     = 2026-11-22T15:49:16Z
        Finished At    = 2026-11-22T15:49:16Z
        Total Restarts = 1
        Last Restart   = 2026-11-22T15:49:15Z

        Recent Events:
        Time                  Type            Description
        2026-11-22T15:49:16Z  Not Restarting  Exceeded allowed attempts 1 in interval 30m0s and mode is "fail"
        2026-11-22T15:49:16Z  Terminated      Exit Code: 3
        2026-11-22T15:49:16Z  Started         Task started by client
        2026-11-22T15:49:15Z  Restarting      Task restarting in 1.166446284s
        2026-11-22T15:49:15Z  Terminated      Exit Code: 3
        2026-11-22T15:49:15Z  Started         Task started by client
        2026-11-22T15:49:14Z  Task Setup      Building Task Directory
        2026-11-22T15:49:14Z  Received        Task received by client"#]]
    .assert_eq(&show::alloc_status(&page, &clock(), Length::Short));
}

#[test]
fn tasks_are_shown_in_the_order_in_which_they_run() {
    expect![[r#"
        ID       = 5bf3e7be-9f03-277f-8c3e-ed6327c89861
        Name     = pod.multi[0]
        Created  = 20m44s ago
        Modified = 20m44s ago

        Tasks
        Name  State    Last Event  Time                  Lifecycle
        prep  dead     Terminated  2026-11-22T15:49:15Z  prestart
        side  running  Started     2026-11-22T15:49:15Z  poststart sidecar
        main  running  Started     2026-11-22T15:49:15Z  main"#]]
    .assert_eq(&show::alloc_short(&answer("alloc-pod"), &clock(), Length::Short));
}

#[test]
fn a_verbose_allocation_shows_addresses_and_scores() {
    let page = show::AllocPage { alloc: answer::<AllocView>("alloc-web"), ..show::AllocPage::default() };
    let text = show::alloc_status(&page, &clock(), Length::Full);
    let sections: Vec<&str> = text.split("\n\n").collect();
    expect![[r#"
        Allocation Addresses:
        Label  Dynamic  Address
        *http  yes      127.0.0.1:21176

        Placement Metrics
        Node                                  binpack  job-anti-affinity  node-affinity  node-reschedule-penalty  final score
        0d9bcedd-bc55-14ec-80b0-9877f7368a28  0.0539   -1                 0              0                        -0.473"#]].assert_eq(&[sections[1], sections[sections.len() - 1]].join("\n\n"));
}

#[test]
fn a_node_shows_its_room_and_what_is_used() {
    let page = show::NodePage {
        node: answer::<NodeView>("node"),
        host: Some(answer("client-stats")),
        allocs: vec![answer("alloc-web"), answer("alloc-batch-fail")],
        ..show::NodePage::default()
    };
    expect![[r#"
        ID              = 0d9bcedd-bc55-14ec-80b0-9877f7368a28
        Name            = golden-1
        Node Pool       = default
        Class           = golden
        DC              = dc1
        Drain           = false
        Eligibility     = eligible
        Status          = ready
        CSI Controllers = <none>
        CSI Drivers     = <none>
        Uptime          = 41m38s
        Host Volumes    = dyn-vol,shared-data
        Host Networks   = <none>
        CSI Volumes     = <none>
        Driver Status   = exec (unhealthy),java (unhealthy),mock_driver,raw_exec

        Node Events
        Time                  Subsystem  Message
        2026-11-22T15:35:48Z  Cluster    Node registered

        Allocated Resources
        CPU           Memory         Disk             Alloc Count
        100/5192 MHz  64 MiB/24 GiB  300 MiB/252 GiB  1

        Allocation Resource Utilization
        CPU         Memory
        0/5192 MHz  0 B/24 GiB

        Host Resource Utilization
        CPU         Memory          Disk
        0/5192 MHz  595 MiB/24 GiB  18 GiB/252 GiB

        Allocations
        ID        Node ID   Task Group  Version  Desired  Status   Created     Modified
        f2279ffc  0d9bcedd  work        0        stop     failed   20m45s ago  20m38s ago
        4e879a97  0d9bcedd  front       0        run      running  20m45s ago  20m41s ago"#]]
    .assert_eq(&show::node_status(&page, &clock(), Length::Short));
    let full = show::node_status(&page, &clock(), Length::Full);
    for section in ["Host Volumes\n", "Drivers\n", "Attributes\n", "Meta\n"] {
        assert!(full.contains(&format!("\n\n{section}")), "{section}: {full}");
    }
}

#[test]
fn nodes_are_listed_with_more_columns_on_request() {
    let nodes: Vec<NodeStub> = answer("nodes-list");
    let columns = show::NodeColumns { os: false, running: Some(vec![3]) };
    expect![[r#"
        ID        Node Pool  DC   Name      Class   Drain  Eligibility  Status
        0d9bcedd  default    dc1  golden-1  golden  false  eligible     ready"#]]
    .assert_eq(&show::node_list(&nodes, Length::Short, &show::NodeColumns::default()));
    let full = show::node_list(&nodes, Length::Full, &columns);
    assert!(full.starts_with("ID                                    Node Pool"), "{full}");
    assert!(full.contains("Address") && full.contains("Running Allocs"), "{full}");
    assert_eq!(show::node_list(&[], Length::Short, &columns), "No nodes registered");
}

#[test]
fn an_evaluation_shows_what_it_planned() {
    expect![[r#"
        ID                 = cc4f6f27
        Create Time        = 20m45s ago
        Modify Time        = 20m45s ago
        Status             = complete
        Status Description = complete
        Type               = service
        TriggeredBy        = job-register
        Job ID             = web
        Namespace          = default
        Deployment ID      = a01cf0d6
        Priority           = 50
        Placement Failures = false
        Previous Eval      = <none>
        Next Eval          = <none>
        Blocked Eval       = <none>

        Plan Annotations
        Task Group  Ignore  Place  Stop  InPlace  Destructive
        front       0       2      0     0        0"#]]
    .assert_eq(&show::eval_status(&answer("eval-placed"), &[], &clock(), Length::Short));
    let evals: Vec<EvalView> = answer("evals-list");
    let text = show::eval_list(&evals, Length::Short);
    assert!(text.starts_with("ID        Priority  Triggered By"), "{text}");
    assert!(
        text.contains("b57fd199  50        job-register  too-big      default    <none>   complete  true")
    );
}

#[test]
fn deployments_are_listed() {
    let deployments: Vec<DeploymentView> = answer("deployments-list");
    let text = show::deployment_list(&deployments[..2], Length::Short);
    expect![[r#"
        ID        Job ID       Job Version  Status      Description
        a01cf0d6  web          0            successful  Deployment completed successfully
        0bb90248  monitor-sys  0            successful  Deployment completed successfully"#]]
    .assert_eq(&text);
    assert_eq!(show::deployment_list(&[], Length::Short), "No deployments found");
}

#[test]
fn files_are_listed_with_readable_sizes() {
    expect![[r#"
        Mode        Size     Modified Time         Name
        drwxrwxrwx  4.0 KiB  2026-11-22T15:49:14Z  alloc/
        drwxrwxrwx  4.0 KiB  2026-11-22T15:49:15Z  server/"#]]
    .assert_eq(&show::file_list(&answer::<Vec<_>>("fs-ls-root"), &clock(), false));
}
