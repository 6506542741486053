//! The stated change really makes it fit: each is made by hand on a copy, and the scheduler places the allocation.
//!
//! `NOMADCTL_PROPERTY_CASES` sets how many worlds are tried, `NOMADCTL_PROPERTY_SEED` the first.
#![expect(clippy::disallowed_methods, reason = "the environment says how many cases are tried")]

use std::sync::Arc;

use model::{
    Alloc, AllocId, Assigned, ClientStatus, Constraint, Eval, Job, Name, Node, NodeId, SchedulerConfig,
    splitmix,
};
use scheduler::{Change, Options, Question, Resource, explain_group, schedule};
use serde_json::json;
use state::{Builder, Snapshot, State};

use crate::bench;

const CASES: u64 = 2_000;

/// Numbers that follow from a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = splitmix(self.0);
        self.0 % limit
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }
}

/// A job that asks for one thing, now and then for two, that few nodes or none have.
fn hard_job(dice: &mut Dice) -> Job {
    let asks = if dice.below(4) == 0 { 2 } else { 1 };
    let mut constraints = Vec::new();
    let (mut ports, mut volumes, mut driver) = (json!([]), json!({}), "exec");
    let (mut datacenter, mut pool) = ("*", "default");
    let (mut cpu, mut memory, mut cores, mut disk) = (500, 256, 0, 100);
    let (mut devices, mut dynamic, mut mbits, mut numa) = (json!([]), json!([]), 0, "none");
    for _ in 0..asks {
        match dice.below(15) {
            11 => {
                let rules = [
                    json!([]),
                    json!([{"LTarget": "${device.attr.memory}", "Operand": ">=", "RTarget": "80 GiB"}]),
                ];
                let name = dice.pick(&["gpu", "nvidia/gpu/T4", "amd/gpu"]);
                let rule = &rules[usize::try_from(dice.below(2)).unwrap()];
                devices = json!([{"Name": name, "Count": 1 + dice.below(4), "Constraints": rule}]);
            }
            12 => {
                let ports = 1 + dice.below(5);
                dynamic = (0..ports).map(|port| json!({"Label": format!("d{port}")})).collect();
            }
            13 => mbits = dice.pick(&[400, 900, 1_500]),
            14 => (numa, cores) = ("require", dice.pick(&[2, 4])),
            0 => constraints.push(json!({"LTarget": "${node.class}", "Operand": "=", "RTarget": "class-9"})),
            1 => constraints.push(json!({"Operand": "distinct_hosts", "RTarget": "true"})),
            2 => constraints
                .push(json!({"LTarget": "${meta.rack}", "Operand": "distinct_property", "RTarget": "1"})),
            3 => ports = json!([{"Label": "http", "Value": dice.pick(&[8_080, 9_090])}]),
            4 => driver = "docker",
            5 => volumes = json!({"data": {"Name": "data", "Type": "host", "Source": "db"}}),
            6 => (datacenter, pool) = dice.pick(&[("dc7", "default"), ("*", "gpu")]),
            7 => cpu = dice.pick(&[6_000, 12_000, 30_000, 70_000]),
            8 => memory = dice.pick(&[12_000, 30_000, 140_000]),
            9 => cores = dice.pick(&[4, 8, 20]),
            _ => disk = dice.pick(&[150_000, 190_000, 300_000]),
        }
    }
    let group = json!([{
        "Name": "g", "Count": 1, "EphemeralDisk": {"SizeMB": disk}, "Volumes": volumes,
        "Networks": [{"Mode": "host", "MBits": mbits, "ReservedPorts": ports, "DynamicPorts": dynamic}], "Constraints": constraints,
        "Tasks": [
            {"Name": "side", "Driver": "exec", "Resources": {"CPU": 100, "MemoryMB": 64}},
            {"Name": "t", "Driver": driver, "Resources": {
                "CPU": cpu, "MemoryMB": memory, "Cores": cores, "Devices": devices, "NUMA": {"Affinity": numa},
            }},
        ],
    }]);
    let kind = dice.pick(&["service", "batch"]);
    bench::job(kind, 1, &json!({"TaskGroups": group, "Datacenters": [datacenter], "NodePool": pool}))
}

