//! The order of tasks, what the end of one means for the others, health, disconnection.

use expect_test::expect;
use model::{Disconnect, Nanos};

use crate::script::{check, check_alone, hook, task, with_tasks};

#[test]
fn tasks_start_and_stop_in_the_order_of_their_hooks() {
    let tasks = vec![
        hook("clean", "poststop", false),
        task("web"),
        hook("init", "prestart", false),
        hook("proxy", "prestart", true),
        hook("warm", "poststart", false),
    ];
    let job = with_tasks(testkit::job("web"), tasks);
    check(
        &job,
        "0s prepared
         1s init prepared
         1s init started
         1s proxy prepared
         1s proxy started
         2s init exit 0
         3s web prepared
         3s web started
         4s warm prepared
         4s warm started
         5s warm exit 0
         20s stop
         21s web exit 0
         22s proxy exit 0
         23s clean prepared
         23s clean started
         24s clean exit 0",
        expect![[r#"
            0s begin
                prepare
                report pending (No tasks have started) clean=pending init=pending proxy=pending warm=pending web=pending
            0s prepared
                init: prepare
                proxy: prepare
            1s init prepared
                init: start
            1s init started
                report running (Tasks are running) clean=pending init=running proxy=pending warm=pending web=pending
            1s proxy prepared
                proxy: start
            1s proxy started
                report running (Tasks are running) clean=pending init=running proxy=running warm=pending web=pending
            2s init exit 0
                init: destroy
                web: prepare
                report running (Tasks are running) clean=pending init=dead proxy=running warm=pending web=pending
            3s web prepared
                web: start
            3s web started
                warm: prepare
                report running (Tasks are running) clean=pending init=dead proxy=running warm=pending web=running
            4s warm prepared
                warm: start
            4s warm started
                report running (Tasks are running) clean=pending init=dead proxy=running warm=running web=running
            5s warm exit 0
                warm: destroy
                report running (Tasks are running) clean=pending init=dead proxy=running warm=dead web=running
            14s (tick)
                report running (Tasks are running) clean=pending init=dead proxy=running warm=dead web=running healthy
            20s stop
                web: stop by SIGINT within 5s
            21s web exit 0
                web: destroy
                proxy: stop by SIGINT within 5s
                report running (Tasks are running) clean=pending init=dead proxy=running warm=dead web=dead healthy
            22s proxy exit 0
                proxy: destroy
                clean: prepare
                report pending (No tasks have started) clean=pending init=dead proxy=dead warm=dead web=dead healthy
            23s clean prepared
                clean: start
            23s clean started
                report running (Tasks are running) clean=running init=dead proxy=dead warm=dead web=dead healthy
            24s clean exit 0
                clean: destroy
                cleanup
                report complete (All tasks have completed) clean=dead init=dead proxy=dead warm=dead web=dead healthy
        "#]],
    );
}

#[test]
fn a_failed_task_takes_its_siblings_along() {
    let mut job = testkit::job("web");
    job.task_groups[0].restart.as_mut().expect("a policy").attempts = 0;
    let job = with_tasks(job, vec![task("web"), task("db")]);
    check(
        &job,
        "0s prepared
         0s web prepared
         0s db prepared
         0s web started
         0s db started
         1s db exit 3
         2s web exit 0",
        expect![[r#"
            0s begin
                prepare
                report pending (No tasks have started) db=pending web=pending
            0s prepared
                web: prepare
                db: prepare
            0s web prepared
                web: start
            0s db prepared
                db: start
            0s web started
                report running (Tasks are running) db=pending web=running
            0s db started
                report running (Tasks are running) db=running web=running
            1s db exit 3
                db: destroy
                web: stop by SIGINT within 5s
                report running (Tasks are running) db=dead! web=running unhealthy
            2s web exit 0
                web: destroy
                cleanup
                report failed (Failed tasks) db=dead! web=dead unhealthy
        "#]],
    );
}

#[test]
fn the_end_of_the_leader_ends_the_group() {
    let mut main = task("main");
    main.leader = true;
    let job = with_tasks(testkit::batch_job("sum"), vec![main, task("side")]);
    check(
        &job,
        "0s prepared
         0s main prepared
         0s side prepared
         0s main started
         0s side started
         5s main exit 0
         6s side exit 0",
        expect![[r#"
            0s begin
                prepare
                report pending (No tasks have started) main=pending side=pending
            0s prepared
                main: prepare
                side: prepare
            0s main prepared
                main: start
            0s side prepared
                side: start
            0s main started
                report running (Tasks are running) main=running side=pending
            0s side started
                report running (Tasks are running) main=running side=running
            5s main exit 0
                main: destroy
                side: stop by SIGINT within 5s
                report running (Tasks are running) main=dead side=running
            6s side exit 0
                side: destroy
                cleanup
                report complete (All tasks have completed) main=dead side=dead
        "#]],
    );
}

#[test]
fn an_allocation_is_healthy_after_the_time_its_group_asks_for() {
    let job = with_tasks(testkit::job("web"), vec![task("web")]);
    check(
        &job,
        "0s prepared
         0s web prepared
         1s web started
         30s stop",
        expect![[r#"
            0s begin
                prepare
                report pending (No tasks have started) web=pending
            0s prepared
                web: prepare
            0s web prepared
                web: start
            1s web started
                report running (Tasks are running) web=running
            11s (tick)
                report running (Tasks are running) web=running healthy
            30s stop
                web: stop by SIGINT within 5s
        "#]],
    );
}

#[test]
fn a_service_outside_deployments_is_healthy_by_its_rules_of_migration() {
    let script = "0s prepared
         0s web prepared
         1s web started
         10s stop";
    let mut service = testkit::job("web");
    service.task_groups[0].migrate = Some(model::Migrate {
        max_parallel: 1,
        health_check: "task_states".to_owned(),
        min_healthy_time: model::Nanos::from_secs(3),
        healthy_deadline: model::Nanos::from_secs(60),
    });
    check_alone(
        &with_tasks(service, vec![task("web")]),
        script,
        expect![[r#"
        0s begin
            prepare
            report pending (No tasks have started) web=pending
        0s prepared
            web: prepare
        0s web prepared
            web: start
        1s web started
            report running (Tasks are running) web=running
        4s (tick)
            report running (Tasks are running) web=running healthy
        10s stop
            web: stop by SIGINT within 5s
    "#]],
    );
    check_alone(
        &with_tasks(testkit::batch_job("web"), vec![task("web")]),
        script,
        expect![[r#"
        0s begin
            prepare
            report pending (No tasks have started) web=pending
        0s prepared
            web: prepare
        0s web prepared
            web: start
        1s web started
            report running (Tasks are running) web=running
        10s stop
            web: stop by SIGINT within 5s
    "#]],
    );
}

#[test]
fn an_allocation_that_never_runs_is_unhealthy_at_the_deadline() {
    let job = with_tasks(testkit::job("web"), vec![task("web")]);
    check(
        &job,
        "0s prepared
         6m web prepared",
        expect![[r#"
            0s begin
                prepare
                report pending (No tasks have started) web=pending
            0s prepared
                web: prepare
            5m0s (tick)
                report pending (No tasks have started) web=pending unhealthy
            6m0s web prepared
                web: start
        "#]],
    );
}

#[test]
fn an_allocation_whose_preparation_fails_is_failed_with_the_reason() {
    let job = with_tasks(testkit::job("web"), vec![task("web"), hook("clean", "poststop", false)]);
    check(
        &job,
        "1s prepare failed
         2s forget",
        expect![[r#"
            0s begin
                prepare
                report pending (No tasks have started) clean=pending web=pending
            1s prepare failed
                web: destroy
                clean: destroy
                cleanup
                report failed (no room for the directory) clean=dead web=dead unhealthy
            2s forget
                remove
        "#]],
    );
}

#[test]
fn a_client_without_servers_stops_what_the_job_says() {
    let mut job = testkit::job("web");
    job.task_groups[0].disconnect =
        Some(Disconnect { stop_on_client_after: Some(Nanos::from_secs(30)), ..Disconnect::default() });
    let job = with_tasks(job, vec![task("web")]);
    check(
        &job,
        "0s prepared
         0s web prepared
         0s web started
         20s disconnected
         25s connected
         60s disconnected
         91s web exit 0",
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
            10s (tick)
                report running (Tasks are running) web=running healthy
            20s disconnected
            25s connected
            1m0s disconnected
            1m30s (tick)
                web: stop by SIGINT within 5s
            1m31s web exit 0
                web: destroy
                cleanup
                report complete (All tasks have completed) web=dead healthy
        "#]],
    );
}

#[test]
fn a_stop_before_the_preparation_is_done_starts_nothing() {
    let job = with_tasks(testkit::job("web"), vec![task("web")]);
    check(
        &job,
        "0s stop
         1s prepared
         2s forget",
        expect![[r#"
            0s begin
                prepare
                report pending (No tasks have started) web=pending
            0s stop
                web: destroy
                report complete (All tasks have completed) web=dead
            1s prepared
                cleanup
            2s forget
                remove
        "#]],
    );
}
