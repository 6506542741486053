//! What tasks find when they start, and what cannot be started.

use std::sync::Arc;

use model::{Assigned, AssignedPort, ClientStatus, DispatchPayload, Service, Template};
use serde_json::json;

use crate::fixture::{Host, block_on, id, set_config, shell, text};

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("tasks_get_their_environment_and_their_references_replaced", environment),
    ("the_payload_of_a_dispatch_is_a_file", payload),
    ("what_cannot_be_started_fails_and_says_why", hostile),
    ("the_node_is_registered_with_what_the_host_has", node),
];

fn environment() {
    block_on(async {
        let host = Host::new();
        let mut config = host.config();
        config.meta.insert("rack".to_owned(), "r7".to_owned());
        let client = host.client_with(config).await;
        let alloc = id();
        let mut job = shell("batch", 0, "");
        job.meta.insert("owner-name".to_owned(), "job".to_owned());
        job.task_groups[0].meta.insert("tier".to_owned(), "group".to_owned());
        let task = &mut job.task_groups[0].tasks[0];
        task.env.insert("GREETING".to_owned(), "from ${NOMAD_TASK_NAME} in ${meta.rack}".to_owned());
        let script = "env; echo arg=$0 $1; pwd";
        let args =
            json!(["-c", script, "${NOMAD_PORT_http}/${attr.kernel.name}", "${nope.x}${env[\"GREETING\"]}"]);
        set_config(&mut job, json!({ "command": "/bin/sh", "args": args }));
        let port = AssignedPort {
            label: "http".into(),
            value: 23_456,
            to: 8_080,
            host_ip: "127.0.0.1".into(),
            host_network: "default".into(),
            reserved: false,
        };
        let assigned = Assigned { ports: Box::new([port]), ..Assigned::default() };
        host.servers.assign_with(&Arc::new(job), &[alloc], &assigned);
        host.reach(alloc, ClientStatus::Complete).await;
        let printed = text(&client, alloc, "alloc/logs/web.stdout.0");
        let local = host.path(alloc, "web/local");
        for line in [
            format!("NOMAD_ALLOC_ID={alloc}"),
            format!("NOMAD_SHORT_ALLOC_ID={}", alloc.short()),
            format!("NOMAD_TASK_DIR={}", local.display()),
            format!("NOMAD_ALLOC_DIR={}", host.path(alloc, "alloc").display()),
            format!("NOMAD_SECRETS_DIR={}", host.path(alloc, "web/secrets").display()),
            format!("NOMAD_PARENT_CGROUP={}", host.cgroup()),
            host.path(alloc, "web").display().to_string(),
        ]
        .iter()
        .map(String::as_str)
        .chain(LINES.lines())
        {
            assert!(printed.lines().any(|printed| printed == line), "{line:?} is missing in {printed}");
        }
        assert!(!printed.contains("NOMAD_TOKEN") && printed.contains("PATH="), "{printed}");
    });
}

const LINES: &str = "\
NOMAD_ALLOC_NAME=j.web[0]
NOMAD_ALLOC_INDEX=0
NOMAD_TASK_NAME=web
NOMAD_GROUP_NAME=web
NOMAD_JOB_ID=j
NOMAD_JOB_NAME=j
NOMAD_DC=dc1
NOMAD_REGION=global
NOMAD_NAMESPACE=default
NOMAD_CPU_LIMIT=50
NOMAD_MEMORY_LIMIT=32
NOMAD_PORT_http=8080
NOMAD_HOST_PORT_http=23456
NOMAD_IP_http=127.0.0.1
NOMAD_HOST_ADDR_http=127.0.0.1:23456
NOMAD_ALLOC_PORT_http=8080
NOMAD_META_owner_name=job
NOMAD_META_OWNER_NAME=job
NOMAD_META_tier=group
NOMAD_META_TIER=group
GREETING=from web in r7
arg=8080/linux ${nope.x}from web in r7";

fn payload() {
    block_on(async {
        let host = Host::new();
        let client = host.client().await;
        let alloc = id();
        let mut job = shell("batch", 0, "cat $NOMAD_TASK_DIR/in/input.txt");
        job.payload = Some("aGVsbG8=".to_owned());
        let file = "in/input.txt".to_owned();
        job.task_groups[0].tasks[0].dispatch_payload = Some(DispatchPayload { file });
        host.servers.assign(&Arc::new(job), &[alloc]);
        host.reach(alloc, ClientStatus::Complete).await;
        assert_eq!(text(&client, alloc, "alloc/logs/web.stdout.0"), "hello");
    });
}

