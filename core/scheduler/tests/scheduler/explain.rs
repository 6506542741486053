//! Where one more allocation would go, and the smallest change that would let it be placed.

use std::fmt::Write as _;
use std::sync::Arc;

use expect_test::{Expect, expect};
use model::{Eval, NodeId};
use scheduler::{Change, GroupExplained, NodeVerdict, Question, explain_group};
use state::State;

use crate::world::World;

/// Explains the group of the job that the world's evaluation is about.
fn told(world: &str) -> String {
    let world = World::parse(world);
    let eval: &Eval = world.eval.as_ref().expect("the world says which evaluation is explained");
    let state = Arc::new(world.state.clone());
    let job = state.job(&eval.job).unwrap();
    let question = Question { job, group: "g", eval, index: 0, without: None, penalty: &[] };
    tell(&world, &state, &explain_group(&state, &question).unwrap())
}

fn tell(world: &World, state: &State, explained: &GroupExplained) -> String {
    let name = |id: NodeId| state.node(id).unwrap().name.to_string();
    let mut text = String::new();
    for node in &explained.nodes {
        let verdict = match &node.verdict {
            NodeVerdict::Filtered(reason) => format!("filtered: {reason}"),
            NodeVerdict::Exhausted(reason) => format!("exhausted: {reason}"),
            NodeVerdict::Scored(score) => {
                let parts = score.parts.iter().filter(|part| part.1 != 0.0);
                let parts: Vec<String> =
                    parts.map(|(part, value)| format!("{}={value:.3}", part.as_str())).collect();
                format!("{:.3} = {}", score.score, parts.join(" "))
            }
        };
        let more =
            if node.lacks.len() > 1 { format!(" and {} more", node.lacks.len() - 1) } else { String::new() };
        writeln!(text, "{} {verdict}{more}", node.name).unwrap();
    }
    if let Some(best) = explained.best {
        let evicted: Vec<&str> = explained.evicted.iter().map(|id| world.allocs[id].as_str()).collect();
        let evicts =
            if evicted.is_empty() { String::new() } else { format!(" evicting {}", evicted.join(" ")) };
        writeln!(text, "=> {}{evicts}", name(best)).unwrap();
    }
    for change in &explained.changes {
        let line = match change {
            Change::Lower { resource, task, from, to, node } => {
                format!("lower {} of {task:?} from {from} to {to}: {}", resource.as_str(), name(*node))
            }
            Change::Free { resource, by, node, stopping } => {
                let stopping: Vec<&str> = stopping.iter().map(|id| world.allocs[id].as_str()).collect();
                format!("free {by} {} on {}: stop {}", resource.as_str(), name(*node), stopping.join(" "))
            }
            Change::Drop { constraint, nodes } => format!("drop {constraint}: {nodes}"),
            Change::Provide { name: thing, node, .. } => format!("provide {thing} on {}", name(*node)),
            Change::Admit { node, nodes } => format!("admit {}: {nodes}", name(*node)),
            Change::Datacenter { name, nodes } => format!("datacenter {name}: {nodes}"),
            Change::Pool { name, nodes } => format!("pool {name}: {nodes}"),
        };
        writeln!(text, "? {line}").unwrap();
    }
    text
}

fn check(world: &str, expected: &Expect) {
    expected.assert_eq(&told(world));
}

