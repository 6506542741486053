//! System and sysbatch jobs: one allocation on every node.

use expect_test::expect;

use crate::story::check;

#[test]
fn every_node_gets_one() {
    check(
        r##"
        node a
        node b
        node c ineligible
        node d dc=dc2
        job logs system {"Datacenters": ["dc1"]}
        eval logs job-register
        "##,
        &expect![[r#"
            place g[0] on a
            place g[0] on b
        "#]],
    );
}

#[test]
fn a_node_that_left_the_datacenters_stops_it() {
    check(
        r##"
        node a
        node b dc=dc2
        job logs system {"Datacenters": ["dc1"]}
        alloc logs 0 a running
        alloc logs 0 b running id=b
        eval logs job-register
        "##,
        &expect![[r#"
            stop logs/b "alloc not needed due to job update"
        "#]],
    );
}

#[test]
fn what_ended_is_placed_again() {
    check(
        r##"
        node a
        job logs system
        alloc logs 0 a failed ended=900
        eval logs node-update
        "##,
        &expect![[r#"
            place g[0] on a after logs/0
        "#]],
    );
}

#[test]
fn what_a_sysbatch_job_finished_is_not_done_again() {
    check(
        r##"
        node a
        node b
        job once sysbatch
        alloc once 0 a complete
        eval once node-update
        "##,
        &expect![[r#"
            place g[0] on b
        "#]],
    );
}

#[test]
fn each_node_without_room_waits_alone() {
    check(
        r##"
        node a cpu=100
        node b cpu=200
        node c
        job logs system
        eval logs job-register
        "##,
        &expect![[r#"
            place g[0] on c
            failed g 2
              cpu exhausted 1, alone 1, nearest a short of 400 of 500 MHz
            eval blocked queued-allocs for a
            eval blocked queued-allocs for b
        "#]],
    );
}

#[test]
fn one_that_waits_for_its_node_goes_on_waiting() {
    check(
        r##"
        node a cpu=100
        node b
        job logs system
        alloc logs 0 b running
        eval logs queued-allocs status=blocked node=a
        "##,
        &expect![[r#"
            failed g 1
              cpu exhausted 1, alone 1, nearest a short of 400 of 500 MHz
            blocked ""
        "#]],
    );
}

#[test]
fn updates_are_made_two_at_a_time() {
    check(
        r##"
        node a
        node b
        node c
        job logs system {"Group": {"Update": {"MaxParallel": 2}}}
        version logs cpu=600 {"Group": {"Update": {"MaxParallel": 2}}}
        alloc logs 0 a running v=0
        alloc logs 0 b running v=0 id=b
        alloc logs 0 c running v=0 id=c
        eval logs job-register
        "##,
        &expect![[r#"
            place g[0] on a deployed after logs/0
            place g[0] on b deployed after logs/b
            stop logs/0 "alloc is being updated due to job update"
            stop logs/b "alloc is being updated due to job update"
            deployment of g: 3 wanted, 0 canaries: Deployment is running
            deployment new running: Deployment is running
        "#]],
    );
}

#[test]
fn a_node_that_drains_stops_it() {
    check(
        r##"
        node a drain
        node b
        job logs system
        alloc logs 0 a running migrate
        alloc logs 0 b running id=b
        eval logs node-drain
        "##,
        &expect![[r#"
            stop logs/0 "alloc not needed as node is tainted"
        "#]],
    );
}

#[test]
fn it_evicts_what_is_less_important() {
    check(
        r##"
        node a cpu=1000
        job low service prio=20 cpu=800
        job logs system prio=70 cpu=500
        alloc low 0 a running
        eval logs job-register
        "##,
        &expect![[r#"
            place g[0] on a evicts low/0
        "#]],
    );
}

#[test]
fn a_disconnected_client_is_marked_unknown() {
    check(
        r##"
        node a status=disconnected
        node b
        job logs system {"Group": {"Disconnect": {"LostAfter": 60000000000}}}
        alloc logs 0 a running
        alloc logs 0 b running id=b
        eval logs node-update
        "##,
        &expect![[r#"
            update logs/0 client unknown state unknown eval 0
            eval pending max-disconnect-timeout at 1060
        "#]],
    );
}
