//! Restarts by policy, stops and their escalation.

use expect_test::expect;
use model::Nanos;

use crate::script::{check, task, with_tasks};

#[test]
fn a_service_is_restarted_until_its_attempts_are_used_up() {
    let job = with_tasks(testkit::job("web"), vec![task("web")]);
    check(
        &job,
        "1s prepared
         1s web prepared
         1s web started
         2s web exit 1
         25s web prepared
         25s web started
         26s web exit 0
         50s web prepared
         50s web started
         51s web exit 1",
        expect![[r#"
            0s begin
                prepare
                report pending (No tasks have started) web=pending
            1s prepared
                web: prepare
            1s web prepared
                web: start
            1s web started
                report running (Tasks are running) web=running
            2s web exit 1
                web: destroy
                report pending (No tasks have started) web=pending
            18.5s (tick)
                web: prepare
            25s web prepared
                web: start
            25s web started
                report running (Tasks are running) web=running
            26s web exit 0
                web: destroy
                report pending (No tasks have started) web=pending
            41.5s (tick)
                web: prepare
            50s web prepared
                web: start
            50s web started
                report running (Tasks are running) web=running
            51s web exit 1
                web: destroy
                cleanup
                report failed (Failed tasks) web=dead! unhealthy
        "#]],
    );
}

#[test]
fn a_batch_task_that_ends_well_is_complete() {
    let job = with_tasks(testkit::batch_job("sum"), vec![task("web")]);
    check(
        &job,
        "0s prepared
         0s web prepared
         0s web started
         3s web exit 0",
        expect![[r#"
            0s begin
                prepare
                report pending (No tasks have started) web=pending
            0s prepared
                web: prepare
            0s web prepared
                web: start
            0s web started
                report running (Tasks are running) web=running
            3s web exit 0
                web: destroy
                cleanup
                report complete (All tasks have completed) web=dead
        "#]],
    );
}

#[test]
fn a_task_that_the_driver_refuses_is_not_tried_again() {
    let job = with_tasks(testkit::job("web"), vec![task("web")]);
    check(
        &job,
        "0s prepared
         0s web prepared
         1s web start refused",
        expect![[r#"
            0s begin
                prepare
                report pending (No tasks have started) web=pending
            0s prepared
                web: prepare
            0s web prepared
                web: start
            1s web start refused
                web: destroy
                cleanup
                report failed (Failed tasks) web=dead! unhealthy
        "#]],
    );
}

#[test]
fn mode_delay_waits_for_the_next_window() {
    let mut job = testkit::job("web");
    let policy = job.task_groups[0].restart.as_mut().expect("a policy");
    policy.mode = "delay".to_owned();
    policy.attempts = 1;
    policy.interval = Nanos::from_mins(10);
    let job = with_tasks(job, vec![task("web")]);
    check(
        &job,
        "0s prepared
         0s web prepared
         0s web started
         1s web exit 1
         30s web prepared
         30s web started
         31s web exit 1
         20m web prepared",
        expect![[r#"
            0s begin
                prepare
                report pending (No tasks have started) web=pending
            0s prepared
                web: prepare
            0s web prepared
                web: start
            0s web started
                report running (Tasks are running) web=running
            1s web exit 1
                web: destroy
                report pending (No tasks have started) web=pending
            17.5s (tick)
                web: prepare
            30s web prepared
                web: start
            30s web started
                report running (Tasks are running) web=running
            31s web exit 1
                web: destroy
                report pending (No tasks have started) web=pending
            5m0s (tick)
                report pending (No tasks have started) web=pending unhealthy
            10m42.8s (tick)
                web: prepare
            20m0s web prepared
                web: start
        "#]],
    );
}

#[test]
fn a_stop_waits_for_the_shutdown_delay_and_is_enforced() {
    let mut web = task("web");
    web.shutdown_delay = Nanos::from_secs(3);
    web.kill_signal = "SIGTERM".to_owned();
    let job = with_tasks(testkit::job("web"), vec![web]);
    check(
        &job,
        "0s prepared
         0s web prepared
         0s web started
         5s stop
         60s forget",
        expect![[r#"
            0s begin
                prepare
                report pending (No tasks have started) web=pending
            0s prepared
                web: prepare
            0s web prepared
                web: start
            0s web started
                report running (Tasks are running) web=running
            5s stop
            8s (tick)
                web: stop by SIGTERM within 5s
            18s (tick)
                web: destroy
                cleanup
                report complete (All tasks have completed) web=dead
            1m0s forget
                remove
        "#]],
    );
}

#[test]
fn a_restart_that_was_asked_for_does_not_count() {
    let mut job = testkit::job("web");
    job.task_groups[0].restart.as_mut().expect("a policy").attempts = 0;
    let job = with_tasks(job, vec![task("web")]);
    check(
        &job,
        "0s prepared
         0s web prepared
         0s web started
         5s restart
         6s web exit 0
         7s web prepared
         7s web started
         8s web exit 1",
        expect![[r#"
            0s begin
                prepare
                report pending (No tasks have started) web=pending
            0s prepared
                web: prepare
            0s web prepared
                web: start
            0s web started
                report running (Tasks are running) web=running
            5s restart
                web: stop by SIGINT within 5s
            6s web exit 0
                web: destroy
                report pending (No tasks have started) web=pending
            6s (tick)
                web: prepare
            7s web prepared
                web: start
            7s web started
                report running (Tasks are running) web=running
            8s web exit 1
                web: destroy
                cleanup
                report failed (Failed tasks) web=dead! unhealthy
        "#]],
    );
}

#[test]
fn a_stop_during_the_back_off_ends_the_task_at_once() {
    let job = with_tasks(testkit::job("web"), vec![task("web")]);
    check(
        &job,
        "0s prepared
         0s web prepared
         0s web started
         1s web exit 1
         2s stop
         3s forget",
        expect![[r#"
            0s begin
                prepare
                report pending (No tasks have started) web=pending
            0s prepared
                web: prepare
            0s web prepared
                web: start
            0s web started
                report running (Tasks are running) web=running
            1s web exit 1
                web: destroy
                report pending (No tasks have started) web=pending
            2s stop
                web: destroy
                cleanup
                report complete (All tasks have completed) web=dead
            3s forget
                remove
        "#]],
    );
}
