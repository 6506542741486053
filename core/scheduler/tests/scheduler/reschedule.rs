//! Rescheduling: when a failed allocation moves, and where to.

use expect_test::expect;

use crate::story::check;

#[test]
fn the_delay_after_two_moves_is_constant() {
    check(
        r##"
        now 1000
        node a
        node b
        job web service {"Group": {"ReschedulePolicy": {"Attempts": 0, "Unlimited": true, "Delay": 10000000000, "MaxDelay": 60000000000, "DelayFunction": "constant"}}}
        alloc web 0 a failed ended=990 moves=900:10,950:10
        eval web alloc-failure
        "##,
        &expect![[r#"
            place g[0] on b after web/0 moved@900+10 moved@950+10 moved@1000+10
            stop web/0 ""
        "#]],
    );
}

#[test]
fn the_delay_after_two_moves_is_exponential() {
    check(
        r##"
        now 1000
        node a
        node b
        job web service {"Group": {"ReschedulePolicy": {"Attempts": 0, "Unlimited": true, "Delay": 10000000000, "MaxDelay": 60000000000, "DelayFunction": "exponential"}}}
        alloc web 0 a failed ended=990 moves=900:10,950:20
        eval web alloc-failure
        "##,
        &expect![[r#"
            update web/0 eval 0
            eval pending alloc-reschedule at 1030
        "#]],
    );
}

#[test]
fn the_delay_after_two_moves_is_fibonacci() {
    check(
        r##"
        now 1000
        node a
        node b
        job web service {"Group": {"ReschedulePolicy": {"Attempts": 0, "Unlimited": true, "Delay": 10000000000, "MaxDelay": 60000000000, "DelayFunction": "fibonacci"}}}
        alloc web 0 a failed ended=990 moves=900:10,950:20
        eval web alloc-failure
        "##,
        &expect![[r#"
            update web/0 eval 0
            eval pending alloc-reschedule at 1020
        "#]],
    );
}

#[test]
fn a_delay_stops_growing_at_its_limit() {
    check(
        r##"
        now 1000
        node a
        node b
        job web service {"Group": {"ReschedulePolicy": {"Attempts": 0, "Unlimited": true, "Delay": 10000000000, "MaxDelay": 60000000000, "DelayFunction": "exponential"}}}
        alloc web 0 a failed ended=990 moves=900:40,960:60
        eval web alloc-failure
        "##,
        &expect![[r#"
            update web/0 eval 0
            eval pending alloc-reschedule at 1050
        "#]],
    );
}

#[test]
fn a_delay_begins_anew_after_a_quiet_time() {
    check(
        r##"
        now 1000
        node a
        node b
        job web service {"Group": {"ReschedulePolicy": {"Attempts": 0, "Unlimited": true, "Delay": 10000000000, "MaxDelay": 60000000000, "DelayFunction": "exponential"}}}
        alloc web 0 a failed ended=990 moves=700:40,800:60
        eval web alloc-failure
        "##,
        &expect![[r#"
            place g[0] on b after web/0 moved@700+40 moved@800+60 moved@1000+10
            stop web/0 ""
        "#]],
    );
}

#[test]
fn fibonacci_begins_anew_with_the_delay_after_a_reset() {
    check(
        r##"
        now 1000
        node a
        node b
        job web service {"Group": {"ReschedulePolicy": {"Attempts": 0, "Unlimited": true, "Delay": 10000000000, "MaxDelay": 60000000000, "DelayFunction": "fibonacci"}}}
        alloc web 0 a failed ended=990 moves=900:60,960:10
        eval web alloc-failure
        "##,
        &expect![[r#"
            place g[0] on b after web/0 moved@900+60 moved@960+10 moved@1000+10
            stop web/0 ""
        "#]],
    );
}

#[test]
fn attempts_within_the_interval_are_counted() {
    check(
        r##"
        now 1000
        node a
        node b
        job web service count=2 {"Group": {"ReschedulePolicy": {"Attempts": 2, "Unlimited": false, "Interval": 100000000000, "Delay": 5000000000, "DelayFunction": "constant"}}}
        alloc web 0 a failed ended=999 moves=950:5,970:5
        alloc web 1 a failed ended=999 moves=850:5,970:5
        eval web alloc-failure
        "##,
        &expect![[r#"
            update web/1 eval 0
            eval pending alloc-reschedule at 1004
        "#]],
    );
}

#[test]
fn an_evaluation_that_was_made_for_it_moves_the_allocation_to_another_node() {
    check(
        r##"
        now 1000
        node a
        node b
        job web service {"Group": {"ReschedulePolicy": {"Attempts": 2, "Unlimited": false, "Interval": 100000000000, "Delay": 5000000000, "DelayFunction": "constant"}}}
        alloc web 0 a failed ended=995 followup=7 moves=970:5
        eval web alloc-reschedule id=7
        "##,
        &expect![[r#"
            place g[0] on b after web/0 moved@970+5 moved@1000+5
            stop web/0 ""
        "#]],
    );
}

#[test]
fn failures_close_to_each_other_share_an_evaluation() {
    check(
        r##"
        now 1000
        node a
        job web service count=3 {"Group": {"ReschedulePolicy": {"Attempts": 0, "Unlimited": true, "Delay": 10000000000, "MaxDelay": 60000000000, "DelayFunction": "constant"}}}
        alloc web 0 a failed ended=998
        alloc web 1 a failed ended=999
        alloc web 2 a failed ended=1009
        eval web alloc-failure
        "##,
        &expect![[r#"
            update web/0 eval 0
            update web/1 eval 0
            update web/2 eval 1
            eval pending alloc-reschedule at 1008
            eval pending alloc-failure at 1019
        "#]],
    );
}

#[test]
fn a_forced_move_waits_for_nothing() {
    check(
        r##"
        now 1000
        node a
        node b
        job web service {"Group": {"ReschedulePolicy": {"Attempts": 0, "Unlimited": true, "Delay": 10000000000, "MaxDelay": 60000000000, "DelayFunction": "constant"}}}
        alloc web 0 a failed ended=999 force reschedule
        eval web alloc-stop
        "##,
        &expect![[r#"
            place g[0] on b after web/0 moved@1000+10
            stop web/0 ""
        "#]],
    );
}

#[test]
fn what_cannot_move_for_lack_of_room_stays_and_says_so() {
    check(
        r##"
        now 1000
        node a cpu=100
        job web service {"Group": {"ReschedulePolicy": {"Attempts": 2, "Unlimited": false, "Interval": 100000000000, "Delay": 5000000000, "DelayFunction": "constant"}}}
        alloc web 0 gone failed ended=990
        eval web alloc-failure
        "##,
        &expect![[r#"
            run web/0 (no placement) ""
            failed g 1
              cpu exhausted 1, alone 1, nearest a short of 400 of 500 MHz
            eval blocked queued-allocs
        "#]],
    );
}

/// The note that there was no room is a change, and the delay of a task that never ran counts from the last one.
#[test]
fn what_found_no_room_before_moves_with_the_first_evaluation_that_finds_some() {
    check(
        r##"
        now 1000
        node a
        job web service {"Group": {"ReschedulePolicy": {"Attempts": 2, "Unlimited": false, "Interval": 100000000000, "Delay": 5000000000, "DelayFunction": "constant"}}}
        alloc web 0 gone failed modified=999 followup=7 noroom
        eval web queued-allocs
        "##,
        &expect![[r#"
            place g[0] on a after web/0 moved@1000+5
            stop web/0 ""
        "#]],
    );
}

#[test]
fn a_move_whose_evaluation_is_over_gets_another_evaluation() {
    check(
        r##"
        now 1000
        node a
        job web service {"Group": {"ReschedulePolicy": {"Attempts": 2, "Unlimited": false, "Interval": 100000000000, "Delay": 5000000000, "DelayFunction": "constant"}}}
        alloc web 0 gone failed modified=999 followup=7
        eval web node-update
        "##,
        &expect![[r#"
            update web/0 eval 0
            eval pending alloc-reschedule at 1004
        "#]],
    );
}

#[test]
fn failures_of_a_running_deployment_wait_for_it() {
    check(
        r##"
        now 1000
        node a
        node b
        job web service {"Group": {"Update": {"MaxParallel": 1}, "ReschedulePolicy": {"Unlimited": true, "Delay": 1, "DelayFunction": "constant"}}}
        alloc web 0 a failed ended=990 deployment=1 unhealthy
        deployment web 1 {"DesiredTotal": 1, "Placed": 1, "Unhealthy": 1}
        eval web alloc-failure
        "##,
        &expect![[""]],
    );
}
