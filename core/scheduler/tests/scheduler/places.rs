//! Where allocations go and what they get there: ranking, ports, cores, devices.

use expect_test::expect;

use crate::story::check;

#[test]
fn a_spread_with_targets_follows_its_shares() {
    check(
        r##"
        node a dc=dc1 cpu=8000
        node b dc=dc2 cpu=8000
        job web service count=4 {"Spreads": [{"Attribute": "${node.datacenter}", "Weight": 100, "SpreadTarget": [{"Value": "dc1", "Percent": 75}, {"Value": "dc2", "Percent": 25}]}]}
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on a
            place g[1] on b
            place g[2] on a
            place g[3] on a
        "#]],
    );
}

#[test]
fn an_even_spread_fills_racks_in_turn() {
    check(
        r##"
        node a meta.rack=r1
        node b meta.rack=r1
        node c meta.rack=r2
        node d
        job web service count=4 {"Spreads": [{"Attribute": "${meta.rack}", "Weight": 100}]}
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on b
            place g[1] on c
            place g[2] on b
            place g[3] on c
        "#]],
    );
}

#[test]
fn an_affinity_attracts_and_a_negative_one_repels() {
    check(
        r##"
        node a class=x
        node b class=y
        node c class=z
        job web batch count=2 {"Affinities": [{"LTarget": "${node.class}", "Operand": "=", "RTarget": "y", "Weight": 50}, {"LTarget": "${node.class}", "Operand": "=", "RTarget": "x", "Weight": -100}]}
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on b
            place g[1] on b
        "#]],
    );
}

#[test]
fn static_ports_are_taken_once_a_node() {
    check(
        r##"
        node a
        node b
        job web service count=3 {"Group": {"Networks": [{"Mode": "host", "ReservedPorts": [{"Label": "http", "Value": 80}]}]}}
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on b http=10.0.0.1:80
            place g[1] on a http=10.0.0.1:80
            failed g 1
              network: reserved port collision http=80 exhausted 2, alone 2, nearest a
            eval blocked queued-allocs
        "#]],
    );
}

