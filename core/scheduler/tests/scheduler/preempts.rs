//! Who has to go so that something more important finds room.

use expect_test::expect;

use crate::story::check;

#[test]
fn the_lowest_priority_is_evicted_first() {
    check(
        r##"
        node a cpu=2000
        config {"PreemptionConfig": {"ServiceSchedulerEnabled": true}}
        job low service prio=10 cpu=900
        job mid service prio=30 cpu=900
        job web service prio=70 cpu=900
        alloc low 0 a running
        alloc mid 0 a running
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on a evicts low/0
        "#]],
    );
}

#[test]
fn the_holder_of_a_static_port_is_evicted() {
    check(
        r##"
        node a
        config {"PreemptionConfig": {"ServiceSchedulerEnabled": true}}
        job low service prio=10
        job mid service prio=20 {"Group": {"Networks": [{"Mode": "host", "ReservedPorts": [{"Label": "p", "Value": 80}]}]}}
        job web service prio=70 {"Group": {"Networks": [{"Mode": "host", "ReservedPorts": [{"Label": "http", "Value": 80}]}]}}
        alloc low 0 a running
        alloc mid 0 a running port=80
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on a http=10.0.0.1:80 evicts mid/0
        "#]],
    );
}

#[test]
fn holders_of_other_ports_are_left_alone() {
    check(
        r##"
        node a
        config {"PreemptionConfig": {"ServiceSchedulerEnabled": true}}
        job low service prio=10 {"Group": {"Networks": [{"Mode": "host", "ReservedPorts": [{"Label": "p", "Value": 81}]}]}}
        job mid service prio=20 count=2 {"Group": {"Networks": [{"Mode": "host", "ReservedPorts": [{"Label": "p", "Value": 80}]}]}}
        job web service prio=70 {"Group": {"Networks": [{"Mode": "host", "ReservedPorts": [{"Label": "http", "Value": 80}, {"Label": "https", "Value": 443}]}]}}
        alloc low 0 a running port=81
        alloc mid 0 a running port=80
        alloc mid 1 a running port=443
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on a http=10.0.0.1:80 https=10.0.0.1:443 evicts mid/0 evicts mid/1
        "#]],
    );
}

#[test]
fn the_holder_of_a_device_is_evicted() {
    check(
        r##"
        node a device.nvidia/gpu/T4=1
        config {"PreemptionConfig": {"BatchSchedulerEnabled": true}}
        job low service prio=10
        job mid service prio=20 {"Task": {"Resources": {"Devices": [{"Name": "gpu", "Count": 1}]}}}
        job sums batch prio=70 {"Task": {"Resources": {"Devices": [{"Name": "gpu", "Count": 1}]}}}
        alloc low 0 a running
        alloc mid 0 a running device=nvidia/gpu/T4:T4-0
        eval sums job-register
        "##,
        &expect![[r#"
            place g[0] on a nvidia/gpu/T4=["T4-0"] evicts mid/0
        "#]],
    );
}

#[test]
fn holders_of_the_device_group_that_costs_least_are_evicted() {
    check(
        r##"
        node a device.nvidia/gpu/T4=2 device.nvidia/gpu/H200=2
        config {"PreemptionConfig": {"BatchSchedulerEnabled": true}}
        job one service prio=10 count=2 {"Task": {"Resources": {"Devices": [{"Name": "gpu", "Count": 1}]}}}
        job two service prio=15 {"Task": {"Resources": {"Devices": [{"Name": "gpu", "Count": 1}]}}}
        job big service prio=20 {"Task": {"Resources": {"Devices": [{"Name": "gpu", "Count": 2}]}}}
        job sums batch prio=70 {"Task": {"Resources": {"Devices": [{"Name": "gpu", "Count": 2}]}}}
        alloc one 0 a running device=nvidia/gpu/T4:T4-0
        alloc two 0 a running device=nvidia/gpu/T4:T4-1
        alloc big 0 a running device=nvidia/gpu/H200:H200-0,H200-1
        eval sums job-register
        "##,
        &expect![[r#"
            place g[0] on a nvidia/gpu/H200=["H200-0", "H200-1"] evicts big/0
        "#]],
    );
}

#[test]
fn bandwidth_is_freed_by_whom_comes_closest() {
    check(
        r##"
        node a
        config {"PreemptionConfig": {"ServiceSchedulerEnabled": true}}
        job small service prio=10 {"Group": {"Networks": [{"Mode": "host", "MBits": 100}]}}
        job right service prio=10 {"Group": {"Networks": [{"Mode": "host", "MBits": 400}]}}
        job large service prio=10 {"Group": {"Networks": [{"Mode": "host", "MBits": 500}]}}
        job web service prio=70 {"Group": {"Networks": [{"Mode": "host", "MBits": 350}]}}
        alloc small 0 a running
        alloc right 0 a running
        alloc large 0 a running
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on a evicts right/0
        "#]],
    );
}

#[test]
fn too_small_a_difference_of_priority_evicts_nothing() {
    check(
        r##"
        node a cpu=1000
        config {"PreemptionConfig": {"ServiceSchedulerEnabled": true}}
        job low service prio=61 cpu=900
        job web service prio=70 cpu=900
        alloc low 0 a running
        eval web job-register
        "##,
        &expect![[r#"
            failed g 1
              cpu exhausted 1, alone 1, nearest a short of 800 of 900 MHz
            eval blocked queued-allocs
        "#]],
    );
}
