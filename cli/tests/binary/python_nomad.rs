//! python-nomad 2.1.0, in the virtual environment that the test command makes.

use std::path::PathBuf;
use std::process::Command;

use crate::cluster::DevCluster;
use crate::process::run;

const SCRIPT: &str = r#"
import sys, time, nomad
host, port = sys.argv[1].removeprefix("http://").split(":")
api = nomad.Nomad(host=host, port=int(port), timeout=20)
job = {"Job": {"ID": "py", "Name": "py", "Type": "batch", "Datacenters": ["*"], "TaskGroups": [{"Name": "g", "Count": 1,
  "Tasks": [{"Name": "t", "Driver": "raw_exec", "Config": {"command": "/bin/echo", "args": ["from python"]},
  "Resources": {"CPU": 20, "MemoryMB": 16}}]}]}}
answer = api.job.register_job("py", job)
assert answer["EvalID"], answer
assert api.job.get_job("py")["Name"] == "py"
for _ in range(400):
    allocs = api.job.get_allocations("py")
    if allocs and allocs[0]["ClientStatus"] == "complete":
        break
    time.sleep(0.1)
else:
    raise SystemExit(f"not complete: {allocs}")
assert api.allocation.get_allocation(allocs[0]["ID"])["JobID"] == "py"
logs = api.client.stream_logs.stream(allocs[0]["ID"], "t", "stdout")
assert "RnJvbSBweXRob24" in logs or "ZnJvbSBweXRob24" in logs or "from python" in logs, logs
assert any(one["ID"] == "py" for one in api.jobs.get_jobs())
api.job.deregister_job("py", purge=True)
try:
    api.job.get_job("py")
    raise SystemExit("the job is still there")
except nomad.api.exceptions.URLNotFoundNomadException:
    print("fine")
"#;

pub(crate) fn runs_a_job() {
    let Some(python) = std::env::var_os("NOMADCTL_PYTHON").map(PathBuf::from) else {
        println!("NOMADCTL_PYTHON is not set: `cargo xtask test` sets it");
        return;
    };
    let mut cluster = DevCluster::start("python", &["-servers", "1", "-clients", "1"]);
    let script = cluster.dir.write("client.py", SCRIPT);
    let output = run(Command::new(python).arg(script).arg(&cluster.address)).expect(0);
    assert_eq!(output.trim(), "fine");
    cluster.interrupt();
}
