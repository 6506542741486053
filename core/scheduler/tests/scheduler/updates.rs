//! New versions of a job: in place, one by one, by canaries.

use expect_test::expect;

use crate::story::check;

#[test]
fn one_is_replaced_at_a_time() {
    check(
        r##"
        node a
        job web service count=3 {"Group": {"Update": {"MaxParallel": 1}}}
        version web count=3 cpu=600 {"Group": {"Update": {"MaxParallel": 1}}}
        alloc web 0 a running v=0
        alloc web 1 a running v=0
        alloc web 2 a running v=0
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on a deployed after web/0
            stop web/0 "alloc is being updated due to job update"
            deployment of g: 3 wanted, 0 canaries: Deployment is running
        "#]],
    );
}

#[test]
fn the_next_waits_until_the_last_is_healthy() {
    check(
        r##"
        node a
        job web service count=3 {"Group": {"Update": {"MaxParallel": 1}}}
        version web count=3 cpu=600 {"Group": {"Update": {"MaxParallel": 1}}}
        alloc web 0 a running v=1 deployment=1
        alloc web 1 a running v=0
        alloc web 2 a running v=0
        deployment web 1 v=1 {"DesiredTotal": 3, "Placed": 1}
        eval web deployment-watcher
        "##,
        &expect![[""]],
    );
}

