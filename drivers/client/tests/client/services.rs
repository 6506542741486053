//! Services are registered by the reports of their allocation, and their checks are made.

use std::sync::Arc;

use client::CheckStatus;
use model::{Assigned, AssignedPort, Check, ClientStatus, Nanos, Service};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::fixture::{Host, alive, block_on, eventually, id, shell};

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("services_are_registered_while_their_tasks_run", registered),
    ("checks_are_made_and_restart_what_fails", checked),
];

fn port(value: u16) -> Assigned {
    let port = AssignedPort {
        label: "http".into(),
        value,
        to: 0,
        host_ip: "127.0.0.1".into(),
        host_network: "default".into(),
        reserved: false,
    };
    Assigned { ports: Box::new([port]), ..Assigned::default() }
}

fn service(name: &str) -> Service {
    Service {
        name: name.to_owned(),
        port_label: "http".to_owned(),
        provider: "nomad".to_owned(),
        tags: vec!["v-${NOMAD_ALLOC_INDEX}".to_owned()],
        ..Service::default()
    }
}

fn registered() {
    block_on(async {
        let host = Host::new();
        let _client = host.client().await;
        let alloc = id();
        let mut job = shell("service", 0, "exec sleep 60");
        job.task_groups[0].shutdown_delay = Some(Nanos::from_millis(300));
        job.task_groups[0].services =
            vec![service("${NOMAD_JOB_ID}-front"), service("bad name"), Service::default()];
        let script = Check { name: "inner".to_owned(), check_type: "script".to_owned(), ..Check::default() };
        job.task_groups[0].tasks[0].services = vec![Service { checks: vec![script], ..service("own") }];
        let group = job.task_groups[0].name.clone();
        host.servers.assign_with(&Arc::new(job.clone()), &[alloc], &port(8_080));
        let offered = || {
            let update = host.servers.update_of(alloc);
            update.into_iter().flat_map(|update| update.services).collect::<Vec<_>>()
        };
        let names = || offered().iter().map(|service| service.name.to_string()).collect::<Vec<_>>();
        let front = format!("{}-front", job.id);
        eventually(|| names() == [front.as_str(), "own"], || format!("{:?}", offered())).await;
        let first = &offered()[0];
        assert_eq!(&*first.id, format!("_nomad-task-{alloc}-group-{group}-{front}-http").as_str());
        assert_eq!((&*first.address, first.port, &*first.tags[0]), ("127.0.0.1", 8_080, "v-0"));
        assert!(
            ["service \\\"bad name\\\" is not registered", "checks of type \\\"script\\\" are not supported"]
                .iter()
                .all(|said| host.events(alloc).contains(said)),
            "{}",
            host.events(alloc)
        );
        let pid = {
            host.reach(alloc, ClientStatus::Running).await;
            host.servers.stop(alloc);
            eventually(|| names().is_empty(), || format!("{:?}", offered())).await;
            host.servers.update_of(alloc).map(|update| update.status)
        };
        // Withdrawn first, and stopped when the delay is over.
        assert_eq!(pid, Some(ClientStatus::Running));
        host.reach(alloc, ClientStatus::Complete).await;
    });
}

fn checked() {
    block_on(async {
        let host = Host::new();
        let client = host.client().await;
        let alloc = id();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("listener");
        let listening = listener.local_addr().expect("address").port();
        let server = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                // A check that has gone away does not matter.
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
            }
        });
        let mut job = shell("service", 5, "echo $$; exec sleep 60");
        let check = |kind: &str, path: &str| Check {
            name: kind.to_owned(),
            check_type: kind.to_owned(),
            path: path.to_owned(),
            interval: Nanos::from_secs(1),
            timeout: Nanos::from_secs(1),
            ..Check::default()
        };
        let mut tcp = check("tcp", "");
        tcp.check_restart =
            Some(model::CheckRestart { limit: 1, grace: Nanos::ZERO, ignore_warnings: false });
        job.task_groups[0].tasks[0].services =
            vec![Service { checks: vec![check("http", "/"), tcp], ..service("web") }];
        host.servers.assign_with(&Arc::new(job), &[alloc], &port(listening));
        let passing = || {
            let results = client.checks(alloc);
            results.len() == 2 && results.iter().all(|result| result.status == CheckStatus::Success)
        };
        eventually(passing, || format!("{:?}", client.checks(alloc))).await;
        let http = client.checks(alloc).into_iter().find(|result| &*result.check == "http").expect("check");
        assert_eq!((http.status_code, http.output.as_str(), &*http.service), (200, "nomad: http ok", "web"));
        let pid = host.pid(alloc).await;
        server.abort();
        // Nobody listens any more.
        eventually(|| !alive(pid), || format!("{:?}", client.checks(alloc))).await;
        let said = || host.events(alloc).contains("healthcheck: check");
        eventually(said, || host.events(alloc)).await;
    });
}
