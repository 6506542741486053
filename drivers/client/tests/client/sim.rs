//! Simulated nodes are the same client, without a host.

use std::sync::Arc;

use client::{Client, Config, ShutdownMode, SimNode};
use model::{ClientStatus, TypedValue};
use serde_json::json;

use crate::fixture::{block_on, eventually, id, set_config, shell};
use crate::servers::Servers;

pub(crate) const TESTS: &[(&str, fn())] =
    &[("simulated_nodes_differ_as_the_design_says", nodes), ("many_simulated_nodes_run_mock_tasks", tasks)];

async fn start(index: u32, servers: &Arc<Servers>) -> Client {
    let config = Config::simulated(SimNode { index });
    Client::start(config, Arc::clone(servers) as Arc<dyn client::ServerLink>).await.expect("client")
}

fn nodes() {
    block_on(async {
        let servers = Arc::<Servers>::default();
        let mut seen = Vec::new();
        for index in [0, 7, 8] {
            let node = start(index, &servers).await.node();
            let resources = &node.resources;
            let gpus: usize = resources.devices.iter().map(|device| device.instances.len()).sum();
            seen.push(format!(
                "{} {} {} {} {} MHz {} cores {} MB {} MB {} {} gpus {}",
                node.name,
                node.datacenter,
                node.class,
                node.meta["rack"],
                resources.cpu_mhz,
                resources.cores.len(),
                resources.memory_mb,
                resources.disk_mb,
                node.attributes["kernel.version"],
                gpus,
                node.drivers
                    .iter()
                    .filter(|(_, info)| info.healthy)
                    .map(|(n, _)| &**n)
                    .collect::<Vec<_>>()
                    .join(","),
            ));
            for device in &resources.devices {
                let memory = device.attributes.get("memory");
                assert!(matches!(memory, Some(TypedValue::Int(141, unit)) if &**unit == "GiB"));
            }
        }
        assert_eq!(
            seen,
            [
                "sim-0 dc1 class-0 r0 8000 MHz 4 cores 16384 MB 204800 MB 5.15.0 2 gpus docker,exec,mock_driver",
                "sim-7 dc2 class-1 r7 64000 MHz 32 cores 131072 MB 204800 MB 6.1.0 0 gpus docker,exec,mock_driver",
                "sim-8 dc1 class-2 r8 8000 MHz 4 cores 16384 MB 204800 MB 6.8.0 2 gpus docker,exec,mock_driver",
            ]
        );
    });
}

fn tasks() {
    block_on(async {
        let mut all = Vec::new();
        for index in 0..200 {
            let servers = Arc::<Servers>::default();
            let client = start(index, &servers).await;
            all.push((servers, client, id(), id(), id()));
        }
        let mut batch = shell("batch", 0, "");
        batch.task_groups[0].tasks[0].driver = "mock_driver".to_owned();
        set_config(&mut batch, json!({ "run_for": "20ms", "exit_code": 0, "stdout_string": "x" }));
        let mut failing = batch.clone();
        set_config(&mut failing, json!({ "start_error": "no such machine" }));
        let mut docker = shell("service", 0, "");
        docker.task_groups[0].tasks[0].driver = "docker".to_owned();
        set_config(&mut docker, json!({ "image": "redis:7" }));
        let (batch, failing, docker) = (Arc::new(batch), Arc::new(failing), Arc::new(docker));
        for (servers, _, first, second, third) in &all {
            servers.assign(&batch, &[*first]);
            servers.assign(&failing, &[*second]);
            servers.assign(&docker, &[*third]);
        }
        for (servers, client, first, second, third) in &all {
            let told = |id| servers.update_of(id).map(|update| update.status);
            let wanted = [ClientStatus::Complete, ClientStatus::Failed, ClientStatus::Running].map(Some);
            let found = || [told(*first), told(*second), told(*third)];
            eventually(|| found() == wanted, || format!("{:?}", found())).await;
            servers.stop(*third);
            eventually(|| told(*third) == Some(ClientStatus::Complete), || format!("{:?}", found())).await;
            assert!(!client.knows(*first));
            client.shutdown(ShutdownMode::Leave).await;
        }
    });
}