/// What is said of a job, and what spoils it.
type Case<'a> = (&'a str, &'a dyn Fn(&mut model::Job));

fn hostile() {
    block_on(async {
        let host = Host::new();
        let _client = host.client().await;
        let base = shell("service", 3, "true");
        let cases: [Case<'_>; 8] = [
            ("not found; looked for", &|job| set_config(job, json!({ "command": "no-such-program" }))),
            ("did you mean", &|job| set_config(job, json!({ "command": "true", "arg": [] }))),
            ("task name \"../../up\" cannot be", &|job| {
                job.task_groups[0].tasks[0].name = "../../up".to_owned();
            }),
            ("template blocks are not supported yet", &|job| {
                job.task_groups[0].tasks[0].templates.push(Template::default());
            }),
            ("driver \"docker\" is not available on this node", &|job| {
                job.task_groups[0].tasks[0].driver = "docker".to_owned();
            }),
            ("user \"no-such-user\" not found", &|job| {
                job.task_groups[0].tasks[0].user = "no-such-user".to_owned();
            }),
            ("network mode \"bridge\" is not supported yet", &|job| {
                let network = model::NetworkAsk { mode: "bridge".to_owned(), ..model::NetworkAsk::default() };
                job.task_groups[0].networks.push(network);
            }),
            ("must be relative and stay within", &|job| {
                job.payload = Some("aGVsbG8=".to_owned());
                let file = "../../../../up".to_owned();
                job.task_groups[0].tasks[0].dispatch_payload = Some(DispatchPayload { file });
            }),
        ];
        for (message, spoil) in cases {
            let alloc = id();
            let mut job = base.clone();
            spoil(&mut job);
            host.servers.assign(&Arc::new(job), &[alloc]);
            let events = host.reach(alloc, ClientStatus::Failed).await;
            let update = host.servers.update_of(alloc).expect("update");
            assert!(update.tasks.values().all(|state| state.restarts == 0), "{message}: {events}");
            assert!(
                events.contains(&format!("{message:?}")[1..format!("{message:?}").len() - 1]),
                "{message}: {events}"
            );
        }
        let up = ["up", "state/up", "allocs/up"].map(|path| host.dir.path().join(path).exists());
        assert_eq!(up, [false; 3]);
        let alloc = id();
        let mut job = shell("batch", 0, "true");
        job.task_groups[0].services.push(Service { name: "front".to_owned(), ..Service::default() });
        host.servers.assign(&Arc::new(job), &[alloc]);
        let events = host.reach(alloc, ClientStatus::Complete).await;
        assert!(events.contains("this node has no Consul agent"), "{events}");
    });
}

fn node() {
    block_on(async {
        let host = Host::new();
        let mut config = host.config();
        config.class = "big".to_owned();
        config.cpu_total_mhz = Some(4_000);
        let client = host.client_with(config).await;
        crate::fixture::eventually(|| !host.servers.nodes().is_empty(), || "no node".to_owned()).await;
        let node = host.servers.nodes().remove(0);
        assert_eq!((node.id, &*node.class), (client.node_id(), "big"));
        for (key, value) in [
            ("kernel.name", "linux"),
            ("nomad.version", "2.0.5"),
            ("driver.raw_exec", "1"),
            ("unique.advertise.address", "127.0.0.1:4646"),
            ("unique.network.ip-address", "127.0.0.1"),
            ("cpu.totalcompute", "4000"),
        ] {
            assert_eq!(node.attributes.get(key).map(|found| &**found), Some(value), "{key}");
        }
        assert!(!node.attributes.contains_key("driver.docker"));
        assert!(node.drivers["raw_exec"].healthy && !node.drivers["docker"].detected);
        assert_eq!(node.resources.cpu_mhz, 4_000);
        assert!(node.resources.memory_mb > 0 && node.resources.disk_mb > 0);
        let addresses: Vec<&str> = node.resources.networks.iter().map(|network| &*network.ip).collect();
        assert_eq!(addresses.first(), Some(&"127.0.0.1"));
        let stats = client.host_stats();
        assert!(stats.memory.total > 0 && !stats.cpus.is_empty() && stats.alloc_dir.size > 0);
    });
}