/// A device group of up to three instances, half of them with enough memory.
fn gpus(number: u64, dice: &mut Dice) -> model::NodeDevice {
    let instance = |id: u64| model::DeviceInstance {
        id: format!("gpu-{number}-{id}").into(),
        healthy: true,
        health_description: Name::from(""),
        pci_bus: Name::from(""),
    };
    let memory = model::TypedValue::Int(dice.pick(&[16, 96]), "GiB".into());
    model::NodeDevice {
        vendor: "nvidia".into(),
        device_type: "gpu".into(),
        name: if number == 0 { "T4".into() } else { "H200".into() },
        attributes: [("memory".into(), memory)].into(),
        instances: (0..1 + dice.below(3)).map(instance).collect(),
    }
}

fn node(number: u32, dice: &mut Dice) -> Node {
    let mut node = bench::node(number);
    node.resources.devices = (0..dice.below(3)).map(|group| gpus(group, dice)).collect();
    node.resources.dynamic_ports = model::PortRange { min: 20_000, max: 20_003 };
    let nodes = 1 + dice.below(2) * 3;
    for core in &mut node.resources.cores {
        core.numa = u8::try_from(u64::from(core.id) % nodes).unwrap();
    }
    node.meta.insert("rack".into(), format!("r{}", dice.below(3)).into());
    node.eligible = dice.below(5) > 0;
    if dice.below(6) == 0 {
        node.resources.max_allocs = 1;
    }
    node
}

/// Jobs of others and one allocation of the job itself here and there.
fn world(seed: u64) -> (Snapshot, Arc<Job>) {
    let mut dice = Dice(splitmix(seed));
    let job = Arc::new(hard_job(&mut dice));
    let config = SchedulerConfig {
        algorithm: dice.pick(&["pack", "binpack", "spread"]).to_owned(),
        ..SchedulerConfig::initial()
    };
    let mut builder = Builder::new().index(1_000).config(config).job(Arc::clone(&job));
    let nodes: Vec<Node> =
        (0..1 + u32::try_from(dice.below(5)).unwrap()).map(|number| node(number, &mut dice)).collect();
    for (at, node) in nodes.iter().enumerate() {
        builder = builder.node(node.clone());
        for number in 0..dice.below(3) {
            let mine = dice.below(4) == 0;
            let owner = if mine { Arc::clone(&job) } else { other_job(at, number, node, &mut dice) };
            let room = if mine { 0 } else { 1 };
            builder = if room == 0 { builder } else { builder.job(Arc::clone(&owner)) };
            builder = builder.alloc(alloc_of(&owner, node, (at as u64) * 10 + number, &mut dice));
        }
    }
    (Arc::new(builder.build()), job)
}

fn other_job(at: usize, number: u64, node: &Node, dice: &mut Dice) -> Arc<Job> {
    let part = 1 + dice.below(4);
    let mut job = bench::job(
        "service",
        1,
        &json!({"TaskGroups": [{
            "Name": "g", "Count": 1, "EphemeralDisk": {"SizeMB": 1_000 * dice.below(60)},
            "Tasks": [{"Name": "t", "Driver": "exec", "Resources": {
                "CPU": u64::from(node.resources.cpu_mhz) * part / 10, "MemoryMB": node.resources.memory_mb * part / 10,
            }}],
        }]}),
    );
    job.id = format!("other-{at}-{number}");
    job.priority = i64::try_from(dice.below(100)).unwrap();
    Arc::new(job)
}

fn alloc_of(job: &Arc<Job>, node: &Node, number: u64, dice: &mut Dice) -> Alloc {
    let mut assigned = Assigned::default();
    if dice.below(2) == 0 {
        let ip = node.resources.networks[0].ip.clone();
        let value = dice.pick(&[8_080, 9_090]);
        let port = model::AssignedPort {
            label: "p".into(),
            value,
            to: 0,
            host_ip: ip,
            host_network: "default".into(),
            reserved: true,
        };
        assigned.ports = vec![port].into();
    }
    assigned.exclusive = exclusive(node, number, dice);
    let mut alloc = testkit_alloc(job, node, number);
    alloc.assigned = assigned;
    alloc
}

