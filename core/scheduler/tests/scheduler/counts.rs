//! How many allocations there are: what is placed, what stops, what moves, what is remembered.

use expect_test::expect;

use crate::story::check;

#[test]
fn gaps_in_the_numbers_are_filled_first() {
    check(
        r##"
        node a
        job web service count=4
        alloc web 1 a running
        alloc web 3 a running
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on a
            place g[2] on a
        "#]],
    );
}

#[test]
fn the_highest_numbers_stop_first() {
    check(
        r##"
        node a
        job web service count=2
        alloc web 0 a running
        alloc web 1 a running
        alloc web 2 a running
        alloc web 3 a running
        eval web job-register
        "##,
        &expect![[r#"
            stop web/2 "alloc not needed due to job update"
            stop web/3 "alloc not needed due to job update"
        "#]],
    );
}

#[test]
fn allocations_that_move_stop_before_others_when_there_are_too_many() {
    check(
        r##"
        node a drain
        node b
        job web service count=2
        alloc web 0 a running migrate
        alloc web 1 b running
        alloc web 2 b running
        eval web node-drain
        "##,
        &expect![[r#"
            stop web/0 "alloc not needed due to job update"
        "#]],
    );
}

#[test]
fn a_stopped_job_stops_all_and_loses_what_its_nodes_lost() {
    check(
        r##"
        node a
        node b status=down
        job web service count=2 {"Stop": true}
        alloc web 0 a running
        alloc web 1 b running
        eval web job-deregister
        "##,
        &expect![[r#"
            stop web/0 "alloc not needed due to job update"
            stop web/1 as lost "alloc is lost since its node is down"
        "#]],
    );
}

#[test]
fn a_group_that_is_gone_stops() {
    check(
        r##"
        node a
        job web service
        alloc web 0 a running group=old
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on a
            stop web/0 "alloc not needed due to job update"
        "#]],
    );
}

#[test]
fn finished_batch_work_is_not_done_again() {
    check(
        r##"
        node a
        job sums batch count=3
        alloc sums 0 a complete
        alloc sums 1 a failed ended=990
        eval sums job-register
        "##,
        &expect![[r#"
            place g[2] on a
        "#]],
    );
}

#[test]
fn a_new_version_of_a_batch_job_runs_all_of_it() {
    check(
        r##"
        node a
        job sums batch count=1
        version sums count=1 cpu=600
        alloc sums 0 a complete v=0
        eval sums job-register
        "##,
        &expect![[r#"
            place g[0] on a
        "#]],
    );
}

#[test]
fn drained_allocations_move_with_their_numbers() {
    check(
        r##"
        node a drain
        node b
        job web service count=2
        alloc web 0 a running migrate
        alloc web 1 b running
        eval web node-drain
        "##,
        &expect![[r#"
            place g[0] on b after web/0
            stop web/0 "alloc is being migrated"
        "#]],
    );
}

#[test]
fn a_batch_allocation_that_must_not_be_placed_again_only_stops() {
    check(
        r##"
        node a drain
        node b
        job sums batch count=1
        alloc sums 0 a running migrate noplace
        eval sums node-drain
        "##,
        &expect![[r#"
            stop sums/0 "alloc is being migrated"
        "#]],
    );
}

#[test]
fn lost_allocations_are_replaced() {
    check(
        r##"
        node a status=down
        node b
        job web service count=2
        alloc web 0 a running
        alloc web 1 gone running
        eval web node-update
        "##,
        &expect![[r#"
            place g[0] on b after web/0
            place g[1] on b after web/1
            stop web/0 as lost "alloc is lost since its node is down"
            stop web/1 as lost "alloc is lost since its node is down"
        "#]],
    );
}
