//! What a killed dev cluster leaves is swept by the next start.

use std::path::Path;

use crate::cluster::{DevCluster, SETTLE, sleep_job, task_pids};
use crate::main_job::data_dir;
use crate::process::{eventually, is_alive};

pub(crate) fn killed_cluster_is_swept() {
    let mut first = DevCluster::start("killed", &["-servers", "1", "-clients", "1"]);
    let file = first.dir.write("sleep.nomad.hcl", &sleep_job(1));
    first.nomadctl(&["job", "run", "-detach", file.to_str().unwrap()]).expect(0);
    let alloc = first.await_running("sleep", 1);
    let pid = eventually(SETTLE, || task_pids(alloc[0]["ID"].as_str().unwrap()).first().copied());
    let data = data_dir(&first.process.output()).unwrap();
    first.process.kill();
    assert!(is_alive(pid), "a task outlives its killed agent");
    let mut second = DevCluster::start("after-killed", &["-servers", "1", "-clients", "1"]);
    eventually(SETTLE, || (!is_alive(pid)).then_some(()));
    assert!(!Path::new(&data).exists(), "{data} is left");
    second.interrupt();
}