#[test]
fn a_healthy_one_makes_room_for_the_next() {
    check(
        r##"
        node a
        job web service count=3 {"Group": {"Update": {"MaxParallel": 1}}}
        version web count=3 cpu=600 {"Group": {"Update": {"MaxParallel": 1}}}
        alloc web 0 a running v=1 deployment=1 healthy
        alloc web 1 a running v=0
        alloc web 2 a running v=0
        deployment web 1 v=1 {"DesiredTotal": 3, "Placed": 1, "Healthy": 1}
        eval web deployment-watcher
        "##,
        &expect![[r#"
            place g[1] on a deployed after web/1
            stop web/1 "alloc is being updated due to job update"
        "#]],
    );
}

#[test]
fn nothing_is_replaced_while_one_is_unhealthy() {
    check(
        r##"
        node a
        job web service count=3 {"Group": {"Update": {"MaxParallel": 1}}}
        version web count=3 cpu=600 {"Group": {"Update": {"MaxParallel": 1}}}
        alloc web 0 a running v=1 deployment=1 unhealthy
        alloc web 1 a running v=0
        alloc web 2 a running v=0
        deployment web 1 v=1 {"DesiredTotal": 3, "Placed": 1, "Unhealthy": 1}
        eval web deployment-watcher
        "##,
        &expect![[""]],
    );
}

#[test]
fn a_change_beside_the_tasks_is_made_where_they_run() {
    check(
        r##"
        node a
        job web service count=2 {"Group": {"Update": {"MaxParallel": 1}}}
        version web count=2 {"Group": {"Update": {"MaxParallel": 1}, "Services": [{"Name": "web"}]}}
        alloc web 0 a running v=0
        alloc web 1 a running v=0
        eval web job-register
        "##,
        &expect![[r#"
            update web/0 to version 1 deployed
            update web/1 to version 1 deployed
            deployment of g: 2 wanted, 0 canaries: Deployment is running
        "#]],
    );
}

#[test]
fn a_constraint_that_the_node_does_not_meet_moves_the_allocation() {
    check(
        r##"
        node a class=x
        node b class=y
        job web service
        version web {"Constraints": [{"LTarget": "${node.class}", "Operand": "=", "RTarget": "y"}]}
        alloc web 0 a running v=0
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on b after web/0
            stop web/0 "alloc is being updated due to job update"
        "#]],
    );
}

#[test]
fn two_that_must_keep_apart_from_now_on_are_parted() {
    check(
        r##"
        node a
        node b
        job web service count=2
        version web count=2 {"Constraints": [{"Operand": "distinct_hosts", "RTarget": "true"}]}
        alloc web 0 a running v=0
        alloc web 1 a running v=0
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on b after web/0
            place g[1] on a after web/1
            stop web/0 "alloc is being updated due to job update"
            stop web/1 "alloc is being updated due to job update"
        "#]],
    );
}

#[test]
fn a_value_that_is_used_too_often_parts_its_allocations() {
    check(
        r##"
        node a meta.rack=r1
        node b meta.rack=r1
        node c meta.rack=r2
        job web service count=2
        version web count=2 {"Constraints": [{"LTarget": "${meta.rack}", "Operand": "distinct_property"}]}
        alloc web 0 a running v=0
        alloc web 1 b running v=0
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on c after web/0
            place g[1] on b after web/1
            stop web/0 "alloc is being updated due to job update"
            stop web/1 "alloc is being updated due to job update"
        "#]],
    );
}

#[test]
fn canaries_come_first_with_numbers_of_what_they_replace() {
    check(
        r##"
        node a
        job web service count=2 {"Group": {"Update": {"MaxParallel": 2, "Canary": 1}}}
        version web count=2 cpu=600 {"Group": {"Update": {"MaxParallel": 2, "Canary": 1}}}
        alloc web 0 a running v=0
        alloc web 1 a running v=0
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on a canary deployed
            deployment of g: 2 wanted, 1 canaries: Deployment is running but requires manual promotion
        "#]],
    );
}

#[test]
fn nothing_is_replaced_before_canaries_are_promoted() {
    check(
        r##"
        node a
        job web service count=2 {"Group": {"Update": {"MaxParallel": 2, "Canary": 1}}}
        version web count=2 cpu=600 {"Group": {"Update": {"MaxParallel": 2, "Canary": 1}}}
        alloc web 0 a running v=0
        alloc web 1 a running v=0
        alloc web 0 a running v=1 id=c canary healthy deployment=1
        deployment web 1 v=1 {"DesiredTotal": 2, "DesiredCanaries": 1, "Canaries": ["c"], "Placed": 1, "Healthy": 1}
        eval web deployment-watcher
        "##,
        &expect![[""]],
    );
}

#[test]
fn a_promoted_canary_takes_the_place_of_its_namesake() {
    check(
        r##"
        node a
        job web service count=2 {"Group": {"Update": {"MaxParallel": 2, "Canary": 1}}}
        version web count=2 cpu=600 {"Group": {"Update": {"MaxParallel": 2, "Canary": 1}}}
        alloc web 0 a running v=0
        alloc web 1 a running v=0
        alloc web 0 a running v=1 id=c canary healthy deployment=1
        deployment web 1 v=1 {"DesiredTotal": 2, "DesiredCanaries": 1, "Canaries": ["c"], "Promoted": true, "Placed": 1, "Healthy": 1}
        eval web deployment-watcher
        "##,
        &expect![[r#"
            place g[1] on a deployed after web/1
            stop web/0 "alloc not needed due to job update"
            stop web/1 "alloc is being updated due to job update"
        "#]],
    );
}

#[test]
fn canaries_of_a_failed_deployment_stop() {
    check(
        r##"
        node a
        job web service count=2 {"Group": {"Update": {"MaxParallel": 2, "Canary": 1}}}
        version web count=2 cpu=600 {"Group": {"Update": {"MaxParallel": 2, "Canary": 1}}}
        alloc web 0 a running v=0
        alloc web 1 a running v=0
        alloc web 0 a running v=1 id=c canary unhealthy deployment=1
        deployment web 1 v=1 {"Status": "failed", "DesiredTotal": 2, "DesiredCanaries": 1, "Canaries": ["c"], "Placed": 1, "Unhealthy": 1}
        eval web deployment-watcher
        "##,
        &expect![[r#"
            stop web/c "alloc not needed due to job update"
        "#]],
    );
}

#[test]
fn beside_canaries_lost_ones_come_back_in_the_old_version() {
    check(
        r##"
        node a
        node b status=down
        job web service count=2 {"Group": {"Update": {"MaxParallel": 2, "Canary": 1}}}
        version web count=2 cpu=600 {"Group": {"Update": {"MaxParallel": 2, "Canary": 1}}}
        alloc web 0 a running v=0 deployment=0 healthy
        alloc web 1 b running v=0 deployment=0 healthy
        alloc web 0 a running v=1 id=c canary healthy deployment=1
        deployment web 0 v=0 {"Status": "successful", "DesiredTotal": 2, "Placed": 2, "Healthy": 2}
        deployment web 1 v=1 {"DesiredTotal": 2, "DesiredCanaries": 1, "Canaries": ["c"], "Placed": 1, "Healthy": 1}
        eval web node-update
        "##,
        &expect![[r#"
            place g[1] on a version 0 deployed after web/1
            stop web/1 as lost "alloc is lost since its node is down"
        "#]],
    );
}

#[test]
fn a_paused_deployment_places_and_replaces_nothing() {
    check(
        r##"
        node a
        job web service count=3 {"Group": {"Update": {"MaxParallel": 1}}}
        version web count=3 cpu=600 {"Group": {"Update": {"MaxParallel": 1}}}
        alloc web 0 a running v=1 deployment=1 healthy
        alloc web 1 a running v=0
        deployment web 1 v=1 {"Status": "paused", "DesiredTotal": 3, "Placed": 1, "Healthy": 1}
        eval web deployment-watcher
        "##,
        &expect![[""]],
    );
}

#[test]
fn a_newer_version_ends_the_deployment_of_the_older() {
    check(
        r##"
        node a
        job web service count=2 {"Group": {"Update": {"MaxParallel": 1}}}
        version web count=2 cpu=600 {"Group": {"Update": {"MaxParallel": 1}}}
        version web count=2 cpu=700 {"Group": {"Update": {"MaxParallel": 1}}}
        alloc web 0 a running v=1 deployment=1 healthy
        alloc web 1 a running v=0
        deployment web 1 v=1 {"DesiredTotal": 2, "Placed": 1, "Healthy": 1}
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on a deployed after web/0
            stop web/0 "alloc is being updated due to job update"
            deployment of g: 2 wanted, 0 canaries: Deployment is running
            deployment old cancelled: Cancelled due to newer version of job
        "#]],
    );
}

#[test]
fn when_all_are_healthy_the_deployment_is_done() {
    check(
        r##"
        node a
        job web service count=2 {"Group": {"Update": {"MaxParallel": 1}}}
        alloc web 0 a running deployment=1 healthy
        alloc web 1 a running deployment=1 healthy
        deployment web 1 {"DesiredTotal": 2, "Placed": 2, "Healthy": 2}
        eval web deployment-watcher
        "##,
        &expect![[r#"
            deployment old successful: Deployment completed successfully
        "#]],
    );
}