/// Up to two devices of a node and a core; allocations of one node may want the same.
fn exclusive(node: &Node, number: u64, dice: &mut Dice) -> Option<Box<model::Exclusive>> {
    let group = node.resources.devices.first().filter(|_| dice.below(2) == 0 && number.is_multiple_of(10))?;
    let device = model::AssignedDevice {
        vendor: group.vendor.clone(),
        device_type: group.device_type.clone(),
        name: group.name.clone(),
        ids: group.instances.iter().take(2).map(|instance| instance.id.clone()).collect(),
    };
    let task = model::AssignedTask {
        task: "t".into(),
        cores: vec![node.resources.cores[0].id],
        cpu_shares: 0,
        devices: vec![device],
    };
    Some(Box::new(model::Exclusive { tasks: vec![task] }))
}

fn testkit_alloc(job: &Arc<Job>, node: &Node, number: u64) -> Alloc {
    Alloc {
        id: AllocId::derive(&[u128::from(number), 77]),
        eval: model::EvalId::NONE,
        node: node.id,
        node_name: node.name.clone(),
        group: "g".into(),
        index: u32::try_from(number).unwrap() + 5,
        assigned: Assigned::default(),
        desired: model::DesiredStatus::Run,
        reason: model::StopReason::None,
        client: ClientStatus::Running,
        client_description: Name::from(""),
        tasks: Arc::default(),
        deployment: model::DeploymentId::NONE,
        health: None,
        previous: AllocId::NONE,
        next: AllocId::NONE,
        followup_eval: model::EvalId::NONE,
        metrics: Arc::default(),
        rare: None,
        create_time: model::Timestamp(1),
        modify_time: model::Timestamp(1),
        create_index: 20,
        modify_index: 20,
        alloc_modify_index: 20,
        job: Arc::clone(job),
    }
}

/// Whether the scheduler places one more allocation of the job.
fn places(snapshot: &Snapshot, job: &Arc<Job>) -> bool {
    let running = snapshot.allocs_of_job(&job.key()).filter(|alloc| !alloc.is_terminal()).count();
    let mut wanted = Job::clone(job);
    wanted.task_groups[0].count = i64::try_from(running).unwrap() + 1;
    // What runs is of the same version, so that it stays where it is.
    let state = Builder::from_state(State::clone(snapshot)).job(wanted.clone()).build();
    let eval = bench::eval_of(&wanted);
    let outcome = schedule(&Arc::new(state), &eval, &Options::default()).unwrap();
    bench::placed(&outcome) == 1
}

