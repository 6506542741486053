//! Clients that go away and come back.

use expect_test::expect;

use crate::story::check;

#[test]
fn a_client_that_went_away_is_unknown_and_replaced() {
    check(
        r##"
        node a status=disconnected
        node b
        job web service {"Group": {"ReschedulePolicy": {"Unlimited": true, "Delay": 1, "DelayFunction": "constant"}, "Disconnect": {"LostAfter": 60000000000}}}
        alloc web 0 a running
        eval web node-update
        "##,
        &expect![[r#"
            place g[0] on b after web/0 moved@1000+0.000000001
            update web/0 client unknown state unknown eval 0
            eval pending max-disconnect-timeout at 1060
        "#]],
    );
}

#[test]
fn without_a_disconnect_block_it_is_lost() {
    check(
        r##"
        node a status=disconnected
        node b
        job web service
        alloc web 0 a running
        eval web node-update
        "##,
        &expect![[r#"
            place g[0] on b after web/0
            stop web/0 as lost "alloc is lost since its node is down"
        "#]],
    );
}

#[test]
fn without_replacement_it_is_only_marked() {
    check(
        r##"
        node a status=disconnected
        node b
        job web service {"Group": {"ReschedulePolicy": {"Unlimited": true, "Delay": 1, "DelayFunction": "constant"}, "Disconnect": {"LostAfter": 60000000000, "Replace": false}}}
        alloc web 0 a running
        eval web node-update
        "##,
        &expect![[r#"
            update web/0 client unknown state unknown eval 0
            eval pending max-disconnect-timeout at 1060
        "#]],
    );
}

#[test]
fn what_had_not_started_is_lost_at_once() {
    check(
        r##"
        node a status=disconnected
        node b
        job web service {"Group": {"ReschedulePolicy": {"Unlimited": true, "Delay": 1, "DelayFunction": "constant"}, "Disconnect": {"LostAfter": 60000000000}}}
        alloc web 0 a pending
        eval web node-update
        "##,
        &expect![[r#"
            place g[0] on b after web/0
            stop web/0 as lost "alloc is lost since its node is down"
        "#]],
    );
}

#[test]
fn after_its_time_an_unknown_one_is_lost() {
    check(
        r##"
        now 1000
        node a status=disconnected
        node b
        job web service {"Group": {"ReschedulePolicy": {"Unlimited": true, "Delay": 1, "DelayFunction": "constant"}, "Disconnect": {"LostAfter": 60000000000}}}
        alloc web 0 a unknown unknown_at=900
        eval web max-disconnect-timeout
        "##,
        &expect![[r#"
            place g[0] on b after web/0
            stop web/0 as lost "alloc is lost since its node is down"
        "#]],
    );
}

#[test]
fn a_client_came_back_keep_original() {
    check(
        r##"
        now 1000
        node a
        node b
        job web service {"Group": {"ReschedulePolicy": {"Unlimited": true, "Delay": 1, "DelayFunction": "constant"}, "Disconnect": {"LostAfter": 60000000000, "Reconcile": "keep_original"}}}
        alloc web 0 a running started=100 unknown_at=800 next=new
        alloc web 0 b running id=new started=900 previous=0
        eval web reconnect
        "##,
        &expect![[r#"
            stop web/new "alloc not needed due to disconnected client reconnect"
            update web/0 state running
        "#]],
    );
}

#[test]
fn a_client_came_back_keep_replacement() {
    check(
        r##"
        now 1000
        node a
        node b
        job web service {"Group": {"ReschedulePolicy": {"Unlimited": true, "Delay": 1, "DelayFunction": "constant"}, "Disconnect": {"LostAfter": 60000000000, "Reconcile": "keep_replacement"}}}
        alloc web 0 a running started=100 unknown_at=800 next=new
        alloc web 0 b running id=new started=900 previous=0
        eval web reconnect
        "##,
        &expect![[r#"
            stop web/0 "alloc not needed due to job update"
        "#]],
    );
}

#[test]
fn a_client_came_back_longest_running() {
    check(
        r##"
        now 1000
        node a
        node b
        job web service {"Group": {"ReschedulePolicy": {"Unlimited": true, "Delay": 1, "DelayFunction": "constant"}, "Disconnect": {"LostAfter": 60000000000, "Reconcile": "longest_running"}}}
        alloc web 0 a running started=100 unknown_at=800 next=new
        alloc web 0 b running id=new started=900 previous=0
        eval web reconnect
        "##,
        &expect![[r#"
            stop web/new "alloc not needed due to disconnected client reconnect"
            update web/0 state running
        "#]],
    );
}

#[test]
fn a_client_came_back_best_score() {
    check(
        r##"
        now 1000
        node a
        node b
        job web service {"Group": {"ReschedulePolicy": {"Unlimited": true, "Delay": 1, "DelayFunction": "constant"}, "Disconnect": {"LostAfter": 60000000000, "Reconcile": "best_score"}}}
        alloc web 0 a running started=100 unknown_at=800 next=new
        alloc web 0 b running id=new started=900 previous=0
        eval web reconnect
        "##,
        &expect![[r#"
            stop web/new "alloc not needed due to disconnected client reconnect"
            update web/0 state running
        "#]],
    );
}

#[test]
fn one_that_failed_while_away_stops_and_its_replacement_stays() {
    check(
        r##"
        now 1000
        node a
        node b
        job web service {"Group": {"ReschedulePolicy": {"Unlimited": true, "Delay": 1, "DelayFunction": "constant"}, "Disconnect": {"LostAfter": 60000000000}}}
        alloc web 0 a failed ended=950 unknown_at=800 next=new
        alloc web 0 b running id=new started=900 previous=0
        eval web reconnect
        "##,
        &expect![[r#"
            stop web/0 as failed "alloc was rescheduled because it failed"
        "#]],
    );
}

#[test]
fn one_that_came_back_with_an_old_version_stops() {
    check(
        r##"
        now 1000
        node a
        node b
        job web service {"Group": {"ReschedulePolicy": {"Unlimited": true, "Delay": 1, "DelayFunction": "constant"}, "Disconnect": {"LostAfter": 60000000000}}}
        version web cpu=600 {"Group": {"ReschedulePolicy": {"Unlimited": true, "Delay": 1, "DelayFunction": "constant"}, "Disconnect": {"LostAfter": 60000000000}}}
        alloc web 0 a running v=0 started=100 unknown_at=800 next=new
        alloc web 0 b running v=1 id=new started=900 previous=0
        eval web reconnect
        "##,
        &expect![[r#"
            stop web/0 "alloc not needed due to job update"
        "#]],
    );
}

#[test]
fn a_client_that_stops_its_own_delays_the_replacement() {
    check(
        r##"
        now 1000
        node a status=down
        node b
        job web service {"Group": {"Disconnect": {"StopOnClientAfter": 30000000000}}, "Task": {"KillTimeout": 5000000000}}
        alloc web 0 a running
        eval web node-update
        "##,
        &expect![[r#"
            stop web/0 as lost "alloc is lost since its node is down" eval 0
            eval pending alloc-failure at 1035
        "#]],
    );
}

#[test]
fn a_node_that_is_down_keeps_what_is_not_to_be_replaced() {
    check(
        r##"
        now 1000
        node a status=down
        node b
        job web service {"Group": {"ReschedulePolicy": {"Unlimited": true, "Delay": 1, "DelayFunction": "constant"}, "Disconnect": {"LostAfter": 60000000000, "Replace": false}}}
        alloc web 0 a running
        eval web node-update
        "##,
        &expect![[r#"
            update web/0 client unknown state unknown eval 0
            eval pending max-disconnect-timeout at 1060
        "#]],
    );
}