#[test]
fn ports_that_are_kept_for_the_host_are_not_given_away() {
    check(
        r##"
        node a keep=80
        job web service {"Group": {"Networks": [{"Mode": "host", "ReservedPorts": [{"Label": "http", "Value": 80}]}]}}
        eval web job-register
        "##,
        &expect![[r#"
            failed g 1
              network: reserved port collision http=80 exhausted 1, alone 1, nearest a
            eval blocked queued-allocs
        "#]],
    );
}

#[test]
fn ports_come_from_the_host_network_that_they_name() {
    check(
        r##"
        node a ip=10.0.0.1
        node b ip=10.0.0.2 net.public=192.0.2.1
        job web service {"Group": {"Networks": [{"Mode": "host", "ReservedPorts": [{"Label": "http", "Value": 80, "HostNetwork": "public"}], "DynamicPorts": [{"Label": "admin"}]}]}}
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on b http=192.0.2.1:80 admin=10.0.0.2:dynamic
        "#]],
    );
}

#[test]
fn dynamic_ports_run_out() {
    check(
        r##"
        node a ports=20000-20002
        job web service count=3 {"Group": {"Networks": [{"Mode": "host", "DynamicPorts": [{"Label": "x"}, {"Label": "y"}]}]}}
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on a x=10.0.0.1:dynamic y=10.0.0.1:dynamic
            failed g 2
              network: dynamic port selection failed exhausted 1, alone 1, nearest a short of 1 of 2 ports
            eval blocked queued-allocs
        "#]],
    );
}

#[test]
fn a_network_mode_that_the_node_lacks_keeps_it_off() {
    check(
        r##"
        node a
        node b mode=bridge
        job web service {"Group": {"Networks": [{"Mode": "bridge"}]}}
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on b
        "#]],
    );
}

#[test]
fn cores_are_given_lowest_first_and_once() {
    check(
        r##"
        node a cores=4
        job web service count=2 cpu=0 cores=2 {"Task": {"Resources": {"CPU": 0}}}
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on a cores=[0, 1]
            place g[1] on a cores=[2, 3]
        "#]],
    );
}

#[test]
fn cores_and_shares_of_one_node_add_up() {
    check(
        r##"
        node a cores=4
        job old service cpu=1500
        job web service cpu=0 cores=3 {"Task": {"Resources": {"CPU": 0}}}
        alloc old 0 a running
        eval web job-register
        "##,
        &expect![[r#"
            failed g 1
              cpu exhausted 1, alone 1, nearest a
            eval blocked queued-allocs
        "#]],
    );
}

#[test]
fn cores_of_one_numa_node_are_required() {
    check(
        r##"
        node a cores=4 numa=2
        job old service cores=1
        job web service cores=2 {"Task": {"Resources": {"CPU": 0, "NUMA": {"Affinity": "require"}}}}
        alloc old 0 a running cores=0
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on a cores=[2, 3]
        "#]],
    );
}

#[test]
fn too_few_cores_on_every_numa_node_are_not_enough() {
    check(
        r##"
        node a cores=4 numa=2
        job web service cores=3 {"Task": {"Resources": {"CPU": 0, "NUMA": {"Affinity": "require"}}}}
        eval web job-register
        "##,
        &expect![[r#"
            failed g 1
              numa-cores exhausted 1, alone 1, nearest a
            eval blocked queued-allocs
        "#]],
    );
}

#[test]
fn cores_of_one_numa_node_are_preferred() {
    check(
        r##"
        node a cores=4 numa=2
        job old service cores=1
        job web service cores=2 {"Task": {"Resources": {"CPU": 0, "NUMA": {"Affinity": "prefer"}}}}
        alloc old 0 a running cores=0
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on a cores=[2, 3]
        "#]],
    );
}

#[test]
fn devices_are_compared_in_units() {
    check(
        r##"
        node a device.nvidia/gpu/T4=2,memory:16GiB
        node b device.nvidia/gpu/H200=2,memory:141GiB
        job web service {"Task": {"Resources": {"Devices": [{"Name": "nvidia/gpu", "Count": 1, "Constraints": [{"LTarget": "${device.attr.memory}", "Operand": ">=", "RTarget": "80000 MiB"}]}]}}}
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on b nvidia/gpu/H200=["H200-0"]
        "#]],
    );
}

#[test]
fn the_device_with_the_higher_affinity_is_taken() {
    check(
        r##"
        node a device.nvidia/gpu/T4=1,memory:16GiB device.nvidia/gpu/H200=1,memory:141GiB
        job web service {"Task": {"Resources": {"Devices": [{"Name": "gpu", "Count": 1, "Affinities": [{"LTarget": "${device.attr.memory}", "Operand": ">", "RTarget": "40 GiB", "Weight": 50}]}]}}}
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on a nvidia/gpu/H200=["H200-0"]
        "#]],
    );
}

#[test]
fn memory_max_limits_nothing() {
    check(
        r##"
        node a mem=1000
        job web service mem=900 {"Task": {"Resources": {"MemoryMaxMB": 5000}}}
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on a
        "#]],
    );
}

#[test]
fn prestart_and_main_tasks_share_their_room() {
    check(
        r##"
        node a mem=1000
        job web service {"Group": {"Tasks": [{"Name": "setup", "Driver": "exec", "Lifecycle": {"Hook": "prestart"}, "Resources": {"CPU": 100, "MemoryMB": 900}}, {"Name": "t", "Driver": "exec", "Resources": {"CPU": 100, "MemoryMB": 900}}]}}
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on a
        "#]],
    );
}

#[test]
fn a_sticky_disk_goes_back_to_its_node() {
    check(
        r##"
        node a
        node b
        job web service {"Group": {"EphemeralDisk": {"Sticky": true}, "ReschedulePolicy": {"Unlimited": true, "Delay": 1, "DelayFunction": "constant"}}}
        version web cpu=600 {"Group": {"EphemeralDisk": {"Sticky": true}}}
        alloc web 0 b running v=0
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on b after web/0
            stop web/0 "alloc is being updated due to job update"
        "#]],
    );
}

#[test]
fn bandwidth_of_group_and_tasks_runs_out() {
    check(
        r##"
        node a
        job web service count=3 {"Group": {"Networks": [{"Mode": "host", "MBits": 100}]}, "Task": {"Resources": {"Networks": [{"MBits": 300}]}}}
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on a
            place g[1] on a
            failed g 1
              network: bandwidth exceeded exhausted 1, alone 1, nearest a short of 200 of 400 Mbit/s
            eval blocked queued-allocs
        "#]],
    );
}

#[test]
fn cores_are_taken_beside_the_device_that_the_task_names() {
    check(
        r##"
        node a cores=8 numa=2 device.nvidia/gpu/H200=1,numa_node:1
        job sums batch {"Task": {"Resources": {"Cores": 2, "Devices": [{"Name": "nvidia/gpu", "Count": 1}], "NUMA": {"Affinity": "require", "Devices": ["nvidia/gpu"]}}}}
        job far batch {"Task": {"Resources": {"Cores": 2, "NUMA": {"Affinity": "require"}}}}
        eval sums job-register
        "##,
        &expect![[r#"
            place g[0] on a cores=[4, 5] nvidia/gpu/H200=["H200-0"]
        "#]],
    );
}

#[test]
fn too_few_cores_beside_the_device_are_not_enough_where_that_is_required() {
    check(
        r##"
        node a cores=4 numa=2 device.nvidia/gpu/H200=1,numa_node:1
        job other service {"Task": {"Resources": {"Cores": 1}}}
        job sums batch {"Task": {"Resources": {"Cores": 2, "Devices": [{"Name": "nvidia/gpu", "Count": 1}], "NUMA": {"Affinity": "require", "Devices": ["nvidia/gpu"]}}}}
        alloc other 0 a running cores=3
        eval sums job-register
        "##,
        &expect![[r#"
            failed g 1
              numa-cores exhausted 1, alone 1, nearest a
            eval blocked queued-allocs
        "#]],
    );
}

#[test]
fn pack_fills_a_device_group_before_it_opens_another() {
    check(
        r##"
        config {"SchedulerAlgorithm": "pack"}
        node a device.nvidia/gpu/T4=4
        node b device.nvidia/gpu/T4=4
        job other service {"Task": {"Resources": {"Devices": [{"Name": "gpu", "Count": 1}]}}}
        job small service
        job sums batch count=4 {"Task": {"Resources": {"Devices": [{"Name": "gpu", "Count": 1}]}}}
        alloc other 0 b running device=nvidia/gpu/T4:T4-0
        alloc small 0 a running
        alloc small 1 a running
        eval sums job-register
        "##,
        &expect![[r#"
            place g[0] on b nvidia/gpu/T4=["T4-1"]
            place g[1] on b nvidia/gpu/T4=["T4-2"]
            place g[2] on b nvidia/gpu/T4=["T4-3"]
            place g[3] on a nvidia/gpu/T4=["T4-0"]
        "#]],
    );
}

#[test]
fn a_read_only_volume_takes_readers_only() {
    check(
        r##"
        node a volume.data=ro
        node b volume.data=rw
        job web service count=1 {"Group": {"Volumes": {"data": {"Name": "data", "Type": "host", "Source": "data"}}}}
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on b
        "#]],
    );
}

#[test]
fn distinct_properties_limit_allocations_by_value() {
    check(
        r##"
        node a meta.rack=r1
        node b meta.rack=r1
        node c meta.rack=r2
        node d
        job web service count=5 {"Constraints": [{"LTarget": "${meta.rack}", "Operand": "distinct_property", "RTarget": "2"}]}
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on b
            place g[1] on a
            place g[2] on c
            place g[3] on c
            failed g 1
              distinct_property: ${meta.rack}=r1 used by 2 allocs filtered 2, alone 2, nearest a
              distinct_property: ${meta.rack}=r2 used by 2 allocs filtered 1, alone 1, nearest c
              missing property "${meta.rack}" filtered 1, alone 1, nearest d
            eval blocked queued-allocs
        "#]],
    );
}