/// Makes a change by hand: on the job, or on the state.
fn make(change: &Change, snapshot: &Snapshot, job: &Job) -> (Snapshot, Arc<Job>) {
    let mut job = job.clone();
    let mut state = State::clone(snapshot);
    let edit = |state: &State, id: NodeId, edit: &mut dyn FnMut(&mut Node)| {
        let mut node = Node::clone(state.node(id).unwrap());
        edit(&mut node);
        Builder::from_state(state.clone()).node(node).build()
    };
    match change {
        Change::Lower { resource, task, to, .. } => {
            let to = i64::try_from(*to).unwrap();
            let group = &mut job.task_groups[0];
            if *resource == Resource::Disk {
                group.ephemeral_disk.as_mut().unwrap().size_mb = to;
            } else if *resource == Resource::Bandwidth {
                group.networks[0].mbits = to;
            } else if *resource == Resource::DynamicPorts {
                let ports = usize::try_from(to).unwrap();
                let one = group.networks[0].dynamic_ports[0].clone();
                group.networks[0].dynamic_ports.resize_with(ports, || one.clone());
                for (number, port) in group.networks[0].dynamic_ports.iter_mut().enumerate() {
                    port.label = format!("d{number}");
                }
            } else {
                let task = group.tasks.iter_mut().find(|candidate| candidate.name == **task).unwrap();
                let asked = task.resources.as_mut().unwrap();
                match resource {
                    Resource::Cpu => asked.cpu = to,
                    Resource::Memory => asked.memory_mb = to,
                    Resource::Cores => asked.cores = to,
                    Resource::Devices => asked.devices[0].count = u64::try_from(to).unwrap(),
                    other => panic!("nobody asks a task for {other:?}"),
                }
            }
        }
        Change::Drop { constraint, .. } => {
            let kept = |one: &Constraint| {
                !constraint.starts_with(&one.operand)
                    && **constraint != format!("{} {} {}", one.ltarget, one.operand, one.rtarget)
            };
            let group = &mut job.task_groups[0];
            group.constraints.retain(kept);
            for asked in group.tasks.iter_mut().filter_map(|task| task.resources.as_mut()) {
                asked.devices.iter_mut().for_each(|device| device.constraints.retain(kept));
                asked.numa = asked.numa.take().filter(|_| **constraint != *Change::NUMA);
            }
        }
        Change::Free { stopping, .. } => {
            for id in stopping {
                let mut alloc = Alloc::clone(state.alloc(*id).unwrap());
                alloc.client = ClientStatus::Complete;
                state = Builder::from_state(state).alloc(alloc).build();
            }
        }
        Change::Provide { volume: true, name, node } => {
            let volume = model::HostVolume { path: "/x".into(), read_only: false };
            state =
                edit(&state, *node, &mut |node| drop(node.host_volumes.insert(name.clone(), volume.clone())));
        }
        Change::Provide { volume: false, name, node } => {
            state = edit(&state, *node, &mut |node| {
                let exec = node.drivers["exec"].clone();
                node.drivers.insert(name.clone(), exec);
            });
        }
        Change::Admit { node, .. } => state = edit(&state, *node, &mut |node| node.eligible = true),
        Change::Datacenter { name, .. } => job.datacenters = vec![name.to_string()],
        Change::Pool { name, .. } => job.node_pool = name.to_string(),
    }
    (Arc::new(state), Arc::new(job))
}

#[test]
fn the_stated_change_really_makes_it_fit() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let start = number("NOMADCTL_PROPERTY_SEED").unwrap_or(0);
    let cases = number("NOMADCTL_PROPERTY_CASES").unwrap_or(CASES);
    let (mut unplaced, mut changes) = (0_u64, 0_u64);
    let mut kinds = std::collections::BTreeSet::new();
    for seed in start..start + cases {
        let (snapshot, job) = world(seed);
        let eval: Eval = bench::eval_of(&job);
        let question = Question { job: &job, group: "g", eval: &eval, index: 0, without: None, penalty: &[] };
        let explained = explain_group(&snapshot, &question).unwrap();
        assert_eq!(
            explained.best.is_some(),
            places(&snapshot, &job),
            "seed {seed}: the explanation is not the plan"
        );
        if explained.best.is_some() {
            assert_eq!(explained.changes, [], "seed {seed}");
            continue;
        }
        unplaced += 1;
        for change in &explained.changes {
            changes += 1;
            kinds.insert(format!("{change:?}").split(' ').next().unwrap().to_owned());
            let (state, changed) = make(change, &snapshot, &job);
            assert!(places(&state, &changed), "seed {seed}: {change:?} does not make it fit");
            if let Change::Lower { resource, task, to, .. } = change {
                let more = Change::Lower {
                    resource: *resource,
                    task: task.clone(),
                    from: 0,
                    to: to + 1,
                    node: NodeId::NONE,
                };
                let (state, changed) = make(&more, &snapshot, &job);
                assert!(!places(&state, &changed), "seed {seed}: {change:?} is not the smallest");
            }
        }
    }
    assert!(unplaced * 3 > cases, "only {unplaced} of {cases} worlds are hard");
    assert!(changes > unplaced / 2, "only {changes} changes for {unplaced} worlds");
    if cases >= CASES {
        assert_eq!(kinds.len(), 7, "{kinds:?}");
    }
}