#[test]
fn every_node_is_scored_or_says_why_not() {
    check(
        r#"
        node a cpu=4000 mem=8192
        node b cpu=4000 mem=4096
        node c attr.kernel.name=windows
        node d mem=100
        job web service {"Constraints": [{"LTarget": "${attr.kernel.name}", "Operand": "!=", "RTarget": "windows"}]}
        eval web job-register
        "#,
        &expect![[r#"
            a 0.070 = pack=0.070
            b 0.083 = pack=0.083
            c filtered: ${attr.kernel.name} != windows
            d exhausted: memory
            => b
        "#]],
    );
}

#[test]
fn the_smallest_change_comes_first_and_freeing_names_whom() {
    check(
        r#"
        node a mem=1000
        node b mem=2000
        node c mem=9000 attr.kernel.name=windows
        job old service mem=500 prio=30
        job big service mem=800 prio=20
        alloc old 0 b running
        alloc big 1 a running
        job web service mem=1600 {"Constraints": [{"LTarget": "${attr.kernel.name}", "Operand": "is_not_set", "RTarget": ""}]}
        eval web job-register
        "#,
        &expect![[r#"
            a exhausted: memory
            b exhausted: memory
            c filtered: ${attr.kernel.name} is_not_set 
            ? lower memory of "t" from 1600 to 1500: b
            ? free 100 memory on b: stop old/0
            ? drop ${attr.kernel.name} is_not_set : 1
        "#]],
    );
}

#[test]
fn nodes_that_were_not_looked_at_are_named() {
    check(
        r#"
        node a mem=100
        node b dc=dc2
        node c dc=dc2
        node d pool=gpu
        node e ineligible
        job web service {"Datacenters": ["dc1"]}
        eval web job-register
        "#,
        &expect![[r#"
            a exhausted: memory
            ? lower memory of "t" from 256 to 100: a
            ? datacenter dc2: 2
            ? admit e: 1
            ? pool gpu: 1
        "#]],
    );
}

#[test]
fn ports_drivers_volumes_and_distinct_rules_are_single_changes() {
    check(
        r#"
        node a
        job old service
        alloc old 0 a running port=8080
        job web service {"Group": {"Networks": [{"Mode": "host", "ReservedPorts": [{"Label": "http", "Value": 8080}]}]}}
        eval web job-register
        "#,
        &expect![[r#"
            a exhausted: network: reserved port collision http=8080
            ? free 1 port on a: stop old/0
        "#]],
    );
    check(
        r#"
        node a driver=!exec
        job web service
        alloc web 0 a running
        eval web job-register
        "#,
        &expect![[r#"
            a filtered: missing drivers
            ? provide exec on a
        "#]],
    );
    check(
        r#"
        node a
        node b
        job web service {"Constraints": [{"Operand": "distinct_hosts", "RTarget": "true"}]}
        alloc web 0 a running
        alloc web 1 b running
        eval web job-register
        "#,
        &expect![[r#"
            a filtered: distinct_hosts
            b filtered: distinct_hosts
            ? drop distinct_hosts: 2
        "#]],
    );
    check(
        r#"
        node a
        job web service {"Group": {"Volumes": {"data": {"Name": "data", "Type": "host", "Source": "db"}}}}
        eval web job-register
        "#,
        &expect![[r#"
            a filtered: missing compatible host volumes
            ? provide db on a
        "#]],
    );
}

#[test]
fn devices_ports_bandwidth_and_numa_nodes_are_single_changes() {
    let ports = r#"{"Group": {"Networks": [{"Mode": "host", "DynamicPorts": [{"Label": "a"}, {"Label": "b"}, {"Label": "c"}]}]}}"#;
    check(
        &format!(
            "node a ports=20000-20002\njob old service\nalloc old 0 a running port=20001\njob web service {ports}\neval web job-register"
        ),
        &expect![[r#"
            a exhausted: network: dynamic port selection failed
            ? lower dynamic ports of "" from 3 to 2: a
            ? free 1 dynamic ports on a: stop old/0
        "#]],
    );
    check(
        r#"
        node a device.nvidia/gpu/T4=4
        node b device.nvidia/gpu/T4=2
        job old service {"Task": {"Resources": {"Devices": [{"Name": "gpu", "Count": 1}]}}}
        alloc old 0 a running device=nvidia/gpu/T4:T4-0
        job web service {"Task": {"Resources": {"Devices": [{"Name": "gpu", "Count": 4}]}}}
        eval web job-register
        "#,
        &expect![[r#"
            a exhausted: devices: no devices match request
            b filtered: missing devices
            ? lower devices of "t" from 4 to 3: a
            ? free 1 devices on a: stop old/0
        "#]],
    );
    check(
        r#"
        node a device.nvidia/gpu/T4=2,memory:16GiB
        job web service {"Task": {"Resources": {"Devices": [{"Name": "gpu", "Count": 1, "Constraints": [{"LTarget": "${device.attr.memory}", "Operand": ">=", "RTarget": "80 GiB"}]}]}}}
        eval web job-register
        "#,
        &expect![[r#"
            a filtered: missing devices
            ? drop ${device.attr.memory} >= 80 GiB: 1
        "#]],
    );
    check(
        r#"
        node a
        job old service {"Group": {"Networks": [{"Mode": "host", "MBits": 700}]}}
        alloc old 0 a running
        job web service {"Group": {"Networks": [{"Mode": "host", "MBits": 500}]}}
        eval web job-register
        "#,
        &expect![[r#"
            a exhausted: network: bandwidth exceeded
            ? lower bandwidth of "" from 500 to 300: a
            ? free 200 bandwidth on a: stop old/0
        "#]],
    );
    check(
        r#"
        node a cores=8 numa=4
        job web service {"Task": {"Resources": {"Cores": 4, "NUMA": {"Affinity": "require"}}}}
        eval web job-register
        "#,
        &expect![[r#"
            a exhausted: numa-cores
            ? drop numa affinity = require: 1
        "#]],
    );
}

#[test]
fn what_lacks_two_things_on_every_node_has_no_single_change() {
    check(
        r#"
        node a mem=1000 cpu=100
        job web service mem=2000 cpu=500
        eval web job-register
        "#,
        &expect![[r#"
            a exhausted: cpu and 1 more
        "#]],
    );
}

#[test]
fn a_group_that_may_preempt_is_placed() {
    check(
        r#"
        config {"PreemptionConfig": {"ServiceSchedulerEnabled": true}}
        node a mem=1000
        job low service mem=900 prio=10
        alloc low 0 a running
        job web service mem=500 prio=80
        eval web job-register
        "#,
        &expect![[r#"
            a exhausted: memory
            => a evicting low/0
        "#]],
    );
}
